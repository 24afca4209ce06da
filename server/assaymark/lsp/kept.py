"""
What was made of the chunks of a text, so that an edit has to make only what it touched.

Invariant: what is kept of chunks that are gone is never much more than what is kept of those that are there.
"""

from __future__ import annotations

from typing import Generic, TypeVar

from assaymark.analysis.snapshot import Section
from assaymark.text import Chunk, Text

V = TypeVar("V")

_FEW = 256


class Kept(Generic[V]):
    """Values by chunk (chunks are equal by identity)."""

    __slots__ = ("_by_chunk",)

    def __init__(self) -> None:
        self._by_chunk: dict[Chunk, V] = {}

    def of(self, chunk: Chunk) -> V | None:
        return self._by_chunk.get(chunk)

    def keep(self, text: Text[Section], chunk: Chunk, value: V) -> None:
        """Effect: *chunk*, which stands in *text*, has *value*; what left it is forgotten in time."""
        if len(self._by_chunk) > 2 * len(text) + _FEW:
            there = {section.chunk for section in text}
            self._by_chunk = {one: kept for one, kept in self._by_chunk.items() if one in there}
        self._by_chunk[chunk] = value
