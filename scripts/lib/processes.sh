# shellcheck shell=bash
# Which processes are our own, and how are they ended?

# is_still FILE PATTERN: does the process whose id is in FILE run, with a command like PATTERN?
is_still() {
    [ -f "$1" ] && ps -o command= -p "$(cat "$1")" 2>/dev/null | grep -Eq -- "$2"
}

# said_of PID: prints what it is, in words for people.
said_of() {
    printf 'process %s (%s)\n' "$1" "$(ps -o command= -p "$1" 2>/dev/null | cut -c 1-160)"
}

# end_process PID SECONDS: asks a process that this shell started to end, and waits that long for it; then it is killed. A
# second Ctrl-C or SIGTERM meanwhile asks it again, which a development host takes as: at once.
end_process() {
    local tenths=$(($2 * 10))
    trap 'kill -TERM '"$1"' 2>/dev/null || true' HUP INT TERM
    kill -TERM "$1" 2>/dev/null || true
    while kill -0 "$1" 2>/dev/null; do
        if [ $tenths -le 0 ]; then
            say "Process $1 did not end in $2 s; it is killed."
            kill -KILL "$1" 2>/dev/null || true
            break
        fi
        tenths=$((tenths - 1))
        sleep 0.1 || true
    done
    wait "$1" 2>/dev/null || true
}
