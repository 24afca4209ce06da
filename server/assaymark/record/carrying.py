"""
The notes of commits that a forge made of others: a squash or a rebase merge, where no hook of ours was run.

Invariants:
    A commit gets lines of others only if it changes what they change, line for line; else it is refused.
    What stands around the changed lines may differ: the target branch may have gone on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.record.planning import Task
from assaymark.repository.commits import commits, listed, patch
from assaymark.repository.git import GitError, run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assaymark.repository.commits import Commit

_MOST = 5000


class Refused(Exception):
    """The trees do not agree, or commits are not here; the text says which."""


def carried(start: str, end: str, to: str, here: str) -> list[Task]:
    """The plan by which commit *to* gets what the notes of *start*..*end* say. Raises Refused, GitError."""
    ids = listed([end], [start], here, _MOST)
    if not ids:
        msg = f"there are no commits in {start[:12]}..{end[:12]}"
        raise Refused(msg)
    known = commits([*ids, to], here)
    if len(known) < len({*ids, to}):
        msg = "some of these commits are not in this clone (a shallow one?). Run: git fetch --unshallow"
        raise Refused(msg)
    if len(known[to].parents) > 1:
        msg = f"{to[:12]} is a merge commit, so the commits that it brought have kept their notes"
        raise Refused(msg)
    return _squashed(start, end, known[to], ids, here) or _rebased(ids, known, known[to], here)


def _squashed(start: str, end: str, to: Commit, ids: Sequence[str], here: str) -> list[Task]:
    base = run(("merge-base", start, end), here).decode("ascii").strip()
    if patch(base, end, here) != patch(_parent(to), to.id, here):
        return []
    return [Task(to.id, tuple(ids))]


def _rebased(ids: Sequence[str], known: dict[str, Commit], to: Commit, here: str) -> list[Task]:
    """A task for each commit that one of *ids* became, of which *to* is the last."""
    ours = [known[one] for one in ids if len(known[one].parents) == 1]
    theirs: list[Commit] = [to]
    while len(theirs) < len(ours) and len(theirs[0].parents) == 1:
        above = commits(theirs[0].parents, here).get(theirs[0].parents[0])
        if above is None:
            break
        theirs.insert(0, above)
    patches = {patch(_parent(one), one.id, here): one.id for one in ours}
    pairs = [(one.id, patches.get(patch(_parent(one), one.id, here))) for one in theirs]
    if len(theirs) < len(ours) or any(source is None for _, source in pairs):
        msg = (
            f"{to.id[:12]} does not change what these {len(ids)} commits change, neither as one nor as"
            f" {len(ids)}: the trees do not agree, so no line can be carried safely"
        )
        raise Refused(msg)
    return [Task(one, (source,)) for one, source in pairs if source is not None and source != one]


def _parent(commit: Commit) -> str | None:
    return commit.parents[0] if commit.parents else None


def resolved_range(spelled: str) -> tuple[str, str]:
    """Both ends of `BASE..HEAD` as they were typed. Raises GitError."""
    start, dots, end = spelled.partition("..")
    if not dots or not start or not end or end.startswith("."):
        msg = f"{spelled!r} is no range of commits; write BASE..HEAD"
        raise GitError(msg)
    return start, end
