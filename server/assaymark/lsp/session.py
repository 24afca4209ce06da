"""
What the server knows between two messages: the open documents, and what the client was told of them.

Invariants:
    The desk holds the texts, and changes only here, on the loop.
    A change waits until the input is drained or somebody reads; so a burst is analysed once.
    An answer or a publish is of the newest text. Nothing is sent twice, and no version after a newer one.
    A pull is answered exactly once: with a report, or as cancelled.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence

from assaymark.analysis.snapshot import Section
from assaymark.desk import Desk, Entry
from assaymark.finding import Finding
from assaymark.lsp.client import Client
from assaymark.lsp.document import Document, Later, Pull
from assaymark.lsp.draft import Draft, Replacement
from assaymark.lsp.options import Options
from assaymark.lsp.outbox import MessageId, Outbox
from assaymark.lsp.pause import held_after
from assaymark.lsp.preferences import Preferences
from assaymark.lsp.refusal import INTERNAL_ERROR, REQUEST_CANCELLED, SERVER_CANCELLED, Refused
from assaymark.lsp.report import Sheet, Style, not_checked
from assaymark.lsp.shelf import Shelf, page_uri
from assaymark.lsp.wire import utf8
from assaymark.policy import is_shown
from assaymark.text import Place, Span


class Session:
    """The state behind one connection."""

    def __init__(self, client: Client, outbox: Outbox, later: Later) -> None:
        self.client = client
        self.outbox = outbox
        self.desk = Desk()
        self.shelf = Shelf()
        self.preferences = Preferences(client, outbox)
        self._later = later
        self._documents: dict[str, Document] = {}
        self._pulls: dict[MessageId, Pull] = {}
        self._changed: dict[str, Document] = {}
        self._n_results = 0

    def open(self, uri: str, language_id: str, version: int, text: str) -> None:
        """Effect: *uri* is open with *text*; what stood there before is forgotten."""
        self._forget(uri)
        options, path = self.preferences.options(uri), self.preferences.path(uri, language_id)
        document = Document(uri, language_id, path, options, self._sheet(options), version)
        self._documents[uri] = document
        self._analyse(document, utf8(text))

    def change(self, uri: str, version: int, changes: Sequence[Replacement | str]) -> None:
        """Effect: *changes*, in their order, wait to be applied; a string is a whole new text."""
        document = self._documents.get(uri)
        if document is None:
            self.outbox.warn("a change came for a document that is not open; it was ignored")
            return
        if document.failure:
            return
        for change in changes:
            draft = self._draft(document)
            if isinstance(change, str):
                draft.replace_all(change)
                continue
            if not draft.takes(change):
                self._apply(document)
                draft = self._draft(document)
            draft.replace(change)
        self._draft(document)
        document.version = version
        self._changed[uri] = document

    def close(self, uri: str) -> None:
        """Effect: *uri* is forgotten, and its diagnostics are withdrawn."""
        document = self._documents.get(uri)
        self._forget(uri)
        if document is not None and document.told and not self.client.pulls:
            self._publish(document, b"")

    def save(self, uri: str) -> None:
        """Effect: who saves has stopped typing: nothing is held back any longer."""
        self.read(uri)
        document = self._documents.get(uri)
        if document is not None and document.held is not None:
            self._pause_over(document)

    def read(self, uri: str) -> Entry | None:
        """
        The newest analysis of *uri*, if it is open.

        Effect: applies what waits.
        """
        document = self._documents.get(uri)
        if document is None:
            return None
        self._apply(document)
        return self.desk.at(uri)

    def visible(self, uri: str, span: Span) -> list[Finding]:
        """The shown findings that touch *span* in the newest text of *uri*, with spans in the whole text."""
        entry, document = self.read(uri), self._documents.get(uri)
        if entry is None or document is None:
            return []
        text = entry.snapshot.text
        found: list[Finding] = []
        place: Place[Section] | None = text.place_of_byte(span.start)
        while place is not None and place.start <= span.end:
            found += (finding.moved(place.start) for finding in document.shown_in(place.leaf))
            place = text.after(place)
        return [finding for finding in found if finding.span.touches(span)]

    def pull(self, request: MessageId, uri: str, previous: str | None) -> None:
        """Effect: *request* waits until the input is drained, and is answered then."""
        document = self._documents.get(uri)
        if document is None:
            raise Refused(SERVER_CANCELLED, "the document is not open", {"retriggerRequest": False})
        self._pulls[request] = Pull(document, previous)

    def cancel(self, request: MessageId) -> None:
        """Effect: if *request* still waits, it waits no longer."""
        if self._pulls.pop(request, None) is not None:
            self.outbox.refuse(request, Refused(REQUEST_CANCELLED, "cancelled"))

    def settle(self) -> None:
        """Effect: what waits is applied, every pull is answered, and what changed is published."""
        for document in tuple(self._changed.values()):
            self._apply(document)
        changed, self._changed = self._changed, {}
        pulls, self._pulls = self._pulls, {}
        for request, pull in pulls.items():
            self._answer(request, pull)
        if not self.client.pulls:
            for document in changed.values():
                self._publish_if_new(document)

    @property
    def is_waiting(self) -> bool:
        """Whether `settle` has anything to do."""
        return bool(self._changed or self._pulls)

    def reconsider(self) -> None:
        """Effect: every document is judged by the preferences that hold now, and the client hears of it."""
        stale = [document for document in self._documents.values() if self._is_stale(document)]
        for document in stale:
            self._apply(document)
            if document.failure:
                continue
            document.options = self.preferences.options(document.uri)
            document.path = self.preferences.path(document.uri, document.language_id)
            document.sheet = self._sheet(document.options)
            self._analyse(document, self._entry(document.uri).snapshot.text.whole())
        if stale:
            self._told_anew(*stale)

    def _entry(self, uri: str) -> Entry:
        entry = self.desk.at(uri)
        if entry is None:
            raise LookupError
        return entry

    def _draft(self, document: Document) -> Draft:
        if document.draft is None:
            text = self._entry(document.uri).snapshot.text
            document.draft = Draft(text, self.client.encoding)
        return document.draft

    def _analyse(self, document: Document, content: bytes) -> None:
        rules = self.shelf.rules(document.options)
        for problem in self.shelf.taken_problems():
            self.outbox.warn(problem)
        limits = document.options.settings.limits
        document.draft = document.held = None
        self._changed[document.uri] = document
        try:
            self.desk.open(document.uri, document.path, content, document.version, rules=rules, limits=limits)
        except Exception as error:  # noqa: BLE001 - one document fails, and is said to
            self.desk.close(document.uri)
            document.failure = f"a fault of the server, {type(error).__name__}"
            self.outbox.fault(error, "the analysis of a document")
            return
        self._tell_state(document)

    def _apply(self, document: Document) -> None:
        """Effect: the edits that wait are made, and what they brought is held back or not."""
        draft, document.draft = document.draft, None
        if draft is None:
            return
        before = self._entry(document.uri).snapshot
        try:
            after = self.desk.change(document.uri, draft.edits, document.version).snapshot
        except Exception as error:  # noqa: BLE001 - the text must stay in step, whatever failed
            self.outbox.fault(error, "the analysis of a change")
            self._analyse(document, _edited(before.text.whole(), draft))
            return
        if not draft.edits:
            return  # a new version of the same text
        delay = document.options.settings.typing_delay_ms
        document.held = held_after(before, after, draft.edits, document.held) if delay else None
        self._rest(document, delay / 1000)
        self._changed[document.uri] = document
        self._tell_state(document)

    def _rest(self, document: Document, seconds: float) -> None:
        """
        Start the quiet period of *document* again, if anything waits for its end.

        Effect: cancels the timer that was running.
        """
        if document.timer is not None:
            document.timer.cancel()
            document.timer = None
        if document.held is not None:
            document.timer = self._later(seconds, lambda: self._pause_over(document))

    def _pause_over(self, document: Document) -> None:
        if document.draft is not None:
            return  # typing went on, and will rest again
        document.held = None
        self._rest(document, 0)
        if self._documents.get(document.uri) is document:
            self._told_anew(document)

    def _told_anew(self, *documents: Document) -> None:
        """Effect: the client hears of what changed without a change of the text."""
        if self.client.pulls:
            self.outbox.ask("workspace/diagnostic/refresh", None)
        for document in () if self.client.pulls else documents:
            self._publish_if_new(document)

    def _answer(self, request: MessageId, pull: Pull) -> None:
        try:
            report = self._report(pull)
        except Exception as error:  # noqa: BLE001 - the other pulls are answered whatever happens to one
            self.outbox.fault(error, "a report")
            self.outbox.refuse(request, Refused(INTERNAL_ERROR, "the report failed; the log says where"))
        else:
            self.outbox.reply_encoded(request, *report)

    def _report(self, pull: Pull) -> tuple[bytes, ...]:
        document = pull.document
        items = self._items(document)
        if items != document.told:
            self._n_results += 1
            # The number of this run, so that no id of an earlier one is taken for ours.
            document.told, document.result_id = items, f"{os.getpid()}-{self._n_results}"
        result_id = document.result_id.encode()
        if pull.previous == document.result_id:
            return (b'{"kind":"unchanged","resultId":"%b"}' % result_id,)
        return b'{"kind":"full","resultId":"%b","items":[' % result_id, items, b"]}"

    def _publish_if_new(self, document: Document) -> None:
        items = self._items(document)
        if items != document.told:
            document.told = items
            self._publish(document, items)

    def _publish(self, document: Document, items: bytes) -> None:
        uri = json.dumps(document.uri).encode()
        start = b'{"uri":%b,"version":%d,"diagnostics":[' % (uri, document.version)
        self.outbox.notify_encoded("textDocument/publishDiagnostics", start, items, b"]}")

    def _items(self, document: Document) -> bytes:
        problem = document.failure or self.shelf.problem
        if problem:
            return not_checked(f"this file was not checked ({problem}). This is not a pass.")
        return document.sheet.items(self._entry(document.uri).snapshot, document.held)

    def _forget(self, uri: str) -> None:
        document = self._documents.pop(uri, None)
        if document is None:
            return
        document.held = None
        self._rest(document, 0)
        self._changed.pop(uri, None)
        self.desk.close(uri)
        for request in [request for request, pull in self._pulls.items() if pull.document is document]:
            del self._pulls[request]
            gone = Refused(SERVER_CANCELLED, "the document was closed", {"retriggerRequest": False})
            self.outbox.refuse(request, gone)

    def _is_stale(self, document: Document) -> bool:
        preferences = self.preferences
        return (
            preferences.options(document.uri) != document.options
            or preferences.path(document.uri, document.language_id) != document.path
        )

    def _sheet(self, options: Options) -> Sheet:
        severity, level = options.settings.severity, options.settings.level
        style = Style(self.client.encoding, self._page, lambda finding: is_shown(finding, severity, level))
        return Sheet(style)

    def _page(self, name: str) -> str | None:
        if not self.client.describes_codes:
            return None
        rule = self.shelf.rule(name)
        return page_uri(rule.source) if rule is not None else None

    def _tell_state(self, document: Document) -> None:
        """Effect: what became of the file is logged when it is another than before."""
        snapshot = self._entry(document.uri).snapshot
        state = f"{snapshot.state.value} ({snapshot.reason})" if snapshot.reason else ""
        if state and state != document.state:
            self.outbox.note(f"a document is {state}")
        document.state = state


def _edited(content: bytes, draft: Draft) -> bytes:
    for edit in draft.edits:
        content = content[: edit.span.start] + edit.new + content[edit.span.end :]
    return content
