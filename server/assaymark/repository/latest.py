"""
What the last commit changed, asked for before it is needed: git looks while we get ready.

Invariants:
    What is said of a commit is what its trees say: when HEAD has moved on meanwhile, that one is asked for by
    its id.
    Of a commit with more files than are wanted, the lines are neither made by git nor read.
"""

from __future__ import annotations

import contextlib

from assaymark.repository.child import CAN_START
from assaymark.repository.commits import DIFF, changes, resolved, rows, told
from assaymark.repository.git import GitError, asked, run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from assaymark.repository.child import Child
    from assaymark.repository.commits import Change, Commit

# The most files of a commit that is looked at while others wait.
MOST_FILES = 200
# Of so many files at most half came and half went, and all pairs of those are compared, as without the limit.
_RENAMES = ("-M", f"-l{MOST_FILES // 2}")


@contextlib.contextmanager
def looking(here: str) -> Iterator[Child | None]:
    """A git that says what HEAD changed, until the end of the block; None where none can be asked ahead."""
    if not CAN_START:
        yield None
        return
    child = asked((*DIFF, *_RENAMES, "--root", "HEAD"), here)
    try:
        yield child
    finally:
        child.stop()


def changes_of(commit: Commit, here: str | None, looks: Child | None) -> tuple[int, tuple[Change, ...]]:
    """
    How many files *commit* changed, and the changes; none of these when they are more than `MOST_FILES`.

    Of a merge commit, the files count in which it has what no parent has. *looks* is what `looking` gave.
    Raises GitError.
    """
    heard = _heard(commit, looks) if looks is not None and len(commit.parents) < 2 else None
    if heard is not None:
        return heard
    n = _n_files(commit, here)
    return n, changes(commit, here) if n <= MOST_FILES else ()


def _heard(commit: Commit, looks: Child) -> tuple[int, tuple[Change, ...]] | None:
    """What git *looks* at, if that is *commit*."""
    try:
        raw, said = _parted(looks)
        name, _, raw = raw.partition(b"\0")
        if name != commit.id.encode("ascii"):
            return None
        # A file that was renamed is two: one that went and one that came.
        n = sum(2 if status == "R" else 1 for status, *_ in rows(raw))
        if n > MOST_FILES:
            return n, ()
        said += looks.rest()
        return None if looks.end() else (n, tuple(told(raw, said)))
    except OSError as error:
        msg = f"git {DIFF[0]} did not answer: {type(error).__name__}"
        raise GitError(msg) from error


def _parted(looks: Child) -> tuple[bytes, bytes]:
    """The rows, which all stand before the first line, and what came of the lines already."""
    came = b""
    while b"\0\0" not in came and (chunk := looks.some()):
        came += chunk
    raw, _, said = came.partition(b"\0\0")
    return raw, said


def _n_files(commit: Commit, here: str | None) -> int:
    if len(commit.parents) > 1:
        return len(resolved(commit, here))
    trees = (commit.parents[0], commit.id) if commit.parents else ("--root", commit.id)
    out = run(("diff-tree", "-r", "-z", "--no-commit-id", "--name-only", "--no-renames", *trees), here)
    return out.count(b"\0")
