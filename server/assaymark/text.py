r"""
Text as bytes in chunks, and how it changes.

Invariants:
    Offsets are UTF-8 bytes; spans are half-open.
    Lines end at ``\n``, ``\r\n`` and ``\r``, and nowhere else (LSP 3.18, "Text Documents").
    Every chunk but the first starts at a line start, so no line end is ever split between two chunks.
    A text is never changed: ``spliced`` makes a new one that shares all untouched blocks.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from assaymark.dataclass import dataclass, field
from assaymark.regex import regex
from assaymark.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

LINE_END = regex(rb"\r\n|\n|\r")
_LINE_ENDS = (b"\n", b"\r")

# A block of this many chunks splits in two: an edit copies one block and one
# index of blocks, so both stay near the square root of a very long file.
_FULL_BLOCK = 128


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of bytes."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if self.start > self.end:
            msg = f"not a span: {self.start}..{self.end}"
            raise ValueError(msg)

    @property
    def length(self) -> int:
        return self.end - self.start

    def touches(self, other: Span) -> bool:
        """Whether the two share a byte or a border."""
        return self.start <= other.end and other.start <= self.end

    def covers(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end

    def shifted(self, by: int) -> Span:
        return Span(self.start + by, self.end + by)


@dataclass(frozen=True, slots=True)
class Edit:
    """New bytes in the place of a span."""

    span: Span
    new: bytes

    @property
    def growth(self) -> int:
        return len(self.new) - self.span.length

    @property
    def landed(self) -> Span:
        """Where the new bytes stand afterwards."""
        return Span(self.span.start, self.span.start + len(self.new))


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """
    A run of whole lines, and what is parsed before them.

    *prefix* is the header of the class that a chunk of members stands in: it
    belongs to the tree, and to no offset of the text.
    """

    data: bytes
    prefix: bytes = b""
    n_breaks: int = field(init=False)
    _line_starts: array[int] = field(init=False, default_factory=lambda: array("I"))

    def __post_init__(self) -> None:
        breaks = self.data.count(b"\n")
        if b"\r" in self.data:
            breaks += self.data.count(b"\r") - self.data.count(b"\r\n")
        object.__setattr__(self, "n_breaks", breaks)

    @property
    def n_bytes(self) -> int:
        return len(self.data)

    @property
    def line_starts(self) -> array[int]:
        """Where each line starts, the first at 0. Made when first asked for: a batch asks of few chunks."""
        if not self._line_starts:
            self._line_starts.extend(starts_of(self.data))
        return self._line_starts

    def line_of(self, offset: int) -> int:
        """The line, counted from the chunk's first, in which *offset* lies."""
        return bisect_right(self.line_starts, offset) - 1


def starts_of(data: bytes) -> list[int]:
    """Where each line of *data* starts, an empty one behind the last line end too."""
    # Not by an expression: a check, and each of a thousand edits of one change, comes here.
    starts = [0, *accumulate(map(len, data.splitlines(keepends=True)))]
    return starts if not data or data.endswith(_LINE_ENDS) else starts[:-1]


class HasChunk(Protocol):
    """What a text can be a sequence of."""

    @property
    def chunk(self) -> Chunk: ...

    @property
    def marked(self) -> bool:
        """Whether ``marked_places`` shows it."""
        ...

    @property
    def flagged(self) -> bool:
        """Whether ``flagged_places`` shows it."""
        ...

    @property
    def keys(self) -> frozenset[bytes]:
        """A few words by which ``leaves_with`` finds it."""
        ...

    @property
    def fresh(self) -> bool:
        """Whether ``settled`` still has to put another leaf in its place."""
        ...


L = TypeVar("L", bound=HasChunk)


