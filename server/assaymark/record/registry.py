"""
What is known of the reviews that lines name: by the ledger, by notes, and by messages of commits.

Invariants:
    A review that any of them knows to be withdrawn is none.
    Notes are searched only for reviews that lines name and nobody told of yet.
"""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from assaymark.lineage.evidence import is_review
from assaymark.lineage.review_records import (
    Signed,
    joined_records,
    key_of,
    known,
    records_in,
    signed_in,
)
from assaymark.lineage.reviews import NO_REVIEWS, Review, Reviews
from assaymark.lineage.trailers import OF_TRAILER, reviews_by

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from assaymark.ledger.store import Ledger
    from assaymark.lineage.attested import Table
    from assaymark.repository.place import Place


class OfLedger(NamedTuple):
    """The reviews of the ledger, those too that it knows to be withdrawn."""

    reviews: tuple[Review, ...] = ()
    withdrawn: tuple[str, ...] = ()
    signed: Mapping[str, Signed] = MappingProxyType({})


NO_LEDGER = OfLedger()


class Joined(NamedTuple):
    """Reviews that hold, and what is signed of those that have a signature, which nobody has verified yet."""

    reviews: Reviews = NO_REVIEWS
    signed: Mapping[str, Signed] = MappingProxyType({})


def of_open(ledger: Ledger) -> OfLedger:
    """What *ledger* knows of reviews. Raises Unavailable."""
    signed = {one: Signed(*pair) for one, pair in ledger.signed_reviews().items()}
    return OfLedger(*ledger.every_review(), signed)


def of_ledger(place: Place) -> OfLedger:
    """What the ledger of *place* knows of reviews, if there is one and it can be read."""
    if not Path(place.store).is_dir():
        return NO_LEDGER
    from assaymark.ledger.store import Unavailable, opened

    try:
        with opened(place.store) as ledger:
            return of_open(ledger)
    except (OSError, Unavailable):
        return NO_LEDGER


def joined(
    here: str,
    ids: Collection[str],
    ledger: OfLedger,
    noted: Mapping[str, Table],
    trailers: Iterable[Review],
) -> Joined:
    """The reviews with these *ids* that hold, by all that is known of them; *noted* are records of notes."""
    if not ids:
        return Joined()
    told = {review.id: review for review in trailers}
    elsewhere = [one for one in ids if is_review(one) and one not in noted]
    # What was withdrawn in a note is gone in the ledger too.
    elsewhere += [key_of(one.id) for one in ledger.reviews if one.id in ids and key_of(one.id) not in noted]
    untold = [one for one in ids if one.startswith(OF_TRAILER) and one not in told]
    records = joined_records([noted, searched(elsewhere, here)])
    reviews = known([*ledger.reviews, *told.values(), *_told(untold, here)], ledger.withdrawn, records)
    signed = {key: its for key, record in records.items() if (its := signed_in(record)).signature}
    return Joined(reviews, {**ledger.signed, **signed})


def searched(keys: Collection[str], here: str) -> dict[str, Table]:
    """The records with these *keys*, of whatever notes have them."""
    if not keys:
        return {}
    from assaymark.lineage import gitai
    from assaymark.repository import notes

    texts = notes.texts_with(notes.OURS, keys, here)
    found = joined_records(records_in(gitai.read(text)) for text in texts)
    return {key: record for key, record in found.items() if key in keys}


def _told(ids: Iterable[str], here: str) -> list[Review]:
    """The reviews with these *ids* of which messages of commits tell."""
    wanted = {one.removeprefix(OF_TRAILER).partition("_")[0] for one in ids}
    if not wanted:
        return []
    from assaymark.repository.commits import commits
    from assaymark.repository.git import GitError
    from assaymark.repository.objects import ids_among

    try:
        by_id = commits(ids_among(sorted(wanted)), here)
    except GitError:
        return []
    return [
        review for one in by_id.values() for review in reviews_by(one.id, one.author, one.message, one.time)
    ]
