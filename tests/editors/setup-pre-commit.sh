#!/usr/bin/env bash
# pre-commit, in an environment of its own.
. "$(dirname "$0")/apart.sh"
[ -e "$EDITORS/pre-commit/.ready" ] && exit 0
echo "Setting up pre-commit in $EDITORS"
rm -rf "$EDITORS/pre-commit"
python=$("$(dirname "$0")/../../.ci/pythons" | head -n 1)
"${python#* }" -m venv "$EDITORS/pre-commit/tree/usr"
"$EDITORS/pre-commit/tree/usr/bin/python" -m pip --disable-pip-version-check --quiet install 'pre-commit>=4'
touch "$EDITORS/pre-commit/.ready"
