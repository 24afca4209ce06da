"""
Which commit each line of a file is from, by `git blame`.

Invariants:
    What the repository configures changes no answer: no text conversion, no list of commits to pass over.
    A line is a commit's only where that commit is known to have added it: the edge of a shallow clone is not.
"""

from __future__ import annotations

import os

from assaymark.repository.git import run
from assaymark.tuples import NamedTuple

_OPTIONS = ("blame", "--porcelain", "--root", "--no-textconv", "--ignore-revs-file=")
_ESCAPES = {
    ord("a"): 7,
    ord("b"): 8,
    ord("t"): 9,
    ord("n"): 10,
    ord("v"): 11,
    ord("f"): 12,
    ord("r"): 13,
    ord('"'): 34,
    ord("\\"): 92,
}


class Blamed(NamedTuple):
    """A line of a file: the commit that added it, and its path and number (from 1) there."""

    commit: str
    path: str
    line: int


def blamed(commit: str, path: str, here: str | None) -> list[Blamed]:
    """The lines of *path* (from the top, which *here* is) as *commit* has it. Raises GitError."""
    out = run((*_OPTIONS, commit, "--", path), here)
    found: list[Blamed] = []
    paths: dict[bytes, str] = {}
    facts: list[bytes] = []
    for line in out.split(b"\n"):
        if line.startswith(b"\t"):
            found.append(Blamed(facts[0].decode("ascii"), paths[facts[0]], int(facts[1])))
            facts = []
        elif not facts:
            facts = line.split()
        elif line.startswith(b"filename "):
            # Said again whenever it may have changed.
            paths[facts[0]] = _unquoted(line.removeprefix(b"filename "))
    return found


def edge(common: str) -> frozenset[str]:
    """The commits at which a shallow clone ends: git takes all that stands in them for theirs."""
    try:
        with open(os.path.join(common, "shallow"), encoding="ascii") as file:  # noqa: PTH118, PTH123
            return frozenset(file.read().split())
    except (OSError, ValueError):
        return frozenset()


def _unquoted(path: bytes) -> str:
    """A path as git quotes it, in C's manner, where it holds something odd."""
    if not (len(path) > 1 and path[0] == path[-1] == ord('"')):
        return path.decode("utf-8", "surrogateescape")
    found = bytearray()
    rest = iter(path[1:-1])
    for byte in rest:
        if byte != ord("\\"):
            found.append(byte)
            continue
        escape = next(rest, byte)
        if escape in _ESCAPES:
            found.append(_ESCAPES[escape])
        else:
            digits = bytes([escape, next(rest, 48), next(rest, 48)])
            found.append(int(digits, 8) & 255)
    return found.decode("utf-8", "surrogateescape")
