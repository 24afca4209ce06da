"""
The ledger: what is remembered of where the code of a repository comes from.

Invariants:
    The server, hooks and commands have it open at the same time. Readers see what was merged, and merge what
    waits themselves unless somebody else does.
    What was recorded is on the disk in the spool before anything else happens to it, so whatever becomes of
    the database loses no event that waits.
    A damaged database is set aside, said once, and recording goes on.
"""
# Paths stay strings.
# ruff: noqa: PTH118, PTH119

from __future__ import annotations

import os

from assaymark.ledger import merging, rows, spool
from assaymark.ledger.connecting import Connection, connected, identity_of, is_damage, set_aside
from assaymark.ledger.events import Event, Gap, Reviewed, Session, Withdrawn, stamp
from assaymark.ledger.folding import anchored
from assaymark.ledger.secret import Secret, secret_of
from assaymark.ledger.sqlite import sqlite3
from assaymark.ledger.states import States
from assaymark.origin import Cut

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from types import TracebackType
    from typing import Self, TypeVar

    from assaymark.lineage.reviews import Review, Reviews
    from assaymark.origin import Runs

    _T = TypeVar("_T")

FILE = "ledger.sqlite"


class Unavailable(Exception):
    """There is no ledger to be had; the text says why, and what to do."""


