"""
Whose each line is: the origins of its bytes, blanks aside.

Invariants:
    A line that several wrote is said to be of all of them.
    A line is an agent's where most of its bytes are; a blank line is nobody's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assaymark.dataclass import dataclass
from assaymark.origin import Author, Origin, Runs, sliced
from assaymark.text import LINE_END

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assaymark.text import Chunk

_BLANKS = b" \t\r\n\x0b\x0c"


class Part(NamedTuple):
    """So many bytes of a line, blanks aside, of one origin."""

    origin: Origin
    n_bytes: int


@dataclass(frozen=True, slots=True)
class LineOrigin:
    """The origins of one line, in the order in which they first occur; none when it is blank."""

    parts: tuple[Part, ...] = ()

    @property
    def main(self) -> Origin | None:
        """The origin of most of its bytes."""
        return max(self.parts, key=lambda part: part.n_bytes).origin if self.parts else None

    @property
    def is_ai(self) -> bool:
        """Whether most of its bytes are an agent's."""
        n_ai = sum(part.n_bytes for part in self.parts if part.origin.author is Author.ai)
        return 2 * n_ai > sum(part.n_bytes for part in self.parts)

    @property
    def agent(self) -> Origin | None:
        """The agent's origin that has most of its bytes; None when it has none."""
        parts = [part for part in self.parts if part.origin.author is Author.ai]
        return max(parts, key=lambda part: part.n_bytes).origin if parts else None

    @property
    def is_mixed(self) -> bool:
        """Whether an agent wrote some of it and others wrote the rest."""
        return len({part.origin.author is Author.ai for part in self.parts}) > 1


class AiRun(NamedTuple):
    """Lines *first* to *last*, both included, that are an agent's, and the origin of most of their bytes."""

    first: int
    last: int
    origin: Origin


def line_origins(data: bytes, runs: Runs) -> list[LineOrigin]:
    """The origins of each line of *data*, which *runs* cover."""
    ends = [*(found.end() for found in LINE_END.finditer(data)), len(data)]
    lines: list[LineOrigin] = []
    rest = iter(_placed(runs))
    start, end, origin = next(rest, (0, len(data), None))
    at = 0
    for stop in ends:
        counts: dict[Origin, int] = {}
        while True:
            piece = data[max(at, start) : min(stop, end)]
            n_bytes = len(piece.translate(None, _BLANKS))
            if n_bytes and origin is not None:
                counts[origin] = counts.get(origin, 0) + n_bytes
            if end >= stop:
                break
            start, end, origin = next(rest, (end, len(data), None))
        lines.append(LineOrigin(tuple(Part(*item) for item in counts.items())))
        at = stop
    return lines


def line_origin(chunk: Chunk, runs: Runs, number: int) -> LineOrigin:
    """The origins of line *number* (from 0) of *chunk*, which *runs* cover."""
    start = chunk.line_starts[number]
    end = chunk.line_starts[number + 1] if number < chunk.n_breaks else chunk.n_bytes
    return line_origins(chunk.data[start:end], sliced(runs, start, end))[0]


def ai_runs(lines: Sequence[LineOrigin], near: int = 3) -> list[AiRun]:
    """The runs of an agent's lines (numbers from 0); those that fewer than *near* lines part are one."""
    found: list[list[int]] = []
    for number, line in enumerate(lines):
        if not line.is_ai:
            continue
        if found and number - found[-1][-1] - 1 < near:
            found[-1].append(number)
        else:
            found.append([number])
    return [AiRun(numbers[0], numbers[-1], _most(lines, numbers)) for numbers in found]


def _most(lines: Sequence[LineOrigin], numbers: Sequence[int]) -> Origin:
    """The agent's origin that has most bytes in these lines."""
    counts: dict[Origin, int] = {}
    for number in numbers:
        for origin, n_bytes in lines[number].parts:
            if origin.author is Author.ai:
                counts[origin] = counts.get(origin, 0) + n_bytes
    return max(counts, key=counts.__getitem__)


def _placed(runs: Runs) -> Iterator[tuple[int, int, Origin]]:
    at = 0
    for n_bytes, origin in runs:
        yield at, at + n_bytes, origin
        at += n_bytes
