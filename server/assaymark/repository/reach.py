"""
What lies between two commits, and whether this clone reaches that far.

Invariant: what a person typed is resolved to an object id before git is asked anything else of it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from assaymark.repository.git import GitError, run
from assaymark.repository.objects import commit_id, is_id

# Where git looks for a name that is not whole, and what may follow one (gitrevisions(7)).
_ROOMS = ("refs/tags", "refs/heads", "refs/remotes")
_AFTER_NAME = re.compile(r"[~^:@{*?\[\\ ]")


def parted_at(reference: str, here: str) -> str | None:
    """The commit at which *reference*, as a person typed it, and HEAD parted. Raises GitError."""
    theirs, ours = commit_id(reference, here), commit_id("HEAD", here)
    try:
        out = run(("merge-base", theirs, ours), here).decode("ascii").strip()
    except GitError:
        # With nothing in common git says nothing, and ends with 1.
        return None
    return out if is_id(out) else None


def repository(here: str) -> tuple[str, str, str]:
    """The git directory, the shared one, and the top of the work tree, as git sees them. Raises GitError."""
    out = run(("rev-parse", "--git-dir", "--git-common-dir", "--show-toplevel"), here)
    own, common, top = os.fsdecode(out).rstrip("\r\n").split("\n", 2)
    # Git says the first two from *here*, or whole.
    return os.path.realpath(Path(here, own)), os.path.realpath(Path(here, common)), os.path.realpath(top)


def is_ambiguous(reference: str, here: str) -> bool:
    """
    Whether *reference*, as a person typed it, names several commits: a tag may be called as a branch is.

    Raises GitError.
    """
    name = _AFTER_NAME.split(reference, maxsplit=1)[0]
    if not name or name.startswith("refs/"):
        return False
    full = run(("for-each-ref", "--format=%(refname)", *(f"{room}/{name}" for room in _ROOMS)), here).decode(
        "utf-8", "surrogateescape"
    )
    exact = {f"{room}/{name}" for room in _ROOMS}.intersection(full.splitlines())
    return len({commit_id(one, here) for one in (name, *sorted(exact))}) > 1 if exact else False


def has_commit(here: str) -> bool:
    """Whether there is a commit yet. Raises GitError where there is no repository."""
    run(("rev-parse", "--git-dir"), here)
    try:
        commit_id("HEAD", here)
    except GitError:
        return False
    return True


def empty_tree(here: str) -> str:
    """The id of the tree that holds nothing. Raises GitError."""
    return run(("hash-object", "-t", "tree", "--stdin"), here).decode("ascii").strip()


def is_shallow(here: str) -> bool:
    """Whether the history of this clone was cut off."""
    return run(("rev-parse", "--is-shallow-repository"), here).strip() == b"true"
