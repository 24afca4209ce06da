"""
Which findings of an open text stand in lines that somebody should read and nobody has, as a gate asks it.

Of lines that an agent wrote or changed every finding counts. What is of unknown origin counts where it
differs from the last commit, which is what a gate asks about, and in no file that git ignores: what was there
before anything was recorded is everybody's, and to name it would be noise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assaymark.analysis.reviewing import section_standing, statement_lines
from assaymark.lineage.lines import line_origin
from assaymark.lineage.reviews import Standing
from assaymark.lineage.words import why_unread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assaymark.finding import Finding
    from assaymark.lsp.part import Part
    from assaymark.lsp.session import Session
    from assaymark.text import Span


class Due(NamedTuple):
    """A finding, the lines *first* to *last* (from 0) of its statement, and why these should be read."""

    finding: Finding
    first: int
    last: int
    why: str


def due(session: Session, part: Part, span: Span) -> Iterator[Due]:
    """Those that are shown, and touch *span* of the text. Effect: git is asked what is committed."""
    for finding in part.visible(span):
        found = _due(session, part, finding)
        if found is not None:
            yield found


def _due(session: Session, part: Part, finding: Finding) -> Due | None:
    document, text = part.document, part.entry.snapshot.text
    place = text.place_of_byte(finding.span.start)
    section, reviews = place.leaf, session.reviews.of(document)
    ends = finding.span.start, max(finding.span.start, finding.span.end - 1)
    first, last = (section.chunk.line_of(min(at - place.start, section.chunk.n_bytes)) for at in ends)
    lines = range(first, last + 1)
    unread = [line for line in lines if section_standing(section, line, reviews) is Standing.unread]
    if not unread:
        return None
    if set(session.asides.agents(document).of(text, section)).isdisjoint(lines):
        is_recorded, committed = session.recording.is_on(document), session.asides.committed
        if not (is_recorded and committed.lacks(document, text, place, unread)):
            return None
    start, end = statement_lines(section.piece.reading, unread[0])
    origin = line_origin(section.chunk, section.origins, unread[0])
    return Due(finding, place.line + min(start, first), place.line + max(end, last), why_unread(origin))
