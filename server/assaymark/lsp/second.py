"""
Bandit's word on the open texts: asked in a rest, settled, and told.

Invariants:
    Nobody waits for bandit; what it says of a text that has moved on is dropped.
    A client that pulls is asked to pull again only when what it shows changed, and at most once a second.
    Bandit is started only where something of what it finds would be shown.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from assaymark.analysis.settling import SETTLING
from assaymark.desk import Entry
from assaymark.engines.bandit.opinion import Opinion
from assaymark.lsp.document import Document, Later, Timer
from assaymark.lsp.pause import carried
from assaymark.lsp.places import file_path, folder_of
from assaymark.lsp.report import not_checked
from assaymark.second.asking import Second, second_of
from assaymark.settings.values import Bandit
from assaymark.settings.wish import wish_of
from assaymark.workspace.project import repository_of

if TYPE_CHECKING:
    from assaymark.lsp.session import Session
    from assaymark.second.channel import Question, Soon

_HINT = 4
# Where projects tell bandit something.
_TELLING = frozenset(("pyproject.toml", ".bandit"))


class Asker(Protocol):
    """Who answers; the way to another process, but for tests."""

    def ask(self, question: Question, then: Callable[[Opinion], None]) -> None: ...

    def end(self) -> None: ...


class SecondOpinions:
    """What waits to be asked of bandit, and what it said."""

    def __init__(self, session: Session, later: Later, soon: Soon | None) -> None:
        """Without *soon*, which brings answers to the loop, nothing is asked."""
        self._session = session
        self._later = later
        self._soon = soon
        self.asker: Asker | None = None
        self._timers: dict[str, Timer] = {}
        self._notes: dict[str, str] = {}
        # What became of each text: "" while it is asked.
        self._states: dict[str, str] = {}
        self._complaints: set[str] = set()

    def rest(self, document: Document) -> None:
        """Start the quiet period of *document* again. Effect: cancels the timer that was running."""
        timer = self._timers.pop(document.uri, None)
        if timer is not None:
            timer.cancel()
        settings = document.options.settings
        self._states.pop(document.uri, None)
        if settings.bandit is not Bandit.off and (self._soon is not None or self.asker is not None):
            delay = settings.bandit_delay_ms / 1000
            self._states[document.uri] = ""
            self._timers[document.uri] = self._later(delay, lambda: self._ask(document))

    def files_changed(self, paths: Sequence[str]) -> None:
        """Effect: every text is asked about again when one of *paths* may say what bandit is told."""
        if any(os.path.basename(path) in _TELLING for path in paths):  # noqa: PTH119 - paths stay strings
            for document in self._session.documents():
                self.rest(document)

    def forget(self, uri: str) -> None:
        """Effect: nothing is asked or known of *uri* any more."""
        timer = self._timers.pop(uri, None)
        if timer is not None:
            timer.cancel()
        self._notes.pop(uri, None)
        self._states.pop(uri, None)

    def state(self, document: Document) -> str:
        """What became of asking bandit: `off`, `waiting`, `checked`, or what it did not check."""
        return self._states.get(document.uri, "off") or "waiting"

    def end(self) -> None:
        """Effect: the process is ended."""
        if self.asker is not None:
            self.asker.end()

    def note(self, document: Document) -> bytes:
        """The diagnostic that says what bandit did not check; nothing when it checked all."""
        note = self._notes.get(document.uri)
        return not_checked(f"{note}. This is not a pass.", _HINT) if note else b""

    def _ask(self, document: Document) -> None:
        self._timers.pop(document.uri, None)
        entry = self._session.desk.at(document.uri)
        if entry is None or document.draft is not None:
            return  # typing went on, and will rest again
        snapshot = entry.snapshot
        is_asked = snapshot.language == "python" and snapshot.state in SETTLING
        second = self._second(document) if is_asked else None
        if second is None:
            if document.uri in self._states:
                # What an earlier answer left, under another configuration, goes.
                self._settle(document, entry, Opinion(), frozenset())
                del self._states[document.uri]
            return
        content, tested = entry.snapshot.text.whole(), second.rules
        if not second.may_find(content):
            self._settle(document, entry, Opinion(), tested)
            return
        # Late: most sessions ask nobody.
        from assaymark.second.channel import Channel, Question

        if self.asker is None and self._soon is not None:
            self.asker = Channel(self._soon, self._projects)
        if self.asker is not None:
            seconds = document.options.settings.seconds
            question = Question(document.uri, content, document.path, second, seconds)
            self.asker.ask(question, lambda opinion: self._answered(document, entry, opinion, tested))

    def _second(self, document: Document) -> Second | None:
        settings, session = document.options.settings, self._session
        project = self._project(document)
        wish = wish_of(settings, trusted=session.client.trusted and bool(project))
        second = second_of(
            wish, session.shelf.all_rules(document.options), project, session.preferences.doubts
        )
        for complaint in second.complaints if second is not None else ():
            if complaint not in self._complaints:
                self._complaints.add(complaint)
                session.outbox.warn(complaint)
        return second

    def _project(self, document: Document) -> str:
        """The folder whose configuration of bandit holds; nothing for a text that is in none."""
        if not document.uri.startswith("file:"):
            return ""
        inner = os.path.dirname(os.path.normpath(file_path(document.uri)))  # noqa: PTH120 - paths stay strings
        folder = folder_of(document.uri, self._session.preferences.folders)
        return repository_of(inner) or (file_path(folder) if folder is not None else inner)

    def _projects(self) -> tuple[str, ...]:
        folders = self._session.preferences.folders
        return tuple(file_path(folder) for folder in folders if folder.startswith("file:"))

    def _answered(self, document: Document, asked: Entry, opinion: Opinion, tested: frozenset[str]) -> None:
        try:
            if self._session.document(document.uri) is document and document.draft is None:
                self._settle(document, asked, opinion, frozenset() if opinion.unread else tested)
        except Exception as error:  # noqa: BLE001 - what bandit says never ends the server
            self._session.outbox.fault(error, "the settling of what bandit said")

    def _settle(self, document: Document, asked: Entry, opinion: Opinion, tested: frozenset[str]) -> None:
        entry = self._session.desk.settle(asked, opinion.findings, tested)
        if entry is None:
            return
        self._states[document.uri] = opinion.note or "checked"
        document.held = carried(document.held, entry.snapshot)
        # A text that is being typed is expected not to parse; that is not worth a word at every rest.
        note = "" if opinion.half_written else opinion.note
        if note and note != self._notes.get(document.uri):
            self._session.outbox.note(f"a document was {note}")
        self._notes[document.uri] = note
        self._session.tell_news(document)
