"""
What a review is, and whether a line needs one and has it.

Invariants:
    A review that nobody knows, or that was withdrawn, is none.
    Nobody need read what a person typed, or what a tool of theirs did by itself, as long as nobody else
    cut it; who wrote the rest does not count, and unknown counts as an agent's.
    That somebody scrolled past, or how long a file was open, is no review.
"""

from __future__ import annotations

from assaymark.choices import Choice
from assaymark.lineage.reviewed import is_doubted
from assaymark.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from assaymark.lineage.lines import LineOrigin, Part
    from assaymark.origin import Origin


class Channel(Choice):
    """By which way somebody said that they had read something."""

    editor = "editor"
    terminal = "terminal"
    pull_request = "pull-request"
    trailer = "trailer"


class Relation(Choice):
    """Who read it: who asked for the code, another person, or somebody of whom that is not known."""

    requester = "requester"
    another = "another"
    unknown = "unknown"


class Signature(Choice):
    """
    What is known of a review's signature.

    Without one that is *good*, a review is a claim: any program that runs as the user can make one.
    """

    none = "none"
    good = "good"
    unknown_key = "unknown-key"
    bad = "bad"


class Review(NamedTuple):
    """
    A review: its id, by which way, whose, and when (seconds since 1970).

    *who* is a name as people write it, `Name <e-mail>`, empty where it is not told.
    """

    id: str
    channel: Channel
    relation: Relation = Relation.unknown
    time: int | None = None
    who: str = ""
    signature: Signature = Signature.none


class Standing(Choice):
    """What a person should know of a line: nobody need read it, nobody has, or who has."""

    written = "written"
    unread = "unread"
    by_requester = "by-requester"
    by_another = "by-another"


class Reviews:
    """The reviews that are known, and those of them that were withdrawn."""

    def __init__(self, known: Iterable[Review] = (), withdrawn: Iterable[str] = ()) -> None:
        self._gone = frozenset(withdrawn)
        self._known: Mapping[str, Review] = {one.id: one for one in known if one.id not in self._gone}

    def valid(self, ids: Iterable[str]) -> tuple[Review, ...]:
        """Those of the reviews with these *ids* that hold."""
        return tuple(self._known[one] for one in ids if one in self._known)

    def __bool__(self) -> bool:
        return bool(self._known or self._gone)

    def __or__(self, other: Reviews) -> Reviews:
        """Both: what one of them knows to be withdrawn is."""
        return Reviews((*self._known.values(), *other._known.values()), self._gone | other._gone)


NO_REVIEWS = Reviews()


def standing(line: LineOrigin, reviews: Reviews) -> Standing:
    """How it stands with a *line*: as with that part of it of which the least is known to have been read."""
    return _standing([part.origin for part in line.parts if _is_due(part)], reviews)


def standing_between(lines: Iterable[LineOrigin], reviews: Reviews) -> Iterator[Standing]:
    """How it stands with the *lines* of a statement where others went in between: each as with that."""
    before = Standing.written
    for line in lines:
        # Of signs alone that somebody put there nothing is noted.
        if any(part.has_word or not is_doubted(part.origin) for part in line.parts):
            cuts = [part.origin for part in line.parts if part.origin.cut and part.origin.cut.between]
            after = _standing(cuts, reviews)
            if Standing.written not in (before, after):
                yield from (before, after)
            before = after


def _standing(due: Sequence[Origin], reviews: Reviews) -> Standing:
    if not due:
        return Standing.written
    several = [reviews.valid(origin.reviews) for origin in due]
    if not all(several):
        return Standing.unread
    is_by_another = all(any(one.relation is Relation.another for one in valid) for valid in several)
    return Standing.by_another if is_by_another else Standing.by_requester


def is_unread(line: LineOrigin, reviews: Reviews) -> bool:
    """Whether somebody should read *line*, and nobody has."""
    return standing(line, reviews) is Standing.unread


def reviews_of(line: LineOrigin, reviews: Reviews) -> tuple[Review, ...]:
    """The reviews of any part of *line* that somebody should read, each once."""
    several = [part.origin for part in line.parts if is_doubted(part.origin) or part.origin.cut is not None]
    return reviews.valid(dict.fromkeys(one for origin in several for one in origin.reviews))


def shared_reviews(line: LineOrigin, reviews: Reviews) -> tuple[Review, ...]:
    """The reviews that say of *line* as a whole what `standing` says of it; none where it is unread."""
    # Brackets alone need no reading, but part no range of lines that were read.
    due = [part for part in line.parts if _is_due(part)]
    due = due or [part for part in line.parts if is_doubted(part.origin)]
    several = [reviews.valid(part.origin.reviews) for part in due]
    if not several or not all(several):
        return ()
    if shared := [one for one in several[0] if all(one in valid for valid in several)]:
        return tuple(shared)
    found = dict.fromkeys(one for valid in several for one in valid)
    if standing(line, reviews) is Standing.by_another:
        return tuple(found)
    return tuple(one for one in found if one.relation is not Relation.another)


def _is_due(part: Part) -> bool:
    """Whether somebody should read *part* of a line."""
    cut = part.origin.cut
    return (cut is not None and not cut.between) or (part.has_word and is_doubted(part.origin))