class Ledger:
    """
    An open ledger. Every method may raise Unavailable; *notices* is what a person should be told.

    It belongs to the thread that opened it.
    """

    def __init__(self, store: str, secret: Secret, by: str) -> None:
        self.store = store
        self.secret = secret
        self.notices: list[str] = []
        self._by = by
        self._seen = self._read_to = -1
        self._reviewed: list[Review] = []
        self._withdrawn: list[str] = []
        self._signed: dict[str, tuple[str, str]] = {}
        self._reviews: Reviews | None = None
        self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.database.close()

    def record(self, events: Sequence[Event]) -> None:
        """
        Remember *events*.

        Effect: they are on the disk when this returns, and merged unless somebody else is writing. Raises
        OSError when they could not be written.
        """
        spool.append(self.store, events)
        self.merge()

    def merge(self) -> None:
        """Effect: what waits in the spool is merged, unless somebody else is writing."""
        if not spool.waiting(self.store):
            return
        try:
            self._safely(lambda: merging.merge(self.database, self._states, self.store))
        except (sqlite3.Error, OSError) as error:
            # Nothing is lost: it stays in the spool until it can be merged.
            self._notice(f"{self.file} cannot be written: {error}; what was recorded waits beside it")

    @property
    def file(self) -> str:
        """The database."""
        return os.path.join(self.store, FILE)

    def state(self, path: str, content: bytes) -> Runs | None:
        """
        Where each byte of *content*, which stands at *path*, came from; None where *path* is not known.

        Of a content that was never heard of, the lines of the newest state of *path* keep their origins, and
        the others are unknown: they came from the disk.
        """
        exact = self.state_by_digest(path, self.secret.digest(content))
        if exact is not None:
            return exact
        newest = self._read(lambda: self._states.newest(path))
        if newest is None or not newest.state.lines:
            return None
        return anchored(newest.state, self.secret.outline(content), len(content), by=Cut())

    def state_by_digest(self, path: str, digest: str) -> Runs | None:
        """Where each byte of a content came from, at *path* or, where nothing is known of that, elsewhere."""
        kept = self._read(lambda: self._states.at(path, digest))
        if kept is None and self._read(lambda: self._states.newest(path)) is None:
            kept = self._read(lambda: self._states.anywhere(digest))
        return kept.state.runs if kept is not None else None

    def newest(self, most: int) -> list[tuple[str, int, Runs]]:
        """
        The newest state of each of the *most* paths that were heard of last: the number of the event that led
        to it, and where its bytes came from. What was heard of last comes first.
        """
        return self._read(lambda: self._newest(most))

    def events(self, *, since: int = 0, path: str | None = None, beyond: int = 0) -> Iterator[Event]:
        """
        The events in the order in which they were heard of: from a time on (seconds), of one path, or those
        with a greater number than *beyond* (`last`).
        """
        for _, event in self.numbered(since=since, path=path, beyond=beyond):
            yield event

    def numbered(
        self, *, since: int = 0, path: str | None = None, beyond: int = 0
    ) -> list[tuple[int, Event]]:
        """The events as `events` gives them, with their numbers."""
        return self._read(lambda: list(rows.numbered(self.database, since=since, path=path, beyond=beyond)))

    def gaps(self, *, since: int = 0) -> list[Gap]:
        """The gaps of the record that were noticed from a time on (seconds)."""
        return self._read(lambda: rows.gaps(self.database, since))

    @property
    def last(self) -> int:
        """The number of the last event."""
        return self._read(lambda: rows.last(self.database))

    def sessions(self) -> list[Session]:
        """The conversations with tools, the oldest first; of one that went on, what was said last."""
        found = {(event.tool, event.session): event for event in self.events() if isinstance(event, Session)}
        return list(found.values())

    def reviews(self) -> Reviews:
        """
        The reviews that were recorded here, without those that were withdrawn. None is verified yet.

        The same object as long as none came.
        """
        # Late: a commit waits for what is imported, and what is committed was seldom part of a review.
        from assaymark.lineage.reviews import Reviews

        last = self.last
        if self._reviews is None or last != self._read_to:
            beyond, self._read_to = self._read_to, last
            kinds = ("reviewed", "withdrawn")
            events = self._read(lambda: rows.of_kinds(self.database, kinds, beyond))
            self._reviewed += [_review(event) for event in events if isinstance(event, Reviewed)]
            self._withdrawn += [event.review for event in events if isinstance(event, Withdrawn)]
            self._signed |= {
                event.id: (event.signed, event.signature)
                for event in events
                if isinstance(event, Reviewed) and event.signature
            }
            if self._reviews is None or events:
                self._reviews = Reviews(self._reviewed, self._withdrawn)
        return self._reviews

    def every_review(self) -> tuple[tuple[Review, ...], tuple[str, ...]]:
        """The reviews that were recorded here, and the ids of those that were withdrawn here."""
        self.reviews()
        return tuple(self._reviewed), tuple(self._withdrawn)

    def signed_reviews(self) -> Mapping[str, tuple[str, str]]:
        """What was signed of reviews, and its signature, by their ids; of those alone that were signed."""
        self.reviews()
        return self._signed

    def reviewed(self, ids: Collection[str]) -> list[Reviewed]:
        """The reviews with these *ids*, as they were recorded."""
        events = self._read(lambda: rows.of_kinds(self.database, ("reviewed",), -1))
        return [event for event in events if isinstance(event, Reviewed) and event.id in ids]

    def _newest(self, most: int) -> list[tuple[str, int, Runs]]:
        paths = rows.latest_paths(self.database, most)
        found = ((path, self._states.newest(path)) for path in paths)
        return [(path, kept.event, kept.state.runs) for path, kept in found if kept is not None]

    def _read(self, ask: Callable[[], _T]) -> _T:
        self.merge()
        try:
            return self._safely(lambda: self._fresh(ask))
        except (sqlite3.Error, OSError) as error:
            msg = f"{self.file} cannot be read: {error}; `assaymark ledger verify` says more"
            raise Unavailable(msg) from error

    def _fresh(self, ask: Callable[[], _T]) -> _T:
        """What *ask* says, of what the database holds now."""
        (version,) = self.database.execute("PRAGMA data_version").fetchone()
        if version != self._seen:
            self._states.forget()
            self._seen = version
        return ask()

    def _safely(self, ask: Callable[[], _T]) -> _T:
        """What *ask* says; once more, of a new database, when this one is damaged or was put elsewhere."""
        try:
            if not self._is_ours():
                self._reopen()
            return ask()
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            self._set_aside(error)
            return ask()

    def _is_ours(self) -> bool:
        try:
            return identity_of(self.file) == self._identity
        except OSError:
            return False

    def _set_aside(self, error: sqlite3.DatabaseError) -> None:
        self.database.close()
        aside = set_aside(self.file, self._identity)
        self._open()
        if aside is not None:
            self._notice(_damaged(self.file, aside))
            spool.append(self.store, [Gap(*stamp(self._by), f"damaged: {error}")])

    def _reopen(self) -> None:
        self.database.close()
        self._open()

    def _open(self) -> None:
        self.database, self._identity = self._connected()
        self._states = States(self.database)
        self._seen = self._read_to = -1
        self._reviewed, self._withdrawn, self._signed, self._reviews = [], [], {}, None

    def _connected(self) -> Connection:
        """Effect: a file that is no database of ours is set aside."""
        try:
            return connected(self.file)
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            aside = set_aside(self.file, identity_of(self.file))
            if aside is not None:
                self._notice(_damaged(self.file, aside))
                spool.append(self.store, [Gap(*stamp(self._by), f"damaged: {error}")])
            return connected(self.file)

    def _notice(self, text: str) -> None:
        if text not in self.notices:
            self.notices.append(text)


def opened(store: str, by: str = "cli") -> Ledger:
    """
    The ledger in *store*, with what waits there merged; *by* is the program that opens it.

    Effect: makes it where there is none, brings an older one up to date, sets a damaged one aside. Raises
    Unavailable.
    """
    file = os.path.join(store, FILE)
    try:
        ledger = Ledger(store, secret_of(store), by)
    except (sqlite3.Error, OSError) as error:
        msg = f"{file} cannot be opened: {error}"
        raise Unavailable(msg) from error
    ledger.merge()
    return ledger


def _review(event: Reviewed) -> Review:
    from assaymark.lineage.reviews import Channel, Relation, Review

    channels, relations = {one.value: one for one in Channel}, {one.value: one for one in Relation}
    channel = channels.get(event.channel, Channel.terminal)
    return Review(event.id, channel, relations.get(event.relation, Relation.unknown), event.time, event.who)


def _damaged(file: str, aside: str) -> str:
    return (
        f"{file} was damaged and is now {os.path.basename(aside)}; recording goes on in a new one."
        f" To bring back what can be read of it: assaymark ledger import {aside}"
    )
