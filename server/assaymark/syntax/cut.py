"""
A text cut into pieces that are parsed each by itself: the definition of a file's tree.

The cut is a pure function of the text. A boundary is seen from its own line and the one before, so an
edit moves none but its neighbours. A piece that leaves something open (a string, a bracket)
and whose tree has an error absorbs what follows when that closes it within ``LOOK`` bytes and the two parse
cleanly together; else it stays alone with its error, and hides nothing behind it. Decorators absorb their
definition, however that parses. A piece longer than ``LONG_UNIT`` is cut again at the members of its class,
each parsed behind the class header.

Invariants:
    The pieces' bytes, joined, are the text.
    ``recut`` gives the pieces that ``cut`` would give for the whole new text.
    A piece that leaves nothing open is cut without its tree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from assaymark.dataclass import dataclass
from assaymark.syntax import languages
from assaymark.syntax.adapter import LINE_HEAD
from assaymark.syntax.reading import Reading
from assaymark.text import Chunk, Edit, HasChunk, Place, Span, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tree_sitter import Tree


LOOK = 64 * 1024
LONG_UNIT = 16 * 1024


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """
    A chunk with what is read off it.

    *looked* is how many bytes behind its end were read to decide where it ends; *continues* says that it
    is a further part of one very long unit.
    """

    reading: Reading
    looked: int = 0
    continues: bool = False

    @property
    def chunk(self) -> Chunk:
        return self.reading.chunk

    @property
    def tree(self) -> Tree:
        return self.reading.tree

    @property
    def is_parsed(self) -> bool:
        return self.reading.is_parsed

    @property
    def words(self) -> frozenset[bytes]:
        return self.reading.words


class HasPiece(HasChunk, Protocol):
    @property
    def piece(self) -> Piece: ...


P = TypeVar("P", bound=HasPiece)


@dataclass(slots=True)
class ParseWork:
    """What there was to parse anew, whether or not it was asked for: counted, so that a test can bound it."""

    n_bytes: int = 0
    n_chunks: int = 0


@dataclass(frozen=True, slots=True)
class Recut(Generic[P]):
    """The new text, which leaves went for which, and the byte from which on."""

    text: Text[P]
    start: int
    removed: tuple[P, ...]
    added: tuple[P, ...]


def cut(content: bytes, language: str, work: ParseWork) -> list[Piece]:
    """
    The pieces of a whole text; one empty piece for an empty text.

    Raises Unavailable when nothing provides the grammar.
    """
    source: _Source[HasPiece] = _Source(content, language, work)
    pieces: list[Piece] = []
    at = 0
    while at < len(content) or not pieces:
        unit = _unit(source, at)
        pieces.extend(unit)
        at += sum(piece.chunk.n_bytes for piece in unit)
    return pieces


def recut(
    text: Text[P], edit: Edit, language: str, make: Callable[[Piece, int], P], work: ParseWork
) -> Recut[P]:
    """
    *text* after *edit*; leaves that the edit does not touch, and that come out as they were, are the same.

    *make* makes a leaf of a piece and of the byte where it starts.
    """
    first, last = _first_affected(text, edit), text.place_of_byte(edit.span.end)
    source = _Source.edited(text, first, last, edit, (language, work))
    added: list[P] = []
    at = first.start
    while (behind := source.synchronous(at, edit.landed.end)) is None and (at < source.end or source.pull()):
        for piece in _unit(source, at):
            old = source.old.get(at)
            added.append(old if old is not None and _same(old.piece, piece) else make(piece, at))
            at += piece.chunk.n_bytes
    if not added and at == 0 and behind is None:
        added.append(make(_unit(source, 0)[0], 0))
    replaced_to = text.before(behind) if behind is not None else source.reached
    return _spliced(text, first, replaced_to or first, added)


def _first_affected(text: Text[P], edit: Edit) -> Place[P]:
    """The first leaf, and the start of a unit, whose end may come out elsewhere."""
    touched = text.place_of_byte(edit.span.start)
    first = text.before(touched) or touched
    back: Place[P] | None = first
    while back is not None and edit.span.start - back.end <= LOOK + LINE_HEAD:
        if edit.span.start - back.end <= back.leaf.piece.looked:
            first = back
        back = text.before(back)
    while first.leaf.piece.continues:
        first = text.before(first) or first
    return first


def _spliced(text: Text[P], first: Place[P], last: Place[P], added: list[P]) -> Recut[P]:
    removed: list[P] = []
    place: Place[P] | None = first
    while place is not None and place.address <= last.address:
        removed.append(place.leaf)
        place = text.after(place)
    kept = {id(leaf) for leaf in added} & {id(leaf) for leaf in removed}
    return Recut(
        text.spliced(first, last, added),
        first.start,
        tuple(leaf for leaf in removed if id(leaf) not in kept),
        tuple(leaf for leaf in added if id(leaf) not in kept),
    )


def _same(old: Piece, new: Piece) -> bool:
    return old.reading is new.reading and old.looked == new.looked and old.continues == new.continues


class _Source(Generic[P]):
    """
    The bytes being cut, from *base* on, pulled leaf by leaf from behind the edit as they are asked for.

    *old* holds the leaves of the former text by where they start in the new one, those that the edit
    touches left out: what comes may be what went, byte for byte, and is another thing.
    """

    def __init__(self, buffer: bytes, language: str, work: ParseWork, base: int = 0) -> None:
        self.adapter = languages.adapter(language)
        # Without a grammar nothing is cut, though nothing may be parsed yet.
        languages.grammar(language)
        self.language = language
        self.work = work
        self.buffer = buffer
        self.base = base
        self.old: dict[int, P] = {}
        self.reached: Place[P] | None = None
        self._text: Text[P] | None = None
        self._edited_to: Place[P] | None = None

    @classmethod
    def edited(
        cls, text: Text[P], first: Place[P], last: Place[P], edit: Edit, frame: tuple[str, ParseWork]
    ) -> _Source[P]:
        head = text.slice(Span(first.start, edit.span.start))
        tail = text.slice(Span(edit.span.end, last.end))
        source = cls(head + edit.new + tail, *frame, base=first.start)
        source._text, source.reached, source._edited_to = text, last, last
        place: Place[P] | None = first
        while place is not None and place.address <= last.address:
            if place.end <= edit.span.start:
                source.old[place.start] = place.leaf
            elif place.start >= edit.span.end:
                source.old[place.start + edit.growth] = place.leaf
            place = text.after(place)
        return source

    @property
    def end(self) -> int:
        return self.base + len(self.buffer)

    def pull(self) -> bool:
        """Append the next old leaf; False at the end of the text."""
        if self._text is None or self.reached is None:
            return False
        place = self._text.after(self.reached)
        if place is None:
            return False
        self.old[self.end] = place.leaf
        self.buffer += place.leaf.chunk.data
        self.reached = place
        return True

    def synchronous(self, at: int, landed: int) -> Place[P] | None:
        """The old leaf behind the edit that starts a unit just *at*: from there on nothing is different."""
        if self._text is None or self._edited_to is None or at < landed:
            return None
        growth = self.end - self.reached.end if self.reached is not None else 0
        place = self._text.place_of_byte(at - growth)
        behind = place.address > self._edited_to.address
        starts = place.start == at - growth and not place.leaf.piece.continues
        return place if behind and starts else None

    def boundary_after(self, at: int) -> int:
        """Where the piece that starts *at* ends."""
        searched = at - self.base
        while True:
            for found in self.adapter.boundaries(self.buffer, searched):
                return self.base + found
            searched = len(self.buffer) - 1
            if not self.pull():
                return self.end

    def following(self, end: int) -> Iterator[bytes]:
        """The pieces behind *end*, as far as they end within ``LOOK``."""
        start = end
        while start < self.end or self.pull():
            stop = self.boundary_after(start)
            if stop - end > LOOK:
                return
            yield self.between(start, stop)
            start = stop

    def between(self, start: int, end: int) -> bytes:
        return self.buffer[start - self.base : end - self.base]

    def reading(self, at: int, data: bytes, prefix: bytes) -> Reading:
        """What is read off these bytes; by the old leaf that stood there, when it held the same."""
        old = self.old.get(at)
        if old is not None and old.chunk.data == data and old.chunk.prefix == prefix:
            return old.piece.reading
        self.work.n_bytes += len(prefix) + len(data)
        self.work.n_chunks += 1
        return Reading(Chunk(data, prefix), self.language)


def _unit(source: _Source[P], at: int) -> list[Piece]:
    """The pieces from *at* to the next boundary, or further when what is left open there closes behind it."""
    end = source.boundary_after(at)
    data = source.between(at, end)
    pieces = _pieces(source, at, data)
    if not pieces[-1].reading.leaves_open:
        return pieces
    consumed: list[bytes] = []
    count, gave_up = _absorbable(source, pieces[-1].chunk.data, source.following(end), consumed)
    if count:
        merged = _pieces(source, at, data + b"".join(consumed[:count]))
        if pieces[-1].reading.waits or not merged[-1].tree.root_node.has_error:
            return merged
    # Where the last piece ended was read off the line behind it.
    looked = (sum(map(len, consumed)) if gave_up else LOOK) + LINE_HEAD
    last = pieces[-1]
    return [*pieces[:-1], Piece(last.reading, looked, last.continues)]


def _absorbable(
    source: _Source[P], data: bytes, following: Iterator[bytes], consumed: list[bytes]
) -> tuple[int, bool]:
    """How many of *following* close what *data* leaves open, and whether that was known before their end."""
    ended = False

    def watched() -> Iterator[bytes]:
        nonlocal ended
        for piece in following:
            consumed.append(piece)
            yield piece
        ended = True

    count = source.adapter.closes(data, watched())
    return count or 0, not ended


def _pieces(source: _Source[P], at: int, data: bytes) -> list[Piece]:
    """One piece; for a very long class, one a member."""
    prefix, starts = source.adapter.members(data) if len(data) > LONG_UNIT else (b"", [])
    borders = [0, *starts, len(data)]
    pieces: list[Piece] = []
    first = 0
    while first < len(borders) - 1:
        behind = prefix if first else b""
        count = 1
        reading = source.reading(at + borders[first], data[borders[first] : borders[first + 1]], behind)
        if first + 2 < len(borders) and reading.leaves_open:
            following = _members_behind(data, borders, first + 1)
            more = _absorbable(source, reading.chunk.data, following, [])[0]
            merged = data[borders[first] : borders[first + 1 + more]]
            closed = source.reading(at + borders[first], merged, behind) if more else reading
            if more and (reading.waits or not closed.tree.root_node.has_error):
                reading, count = closed, 1 + more
        pieces.append(Piece(reading, continues=bool(first)))
        first += count
    return pieces


def _members_behind(data: bytes, borders: Sequence[int], first: int) -> Iterator[bytes]:
    for start, end in zip(borders[first:], borders[first + 1 :], strict=False):
        if end - borders[first] > LOOK:
            return
        yield data[start:end]
