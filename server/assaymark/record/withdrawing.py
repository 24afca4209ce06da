"""
Reviews taken back: in the ledger, and in every note that has them.

Invariant: a review is withdrawn as a whole, and stays so when notes are joined.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from assaymark.ledger.events import Withdrawn, stamp
from assaymark.lineage import evidence, gitai
from assaymark.lineage.review_records import is_withdrawn, key_of, records_in
from assaymark.record.marks import day_of
from assaymark.repository import notes

if TYPE_CHECKING:
    from collections.abc import Collection

    from assaymark.repository.place import Place


def withdrawn(keys: Collection[str], place: Place) -> int:
    """How many notes changed. Effect: reviews with these *keys* are none. Raises Unavailable, GitError."""
    own = stamp("cli")
    if os.path.isdir(place.store):  # noqa: PTH112 - paths stay strings
        from assaymark.ledger.store import opened

        with opened(place.store) as ledger:
            reviews, gone = ledger.every_review()
            ids = {key_of(one.id): one.id for one in reviews}
            already = {key_of(one) for one in gone}
            named = [ids.get(key, key) for key in keys if key not in already]
            ledger.record([Withdrawn(*stamp("cli"), one) for one in named])
    if place.common is None:
        return 0
    day = day_of(own.time)
    having = notes.commits_with(notes.OURS, sorted(keys), place.top)
    makings = {commit: _making(frozenset(keys), day) for commit in having}
    return notes.changed({notes.OURS: makings}, place.top)


def _making(keys: frozenset[str], day: str) -> notes.Making:
    def making(before: bytes | None) -> bytes | None:
        note = gitai.read(before or b"")
        records = records_in(note)
        mine = {key: record for key, record in records.items() if key in keys and not is_withdrawn(record)}
        if before is None or not note.whole or not mine:
            return before
        shelf = {**records, **{key: {**record, "withdrawn": day} for key, record in mine.items()}}
        after = evidence.with_reviews(note, shelf)
        return gitai.written(after).encode("utf-8", "surrogateescape").rstrip(b"\n") + b"\n"

    return making
