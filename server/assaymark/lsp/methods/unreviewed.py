"""
`assaymark/unreviewed`: what somebody should read in the open documents, or in closed files, and nobody has.

Invariants:
    Findings come first, the worst first; then runs of lines, in the order of the documents.
    Findings are those that a gate would ask about (`lsp/due`); runs are of the lines that hints stand behind.
    Of closed files only lines are known, and only of those that the ledger heard of last.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from assaymark.finding import Severity
from assaymark.lineage.lines import line_origin
from assaymark.lineage.words import name_of, why_unread
from assaymark.lsp.due import due
from assaymark.lsp.outbox import MessageId
from assaymark.lsp.places import file_path
from assaymark.lsp.refusal import INTERNAL_ERROR, Params, Refused, text_at, value_at
from assaymark.repository.place import Place, place_of
from assaymark.syntax.languages import language_of

if TYPE_CHECKING:
    from assaymark.lineage.lines import LineOrigin
    from assaymark.lsp.closed_lines import Lines
    from assaymark.lsp.part import Part
    from assaymark.lsp.session import Session

Item = dict[str, object]
_NONE: frozenset[int] = frozenset()
_SEVERITIES = tuple(Severity)


def handle(session: Session, request: MessageId, params: Params) -> None:
    """Effect: *request* is answered, for the document `uri`, all that are open, or files that are not."""
    if value_at(params, "closed") is True:
        session.outbox.reply(request, list(_closed(session)))
        return
    found, committed = unreviewed(session, params), session.asides.committed
    if committed.is_known:
        session.outbox.reply(request, found)
    else:
        # What git was asked for it decides about findings of unknown origin.
        committed.when_known(lambda: _answer(session, request, params))


def _answer(session: Session, request: MessageId, params: Params) -> None:
    try:
        session.outbox.reply(request, unreviewed(session, params))
    except Exception as error:  # noqa: BLE001 - it may happen between messages, and must not end the server
        session.outbox.fault(error, "the list of what is not reviewed")
        session.outbox.refuse(request, Refused(INTERNAL_ERROR, "the log says what failed"))


def unreviewed(session: Session, params: Params) -> list[Item]:
    """What the answer lists."""
    only = text_at(params, "uri") if value_at(params, "uri") is not None else None
    uris = [uri for document in session.documents() for uri in document.outlets]
    parts = [session.part(uri) for uri in uris if only in {None, uri}]
    open_parts = [part for part in parts if part is not None and not part.document.options.settings.quiet]
    found = [one for part in open_parts for one in _findings(session, part)]
    found.sort(key=lambda one: -one[0])
    return [item for _, item in found] + [item for part in open_parts for item in _runs(session, part)]


def _findings(session: Session, part: Part) -> Iterator[tuple[int, Item]]:
    """The findings that somebody should look at, with how bad each is."""
    for one in due(session, part, part.span):
        finding = one.finding
        start, end = part.position(finding.span.start), part.position(finding.span.end)
        yield (
            _SEVERITIES.index(finding.severity),
            {
                "uri": part.uri,
                "range": {
                    "start": {"line": start.line, "character": start.column},
                    "end": {"line": end.line, "character": end.column},
                },
                "kind": "finding",
                "rule": finding.rule,
                "severity": finding.severity.value,
                "message": finding.message,
                "reason": one.why,
            },
        )


def _runs(session: Session, part: Part) -> Iterator[Item]:
    text, agents = part.entry.snapshot.text, session.asides.agents(part.document)
    for place in text.flagged_places(part.line):
        if place.start > part.span.end:
            break
        for run in agents.near(text, place.leaf, _NONE):
            if not part.span.covers(text.line_span(place.line + run.first)):
                continue
            origin = line_origin(place.leaf.chunk, place.leaf.origins, run.first)
            first, last = place.line + run.first - part.line, place.line + run.last - part.line
            yield _item(part.uri, first, last, origin)


def _closed(session: Session) -> Iterator[Item]:
    folders = [file_path(folder) for folder in session.preferences.folders]
    places = [place_of(os.path.join(folder, "")) for folder in folders]  # noqa: PTH118 - paths stay strings
    # Several folders may be of one work tree.
    for place in {place.top: place for place in places}.values():
        for file, lines in _of_work_tree(session, place).items():
            for one in lines:
                yield _item(file.as_uri(), one.first, one.last, one.origin)


def _of_work_tree(session: Session, place: Place) -> dict[Path, tuple[Lines, ...]]:
    # Late: SQLite is not needed before the first diagnostics.
    from assaymark.ledger.store import Unavailable
    from assaymark.lsp.closed_lines import ClosedLines

    ledger = session.recording.ledger_at(place)
    if ledger is None:
        return {}
    known = session.closed_lines.setdefault(place.top, ClosedLines(Path(place.top)))
    try:
        session.reviews.look(ledger)
        return known.found(ledger, session.reviews.at(place.store), lambda file: _is_wanted(session, file))
    except (OSError, Unavailable) as problem:
        raise Refused(INTERNAL_ERROR, str(problem)) from problem


def _is_wanted(session: Session, file: Path) -> bool:
    uri = file.as_uri()
    if language_of(file.name) is None or session.document(uri) is not None:
        return False
    settings = session.preferences.options(uri).settings
    return settings.record and not settings.quiet and not settings.limits.excluded


def _item(uri: str, first: int, last: int, line: LineOrigin) -> Item:
    where = {"start": {"line": first, "character": 0}, "end": {"line": last + 1, "character": 0}}
    agent, cut = line.agent if line.is_ai else None, line.cut
    tool = agent.tool if agent is not None else cut.tool if cut is not None else ""
    return {
        "uri": uri,
        "range": where,
        "kind": "lines",
        "tool": name_of(tool),
        "model": "" if agent is None else agent.model,
        "reason": why_unread(line),
    }
