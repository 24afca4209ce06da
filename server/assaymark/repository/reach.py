"""
What lies between two commits, and whether this clone reaches that far.

Invariant: what a person typed is resolved to an object id before git is asked anything else of it.
"""

from __future__ import annotations

from assaymark.repository.git import GitError, run
from assaymark.repository.objects import commit_id, is_id


def parted_at(reference: str, here: str) -> str | None:
    """The commit at which *reference*, as a person typed it, and HEAD parted. Raises GitError."""
    theirs, ours = commit_id(reference, here), commit_id("HEAD", here)
    try:
        out = run(("merge-base", theirs, ours), here).decode("ascii").strip()
    except GitError:
        # With nothing in common git says nothing, and ends with 1.
        return None
    return out if is_id(out) else None


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
