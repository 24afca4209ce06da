"""
Hints: at the end of the first line of each run of lines that an agent wrote and nobody reviewed.

Invariants:
    Nothing stands on lines of people, of tools or of unknown origin.
    Runs that fewer than three lines part are one; which hints a line has does not depend on what was asked.
    A request costs the sections that it asks about, and the lines of those of them in which an agent wrote.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import NamedTuple

from assaymark.analysis.snapshot import Section
from assaymark.lineage.lines import LineOrigin
from assaymark.lineage.words import HINT, full_hint, sentence
from assaymark.lsp.agent_lines import AgentLine, AgentLines
from assaymark.lsp.head_lines import HeadLines
from assaymark.lsp.part import Part
from assaymark.lsp.wire import Position
from assaymark.origin import Evidence
from assaymark.settings.values import Hints, Settings
from assaymark.text import Place

# So many lines between two runs are none.
_NEAR = 3

Wanted = Callable[[Place[Section]], Iterator[AgentLine]]


class Range(NamedTuple):
    """Lines *first* to *last*, both included, of a document."""

    first: int
    last: int


class Known(NamedTuple):
    """
    What hints rest on besides the text.

    *head* gives the committed lines, None while nobody knows them; then what came since the editing *began*
    (seconds since 1970) counts as not committed. *today* is a proleptic Gregorian ordinal.
    """

    head: Callable[[], HeadLines | None]
    today: int
    began: int


def hints(part: Part, agents: AgentLines, known: Known, where: Range) -> bytes:
    """The hints in the lines *where* of a document, as JSON. Effect: *head* is asked if it matters."""
    settings = part.document.options.settings
    if settings.hints is Hints.off:
        return b"[]"
    wanted = _wanted(part, agents, known)
    items = (
        _item(part, number, line, settings, known.today) for number, line in _first_lines(part, wanted, where)
    )
    return b"[%b]" % b",".join(items)


def _wanted(part: Part, agents: AgentLines, known: Known) -> Wanted:
    """What gives the lines of a section that may have a hint."""
    text = part.entry.snapshot.text
    every = part.document.options.settings.hints is Hints.all

    def wanted(place: Place[Section]) -> Iterator[AgentLine]:
        lines = agents.of(text, place.leaf)
        if not lines or every:
            yield from lines
        elif (head := known.head()) is None:
            yield from (line for line in lines if _came_since(line.origin, known.began))
        else:
            committed = head.committed(text, place)
            yield from (line for line in lines if line.number not in committed)

    return wanted


def _came_since(line: LineOrigin, began: int) -> bool:
    origin = line.agent
    if origin is None or origin.evidence is Evidence.note:
        return False
    return origin.time is None or origin.time >= began


def _first_lines(part: Part, wanted: Wanted, where: Range) -> Iterator[tuple[int, LineOrigin]]:
    """The first line of each run that starts in *where*, counted in the whole text."""
    text = part.entry.snapshot.text
    end = part.span.end
    first, last = part.line + where.first, part.line + where.last
    before = -1 - _NEAR
    # A run may have begun just above what is asked about; what stands in another cell is no part of it.
    start = max(first - _NEAR, part.line)
    place: Place[Section] | None = text.place_of_line(start)
    while place is not None and place.line <= last and place.start <= end:
        for line in wanted(place):
            number = place.line + line.number
            if not start <= number <= last:
                continue
            if number - before > _NEAR and number >= first and _is_in(part, number):
                yield number, line.origin
            before = number
        place = text.after(place)


def _is_in(part: Part, number: int) -> bool:
    return part.span.covers(part.entry.snapshot.text.line_span(number))


def _item(part: Part, number: int, line: LineOrigin, settings: Settings, today: int) -> bytes:
    origin = line.agent
    at: Position = part.position(part.entry.snapshot.text.line_span(number).end)
    item = {
        "position": {"line": at.line, "character": at.column},
        "label": full_hint(origin) if settings.hints_name_model and origin is not None else HINT,
        "paddingLeft": True,
        "tooltip": sentence(at.line + 1, line, today),
    }
    return json.dumps(item, separators=(",", ":")).encode()
