#!/usr/bin/env bash
# Sets up what the tests of the VS Code extension need, and prints nothing when it is there:
#   code-server (the workbench and the extension host of VS Code, from npm), Playwright's library (from npm),
#   Chromium and ripgrep (from apt).
# It is kept outside of the clone, by version: ${XDG_CACHE_HOME:-~/.cache}/assaymark-editors.
# Needs Node 20, a C++ compiler and make; root for apt where Chromium or ripgrep are missing.
set -euo pipefail

CODE_SERVER=4.100.3
PLAYWRIGHT=1.55.0
CACHE="${ASSAYMARK_EDITORS:-${XDG_CACHE_HOME:-$HOME/.cache}/assaymark-editors}"
EXTENSION="$(realpath "$(dirname "$0")/../../editors/vscode")"
DEST="$CACHE/code-server-$CODE_SERVER"
READY="$DEST/.ready"

packages=()
command -v rg >/dev/null || packages+=(ripgrep)
command -v chromium >/dev/null || packages+=(chromium)
command -v g++ >/dev/null || packages+=(g++ make)
if [ ${#packages[@]} -gt 0 ]; then
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "Missing, please install: ${packages[*]}" >&2
        exit 1
    fi
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
fi

# What the extension is built with.
export npm_config_audit=false npm_config_fund=false npm_config_loglevel=error npm_config_update_notifier=false
if ! [ "$EXTENSION/node_modules/.ready" -nt "$EXTENSION/package-lock.json" ]; then
    (cd "$EXTENSION" && npm ci --ignore-scripts >/dev/null && touch node_modules/.ready)
fi
# The wheels that its package carries, from the package index.
python="$EXTENSION/../../.venv/bin/python"
[ -x "$python" ] || python=python3
"$python" "$EXTENSION/wheels.py" linux-x64
[ -e "$READY" ] && exit 0

# Set up by one process at a time; another one waits and finds it done.
mkdir -p "$CACHE"
exec 9>"$DEST.lock"
flock 9
[ -e "$READY" ] && exit 0

echo "Setting up code-server $CODE_SERVER (about 320 MB, kept in $DEST)" >&2
rm -rf "$DEST"
mkdir -p "$DEST"
cd "$DEST"
echo '{"private":true}' > package.json
# The headers of the Node that runs are beside it: nothing is downloaded for native modules but their sources.
nodedir=$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")
[ -e "$nodedir/include/node/node.h" ] && export npm_config_nodedir="$nodedir"

# Its own postinstall wants kerberos' headers and downloads ripgrep from elsewhere; these are the steps of it that count.
npm install "code-server@$CODE_SERVER" "playwright-core@$PLAYWRIGHT" --ignore-scripts >/dev/null
npm_config_build_from_source=true npm rebuild argon2 >/dev/null
cd node_modules/code-server/lib/vscode
npm install --omit=dev --ignore-scripts >/dev/null
npm rebuild @vscode/spdlog native-watchdog >/dev/null
npm rebuild node-pty >/dev/null 2>&1 || test -f node_modules/node-pty/build/Release/pty.node
mkdir -p node_modules/@vscode/ripgrep/bin
ln -sf "$(command -v rg)" node_modules/@vscode/ripgrep/bin/rg
ln -sfn node_modules node_modules.asar
ln -sf code-linux.sh bin/remote-cli/code-server
ln -sf browser-linux.sh bin/helpers/browser.sh
(cd extensions && npm install --omit=dev --ignore-scripts >/dev/null)
cd "$DEST"
node node_modules/code-server/out/node/entry.js --config "$DEST/config.yaml" --version >/dev/null
touch "$READY"
