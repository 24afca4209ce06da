"""
What somebody read, recorded: in the ledger of a content, in notes of the commits whose lines these are.

Invariants:
    Lines that are in no commit are in the ledger alone, until they are committed.
    What a person read is what was shown to them: the lines they named, or those that a commit added.
    Nothing is recorded where anything of it could not be signed as was asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assaymark.ledger.events import Reviewed, stamp
from assaymark.lineage import evidence, gitai
from assaymark.lineage.review_records import UNSIGNED, Signed, key_of, record_of
from assaymark.lineage.review_text import review_text
from assaymark.lineage.reviews import Channel, Relation, Review
from assaymark.record.marks import PERSON, Marks, day_of
from assaymark.record.wording import included
from assaymark.repository import notes
from assaymark.repository.git import blob_id
from assaymark.text import LINE_END

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from assaymark.ledger.events import Event
    from assaymark.ledger.store import Ledger
    from assaymark.lineage.attested import Note
    from assaymark.repository.place import Place

Lines = tuple[tuple[int, int], ...]


class Committed(NamedTuple):
    """Lines as the commit has them that added them."""

    commit: str
    path: str
    lines: Lines


class Stretch(NamedTuple):
    """
    Lines of one file that somebody read, who stands in one *relation* to whoever asked for them.

    *path* is from the top, *lines* count from 1; *committed* are those of them that are in commits.
    *in_ledger* says that the content is what the work tree or the index has now.
    """

    path: str
    content: bytes
    lines: Lines
    relation: Relation
    committed: tuple[Committed, ...] = ()
    in_ledger: bool = True


class Marked(NamedTuple):
    """A stretch, the review that it was part of, and what was signed of it."""

    stretch: Stretch
    review: Review
    signed: Signed = UNSIGNED

    @property
    def key(self) -> str:
        return key_of(self.review.id)


def marked(stretches: Iterable[Stretch], who: str, channel: Channel = Channel.terminal) -> list[Marked]:
    """A review for each of *stretches*, of which nothing is recorded yet."""
    found = []
    for stretch in stretches:
        its = stamp("cli")
        found.append(Marked(stretch, Review(its.id, channel, stretch.relation, its.time, who)))
    return found


def signed(several: Sequence[Marked], here: str) -> list[Marked]:
    """These reviews with their signatures. Effect: git's SSH key is used. Raises NotSigned."""
    from assaymark.repository import signing

    texts = [_text(one) for one in several]
    signatures = signing.signed(texts, here) if texts else []
    return [one._replace(signed=Signed(*pair)) for one, *pair in zip(several, texts, signatures, strict=True)]


def recorded(several: Sequence[Marked], place: Place) -> int:
    """
    How many notes changed.

    Effect: the ledger and the notes have these reviews. Raises OSError, GitError, Unavailable.
    """
    if any(one.stretch.in_ledger for one in several):
        # Late: SQLite, and only where there is something for it.
        from assaymark.ledger.store import opened

        with opened(place.store) as ledger:
            ledger.record([_event(one, ledger) for one in several if one.stretch.in_ledger])
    return noted(several, place)


def noted(several: Sequence[Marked], place: Place) -> int:
    """How many notes changed. Effect: the notes of commits have these reviews. Raises GitError."""
    if place.common is None:
        return 0
    with_person = PERSON in included(place.top)
    wanted: dict[str, Marks] = {}
    for one in several:
        day = "" if one.review.time is None else day_of(one.review.time)
        record = record_of(one.review, day, with_person=with_person, signed=one.signed)
        for commit, path, lines in one.stretch.committed:
            marks = wanted.setdefault(commit, Marks())
            marks.read(path, lines, one.key, record)
    makings = {commit: _making(marks.notes(commit).ours) for commit, marks in wanted.items()}
    return notes.changed({notes.OURS: makings}, place.top)


def byte_ranges(content: bytes, lines: Lines) -> tuple[tuple[int, int], ...]:
    """Where the bytes of *lines* (from 1) of *content* stand, line ends included."""
    starts = [0, *(found.end() for found in LINE_END.finditer(content)), len(content)]
    last = len(starts) - 1
    ranges = ((starts[min(first - 1, last)], starts[min(end, last)]) for first, end in lines)
    return tuple((start, end) for start, end in ranges if start < end)


def texts_of(content: bytes, lines: Lines) -> list[bytes]:
    """What stands in *lines* (from 1) of *content*."""
    return [
        text
        for start, end in byte_ranges(content, lines)
        for text in LINE_END.split(content[start:end])
        if text.strip()
    ]


def _text(one: Marked) -> str:
    path, content, lines, *_ = one.stretch
    day = day_of(one.review.time or 0)
    blob = blob_id(content, "0" * 40)
    return review_text(path, blob, lines, texts_of(content, lines), day, one.review.channel.value)


def _event(one: Marked, ledger: Ledger) -> Event:
    path, content, lines, *_ = one.stretch
    return Reviewed(
        one.review.id,
        one.review.time or 0,
        "cli",
        path,
        ledger.secret.digest(content),
        byte_ranges(content, lines),
        one.review.channel.value,
        one.review.relation.value,
        one.review.who,
        len(content),
        ledger.secret.outline(content),
        *one.signed,
    )


def _making(ours: Note) -> notes.Making:
    def making(before: bytes | None) -> bytes | None:
        if not ours.files:
            return before
        theirs = gitai.read(before) if before is not None else None
        after = ours if theirs is None else evidence.merged(ours, theirs)
        if after == theirs:
            return before
        return gitai.written(after).encode("utf-8", "surrogateescape").rstrip(b"\n") + b"\n"

    return making
