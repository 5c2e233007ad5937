# shellcheck shell=bash
# Which Python is there, and how does a virtual environment get the versions of the lock?
lock=requirements-dev.txt

# find_python VERSION…: prints the first interpreter that works, of the first of the versions that has one.
find_python() {
    local version candidate
    for version in "$@"; do
        while read -r candidate; do
            if python_works "$candidate" "$version"; then
                printf '%s\n' "$candidate"
                return
            fi
        done < <(python_candidates "$version")
    done
    return 1
}

# Version managers' folders come after PATH: what PATH finds may be a shim that fails, hence python_works.
python_candidates() {
    type -aP "python$1" python3 python || true
    local found
    for found in "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/python \
        "${UV_PYTHON_INSTALL_DIR:-$HOME/.local/share/uv/python}/cpython-$1".*/bin/python3 \
        "$HOME/.local/share/mise/installs/python/$1".*/bin/python \
        "$HOME/.asdf/installs/python/$1".*/bin/python \
        "/opt/homebrew/bin/python$1" "/usr/local/bin/python$1" "/usr/bin/python$1" \
        "/Library/Frameworks/Python.framework/Versions/$1/bin/python3"; do
        [ ! -x "$found" ] || printf '%s\n' "$found"
    done
}

# python_works PROGRAM VERSION: can it run, is it that version, and does it have what distributions like to leave out?
python_works() {
    "$1" -I -c 'import ctypes, ensurepip, sqlite3, ssl, sys, venv
sys.exit("%d.%d" % sys.version_info[:2] != sys.argv[1])' "$2" >/dev/null 2>&1 </dev/null
}

python_version() {
    "$1" -I -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null </dev/null
}

# environment_is_current FOLDER VERSION…: was it made from this lock, in this place, with one of these versions?
environment_is_current() {
    local version
    [ "$(cat "$1/.made-from" 2>/dev/null)" = "$(made_from)" ] || return 1
    version=$(python_version "$1/bin/python") || return 1
    shift
    case " $* " in *" $version "*) ;; *) return 1 ;; esac
}

made_from() {
    cksum <"$lock"
    pwd
}

# make_environment FOLDER PYTHON: what was interrupted is made anew, what only has an older lock is brought up to date.
make_environment() {
    local folder=$1 python=$2 version
    version=$(python_version "$python")
    if [ -f "$folder/.made-from" ] && [ "$(python_version "$folder/bin/python")" = "$version" ]; then
        say "Bringing $folder up to date with $lock …"
        rm -f "$folder/.made-from"
    else
        say "Making $folder with Python $version ($python) …"
        "$python" -m venv --clear "$folder" || fail "Python could not make the virtual environment $folder." \
            "Look at its message above. On Debian and Ubuntu: apt install python$version-venv"
    fi
    install_lock "$folder/bin/python"
    write_launcher "$folder"
    made_from >"$folder/.made-from"
}

# uv takes seconds where pip takes a minute. It comes from the lock too; where it can't be had or fails, pip does it.
install_lock() {
    local python=$1
    if install_uv "$python"; then
        "$python" -m uv pip sync --quiet --require-hashes --python "$python" "$lock" && return
        say "uv could not install the packages; trying pip (about a minute) …"
    fi
    "$python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$lock" ||
        fail "The packages of $lock could not be installed." \
            "Is the package index (PyPI) within reach? Behind a proxy set HTTPS_PROXY; for a mirror set PIP_INDEX_URL" \
            "and UV_DEFAULT_INDEX. Then run this again: it goes on from a clean start."
}

install_uv() {
    local python=$1 pin
    ! "$python" -m uv --version >/dev/null 2>&1 || return 0
    pin=$(dirname "$python")/../uv.txt
    awk '/^[^ #]/ { ours = /^uv==/ } ours' "$lock" >"$pin"
    "$python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: -r "$pin"
}

# `nightshift` works from any folder: the project's folder is on the environment's path, and the launcher is text that
# both sh (which starts the right Python, whatever its path contains) and Python can read.
write_launcher() {
    local site
    site=$("$1/bin/python" -I -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    pwd >"$site/nightshift.pth"
    cat >"$1/bin/nightshift" <<LAUNCHER
#!/bin/sh
''':'
exec "$(cd "$1" && pwd)/bin/python" -P "\$0" "\$@"
'''
from cli.main import main

if __name__ == "__main__":  # the processes that analyse pictures import this file again
    main()
LAUNCHER
    chmod +x "$1/bin/nightshift"
}