@dataclass(frozen=True, slots=True, eq=False)
class _Block(Generic[L]):
    leaves: tuple[L, ...]
    starts: tuple[int, ...] = field(init=False)
    lines: tuple[int, ...] = field(init=False)
    marked: tuple[int, ...] = field(init=False)
    flagged: tuple[int, ...] = field(init=False)
    fresh: bool = field(init=False)
    _keys: frozenset[bytes] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        sizes = accumulate((leaf.chunk.n_bytes for leaf in self.leaves), initial=0)
        breaks = accumulate((leaf.chunk.n_breaks for leaf in self.leaves), initial=0)
        object.__setattr__(self, "starts", tuple(sizes))
        object.__setattr__(self, "lines", tuple(breaks))
        marked = tuple(index for index, leaf in enumerate(self.leaves) if leaf.marked)
        object.__setattr__(self, "marked", marked)
        flagged = tuple([index for index, leaf in enumerate(self.leaves) if leaf.flagged])
        object.__setattr__(self, "flagged", flagged)
        object.__setattr__(self, "fresh", any(leaf.fresh for leaf in self.leaves))

    @property
    def keys(self) -> frozenset[bytes]:
        """The keys of all leaves. Made when first asked for: few texts are."""
        keys = self._keys
        if keys is None:
            keys = frozenset[bytes]().union(*(leaf.keys for leaf in self.leaves))
            object.__setattr__(self, "_keys", keys)
        return keys


class Place(NamedTuple, Generic[L]):
    """Where a leaf stands: its first byte, its first line (from 0), and its address in the text."""

    leaf: L
    start: int
    line: int
    address: tuple[int, int]

    @property
    def end(self) -> int:
        return self.start + self.leaf.chunk.n_bytes


