# Programs of another Debian suite in a folder of their own, with the libraries that they were built against; the
# system is not touched, nor asked for more than apt-get and dpkg-deb. Sourced by the scripts beside it.
#
#   apart NAME SUITE PACKAGE PROGRAM...    $EDITORS/NAME/tree/usr/bin/PROGRAM then runs here

set -euo pipefail
EDITORS=${ASSAYMARK_EDITORS:-${XDG_CACHE_HOME:-$HOME/.cache}/assaymark-editors}
mkdir -p "$EDITORS"

# The mirror that this machine uses already.
mirror() {
    apt-get indextargets --format '$(SITE)' | grep -m1 '/debian$' && return
    echo 'No Debian mirror is configured here (apt-get indextargets names none).' >&2
    return 1
}

# fetched FOLDER SUITE PACKAGE...: the packages and what they need are in FOLDER/cache/archives.
fetched() {
    local folder=$1 suite=$2 lists=$EDITORS/lists/$2
    shift 2
    mkdir -p "$folder/cache/archives/partial" "$lists/partial"
    : > "$folder/status"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(mirror) $suite main" > "$folder/sources.list"
    local options=(-o Dir::Etc::sourcelist="$folder/sources.list" -o Dir::Etc::sourceparts=/dev/null
        -o Dir::State::lists="$lists" -o Dir::Cache="$folder/cache" -o Dir::State::status="$folder/status"
        -o APT::Sandbox::User="$(id -un)" -o Acquire::Languages=none -o Acquire::Retries=2)
    # Reading the list of a suite takes longest: one a day is enough.
    if [ -z "$(find "$lists/read" -mmin -1440 2>/dev/null)" ]; then
        apt-get "${options[@]}" -qq update
        touch "$lists/read"
    fi
    apt-get "${options[@]}" -qq -y --no-install-recommends --download-only install "$@" > "$folder/log" 2>&1 \
        || { cat "$folder/log" >&2; return 1; }
}

# The program that makes the others find their libraries.
patcher() {
    command -v patchelf && return
    local found=$EDITORS/patchelf/tree/usr/bin/patchelf
    if ! [ -x "$found" ]; then
        local suite
        suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
        fetched "$EDITORS/patchelf/apt" "$suite" patchelf >&2
        unpacked patchelf
    fi
    echo "$found"
}

unpacked() {
    local package
    for package in "$EDITORS/$1"/apt/cache/archives/*.deb; do dpkg-deb -x "$package" "$EDITORS/$1/tree"; done
    rm -rf "$EDITORS/$1/apt"
}

apart() {
    local name=$1 suite=$2 package=$3
    shift 3
    [ -e "$EDITORS/$name/.ready" ] && return
    # Of two that set it up at once, one waits, and finds it there.
    exec 8> "$EDITORS/$name.lock"
    flock 8
    [ -e "$EDITORS/$name/.ready" ] && return
    echo "Setting up $name in $EDITORS"
    rm -rf "${EDITORS:?}/$name"
    fetched "$EDITORS/$name/apt" "$suite" $package
    unpacked "$name"
    local libraries program file patch
    libraries=$(dirname "$(ls "$EDITORS/$name"/tree/usr/lib/*/ld-linux*.so.* | head -n 1)")
    patch=$(patcher)
    for program in "$@"; do
        file=$(realpath "$EDITORS/$name/tree/usr/bin/$program")
        # The program itself, not ld.so with it as argument: Neovim's screen starts /proc/self/exe again.
        "$patch" --set-interpreter "$(ls "$libraries"/ld-linux*.so.* | head -n 1)" \
            --force-rpath --set-rpath "$libraries" "$file"
    done
    touch "$EDITORS/$name/.ready"
}
