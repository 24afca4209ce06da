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
from assaymark.lineage.reviews import NO_REVIEWS, Channel, Relation, Reviews
from assaymark.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assaymark.ledger.events import Event
    from assaymark.ledger.store import Ledger
    from assaymark.lsp.document import Document
    from assaymark.lsp.session import Session
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

    def mark(self, document: Document, spans: Iterable[Span]) -> None:
        """Effect: the bytes of *spans* are read, and that is recorded. Raises NotRecorded."""
        ledger, place = self._ledger(document)
        from assaymark.ledger.events import Reviewed, stamp
        from assaymark.repository.identity import person

        entry = self._session.desk.at(document.uri)
        if entry is None:
            return
        content = entry.snapshot.text.whole()
        kept = tuple(spans)
        event = Reviewed(
            *stamp("server"),
            place.path or "",
            ledger.secret.digest(content),
            tuple((span.start, span.end) for span in kept),
            Channel.editor.value,
            Relation.requester.value,
            person(place.top),
            len(content),
            ledger.secret.outline(content),
        )
        self._append(ledger, event)
        for span in kept:
            runs = runs_between(entry.snapshot.text, span)
            self._session.desk.attribute(document.uri, span, reviewed(runs, 0, span.length, event.id))
        self._session.attributed(document)

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

    def _append(self, ledger: Ledger, event: Event) -> None:
        from assaymark.ledger.store import Unavailable

        try:
            ledger.record([event])
            self.look(ledger)
        except (OSError, Unavailable) as problem:
            msg = f"nothing was recorded: {problem}"
            raise NotRecorded(msg) from problem
