# shellcheck shell=bash
# Sourced by every script: strict mode, the project's folder, and how a script speaks. Works with bash 3.2 (macOS).
set -euo pipefail

script=$(cd "$(dirname "$0")" && pwd)/$(basename "$0")
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

say() {
    printf '%s\n' "$*" >&2
}

# fail WHAT [REMEDY…]: one line that says what is wrong, then what to do about it.
fail() {
    say "error: $1"
    shift
    for remedy in "$@"; do say "  $remedy"; done
    exit 1
}

# Prints the comment that a script begins with.
show_help() {
    sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$script"
}

# help_or_nothing ARGUMENTS: for scripts that take no arguments beside --help.
help_or_nothing() {
    case "${1-}" in
        "") ;;
        -h | --help) show_help && exit 0 ;;
        *) fail "unknown argument $1" "See $0 --help." ;;
    esac
}
