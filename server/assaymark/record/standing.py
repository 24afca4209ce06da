"""
How it stands with each line of a content: whether somebody should read it, and whether anybody has.

The content need not be that of the work tree: what is staged, and what a commit has, are judged alike.

Invariants:
    A statement's lines count together, as in the editor.
    What is recorded is asked once for a content; where all lines stand alike, nothing is parsed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assaymark.analysis.reviewing import least, statement_lines
from assaymark.lineage.reviews import Standing, standing, standing_between
from assaymark.record.reading import of_file
from assaymark.syntax.languages import language_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from assaymark.analysis.snapshot import Snapshot
    from assaymark.lineage.reviews import Reviews
    from assaymark.record.reading import Line, Recorded
    from assaymark.repository.place import Place
    from assaymark.syntax.reading import Reading

_FIRST = 256


class Judged(NamedTuple):
    """What is *recorded* of a content, and how it stands with each of its lines, in their order."""

    recorded: Recorded
    standings: tuple[Standing, ...]

    @property
    def has_reviews(self) -> bool:
        """Whether any line that somebody should read was read."""
        return any(one in {Standing.by_requester, Standing.by_another} for one in self.standings)

    def at(self, line: int) -> Standing:
        """How it stands with *line* (from 1); what lies behind the text is nobody's."""
        return self.standings[line - 1] if 0 < line <= len(self.standings) else Standing.written


def judged(
    place: Place,
    content: bytes,
    snapshot: Snapshot | None = None,
    at: str = "HEAD",
    *,
    taken: AbstractSet[int] = frozenset(),
) -> Judged:
    """
    How it stands with the lines of *content*, the file at *place*.

    *snapshot* is that content where it was parsed already, *at* the commit behind it; *taken* are the lines
    (from 1) after which others are gone. Effect: what waits for the ledger is merged.
    """
    recorded = of_file(place, content, at, taken)
    alone = [standing(line.origin, recorded.reviews) for line in recorded.lines]
    own = [bool(line.origin.parts) for line in recorded.lines]
    is_gap = [line.origin.cut is not None and line.origin.cut.between for line in recorded.lines]
    if len({one for one, is_own in zip(alone, own, strict=True) if is_own}) < 2 and not any(is_gap):
        return Judged(recorded, tuple(alone))
    first = 0
    found: list[Standing] = list(alone)
    for reading in _readings(place, content, snapshot):
        n_lines = reading.chunk.n_breaks + 1
        its = slice(first, first + n_lines)
        if len(set(alone[its])) > 1 or any(is_gap[its]):
            found[its] = _together(reading, recorded.lines[its], alone[its], recorded.reviews)
        first += reading.chunk.n_breaks
    return Judged(recorded, tuple(found))


def _together(
    reading: Reading, lines: Sequence[Line], alone: Sequence[Standing], reviews: Reviews
) -> Iterator[Standing]:
    """How it stands with the lines of a chunk, each with its statement; a blank line needs no reading."""
    for number, line in enumerate(lines):
        if not line.origin.parts:
            yield Standing.written
            continue
        first, last = statement_lines(reading, number)
        within = standing_between((one.origin for one in lines[first : last + 1]), reviews)
        yield least({*alone[first : last + 1], alone[number], *within})


def _readings(place: Place, content: bytes, snapshot: Snapshot | None) -> Iterator[Reading]:
    if snapshot is not None:
        yield from (section.piece.reading for section in snapshot.text)
        return
    language = language_of(place.path or "", content[:_FIRST].split(b"\n", 1)[0])
    if language is None:
        return
    from assaymark.syntax.cut import ParseWork, cut

    yield from (piece.reading for piece in cut(content, language, ParseWork()))
