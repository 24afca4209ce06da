"""
`textDocument/hover`: what a finding means, and what to write instead.

Invariant: where nothing is found it says nothing, whoever wrote the line: other servers answer there, and a
word of ours beside each of their answers would soon not be read. The hint of a line says the same when it is
pointed at.
"""

from __future__ import annotations

import re

from lsprotocol import types

from assaymark.analysis.reviewing import section_standing
from assaymark.finding import Finding
from assaymark.lineage.lines import line_origin
from assaymark.lineage.reviews import Standing, reviews_of
from assaymark.lineage.words import sentence
from assaymark.lsp.part import Part
from assaymark.lsp.session import Session
from assaymark.lsp.shelf import page_uri
from assaymark.lsp.wire import Position
from assaymark.rules.rule import Rule
from assaymark.text import Span
from assaymark.workspace.today import today

_LINK = re.compile(r"\[([^\]\n]+)\]\(https:[^)\s]*\)")
_LOCAL = re.compile(r"\[([^\]\n]+)\]\((file:[^)\s]*)\)")


def handle(session: Session, params: types.HoverParams) -> types.Hover | None:
    """What is found at the position, each finding in a paragraph of its own."""
    part = session.part(params.text_document.uri)
    if part is None:
        return None
    at = part.offset(Position(params.position.line, params.position.character))
    found = part.visible(Span(at, at))
    if not found:
        return None
    start, end = part.position(found[0].span.start), part.position(found[0].span.end)
    markdown = session.client.reads_markdown
    texts = [described(finding, session.shelf.rule(finding.rule)) for finding in found]
    if not part.document.options.settings.quiet:
        texts += filter(None, dict.fromkeys(_lineage(session, part, finding) for finding in found))
    content = "\n\n---\n\n".join(texts)
    return types.Hover(
        types.MarkupContent(
            types.MarkupKind.Markdown if markdown else types.MarkupKind.PlainText,
            content if markdown else _plain(content),
        ),
        types.Range(types.Position(start.line, start.column), types.Position(end.line, end.column)),
    )


def described(finding: Finding, rule: Rule | None) -> str:
    """What *finding* is, why it matters, and one line on what to write instead, in Markdown."""
    facts = [f"**{finding.rule}**", finding.severity.value, *map(_cwe, finding.cwe)]
    why = rule.why if rule is not None else ""
    lines = [" · ".join(facts), why or finding.message, _remedy(finding, rule)]
    page = page_uri(rule.source) if rule is not None else finding.link
    return "\n\n".join(filter(None, [*lines, f"[Why]({page})" if page else ""]))


def _lineage(session: Session, part: Part, finding: Finding) -> str:
    """Where the first line of *finding* comes from, and whether it was reviewed."""
    at = finding.span.start
    place = part.entry.snapshot.text.place_of_byte(at)
    section, number = place.leaf, place.leaf.chunk.line_of(at - place.start)
    line, reviews = line_origin(section.chunk, section.origins, number), session.reviews.of(part.document)
    standing = section_standing(section, number, reviews)
    read = reviews_of(line, reviews) if standing is not Standing.unread else ()
    is_due = standing is not Standing.written
    return sentence(part.position(at).line + 1, line, today(), read=read, is_due=is_due)


def _cwe(number: int) -> str:
    """The number as a link, which nobody follows but who clicks on it."""
    return f"[CWE-{number}](https://cwe.mitre.org/data/definitions/{number}.html)"


def _plain(markdown: str) -> str:
    """The text without its marks; of a link what it says, and where it leads if that is on this machine."""
    local = _LOCAL.sub(r"\1: \2", markdown)
    return _LINK.sub(r"\1", local).replace("`", "").replace("**", "")


def _remedy(finding: Finding, rule: Rule | None) -> str:
    for fix in finding.fixes:
        if len(fix.changes) == 1 and b"\n" not in fix.changes[0].new:
            return f"Use `{fix.changes[0].new.decode('utf-8', 'replace')}`."
    return rule.remedy if rule is not None else ""
