"""
What notes say of the reviews that a text names.

Invariant: a review that was withdrawn, wherever that is known, is written into no note.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.lineage.evidence import is_review
from assaymark.lineage.review_records import UNSIGNED, Signed, key_of, record_of
from assaymark.record import registry
from assaymark.record.marks import Held, day_of

if TYPE_CHECKING:
    from assaymark.ledger.store import Ledger
    from assaymark.lineage.attested import Table
    from assaymark.lineage.reviews import Review
    from assaymark.origin import Runs


def held(top: str, ledger: Ledger | None, runs: Runs, *, with_person: bool) -> Held | None:
    """The reviews that hold of those that *runs* name; None where none does."""
    ids = {one for run in runs for one in run.origin.reviews}
    of_ledger = registry.NO_LEDGER if ledger is None else registry.of_open(ledger)
    noted = registry.searched([one for one in ids if is_review(one)], top)
    reviews = registry.joined(top, ids, of_ledger, noted, ()).reviews
    valid = reviews.valid(ids)
    if not valid:
        return None
    signed = _signed(ledger, ids)
    records = {one.id: _noted(one, noted, signed, with_person=with_person) for one in valid}
    return Held(reviews, records)


def _noted(
    review: Review, noted: dict[str, Table], signed: dict[str, Signed], *, with_person: bool
) -> tuple[str, Table]:
    """The key of *review*, and its record."""
    if review.id in noted:
        return review.id, noted[review.id]
    day = "" if review.time is None else day_of(review.time)
    its = signed.get(review.id, UNSIGNED)
    return key_of(review.id), record_of(review, day, with_person=with_person, signed=its)


def _signed(ledger: Ledger | None, ids: set[str]) -> dict[str, Signed]:
    if ledger is None:
        return {}
    return {event.id: Signed(event.signed, event.signature) for event in ledger.reviewed(ids)}
