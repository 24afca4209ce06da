"""
Reviews in our notes: entries `r_…` of lines that were read, and their records on the shelf `reviews`.

Invariants:
    A line may have several; an entry of a review says nothing of where the line comes from.
    A review that either the ledger or a note knows to be withdrawn is none, whoever else has it.
    What cannot be understood is no review, never an error.
"""

from __future__ import annotations

import bisect
import re
from typing import TYPE_CHECKING

from assaymark.lineage import evidence
from assaymark.lineage.hashing import hashed
from assaymark.lineage.ranges import flattened, is_well
from assaymark.lineage.reviews import Channel, Relation, Review, Reviews
from assaymark.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from assaymark.lineage.attested import Note, Table

_KEY = "r_"
_HEX = 12
# The reviews of one file in one note beyond these are not looked at.
MOST = 200
_LONGEST = 250
_DAY = re.compile(r"(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", re.ASCII)
_LONGEST_SIGNED = 2_000_000


class Signed(NamedTuple):
    """What was signed, and the signature, as it is written out; both empty where nothing is."""

    text: str = ""
    signature: str = ""


UNSIGNED = Signed()


def key_of(review: str) -> str:
    """The key that the review with this id has in notes."""
    return review if evidence.is_review(review) else f"{_KEY}{hashed(review)[:_HEX]}"


def record_of(review: Review, day: str, *, with_person: bool, signed: Signed = UNSIGNED) -> Table:
    """The record of *review*, of the *day* as 2026-11-14."""
    record: Table = {"channel": review.channel.value, "relation": review.relation.value}
    if day:
        record["date"] = day
    if with_person and review.who:
        record["who"] = review.who
    if signed.signature:
        record |= {"signed": signed.text, "signature": signed.signature}
    return record


def review_in(key: str, record: object) -> Review | None:
    """The review that *record* says; None where that cannot be understood."""
    if not isinstance(record, dict):
        return None
    try:
        channel = Channel(record.get("channel"))
    except ValueError:
        return None
    named = record.get("relation")
    relation = next((one for one in Relation if one.value == named), Relation.unknown)
    return Review(key, channel, relation, _noon(_text(record.get("date"))), _text(record.get("who")))


def signed_in(record: Table) -> Signed:
    """What *record* has of a signature."""
    text, signature = record.get("signed"), record.get("signature")
    if not (isinstance(text, str) and isinstance(signature, str) and signature):
        return UNSIGNED
    return Signed(text, signature) if len(text) <= _LONGEST_SIGNED else UNSIGNED


def is_withdrawn(record: object) -> bool:
    return isinstance(record, dict) and bool(record.get("withdrawn"))


def records_in(note: Note) -> dict[str, Table]:
    """The records of reviews that *note* has, by key."""
    shelf = note.records.get("reviews")
    several = shelf.items() if isinstance(shelf, dict) else ()
    return {key: record for key, record in several if evidence.is_review(key) and isinstance(record, dict)}


def joined_records(several: Iterable[Mapping[str, Table]]) -> dict[str, Table]:
    """The records of several notes, by key: what one of them says is withdrawn is."""
    found: dict[str, Table] = {}
    for records in several:
        for key, record in records.items():
            if key not in found or is_withdrawn(record):
                found[key] = record
    return found


def known(reviews: Iterable[Review], withdrawn: Iterable[str], records: Mapping[str, Table]) -> Reviews:
    """The reviews that hold, of all that the ledger knows and notes say; *withdrawn* is so in the ledger."""
    gone = {key_of(one) for one in withdrawn}
    gone |= {key for key, record in records.items() if is_withdrawn(record)}
    noted = (review_in(key, record) for key, record in records.items())
    found = [*reviews, *(one for one in noted if one is not None)]
    return Reviews(one for one in found if key_of(one.id) not in gone)


class ReviewKeys:
    """The reviews of lines of a file, by the entries of one note."""

    def __init__(self, note: Note, path: str) -> None:
        spelled: dict[str, list[tuple[str, str]]] = {}
        for entry in note.files.get(path, ()):
            if evidence.is_review(entry.key) and is_well(entry.spelled):
                spelled.setdefault(entry.key, []).append(entry)
        self._pieces = {key: flattened(several) for key, several in list(spelled.items())[:MOST]}
        self._firsts = {key: [piece.first for piece in found] for key, found in self._pieces.items()}

    def at(self, line: int) -> tuple[str, ...]:
        """The keys of the reviews of *line*, in ascending order."""
        return tuple(sorted(key for key in self._pieces if self._has(key, line)))

    def among(self, first: int, last: int) -> frozenset[str]:
        """The keys of the reviews of any of these lines."""
        return frozenset(
            key
            for key, pieces in self._pieces.items()
            if any(piece.first <= last and first <= piece.last for piece in pieces)
        )

    def within(self, lines: Iterable[int]) -> dict[int, tuple[str, ...]]:
        """The keys of those of *lines* that have some."""
        if not self._pieces:
            return {}
        return {line: keys for line in lines if (keys := self.at(line))}

    def _has(self, key: str, line: int) -> bool:
        i = bisect.bisect_right(self._firsts[key], line) - 1
        return i >= 0 and line <= self._pieces[key][i].last


def _noon(day: str) -> int | None:
    """The noon of a day as 2026-11-14, in seconds since 1970."""
    found = _DAY.fullmatch(day)
    if found is None:
        return None
    year, month, day_of_month = map(int, found.groups())
    # H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil: years begin in March.
    year -= month <= 2
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day_of_month - 1
    days = 365 * year + year // 4 - year // 100 + year // 400 + of_year - 719_468
    return days * 86_400 + 43_200


def _text(value: object) -> str:
    return value[:_LONGEST] if isinstance(value, str) else ""
