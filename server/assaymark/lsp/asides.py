"""
What stands beside a text: hints behind its lines and lenses over its functions.

Invariants:
    A question is answered once the input is drained, from the newest text, exactly once.
    The same question about the same state is answered with the same bytes, which are not made again.
    A client is told to ask again only when its last answer is no longer true.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from assaymark.dataclass import dataclass
from assaymark.lsp.outbox import MessageId
from assaymark.lsp.refreshing import Refresh
from assaymark.lsp.refusal import INTERNAL_ERROR, REQUEST_CANCELLED, Refused
from assaymark.workspace.today import today

if TYPE_CHECKING:
    from assaymark.lineage.reviews import Reviews
    from assaymark.lsp.agent_lines import AgentLines
    from assaymark.lsp.committed import Committed
    from assaymark.lsp.document import Document, Later
    from assaymark.lsp.hints import Range
    from assaymark.lsp.lenses import Lenses
    from assaymark.lsp.part import Part
    from assaymark.lsp.session import Session
    from assaymark.second.channel import Soon

_NOTHING = b"[]"


@dataclass(frozen=True, slots=True)
class Question:
    """A question about a document of the client's: for the hints in some lines, or for its lenses."""

    uri: str
    where: Range | None = None


@dataclass(slots=True)
class _Answer:
    """The last answer to a kind of question: the state that it is of, and what the client was told."""

    question: Question
    state: tuple[object, ...]
    said: bytes


class _Read:
    """What was read of one text."""

    __slots__ = ("agents", "lenses")

    def __init__(self, reviews: Callable[[], Reviews], *, shows: bool) -> None:
        # Late, as all that makes hints and lenses: the first diagnostics wait for what a session imports.
        from assaymark.lsp.agent_lines import AgentLines
        from assaymark.lsp.lenses import Lenses

        self.agents: AgentLines = AgentLines(reviews)
        self.lenses: Lenses = Lenses(self.agents, shows=shows)


class Asides:
    """The hints and lenses of the open documents."""

    def __init__(self, session: Session, later: Later, soon: Soon | None) -> None:
        self._session = session
        self._soon = soon
        self._committed: Committed | None = None
        client, outbox = session.client, session.outbox
        self._refresh_hints = (
            Refresh("workspace/inlayHint/refresh", outbox, later) if client.refreshes_hints else None
        )
        self._refresh_lenses = (
            Refresh("workspace/codeLens/refresh", outbox, later) if client.refreshes_lenses else None
        )
        self._began = int(session.clock())
        self._read: dict[str, _Read] = {}
        self._asked: dict[MessageId, Question] = {}
        # By the client's document, and whether it is about lenses.
        self._answers: dict[tuple[str, bool], _Answer] = {}

    @property
    def committed(self) -> Committed:
        """What the last commits hold."""
        if self._committed is None:
            from assaymark.lsp.committed import Committed

            self._committed = Committed(self._soon, self._became_known)
        return self._committed

    @property
    def is_waited_for(self) -> bool:
        return bool(self._asked)

    def ask(self, request: MessageId, question: Question) -> None:
        """Effect: *request* waits for `answer`."""
        self._asked[request] = question

    def cancel(self, request: MessageId) -> None:
        """Effect: if *request* still waits, it waits no longer."""
        if self._asked.pop(request, None) is not None:
            self._session.outbox.refuse(request, Refused(REQUEST_CANCELLED, "cancelled"))

    def answer(self) -> None:
        """Effect: every question that waits is answered."""
        asked, self._asked = self._asked, {}
        for request, question in asked.items():
            try:
                said = self._answered(question)
            except Exception as error:  # noqa: BLE001 - the other questions are answered whatever fails here
                self._session.outbox.fault(error, "a hint or lens")
                self._session.outbox.refuse(request, Refused(INTERNAL_ERROR, "the log says what failed"))
            else:
                self._session.outbox.reply_encoded(request, said)

    def tell(self, documents: Iterable[Document]) -> None:
        """Effect: the client asks again for what changed in *documents* without an edit."""
        uris = [uri for document in documents for uri in document.outlets]
        for about_lenses, refresh in ((False, self._refresh_hints), (True, self._refresh_lenses)):
            if refresh is not None and any(
                self._is_stale(self._answers.get((uri, about_lenses))) for uri in uris
            ):
                refresh.wish()

    def look_again(self, documents: Iterable[Document]) -> None:
        """Effect: git is asked again about those of *documents* whose last commit may be another."""
        if self._committed is not None:
            for document in documents:
                self._committed.look_again(document)

    def agents(self, document: Document) -> AgentLines:
        """The lines of *document* that an agent wrote and nobody reviewed."""
        return self._reader(document).agents

    def forget(self, document: Document) -> None:
        """Effect: nothing is known of *document* any more."""
        self._read.pop(document.uri, None)
        if self._committed is not None:
            self._committed.forget(document.uri)
        for uri in document.outlets:
            self.forget_outlet(uri)

    def forget_outlet(self, uri: str) -> None:
        """Effect: what was answered about *uri*, a document of the client's, is known no longer."""
        self._answers.pop((uri, False), None)
        self._answers.pop((uri, True), None)

    def _answered(self, question: Question) -> bytes:
        part = self._session.part(question.uri)
        if part is None:
            return _NOTHING
        key = question.uri, question.where is None
        last = self._answers.get(key)
        if last is None or last.question != question or last.state != self._state(part, question):
            said = self._made(part, question)
            # After it was made: what git knows may have been found out by asking.
            last = self._answers[key] = _Answer(question, self._state(part, question), said)
        return last.said

    def _is_stale(self, answer: _Answer | None) -> bool:
        part = None if answer is None else self._session.part(answer.question.uri)
        if answer is None or part is None or answer.state == self._state(part, answer.question):
            return False
        try:
            return self._made(part, answer.question) != answer.said
        except Exception as error:  # noqa: BLE001 - it happens between messages, and must not end the server
            self._session.outbox.fault(error, "a hint or lens")
            return False

    def _state(self, part: Part, question: Question) -> tuple[object, ...]:
        """What an answer rests on: two that are equal have the same answer."""
        document = part.document
        reviews = self._session.reviews.of(document)
        state = part.entry.snapshot, part.span, document.options, reviews
        if question.where is None:
            return (*state, document.held, document.sheet)
        return (*state, self.committed.known(document), today())

    def _made(self, part: Part, question: Question) -> bytes:
        document = part.document
        if document.options.settings.quiet:
            return _NOTHING
        read = self._reader(document)
        if question.where is None:
            return read.lenses.items(part)
        from assaymark.lsp.hints import Known, hints

        known = Known(lambda: self.committed.lines(document), today(), self._began)
        return hints(part, read.agents, known, question.where)

    def _reader(self, document: Document) -> _Read:
        read = self._read.get(document.uri)
        if read is None:
            shows, reviews = self._session.client.shows_documents, self._session.reviews
            read = self._read[document.uri] = _Read(lambda: reviews.of(document), shows=shows)
        return read

    def _became_known(self, document: Document) -> None:
        """Effect: what git said of *document* is told, if it makes a difference."""
        if self._session.document(document.uri) is document:
            self.tell((document,))