class Text(Generic[L]):
    """An immutable sequence of leaves, found by byte or by line in logarithmic time."""

    __slots__ = ("_blocks", "_lines", "_starts")

    def __init__(self, leaves: Sequence[L]) -> None:
        self._set(tuple(_Block(run) for run in _runs(tuple(leaves))))

    def _set(self, blocks: tuple[_Block[L], ...]) -> None:
        self._blocks = blocks
        self._starts = tuple(accumulate((block.starts[-1] for block in blocks), initial=0))
        self._lines = tuple(accumulate((block.lines[-1] for block in blocks), initial=0))

    @property
    def n_bytes(self) -> int:
        return self._starts[-1]

    @property
    def n_lines(self) -> int:
        return self._lines[-1] + 1

    def __iter__(self) -> Iterator[L]:
        for block in self._blocks:
            yield from block.leaves

    def __len__(self) -> int:
        return sum(len(block.leaves) for block in self._blocks)

    def place(self, address: tuple[int, int]) -> Place[L]:
        outer, inner = address
        block = self._blocks[outer]
        return Place(
            block.leaves[inner],
            self._starts[outer] + block.starts[inner],
            self._lines[outer] + block.lines[inner],
            address,
        )

    def places(self) -> Iterator[Place[L]]:
        for outer, block in enumerate(self._blocks):
            for inner in range(len(block.leaves)):
                yield self.place((outer, inner))

    def marked_places(self) -> Iterator[Place[L]]:
        """The leaves that are marked, in order; blocks without one are passed over."""
        for outer, block in enumerate(self._blocks):
            for inner in block.marked:
                yield self.place((outer, inner))

    def flagged_places(self, line: int) -> Iterator[Place[L]]:
        """The leaves that are flagged, in order, from the one in which *line* starts; as `marked_places`."""
        first = self.place_of_line(line).address
        for outer in range(first[0], len(self._blocks)):
            for inner in self._blocks[outer].flagged:
                if (outer, inner) >= first:
                    yield self.place((outer, inner))

    @property
    def keys(self) -> frozenset[bytes]:
        """The keys of all leaves."""
        return frozenset().union(*(block.keys for block in self._blocks))

    def leaves_with(self, keys: frozenset[bytes]) -> Iterator[L]:
        """The leaves that have one of *keys*, in order; blocks that have none are passed over."""
        for block in self._blocks:
            if not keys.isdisjoint(block.keys):
                yield from (leaf for leaf in block.leaves if not keys.isdisjoint(leaf.keys))

    def place_of_byte(self, offset: int) -> Place[L]:
        """The last leaf that starts at or before *offset*."""
        outer = min(bisect_right(self._starts, offset), len(self._blocks)) - 1
        block = self._blocks[outer]
        inner = min(bisect_right(block.starts, offset - self._starts[outer]), len(block.leaves)) - 1
        return self.place((outer, inner))

    def place_of_line(self, line: int) -> Place[L]:
        """The leaf in which *line* (from 0) starts; the last one for a line beyond the end."""
        outer = min(bisect_right(self._lines, line), len(self._blocks)) - 1
        block = self._blocks[outer]
        inner = min(bisect_right(block.lines, line - self._lines[outer]), len(block.leaves)) - 1
        return self.place((outer, inner))

    def before(self, place: Place[L]) -> Place[L] | None:
        outer, inner = place.address
        if inner:
            return self.place((outer, inner - 1))
        return self.place((outer - 1, len(self._blocks[outer - 1].leaves) - 1)) if outer else None

    def after(self, place: Place[L]) -> Place[L] | None:
        outer, inner = place.address
        if inner + 1 < len(self._blocks[outer].leaves):
            return self.place((outer, inner + 1))
        return self.place((outer + 1, 0)) if outer + 1 < len(self._blocks) else None

    def line_of(self, offset: int) -> int:
        place = self.place_of_byte(offset)
        return place.line + place.leaf.chunk.line_of(offset - place.start)

    def line_span(self, line: int) -> Span:
        """The bytes of *line* without its line end; empty, at the end of the text, beyond the last line."""
        if line >= self.n_lines:
            return Span(self.n_bytes, self.n_bytes)
        place = self.place_of_line(line)
        chunk, number = place.leaf.chunk, line - place.line
        start = chunk.line_starts[number]
        end = chunk.line_starts[number + 1] if number < chunk.n_breaks else chunk.n_bytes
        content = chunk.data[start:end].rstrip(b"\r\n")
        return Span(place.start + start, place.start + start + len(content))

    def slice(self, span: Span) -> bytes:
        parts = []
        place: Place[L] | None = self.place_of_byte(span.start)
        while place is not None and place.start < span.end:
            parts.append(place.leaf.chunk.data[max(span.start - place.start, 0) : span.end - place.start])
            place = self.after(place)
        return b"".join(parts)

    def whole(self) -> bytes:
        return b"".join(leaf.chunk.data for leaf in self)

    def spliced(self, first: Place[L], last: Place[L], leaves: Sequence[L]) -> Text[L]:
        """The text in which *leaves* stand in the place of *first* to *last*, both included."""
        (outer, inner), (outer_end, inner_end) = first.address, last.address
        middle = (
            *self._blocks[outer].leaves[:inner],
            *leaves,
            *self._blocks[outer_end].leaves[inner_end + 1 :],
        )
        before, behind = self._blocks[:outer], self._blocks[outer_end + 1 :]
        return self._of((*before, *(_Block(run) for run in _runs(middle)), *behind))

    def settled(self, settle: Callable[[L], L]) -> Text[L]:
        """The text with ``settle(leaf)`` in the place of every fresh leaf; it holds the same bytes."""
        return self._of(
            tuple(
                _Block(tuple(settle(leaf) if leaf.fresh else leaf for leaf in block.leaves))
                if block.fresh
                else block
                for block in self._blocks
            )
        )

    def fresh_places(self) -> Iterator[Place[L]]:
        """The leaves that are fresh, in order; blocks without one are passed over."""
        for outer, block in enumerate(self._blocks):
            if block.fresh:
                yield from (self.place((outer, at)) for at, leaf in enumerate(block.leaves) if leaf.fresh)

    def put(self, leaves: Mapping[tuple[int, int], L]) -> Text[L]:
        """The text with other leaves at some addresses; they hold the same bytes."""
        inside: dict[int, dict[int, L]] = {}
        for (outer, inner), leaf in leaves.items():
            inside.setdefault(outer, {})[inner] = leaf
        blocks = list(self._blocks)
        for outer, others in inside.items():
            blocks[outer] = _Block(
                tuple(others.get(at, leaf) for at, leaf in enumerate(blocks[outer].leaves))
            )
        return self._of(tuple(blocks))

    def exchanged(self, others: Mapping[int, L]) -> Text[L]:
        """The text with other leaves in the place of some, by identity; they hold the same bytes."""
        return self._of(
            tuple(
                _Block(tuple(others.get(id(leaf), leaf) for leaf in block.leaves))
                if any(id(leaf) in others for leaf in block.leaves)
                else block
                for block in self._blocks
            )
        )

    def _of(self, blocks: tuple[_Block[L], ...]) -> Text[L]:
        text: Text[L] = object.__new__(type(self))
        text._set(blocks)
        return text


def _runs(leaves: tuple[L, ...]) -> list[tuple[L, ...]]:
    if len(leaves) <= _FULL_BLOCK:
        return [leaves] if leaves else []
    size = _FULL_BLOCK // 2
    return [leaves[at : at + size] for at in range(0, len(leaves), size)]
