"""
Hints: at the end of the first line of each run of lines that an agent wrote, or cut, and nobody reviewed.

Invariants:
    Nothing stands on other lines of people, on those of tools or of unknown origin.
    Runs that fewer than three lines part are one; which hints a line has does not depend on what was asked.
    A request costs the sections in which an agent wrote; of those that did not change, one look each.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from assaymark.analysis.snapshot import Section
from assaymark.lineage.lines import LineOrigin, line_origin
from assaymark.lineage.words import hint, sentence
from assaymark.lsp.agent_lines import NEAR, AgentLines
from assaymark.lsp.head_lines import HeadLines
from assaymark.lsp.part import Part
from assaymark.origin import Evidence
from assaymark.settings.values import Hints
from assaymark.text import Place

_NONE: frozenset[int] = frozenset()

NotWanted: TypeAlias = "Callable[[Place[Section]], frozenset[int]]"


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
    if part.document.options.settings.hints is Hints.off:
        return b"[]"
    text = part.entry.snapshot.text
    items = (
        _item(part, place, number, known.today)
        for place, number in _first_lines(part, agents, _not_wanted(part, agents, known), where)
        if part.span.covers(text.line_span(place.line + number))
    )
    return b"[%b]" % b",".join(items)


def _not_wanted(part: Part, agents: AgentLines, known: Known) -> NotWanted:
    """What gives the lines of a section, counted from its first, that have no hint though an agent's."""
    text = part.entry.snapshot.text
    every = part.document.options.settings.hints is Hints.all

    def not_wanted(place: Place[Section]) -> frozenset[int]:
        lines = agents.of(text, place.leaf)
        if not lines or every:
            return _NONE
        head = known.head()
        if head is not None:
            return head.committed(text, place)
        return (
            frozenset(line for line in lines if not _came_since(_origin(place, line), known.began)) or _NONE
        )

    return not_wanted


def _came_since(line: LineOrigin, began: int) -> bool:
    origin = line.agent
    if origin is None or origin.evidence is Evidence.note:
        return False
    return origin.time is None or origin.time >= began


def _first_lines(
    part: Part, agents: AgentLines, not_wanted: NotWanted, where: Range
) -> Iterator[tuple[Place[Section], int]]:
    """The first line of each run that starts in *where*, by its section and counted from that."""
    text = part.entry.snapshot.text
    first, last = part.line + where.first, part.line + where.last
    # A run may have begun just above what is asked about; what stands in another cell is no part of it.
    start = max(first - NEAR, part.line)
    before = start - NEAR - 1
    for place in text.flagged_places(start):
        if place.line > last or place.start > part.span.end:
            break
        unwanted = not_wanted(place)
        for run in agents.near(text, place.leaf, unwanted):
            number = run.first
            if place.line + number < part.line <= place.line + run.last:
                # It began in the cell before.
                lines = agents.of(text, place.leaf)
                number = next(at for at in lines if at not in unwanted and place.line + at >= part.line)
            if first <= place.line + number <= last and place.line + number - before > NEAR:
                yield place, number
            if place.line + run.last >= part.line:
                before = place.line + run.last


def _origin(place: Place[Section], number: int) -> LineOrigin:
    return line_origin(place.leaf.chunk, place.leaf.origins, number)


def _item(part: Part, place: Place[Section], number: int, today: int) -> bytes:
    settings, line = part.document.options.settings, _origin(place, number)
    at = part.position(part.entry.snapshot.text.line_span(place.line + number).end)
    item = {
        "position": {"line": at.line, "character": at.column},
        "label": hint(line, names_model=settings.hints_name_model),
        "paddingLeft": True,
        "tooltip": sentence(at.line + 1, line, today, is_due=True),
    }
    return json.dumps(item, separators=(",", ":")).encode()
