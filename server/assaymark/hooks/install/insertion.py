"""
Additions to a text, and how they are taken back.

Invariants:
    An addition only inserts: no byte of what stood there before is changed or moved out of its order.
    Undoing insertions in the opposite order gives the text from before, or nothing when it was edited there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assaymark.tuples import NamedTuple


class Insertion(NamedTuple):
    """*text* was put in at *at*."""

    at: int
    text: str


def inserted(text: str, insertions: Iterable[Insertion]) -> str:
    """*text* after *insertions*, each of which counts in the text that the ones before it left."""
    for at, new in insertions:
        text = text[:at] + new + text[at:]
    return text


def undone(text: str, insertions: Sequence[Insertion]) -> str | None:
    """*text* without *insertions*; None if one of them does not stand there any more."""
    for at, new in reversed(insertions):
        if text[at : at + len(new)] != new:
            return None
        text = text[:at] + text[at + len(new) :]
    return text
