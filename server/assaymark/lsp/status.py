"""
What became of a file, in short: for a status line.

Invariant: what was not checked, or only in part, is never said to be clean.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from assaymark.analysis.snapshot import State
from assaymark.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from assaymark.lsp.document import Document
    from assaymark.lsp.part import Part
    from assaymark.lsp.session import Session

Status = dict[str, object]


def status_of(session: Session, uri: str) -> Status:
    """The status of *uri*: an open document or a cell, or a file that the check of the workspace has seen."""
    document, part = session.document(uri), session.part(uri)
    if document is not None and part is None:
        return _status(uri, State.failed, document.failure or "it has no text of its own")
    if document is not None and part is not None:
        return _status_of_part(session, document, part)
    known = session.workspace.known(uri)
    if known is not None:
        status = _status(uri, known.state, known.reason, known.counts, known.n_silenced)
        return {**status, "deferred": known.deferred}
    return _status(uri, State.not_analysed, "the file is not open, and no check of the workspace came to it")


def _status_of_part(session: Session, document: Document, part: Part) -> Status:
    snapshot = part.entry.snapshot
    n_silenced = sum(part.holds(one.finding.span) for one in snapshot.silenced())
    reason = session.shelf.problem(document.options) or snapshot.reason
    inside = (finding for finding in snapshot.findings() if part.holds(finding.span))
    status = _status(part.uri, snapshot.state, reason, _counts(part), n_silenced)
    status["deferred"] = session.shelf.deferred(document.options, inside)
    status["engines"] = {"patterns": status["state"], "bandit": session.second.state(document)}
    return status


class Statuses:
    """What the client was told of each document, if it wants to be told."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._told: dict[str, Status] = {}

    def tell(self, documents: Iterable[Document]) -> None:
        """Effect: a client that wants it hears of the statuses that changed."""
        if not self._session.client.wants_status:
            return
        for uri in [uri for document in documents for uri in document.outlets]:
            status = status_of(self._session, uri)
            if status != self._told.get(uri):
                self._told[uri] = status
                self._session.outbox.notify("assaymark/status", status)

    def forget(self, uri: str) -> None:
        """Effect: *uri* is not open any more."""
        self._told.pop(uri, None)


def _status(
    uri: str, state: State, reason: str, counts: Mapping[str, int] | None = None, n_silenced: int = 0
) -> Status:
    counts = counts or {}
    if state in {State.clean, State.findings}:
        # Findings that the settings hide are none here; a reason says that something was not checked.
        state = State.failed if reason else State.findings if any(counts.values()) else State.clean
    return {
        "uri": uri,
        "state": state.value,
        "reason": reason,
        "counts": {severity.value: counts.get(severity.value, 0) for severity in Severity},
        "silenced": n_silenced,
        "deferred": {},
        "engines": {"patterns": state.value, "bandit": "off"},
    }


def _counts(part: Part) -> Counter[str]:
    """The shown findings of a document, by severity."""
    shown = (
        finding
        for place in part.entry.snapshot.sections_with_findings()
        for finding in part.document.shown_in(place.leaf, part.entry.snapshot)
        if part.holds(finding.span.shifted(place.start))
    )
    return Counter(finding.severity.value for finding in shown)
