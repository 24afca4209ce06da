"""
Lenses: over each function that holds a finding in lines that an agent wrote and nobody reviewed.

Invariant: a function without such a finding has none; a finding counts for the innermost function around it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from assaymark.analysis.snapshot import Section
from assaymark.dataclass import dataclass
from assaymark.finding import Finding
from assaymark.lineage.words import lens
from assaymark.lsp.agent_lines import AgentLines
from assaymark.lsp.part import Part
from assaymark.syntax.functions import function_over
from assaymark.text import Place, Span


@dataclass(frozen=True, slots=True)
class _Function:
    """A function and its findings, with spans in its section."""

    span: Span
    findings: tuple[Finding, ...]


def lenses(part: Part, agents: AgentLines, *, shows: bool) -> bytes:
    """The lenses of a document, as JSON; *shows* whether the client can be led to the finding."""
    snapshot = part.entry.snapshot
    items = [
        _item(part, agents, place, function, shows=shows)
        for place in snapshot.sections_with_findings()
        for function in _functions(part, agents, place)
        if part.span.covers(function.span.shifted(place.start))
    ]
    return b"[%b]" % b",".join(items)


def _functions(part: Part, agents: AgentLines, place: Place[Section]) -> Iterator[_Function]:
    snapshot, section = part.entry.snapshot, place.leaf
    lines = frozenset(line.number for line in agents.of(snapshot.text, section))
    if not lines or snapshot.language is None:
        return
    found: dict[Span, list[Finding]] = {}
    for finding in part.document.shown_in(section, snapshot):
        if not lines.isdisjoint(_lines(section, finding.span)):
            function = function_over(section.piece, finding.span, snapshot.language)
            if function is not None:
                found.setdefault(function, []).append(finding)
    yield from (_Function(span, tuple(findings)) for span, findings in sorted(found.items()))


def _lines(section: Section, span: Span) -> range:
    chunk = section.chunk
    return range(chunk.line_of(span.start), chunk.line_of(max(span.end - 1, span.start)) + 1)


def _item(
    part: Part, agents: AgentLines, place: Place[Section], function: _Function, *, shows: bool
) -> bytes:
    lines = _lines(place.leaf, function.span)
    text = part.entry.snapshot.text
    n_ai, n_lines = agents.counted(text, place.leaf, lines[0], lines[-1])
    title = lens(len(function.findings), n_ai, n_lines)
    command = {
        "title": f"{title} | Show" if shows else title,
        "command": "assaymark.show",
        "arguments": [_argument(part, place, function.findings)],
    }
    start = part.position(place.start + function.span.start)
    at = {"line": start.line, "character": start.column}
    return json.dumps({"range": {"start": at, "end": at}, "command": command}, separators=(",", ":")).encode()


def _argument(part: Part, place: Place[Section], findings: Sequence[Finding]) -> dict[str, str | int]:
    """What names the first finding between two requests."""
    first = findings[0]
    return {
        "uri": part.uri,
        "rule": first.rule,
        "fingerprint": first.fingerprint,
        "start": place.start + first.span.start,
    }
