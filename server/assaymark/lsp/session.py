"""
What the server knows between two messages: the open documents, and what waits to be done with them.

Invariants:
    The desk holds the texts, and changes only here, on the loop.
    A change waits until the input is drained or somebody reads; so a burst is analysed once.
    An answer or a publish is of the newest text.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from assaymark.analysis.attributing import runs_of
from assaymark.desk import Desk, Entry
from assaymark.finding import Finding
from assaymark.lsp.arrivals import Arrivals
from assaymark.lsp.asides import Asides
from assaymark.lsp.client import Client
from assaymark.lsp.delivery import Delivery, Pull
from assaymark.lsp.document import Document, Later, Outlet, Waiting
from assaymark.lsp.draft import Draft, Replacement
from assaymark.lsp.known import Baselines
from assaymark.lsp.outbox import MessageId, Outbox
from assaymark.lsp.part import Part, part_of
from assaymark.lsp.pause import held_after
from assaymark.lsp.preferences import Preferences
from assaymark.lsp.reconsidering import reconsider
from assaymark.lsp.recording import Recording
from assaymark.lsp.refusal import SERVER_CANCELLED, Refused
from assaymark.lsp.reviews import KnownReviews
from assaymark.lsp.second import SecondOpinions
from assaymark.lsp.sheets import items_of, sheet_of
from assaymark.lsp.shelf import Shelf
from assaymark.lsp.status import Statuses
from assaymark.lsp.verdicts import Verdicts
from assaymark.lsp.watching import Watching
from assaymark.lsp.wire import Position, utf8
from assaymark.lsp.workspace_check import WorkspaceCheck
from assaymark.origin import Runs
from assaymark.text import Span
from assaymark.workspace.today import today

if TYPE_CHECKING:
    from assaymark.lsp.closed_lines import ClosedLines
    from assaymark.second.channel import Soon


class Session:
    """The state behind one connection."""

    def __init__(
        self,
        client: Client,
        outbox: Outbox,
        later: Later,
        soon: Soon | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.client = client
        self.outbox = outbox
        # Seconds since 1970.
        self.clock = clock
        self.desk = Desk()
        self.shelf = Shelf()
        self.preferences = Preferences(client, outbox)
        self.baselines = Baselines(outbox, self.preferences.doubts)
        self.delivery = Delivery(client, outbox, lambda document: items_of(self, document), later)
        self.statuses = Statuses(self)
        self.verdicts = Verdicts()
        self._later = later
        self._documents: dict[str, Document] = {}
        # By the URI of each outlet, so that a cell leads to its notebook.
        self._by_outlet: dict[str, Document] = {}
        self._changed: dict[str, Document] = {}
        self._attributed: dict[str, Document] = {}
        # How many changes have come: who works in between sees that somebody types.
        self.n_changes = 0
        self.watching = Watching(self)
        self.workspace = WorkspaceCheck(self, later)
        self.second = SecondOpinions(self, later, soon)
        self.arrivals = Arrivals(self.desk, clock, later, self._span)
        self.asides = Asides(self, later, soon)
        self.recording = Recording(self, later, soon)
        self.reviews = KnownReviews(self)
        # By work tree.
        self.closed_lines: dict[str, ClosedLines] = {}

    def documents(self) -> Iterator[Document]:
        """The open texts."""
        return iter(self._documents.values())

    def open(self, uri: str, language_id: str, version: int, text: str) -> None:
        """Effect: *uri* is open with *text*; what stood there before is forgotten."""
        options, path = self.preferences.options(uri), self.preferences.path(uri, language_id)
        outlets = {uri: Outlet(uri, version)}
        sheet = sheet_of(self, options, uri)
        self.enter(Document(uri, language_id, path, options, sheet, version, outlets), utf8(text))

    def enter(self, document: Document, content: bytes) -> None:
        """Effect: *document* is open with *content*; what stood under its URI is forgotten."""
        self._forget(document.uri)
        self._documents[document.uri] = document
        for uri in document.outlets:
            self._by_outlet[uri] = document
        self.workspace.opened(document.uri)
        self.analyse(document, content)
        self.recording.entered(document)

    def analyse(self, document: Document, content: bytes, origins: Runs | None = None) -> None:
        """Effect: *document* holds *content*, of these *origins*, judged by its options."""
        rules = self.shelf.rules(document.options)
        for problem in self.shelf.taken_problems():
            self.outbox.warn(problem)
        settings = document.options.settings
        document.draft = document.held = None
        self._changed[document.uri] = document
        try:
            self.desk.open(
                document.uri,
                document.path,
                content,
                document.version,
                rules=rules,
                limits=settings.limits,
                today=today(),
                foreign=settings.foreign_comments,
                origins=origins,
                may_loosen=self.recording.may_loosen(document),
            )
        except Exception as error:  # noqa: BLE001 - one document fails, and is said to
            self.desk.close(document.uri)
            document.failure = f"a fault of the server, {type(error).__name__}"
            self.outbox.fault(error, "the analysis of a document")
            return
        self._tell_state(document)
        self.second.rest(document)

    def change(self, uri: str, version: int, changes: Sequence[Replacement | str]) -> None:
        """Effect: *changes*, in their order, wait to be applied; a string is a whole new text."""
        document = self._documents.get(uri)
        if document is None or document.notebook is not None:
            self.outbox.warn("a change came for a document that is not open; it was ignored")
            return
        if document.failure:
            return
        for change in changes:
            draft = self._draft(document)
            if isinstance(change, str):
                draft.replace_all(change, version)
                continue
            if not draft.takes(change):
                self._apply(document)
                draft = self._draft(document)
            draft.replace(change, version)
        self.wait(document, self._draft(document), version)
        document.outlets[uri].version = version

    def wait(self, document: Document, draft: Waiting, version: int) -> None:
        """Effect: the edits of *draft* wait to be applied to *document*, which has *version* then."""
        self.n_changes += 1
        document.draft, document.version = draft, version
        self._changed[document.uri] = document

    def close(self, uri: str) -> None:
        """Effect: *uri* is forgotten, and its diagnostics are withdrawn."""
        document = self._documents.get(uri)
        self._forget(uri)
        if document is not None:
            self.delivery.withdraw(*document.outlets.values())
            self.workspace.closed(uri)

    def exchange_outlets(self, document: Document, outlets: Mapping[str, Outlet]) -> None:
        """Effect: *document* is shown in *outlets*; what is shown in others is withdrawn."""
        gone = [outlet for uri, outlet in document.outlets.items() if uri not in outlets]
        for outlet in gone:
            self._by_outlet.pop(outlet.uri, None)
            self.delivery.forget(document, outlet.uri)
            self.asides.forget_outlet(outlet.uri)
            self.statuses.forget(outlet.uri)
        self.delivery.withdraw(*gone)
        document.outlets = dict(outlets)
        self._by_outlet |= dict.fromkeys(outlets, document)

    def save(self, uri: str) -> None:
        """Effect: who saves has stopped typing: nothing is held back any longer."""
        self.read(uri)
        document = self._documents.get(uri)
        if document is not None and document.held is not None:
            self._pause_over(document)
        if document is not None:
            self.recording.saved(document)
        # Whoever saves may have written a baseline just before.
        if self.baselines.reread():
            reconsider(self)
        self.asides.look_again(self.documents())

    def document(self, uri: str) -> Document | None:
        """The open text *uri*, or the one that has *uri* as a cell."""
        return self._documents.get(uri) or self._by_outlet.get(uri)

    def read(self, uri: str) -> Entry | None:
        """
        The newest analysis of *uri*, if it is open.

        Effect: applies what waits.
        """
        document = self.document(uri)
        if document is None:
            return None
        self._apply(document)
        return self.desk.at(document.uri)

    def part(self, uri: str) -> Part | None:
        """
        The client's document *uri* in the newest text, if it is open and analysed.

        Effect: applies what waits.
        """
        entry, document = self.read(uri), self._by_outlet.get(uri)
        if entry is None or document is None:
            return None
        return part_of(document, entry, uri, self.client.encoding)

    def visible(self, uri: str, span: Span) -> list[Finding]:
        """The shown findings of *uri* that touch *span* of its text, with spans in the whole text."""
        part = self.part(uri)
        return [] if part is None else part.visible(span)

    def pull(self, request: MessageId, uri: str, previous: str | None) -> None:
        """Effect: *request* waits until the input is drained, and is answered then."""
        document = self._by_outlet.get(uri)
        if document is None:
            raise Refused(SERVER_CANCELLED, "the document is not open", {"retriggerRequest": False})
        self.delivery.pull(request, Pull(document, document.outlets[uri], previous))

    def cancel(self, request: MessageId) -> None:
        """Effect: if *request* still waits, it waits no longer."""
        self.delivery.cancel(request)
        self.asides.cancel(request)
        self.workspace.cancel(request)

    def open_reports(self, previous: Mapping[str, str]) -> Iterator[tuple[Outlet, bytes]]:
        """A report of each open document, for a client that has the results *previous*, by URI."""
        for document in self.documents():
            self._apply(document)
            for outlet in document.outlets.values():
                pull = Pull(document, outlet, previous.get(outlet.uri))
                yield outlet, b"".join(self.delivery.report(pull))

    def settle(self) -> None:
        """Effect: what waits is applied, every pull is answered, and what changed is published."""
        for document in tuple(self._changed.values()):
            self._apply(document)
        changed, self._changed = self._changed, {}
        attributed, self._attributed = self._attributed, {}
        self.delivery.answer()
        self.asides.answer()
        for document in changed.values():
            self.delivery.tell(document)
        self.statuses.tell(changed.values())
        for uri, document in attributed.items():
            # What was edited a client asks about by itself.
            if uri not in changed:
                self.tell_news(document)

    @property
    def is_waiting(self) -> bool:
        """Whether `settle` has anything to do."""
        waited_for = self.delivery.is_waited_for or self.asides.is_waited_for
        return bool(self._changed or self._attributed) or waited_for

    def tell_anew(self, *documents: Document) -> None:
        """Effect: the client hears of what changed in *documents* without a change of their text."""
        self.delivery.tell_anew(*documents)
        self.statuses.tell(documents)
        self.asides.tell(documents)

    def tell_news(self, document: Document) -> None:
        """Effect: as `tell_anew`, but a client that pulls hears only of what is different."""
        self.delivery.tell_news(document)
        self.statuses.tell((document,))
        self.asides.tell((document,))

    def attributed(self, document: Document) -> None:
        """Effect: once the input is drained, the client hears what the origins of *document* changed."""
        self._attributed[document.uri] = document

    def _span(self, uri: str, version: int | None, start: Position, end: Position) -> Span | None:
        part = self.part(uri)
        if part is None or (version is not None and part.version != version):
            return None
        return Span(*sorted((part.offset(start), part.offset(end))))

    def _entry(self, uri: str) -> Entry:
        entry = self.desk.at(uri)
        if entry is None:
            raise LookupError
        return entry

    def _draft(self, document: Document) -> Draft:
        if not isinstance(document.draft, Draft):
            document.draft = Draft(self._entry(document.uri).snapshot.text, self.client.encoding)
        return document.draft

    def _apply(self, document: Document) -> None:
        """Effect: the edits that wait are made, and what they brought is held back or not."""
        draft, document.draft = document.draft, None
        if draft is None:
            return
        before = self._entry(document.uri).snapshot
        try:
            came = self.arrivals.coming(document, draft.versions)
            after = self.desk.change(document.uri, draft.edits, document.version, came).snapshot
        except Exception as error:  # noqa: BLE001 - the text must stay in step, whatever failed
            self.outbox.fault(error, "the analysis of a change")
            self.analyse(document, _edited(before.text.whole(), draft))
            return
        self.arrivals.arrived(document)
        self.recording.changed(document, draft.edits)
        self.second.rest(document)
        if not draft.edits:
            return  # a new version of the same text
        if after.terms.today != today():
            # What held until yesterday holds no longer.
            self.analyse(document, after.text.whole(), runs_of(after.text))
            return
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
            self.tell_anew(document)

    def _forget(self, uri: str) -> None:
        document = self._documents.pop(uri, None)
        if document is None:
            return
        document.held = None
        self._rest(document, 0)
        self.second.forget(uri)
        self.arrivals.forget(uri)
        self.recording.forget(uri)
        self.reviews.forget(uri)
        self._changed.pop(uri, None)
        self._attributed.pop(uri, None)
        self.desk.close(uri)
        for outlet in document.outlets:
            self._by_outlet.pop(outlet, None)
            self.statuses.forget(outlet)
        self.delivery.forget(document)
        self.asides.forget(document)
        # They are of one text, most likely this one.
        self.verdicts = Verdicts()

    def _tell_state(self, document: Document) -> None:
        """Effect: what became of the file is logged when it is another than before."""
        snapshot = self._entry(document.uri).snapshot
        state = f"{snapshot.state.value} ({snapshot.reason})" if snapshot.reason else ""
        if state and state != document.state:
            self.outbox.note(f"a document is {state}")
        document.state = state


def _edited(content: bytes, draft: Waiting) -> bytes:
    for edit in draft.edits:
        content = content[: edit.span.start] + edit.new + content[edit.span.end :]
    return content
