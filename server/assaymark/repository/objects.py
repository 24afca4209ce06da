"""
Git's objects by name: what they are, and what they hold.

Invariants:
    However many are asked for, git is started once to look and once to read.
    A name comes from us, is an object id, or is refused by git: nothing in it is an option.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from assaymark.repository.git import GitError, held, run

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


class Object(NamedTuple):
    """An object's id, its kind (`blob`, `commit`, …) and its size in bytes."""

    id: str
    kind: str
    n_bytes: int


def is_id(name: str) -> bool:
    """Whether *name* is an object id, written out."""
    return _ID.fullmatch(name) is not None


def looked_up(names: Sequence[str], here: str | None) -> list[Object | None]:
    """The objects of these names, in their order; None for what is not there."""
    if not names:
        return []
    # A line end in a name would ask for two objects.
    asked = "".join(":\n" if "\n" in name else f"{name}\n" for name in names)
    out = run(("cat-file", "--batch-check"), here, asked.encode("utf-8", "surrogateescape"))
    return [_object(line.split()) for line in out.split(b"\n")[: len(names)]]


def texts(names: Sequence[str], here: str | None, max_bytes: int) -> list[bytes | None]:
    """What the blobs and commits of these names hold; None for what is not there or too large."""
    found = looked_up(names, here)
    sizes = {one.id: one.n_bytes for one in found if one is not None and one.kind in {"blob", "commit"}}
    read = held(sizes, here, max_bytes)
    return [None if one is None else read.get(one.id) for one in found]


def commit_id(name: str, here: str | None) -> str:
    """The id of the commit that *name*, as a person typed it, stands for. Raises GitError."""
    try:
        out = run(("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"), here)
    except GitError as error:
        msg = f"git knows no commit {name!r} here"
        raise GitError(msg) from error
    return out.decode("ascii").strip()


def ids_among(names: Iterable[str]) -> list[str]:
    """Those of *names* that are object ids, each once."""
    return [name for name in dict.fromkeys(names) if is_id(name)]


def _object(row: list[bytes]) -> Object | None:
    if len(row) != 3 or not row[2].isdigit():
        return None
    return Object(row[0].decode("ascii"), row[1].decode("ascii"), int(row[2]))
