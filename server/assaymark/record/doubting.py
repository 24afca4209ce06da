"""
What of a file may loosen nothing, by all that is recorded: lines of an agent that nobody has reviewed.

Invariants:
    Without a ledger and without notes nothing is in doubt, and no process is started to find that out.
    What was looked up is looked up again only when the file, the ledger or the notes are others.
"""
# Stamps of files whose names are strings.
# ruff: noqa: PTH116, PTH118, PTH123

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from assaymark.lineage.reviewed import has_reviews
from assaymark.lineage.reviews import NO_REVIEWS
from assaymark.lineage.trusting import AGENTS, MayLoosen, doubtful, once_read, whose
from assaymark.origin import STANDING, Author, Runs, covering
from assaymark.repository.place import Place, place_of
from assaymark.settings.doubting import Doubtful

if TYPE_CHECKING:
    from collections.abc import Sequence

_NOTES = b"refs/notes/"
_MOST = 64


class Doubting:
    """What is in doubt, and remembered as long as nothing is recorded anew."""

    def __init__(self, today: int, doubted: frozenset[Author] = AGENTS) -> None:
        self._today = today
        self._doubted = doubted
        self._known: dict[str, tuple[object, Sequence[Doubtful]]] = {}

    def __call__(self, place: str, raw: bytes) -> Sequence[Doubtful]:
        """What of the file *place*, which holds *raw*, may loosen nothing. Effect: reads the records."""
        where = place_of(place)
        if not has_records(where):
            return ()
        key = (raw, stamp(where))
        known = self._known.get(place)
        if known is None or known[0] != key:
            if len(self._known) >= _MOST:
                self._known.clear()
            known = self._known[place] = (key, self._looked_up(where, raw))
        return known[1]

    def _looked_up(self, where: Place, raw: bytes) -> Sequence[Doubtful]:
        runs, may_loosen = told(where, raw, self._doubted)
        found = doubtful(raw, runs, may_loosen)
        return tuple(Doubtful(start, end, whose(origin, self._today)) for start, end, origin in found)


def told(where: Place, raw: bytes, doubted: frozenset[Author] = AGENTS) -> tuple[Runs, MayLoosen]:
    """The origins of the bytes of *raw*, the file at *where*, and whose may loosen anything."""
    # Late: SQLite and git are not needed where nothing is loosened.
    from assaymark.record.reading import known_reviews, runs_of

    runs = covering(len(raw), STANDING) if where.path is None else runs_of(where, raw)
    reviews = known_reviews(where, runs) if has_reviews(runs) else NO_REVIEWS
    return runs, once_read(lambda: reviews, doubted)


def has_records(where: Place) -> bool:
    """Whether anything is recorded at all, for what is loosened at *where*."""
    return where.path is not None and (os.path.lexists(where.store) or _has_notes(where.common))


def stamp(where: Place) -> tuple[object, ...]:
    """What is another once something more is recorded, or committed."""
    store, common = where.store, where.common or where.store
    inside = ("spool", "ledger.sqlite", "ledger.sqlite-wal")
    beside = ("packed-refs", "refs/notes", "refs/notes/ai", "refs/notes/assaymark", "logs/HEAD")
    places = [
        *(os.path.join(store, name) for name in inside),
        *(os.path.join(common, name) for name in beside),
    ]
    return tuple(map(_stamp, places))


def _stamp(place: str) -> tuple[int, ...]:
    try:
        status = os.stat(place)
    except OSError:
        return ()
    return status.st_mtime_ns, status.st_size, status.st_ino


def _has_notes(common: str | None) -> bool:
    """Whether the repository has a ref of notes, as its files say; where these cannot tell, it has."""
    if common is None:
        return False
    if os.path.lexists(os.path.join(common, "refs", "notes")) or os.path.lexists(
        os.path.join(common, "reftable")
    ):
        return True
    try:
        with open(os.path.join(common, "packed-refs"), "rb") as refs:
            return _NOTES in refs.read()
    except OSError:
        return False
