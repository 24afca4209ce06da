"""
The reviews that are known of the open documents, and recording one that somebody makes in the editor.

Invariants:
    Only a person's command marks anything: nothing is inferred from what was opened, scrolled past or saved.
    What could not be recorded is not shown as reviewed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.analysis.attributing import runs_between
from assaymark.lineage.reviewed import reviewed
from assaymark.lineage.reviews import NO_REVIEWS, Channel, Reviews
from assaymark.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assaymark.ledger.events import Event
    from assaymark.ledger.store import Ledger
    from assaymark.lsp.document import Document
    from assaymark.lsp.session import Session
    from assaymark.record.marking import Lines, Marked
    from assaymark.repository.place import Place


class NotRecorded(Exception):
    """A review could not be recorded; the text says why, and what to do."""


class KnownReviews:
    """By store, the reviews that its ledger knows, and those that notes of commits told of."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._recorded: dict[str, Reviews] = {}
        self._noted: dict[str, Reviews] = {}
        self._known: dict[str, Reviews] = {}
        # By URI.
        self._stores: dict[str, str] = {}

    def of(self, document: Document) -> Reviews:
        """The reviews that count in *document*: the same object until another one is known."""
        return self.at(self._stores.get(document.uri, ""))

    def at(self, store: str) -> Reviews:
        """The reviews that are known of what is recorded in *store*."""
        return self._known.get(store, NO_REVIEWS)

    def entered(self, document: Document, place: Place) -> None:
        """Effect: *document* is one of those that stand at *place*."""
        self._stores[document.uri] = place.store

    def forget(self, uri: str) -> None:
        """Effect: nothing is remembered of the document *uri*."""
        self._stores.pop(uri, None)

    def look(self, ledger: Ledger) -> None:
        """Effect: what *ledger* knows of reviews by now is known. Raises Unavailable."""
        found = ledger.reviews()
        if found is not self._recorded.get(ledger.store, NO_REVIEWS):
            self._recorded[ledger.store] = found
            self._join(ledger.store)

    def told(self, store: str, reviews: Reviews) -> None:
        """Effect: what notes of the repository of *store* told of *reviews* is known."""
        if reviews:
            self._noted[store] = self._noted.get(store, NO_REVIEWS) | reviews
            self._join(store)

    def _join(self, store: str) -> None:
        """Effect: what is known of *store* is known of its documents."""
        self._known[store] = self._recorded.get(store, NO_REVIEWS) | self._noted.get(store, NO_REVIEWS)
        for document in self._session.documents():
            if self._stores.get(document.uri) == store:
                # Whose comments silence is another question now.
                self._session.desk.rejudge(document.uri)
                self._session.attributed(document)

    def mark(self, document: Document, lines: Lines) -> None:
        """Effect: *lines* (from 1) of the text are read, and that is recorded. Raises NotRecorded."""
        ledger, place = self._ledger(document)
        from assaymark.record.marking import byte_ranges

        entry = self._session.desk.at(document.uri)
        if entry is None:
            return
        content = entry.snapshot.text.whole()
        for one in self._record(ledger, place, content, lines):
            for start, end in byte_ranges(content, one.stretch.lines):
                self._attribute(document, Span(start, end), one.review.id)
        self._session.attributed(document)

    def mark_file(self, ledger: Ledger, place: Place, content: bytes, lines: Lines) -> None:
        """Effect: the same of a file that is not open. Raises NotRecorded."""
        self._record(ledger, place, content, lines)

    def withdraw(self, document: Document, ids: Iterable[str]) -> None:
        """Effect: the reviews *ids* hold no longer, wherever they were of. Raises NotRecorded."""
        ledger, _ = self._ledger(document)
        from assaymark.ledger.events import Withdrawn, stamp

        for one in ids:
            self._append(ledger, Withdrawn(*stamp("server"), one))

    def _ledger(self, document: Document) -> tuple[Ledger, Place]:
        if document.notebook is not None:
            msg = "cells of a notebook cannot be marked: its text is none of its bytes"
            raise NotRecorded(msg)
        found = self._session.recording.ledger_of(document)
        if found is None:
            msg = "nothing was recorded: the document is no file, or the log says why there is no record"
            raise NotRecorded(msg)
        return found

    def _attribute(self, document: Document, span: Span, review: str) -> None:
        entry = self._session.desk.at(document.uri)
        if entry is not None:
            runs = runs_between(entry.snapshot.text, span)
            self._session.desk.attribute(document.uri, span, reviewed(runs, 0, span.length, review))

    def _record(self, ledger: Ledger, place: Place, content: bytes, lines: Lines) -> list[Marked]:
        """What was recorded. Effect: it is. Raises NotRecorded."""
        # Late: git is asked whose the lines are, which happens when somebody marks some.
        from assaymark.ledger.store import Unavailable
        from assaymark.record.marking import marked, recorded
        from assaymark.record.read_lines import in_file
        from assaymark.repository.git import GitError
        from assaymark.repository.identity import person

        try:
            reader = person(place.top)
            several = marked(in_file(place, content, lines, reader), reader, Channel.editor)
            recorded(several, place)
            self.look(ledger)
        except (GitError, OSError, Unavailable) as problem:
            msg = f"nothing was recorded: {problem}"
            raise NotRecorded(msg) from problem
        return several

    def _append(self, ledger: Ledger, event: Event) -> None:
        from assaymark.ledger.store import Unavailable

        try:
            ledger.record([event])
            self.look(ledger)
        except (OSError, Unavailable) as problem:
            msg = f"nothing was recorded: {problem}"
            raise NotRecorded(msg) from problem
