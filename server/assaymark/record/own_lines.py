"""Which lines of a text an agent's session wrote, and which of them nobody has reviewed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.analysis.reviewing import line_standing
from assaymark.lineage.lines import line_origin
from assaymark.lineage.reviews import Standing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assaymark.analysis.snapshot import Snapshot
    from assaymark.lineage.reviews import Reviews
    from assaymark.origin import Cut, Origin
    from assaymark.record.conversations import Conversation


def unread(snapshot: Snapshot, conversation: Conversation, reviews: Reviews) -> Iterator[tuple[int, int]]:
    """The lines (from 1) that *conversation* made and nobody has reviewed, with blank ones between them."""
    first = last = -1
    for line in range(snapshot.text.n_lines):
        if not _made(snapshot, line, conversation, gaps=True):
            continue
        if line_standing(snapshot, line, reviews) is not Standing.unread:
            continue
        if first >= 0 and line > last + 1 and not _blank_between(snapshot, last, line):
            yield first + 1, last + 1
            first = line
        first, last = (line if first < 0 else first), line
    if first >= 0:
        yield first + 1, last + 1


def _blank_between(snapshot: Snapshot, last: int, line: int) -> bool:
    text = snapshot.text
    return all(not text.slice(text.line_span(one)).strip() for one in range(last + 1, line))


def wrote(snapshot: Snapshot, line: int, conversation: Conversation) -> bool:
    """Whether any of *line* (from 0) is the conversation's, or it took something out of it."""
    return _made(snapshot, line, conversation, gaps=False)


def _made(snapshot: Snapshot, line: int, conversation: Conversation, *, gaps: bool) -> bool:
    """The same; *gaps*: also where it took lines away beside it."""
    place = snapshot.text.place_of_line(line)
    origins = [
        one.origin for one in line_origin(place.leaf.chunk, place.leaf.origins, line - place.line).parts
    ]
    cuts = [one.cut for one in origins if one.cut is not None and (gaps or not one.cut.between)]
    several: list[Origin | Cut] = [*origins, *cuts]
    return any(is_of(one, conversation) for one in several)


def is_of(origin: Origin | Cut, conversation: Conversation) -> bool:
    """Whether what is of *origin* is the conversation's."""
    return (origin.tool, origin.session) == (conversation.tool, conversation.session)
