"""
Which reviews are signed, and by a key that is known here.

Invariants:
    A review whose signature is broken is none, and that is said. One by a key that is not known is a claim.
    A good signature counts only for a file in which it is of every line that names the review.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.lineage.review_text import says_so
from assaymark.lineage.reviews import Reviews, Signature
from assaymark.record.marks import day_of
from assaymark.repository import signing

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from assaymark.lineage.review_records import Signed
    from assaymark.lineage.reviews import Review
    from assaymark.repository.place import Place


def verified(
    place: Place,
    reviews: Sequence[Review],
    signed: Mapping[str, Signed],
    texts: Callable[[str], Collection[bytes]] | None,
) -> tuple[Reviews, list[str]]:
    """
    *reviews* with what is known of their signatures, and what a person should be told.

    *texts* tells what stands in the lines that name a review, where that can be told.
    """
    found: list[Review] = []
    problems: list[str] = []
    for review in reviews:
        its = signed.get(review.id)
        status = Signature.none if its is None else signing.verified(*its, place.top)
        if status is Signature.bad:
            problems.append(f"the signature of review {review.id} is broken, so it counts as none")
            continue
        if its is not None and status is Signature.good:
            day, path = day_of(review.time or 0), place.path or ""
            channel = review.channel.value
            is_of_these = texts is not None and says_so(its.text, path, texts(review.id), day, channel)
            status = status if is_of_these else Signature.none
        found.append(review._replace(signature=status))
    return Reviews(found), problems
