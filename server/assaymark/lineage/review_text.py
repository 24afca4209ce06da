"""
What is signed of a review: a text that says by itself which lines of which file were read, when, and how.

Invariants:
    The same review gives the same text, byte by byte.
    A signature counts for lines that are among those that were signed, of a file of that path: one of other
    lines, or of what these were before a change, makes them no more than claimed.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from assaymark.lineage.hashing import hashed_bytes
from assaymark.lineage.ranges import spelled_ranges

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_FORMAT = "review/1"
_HEX = 16


def review_text(
    path: str, blob: str, lines: Sequence[tuple[int, int]], texts: Iterable[bytes], day: str, channel: str
) -> str:
    """
    What is signed: that these *lines* of *path* were read, whose content git calls *blob*.

    *texts* are what stood in them, which is told by its hashes.
    """
    table = {
        "assaymark": _FORMAT,
        "blob": blob,
        "channel": channel,
        "date": day,
        "lines": spelled_ranges(lines),
        "path": path,
        "texts": " ".join(sorted({_hashed(text) for text in texts if text.strip()})),
    }
    return json.dumps(table, sort_keys=True, separators=(",", ":"))


def says_so(signed: str, path: str, texts: Iterable[bytes], day: str, channel: str) -> bool:
    """Whether *signed* is of lines of *path* with these *texts*, read on this *day* by this *channel*."""
    try:
        table = json.loads(signed)
    except (ValueError, RecursionError):
        return False
    expected = {"assaymark": _FORMAT, "channel": channel, "date": day, "path": path}
    if not isinstance(table, dict) or any(table.get(name) != value for name, value in expected.items()):
        return False
    known = table.get("texts")
    hashes = frozenset(known.split(" ")) if isinstance(known, str) else frozenset[str]()
    return all(_hashed(text) in hashes for text in texts if text.strip())


def _hashed(text: bytes) -> str:
    # Blanks at the end of a line are a formatter's, and a line end is git's.
    return hashed_bytes(text.rstrip())[:_HEX]
