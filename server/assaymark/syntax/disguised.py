"""
Names in Python code that Python reads otherwise than they are written.

Python takes two names for one where their NFKC forms are equal, so wide or bold letters spell `eval` too.

Invariant: text that holds ASCII alone is never looked at; what stands in a literal or a comment is no name.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from assaymark.syntax.cut import ParseWork, cut
from assaymark.syntax.words import IN_WORDS
from assaymark.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# From its first letter that is not of ASCII on: to begin with any would be tried at each letter of a text.
_REST = re.compile(rb"[\x80-\xff][\w\x80-\xff]*")


class Disguised(NamedTuple):
    """A name that begins at the byte *start*, as it is *written* and as Python has *read* it."""

    start: int
    written: str
    read: str


def first_disguised(content: bytes) -> Disguised | None:
    """The first name in *content*, Python code, that is one of ASCII letters alone to Python."""
    suspects = {found.start: found for found in _suspects(content)}
    return next(_names(content, suspects), None) if suspects else None


def _suspects(content: bytes) -> Iterator[Disguised]:
    for found in _REST.finditer(content):
        start = found.start()
        while start and content[start - 1] in IN_WORDS:
            start -= 1
        written = content[start : found.end()].decode("utf-8", "replace")
        read = unicodedata.normalize("NFKC", written)
        if read.isascii() and read.isidentifier():
            yield Disguised(start, written, read)


def _names(content: bytes, suspects: Mapping[int, Disguised]) -> Iterator[Disguised]:
    """Those of *suspects*, by where they begin, that are names."""
    at = 0
    for piece in cut(content, "python", ParseWork()):
        end, head = at + piece.chunk.n_bytes, len(piece.chunk.prefix)
        for start in [one for one in suspects if at <= one < end]:
            found = suspects[start]
            first = start - at + head
            node = piece.tree.root_node.descendant_for_byte_range(first, first + len(found.written.encode()))
            if node is not None and node.type in {"identifier", "ERROR"}:
                yield found
        at = end
