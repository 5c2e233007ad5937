# shellcheck shell=bash
# Which files of others does the console serve? Copies of pinned npm packages, with their licences.
console_vendor=api/console/static/vendor

# copy_console_files: copies them from node_modules when the lock has changed since.
copy_console_files() {
    local current
    current=$(cksum <package-lock.json)
    [ "$(cat "$console_vendor/.made-from" 2>/dev/null)" != "$current" ] || return 0
    rm -rf "$console_vendor"
    mkdir -p "$console_vendor"
    cp node_modules/@picocss/pico/css/pico.classless.min.css node_modules/htmx.org/dist/htmx.min.js \
        node_modules/uplot/dist/uPlot.iife.min.js node_modules/uplot/dist/uPlot.min.css "$console_vendor"
    cp node_modules/@picocss/pico/LICENSE.md "$console_vendor/pico.LICENSE.txt"
    cp node_modules/htmx.org/LICENSE "$console_vendor/htmx.LICENSE.txt"
    cp node_modules/uplot/LICENSE "$console_vendor/uPlot.LICENSE.txt"
    printf '%s\n' "$current" >"$console_vendor/.made-from"
}
