#!/usr/bin/env bash
# Checks the lines that a change brought, for CI: log, SARIF, and a summary of at most five lines.
#
#   ASSAYMARK_DIFF     the commit to compare with; `all` checks everything
#                      (default: where HEAD parted from ASSAYMARK_BASE, else ASSAYMARK_BEFORE, else the commit before)
#   ASSAYMARK_BASE     the branch that the change is for
#   ASSAYMARK_BEFORE   what the branch was at before this push; zeros when it was not there
#   ASSAYMARK_FAIL_ON  the lowest severity that fails (default: high)
#   ASSAYMARK_GATE     `true`: fail only on lines that nobody read (it needs the notes: the whole history)
#   ASSAYMARK_FORMAT   that of the log (default: github)
#   ASSAYMARK_REPORTS  further reports, as sarif=FILE gitlab=FILE
#   ASSAYMARK_SUMMARY  a file that the summary is added to
#   ASSAYMARK_PATHS    what is checked (default: .)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
python=${ASSAYMARK_PYTHON:-python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

known() { git rev-parse --quiet --verify "$1^{commit}" > /dev/null 2>&1; }

# A clone of CI's is shallow: the base and what lies between are fetched as far as needed.
parted_from() {
    local branch=$1 depth
    git fetch --quiet --no-tags origin "+refs/heads/$branch:refs/remotes/origin/$branch" 2> /dev/null || true
    for depth in 50 500 full; do
        git merge-base HEAD "origin/$branch" 2> /dev/null && return
        [ "$(git rev-parse --is-shallow-repository)" = true ] || break
        if [ $depth = full ]; then git fetch --quiet --unshallow origin
        else git fetch --quiet --deepen=$depth origin HEAD "$branch"; fi 2> /dev/null || true
    done
    git merge-base HEAD "origin/$branch" 2> /dev/null
}

diff=${ASSAYMARK_DIFF:-}
if [ -z "$diff" ] && [ -n "${ASSAYMARK_BASE:-}" ]; then
    diff=$(parted_from "$ASSAYMARK_BASE") || {
        echo "assaymark: where HEAD parted from $ASSAYMARK_BASE is not in this clone. Check out with fetch-depth: 0" >&2
        exit 2
    }
fi
if [ -z "$diff" ]; then
    # A push that made the branch has zeros before it.
    case ${ASSAYMARK_BEFORE:-} in *[!0]*) diff=$ASSAYMARK_BEFORE ;; esac
    # After a forced push it may be gone.
    if [ -n "$diff" ] && ! known "$diff" && ! git fetch --quiet --no-tags origin "$diff" 2> /dev/null; then diff=; fi
fi
if [ -n "$diff" ] && [ "$diff" != all ] && ! known "$diff"; then
    git fetch --quiet --no-tags origin "$diff" 2> /dev/null || true
    known "$diff" || { echo "assaymark: $diff is not in this clone. Check out with fetch-depth: 0" >&2; exit 2; }
fi
if [ -z "$diff" ]; then
    if known HEAD~1; then diff=HEAD~1; else
        echo "assaymark: there is no commit before this one, so nothing changed that could be checked. ASSAYMARK_DIFF=all checks everything."
        exit 0
    fi
fi

options=(--format "${ASSAYMARK_FORMAT:-github}" --fail-on "${ASSAYMARK_FAIL_ON:-high}" --report "json=$work/report.json")
for report in ${ASSAYMARK_REPORTS:-}; do options+=(--report "$report"); done
[ "$diff" = all ] || options+=(--diff "$diff")
if [ "${ASSAYMARK_GATE:-false}" = true ]; then
    assaymark notes fetch > /dev/null 2>&1 || true
    options+=(--gate)
fi
code=0
# shellcheck disable=SC2086 # paths are several words
assaymark check "${options[@]}" ${ASSAYMARK_PATHS:-.} || code=$?
if [ -n "${ASSAYMARK_SUMMARY:-}" ] && [ -s "$work/report.json" ]; then
    "$python" "$here/summary.py" "$work/report.json" "$diff" >> "$ASSAYMARK_SUMMARY"
fi
exit $code
