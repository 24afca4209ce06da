"""
Whose each line is: the origins of its bytes, blanks aside.

Invariants:
    A line that several wrote is said to be of all of them.
    A line is an agent's where a word of it is, be it one: a word can be the flaw. Brackets and the like that
    it left behind make no line its own; a blank line is nobody's.
"""

from __future__ import annotations

from itertools import accumulate, pairwise

from assaymark.dataclass import dataclass
from assaymark.lineage.cuts import has_word
from assaymark.origin import Author, Cut, Origin, Runs, sliced
from assaymark.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from assaymark.text import Chunk

_BLANKS = b" \t\r\n\x0b\x0c"


class Part(NamedTuple):
    """So many bytes of a line, blanks aside, of one origin, and whether there is a word among them."""

    origin: Origin
    n_bytes: int
    has_word: bool = True


@dataclass(frozen=True, slots=True)
class LineOrigin:
    """The origins of one line, in the order in which they first occur; none when it is blank."""

    parts: tuple[Part, ...] = ()

    @property
    def first(self) -> Origin | None:
        """The origin to name where there is room for one: its agent's, else that of most of its bytes."""
        most = max(self.parts, key=lambda part: part.n_bytes).origin if self.parts else None
        return self.agent or most

    @property
    def is_ai(self) -> bool:
        """Whether a word of it is an agent's."""
        return any(part.has_word and part.origin.author is Author.ai for part in self.parts)

    @property
    def agent(self) -> Origin | None:
        """The agent's origin that has most of its bytes; None when it has none."""
        parts = [part for part in self.parts if part.origin.author is Author.ai]
        return max(parts, key=lambda part: part.n_bytes).origin if parts else None

    @property
    def is_mixed(self) -> bool:
        """Whether an agent wrote some of it and others wrote the rest."""
        return len({part.origin.author is Author.ai for part in self.parts}) > 1

    @property
    def cut(self) -> Cut | None:
        """What an agent, or nobody known, did to it without leaving a word."""
        cuts = [part.origin.cut for part in self.parts if part.origin.cut is not None]
        return max(cuts, key=lambda one: one.rank, default=None)


def line_origins(data: bytes, runs: Runs) -> list[LineOrigin]:
    """The origins of each line of *data*, which *runs* cover."""
    ends = _line_ends(data)
    lines: list[LineOrigin] = []
    rest = iter(_placed(runs))
    start, end, origin = next(rest, (0, len(data), None))
    at = 0
    for stop in ends:
        parts: dict[Origin, Part] = {}
        while True:
            piece = data[max(at, start) : min(stop, end)].translate(None, _BLANKS)
            if piece and origin is not None:
                before = parts.get(origin, Part(origin, 0, has_word=False))
                is_word = before.has_word or has_word(piece)
                parts[origin] = Part(origin, before.n_bytes + len(piece), is_word)
            if end >= stop:
                break
            start, end, origin = next(rest, (end, len(data), None))
        lines.append(LineOrigin(tuple(parts.values())))
        at = stop
    return lines


def line_origin(chunk: Chunk, runs: Runs, number: int) -> LineOrigin:
    """The origins of line *number* (from 0) of *chunk*, which *runs* cover."""
    start = chunk.line_starts[number]
    end = chunk.line_starts[number + 1] if number < chunk.n_breaks else chunk.n_bytes
    return line_origins(chunk.data[start:end], sliced(runs, start, end))[0]


class Gap(NamedTuple):
    """A place in a text where lines went, and the origins on either side that tell so, one or two."""

    at: int
    beside: tuple[Origin, ...]


def gaps(data: bytes, runs: Runs) -> Iterator[Gap]:
    """
    Where lines went from *data*, which *runs* cover, as those around tell.

    The line on one side may be such that nothing is noted of it; then the other tells alone.
    """
    if not any(_is_beside(run.origin) for run in runs):
        return
    before = LineOrigin()
    last = 0
    for (start, end), line in zip(pairwise([0, *_line_ends(data)]), line_origins(data, runs), strict=True):
        if line.parts:
            yield from _gap(start, before, line)
            before, last = line, end
    yield from _gap(last, before, LineOrigin())


def _gap(at: int, before: LineOrigin, line: LineOrigin) -> Iterator[Gap]:
    told = [[part.origin for part in one.parts if _is_beside(part.origin)] for one in (before, line)]
    if any(told) and not any(not its and _tells(one) for one, its in zip((before, line), told, strict=True)):
        yield Gap(at, tuple(its[0] for its in told if its))


def _is_beside(origin: Origin) -> bool:
    return origin.cut is not None and origin.cut.between


def _tells(line: LineOrigin) -> bool:
    """Whether it would be noted of *line* if others went from beside it."""
    authors = {part.origin.author for part in line.parts}
    return not authors <= {Author.ai, Author.unknown} and line.cut is None


def _line_ends(data: bytes) -> list[int]:
    """Where each line of *data* ends, the last one with it."""
    ends = [*accumulate(map(len, data.splitlines(keepends=True)))]
    # Behind the last line end another line begins.
    return ends if data[-1:] not in b"\r\n" else [*ends, len(data)]


def _placed(runs: Runs) -> Iterator[tuple[int, int, Origin]]:
    at = 0
    for n_bytes, origin in runs:
        yield at, at + n_bytes, origin
        at += n_bytes
