"""
What the last commit holds of a file, and when that may have become another commit.

Invariants:
    Git is asked once for a file, by one process; nothing of the work tree is read.
    A stamp starts no process.
"""
# Paths stay strings, as everywhere in this room.
# ruff: noqa: PTH116, PTH118, PTH123

from __future__ import annotations

import os

from assaymark.repository.git import GitError, run
from assaymark.repository.place import git_directory, place_of

Stamp = tuple[tuple[int, int, int], ...]

_FIRST_LINE = 4096
# What changes when HEAD does, in a work tree's git directory; not the index, which looking at it changes too.
_OWN = ("HEAD", "logs/HEAD")
_SHARED = ("packed-refs", "reftable/tables.list")


def content_at_head(path: str) -> bytes | None:
    """What the last commit holds at *path* (absolute); None where it holds nothing, or git does not say."""
    folder, name = os.path.split(path)
    if not name or "\n" in name or "\r" in name:
        return None
    try:
        said = run(("cat-file", "--batch"), folder, os.fsencode(f"HEAD:./{name}\n"))
    except (GitError, ValueError):
        return None
    head, _, rest = said.partition(b"\n")
    facts = head.rsplit(b" ", 2)
    if len(facts) < 3 or facts[1] != b"blob":
        return None
    return rest[: int(facts[2])]


def is_ignored(path: str) -> bool:
    """Whether git goes past *path* (absolute), so that no commit will hold it unless somebody insists."""
    folder, name = os.path.split(path)
    try:
        run(("check-ignore", "--quiet", "--", name), folder)
    except (GitError, ValueError):
        return False
    return True


def stamp(path: str) -> Stamp | None:
    """What is another once the last commit of the repository around *path* is; None where there is none."""
    place = place_of(path)
    if place.common is None:
        return None
    own = git_directory(place.top) or ""
    head = os.path.join(own, "HEAD")
    named = _first_line(head).removeprefix("ref: ")
    files = [
        *(os.path.join(own, name) for name in _OWN),
        *(os.path.join(place.common, name) for name in (*_SHARED, named) if name),
    ]
    return tuple(map(_state, files))


def _first_line(file: str) -> str:
    try:
        with open(file, "rb") as opened:
            return os.fsdecode(opened.read(_FIRST_LINE).partition(b"\n")[0].rstrip(b"\r"))
    except (OSError, ValueError):
        return ""


def _state(file: str) -> tuple[int, int, int]:
    try:
        found = os.stat(file)
    except (OSError, ValueError):
        return (0, 0, 0)
    return (found.st_mtime_ns, found.st_size, found.st_ino)
