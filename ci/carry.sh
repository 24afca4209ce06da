#!/usr/bin/env bash
# Gives the commits of a merged pull request the notes of what they were made of. Never fails a pipeline.
#
#   ASSAYMARK_BASE_SHA   a commit of the branch from before the merge
#   ASSAYMARK_HEAD_SHA   the last commit of the pull request
#   ASSAYMARK_HEAD_REF   where that can be fetched, as refs/pull/12/head
#   ASSAYMARK_MERGE_SHA  what it became: of several commits the last
set -uo pipefail

say() { echo "${ASSAYMARK_SAY:-}assaymark: $*"; }
leave() { say "$*"; exit 0; }
: "${ASSAYMARK_BASE_SHA:?}" "${ASSAYMARK_HEAD_SHA:?}" "${ASSAYMARK_MERGE_SHA:?}"

[ "$(git rev-parse --is-shallow-repository)" = true ] && git fetch --quiet --unshallow origin
git fetch --quiet --no-tags origin "${ASSAYMARK_HEAD_REF:-$ASSAYMARK_HEAD_SHA}" ||
    leave "the commits of the pull request are gone, so their notes cannot be carried."
git fetch --quiet --no-tags origin "$ASSAYMARK_MERGE_SHA" 2> /dev/null
if git rev-parse --quiet --verify "$ASSAYMARK_MERGE_SHA^2" > /dev/null; then
    leave "a merge commit: the commits that it brought have kept their notes."
fi
assaymark notes fetch origin || leave "the notes could not be fetched; nothing was carried."
if ! said=$(assaymark notes carry --from "$ASSAYMARK_BASE_SHA..$ASSAYMARK_HEAD_SHA" --to "$ASSAYMARK_MERGE_SHA" 2>&1); then
    leave "nothing was carried. ${said//$'\n'/ }"
fi
echo "$said"
assaymark notes push --yes origin ||
    leave "the notes were not pushed: this job may not write (permissions: contents: write). Anybody who may can run: assaymark notes carry --from $ASSAYMARK_BASE_SHA..$ASSAYMARK_HEAD_SHA --to $ASSAYMARK_MERGE_SHA && assaymark notes push"
