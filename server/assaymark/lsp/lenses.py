"""
Lenses: over each function that holds a finding in lines that an agent wrote, or cut, and nobody reviewed.

Invariants:
    A function without such a finding has none; a finding counts for the innermost function around it.
    The lenses of a section are made once for its findings and origins, but for where they stand.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Iterator
from typing import NamedTuple

from assaymark.analysis.snapshot import Section
from assaymark.finding import Finding
from assaymark.lineage.words import lens
from assaymark.lsp.agent_lines import AgentLines
from assaymark.lsp.kept import Kept
from assaymark.lsp.part import Part
from assaymark.lsp.wire import columns_before
from assaymark.origin import Runs
from assaymark.syntax.functions import function_over
from assaymark.text import Place, Span

_Found = tuple[Finding, ...]

# A lens but for where it stands and what it says; then its lines, its document, and where its finding starts.
_TEMPLATE = (
    b'{"range":{"start":%b,"end":%b},'
    b'"command":{"title":%b,"command":"assaymark.show",'
    b'"arguments":[{"uri":%%b,"rule":%b,"fingerprint":%b,"start":%%d}]}},'
    b'{"range":{"start":%b,"end":%b},'
    b'"command":{"title":"Mark as reviewed","command":"assaymark.markReviewed",'
    b'"arguments":[{"uri":%%b,"scope":"function","line":%%d}]}}'
)


class _Lens(NamedTuple):
    """A lens over *span* on *line* of its section, whose first finding starts at byte *start* of that."""

    template: bytes
    span: Span
    line: int
    start: int


class _Made(NamedTuple):
    """The lenses of a chunk, and what they were made of."""

    findings: _Found
    runs: Runs
    agents: tuple[int, ...]
    lenses: tuple[_Lens, ...]


class Lenses:
    """Those of one text; *shows* says whether the client can be led to a finding."""

    __slots__ = ("_agents", "_made", "_shows")

    def __init__(self, agents: AgentLines, *, shows: bool) -> None:
        self._agents = agents
        self._shows = shows
        self._made: Kept[_Made] = Kept()

    def items(self, part: Part) -> bytes:
        """The lenses of a document, as JSON."""
        uri = json.dumps(part.uri).encode()
        items = [
            one.template % (line, line, uri, place.start + one.start, line, line, uri, line)
            for place in part.entry.snapshot.sections_with_findings()
            for one in self._of(part, place)
            if part.span.covers(one.span.shifted(place.start))
            for line in (place.line + one.line - part.line,)
        ]
        return b"[%b]" % b",".join(items)

    def _of(self, part: Part, place: Place[Section]) -> tuple[_Lens, ...]:
        snapshot, section = part.entry.snapshot, place.leaf
        agents = self._agents.of(snapshot.text, section)
        if snapshot.language is None or not agents:
            return ()
        found = tuple(part.document.shown_in(section, snapshot))
        made = self._made.of(section.chunk)
        known = () if made is None else (made.runs, made.agents)
        if made is None or made.findings != found or not _same(known, (section.origins, agents)):
            lenses = self._lenses(part, section, found, snapshot.language)
            made = _Made(found, section.origins, agents, tuple(lenses))
            self._made.keep(snapshot.text, section.chunk, made)
        return made.lenses

    def _lenses(self, part: Part, section: Section, found: _Found, language: str) -> Iterator[_Lens]:
        text = part.entry.snapshot.text
        lines = frozenset(self._agents.of(text, section))
        functions: dict[Span, list[Finding]] = {}
        for finding in found:
            if not lines.isdisjoint(_lines(section, finding.span)):
                function = function_over(section.piece, finding.span, language)
                if function is not None:
                    functions.setdefault(function, []).append(finding)
        for span, findings in sorted(functions.items()):
            counts = self._agents.counted(text, section, _lines(section, span))
            title = lens(len(findings), *counts)
            yield _lens(part, section, span, findings[0], f"{title} | Show" if self._shows else title)


def _lens(part: Part, section: Section, span: Span, first: Finding, title: str) -> _Lens:
    chunk = section.chunk
    line = chunk.line_of(span.start)
    start = chunk.line_starts[line]
    column = columns_before(chunk.data[start : span.start], span.start - start, part.encoding)
    at = b'{"line":%%d,"character":%d}' % column
    template = _TEMPLATE % (at, at, *map(_escaped, (title, first.rule, first.fingerprint)), at, at)
    return _Lens(template, span, line, first.span.start)


def _same(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    """Whether these are the same objects."""
    return all(map(operator.is_, one, other))


def _escaped(text: str) -> bytes:
    """*text* as JSON in a template."""
    return json.dumps(text).encode().replace(b"%", b"%%")


def _lines(section: Section, span: Span) -> range:
    chunk = section.chunk
    return range(chunk.line_of(span.start), chunk.line_of(max(span.end - 1, span.start)) + 1)
