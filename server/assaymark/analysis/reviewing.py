"""
Whether the lines of a text were read, as far as anybody should.

A statement is read as a whole: where one line of it changed since, none of it counts as read.

Invariant: the answer depends on the text, the origins of its bytes, and the reviews that are known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.lineage.lines import line_origins
from assaymark.lineage.reviews import Standing, standing, standing_between
from assaymark.origin import sliced
from assaymark.syntax.statements import statement_at

if TYPE_CHECKING:
    from collections.abc import Collection

    from assaymark.analysis.snapshot import Section, Snapshot
    from assaymark.lineage.reviews import Reviews
    from assaymark.syntax.reading import Reading

_BLANKS = b" \t\f\v\r\n"
_WORST = (Standing.unread, Standing.by_requester, Standing.by_another, Standing.written)


def line_standing(snapshot: Snapshot, line: int, reviews: Reviews) -> Standing:
    """How it stands with *line* (from 0) of the text: as with the least read line of its statement."""
    place = snapshot.text.place_of_line(line)
    return section_standing(place.leaf, line - place.line, reviews)


def section_standing(section: Section, line: int, reviews: Reviews) -> Standing:
    """How it stands with *line* (from 0) of *section*."""
    chunk = section.chunk
    first, last = statement_lines(section.piece.reading, line)
    starts = chunk.line_starts
    start, end = starts[first], starts[last + 1] if last < chunk.n_breaks else chunk.n_bytes
    lines = line_origins(chunk.data[start:end], sliced(section.origins, start, end))
    own = lines[line - first]
    if not own.parts:
        return Standing.written
    return least({*(standing(one, reviews) for one in lines), *standing_between(lines, reviews)})


def statement_lines(reading: Reading, line: int) -> tuple[int, int]:
    """The first and the last line of the statement that *line* of a chunk is of; a blank one is its own."""
    chunk = reading.chunk
    start = chunk.line_starts[line]
    end = chunk.line_starts[line + 1] if line < chunk.n_breaks else chunk.n_bytes
    data = chunk.data[start:end]
    indent = len(data) - len(data.lstrip(_BLANKS))
    if indent == len(data) or reading.language is None:
        return line, line
    span = statement_at(reading, start + indent)
    return chunk.line_of(span.start), chunk.line_of(max(span.start, span.end - 1))


def least(standings: Collection[Standing]) -> Standing:
    """How it stands with what consists of these: as with what of it is least known to have been read."""
    return next((one for one in _WORST if one in standings), Standing.written)
