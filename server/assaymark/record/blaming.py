"""
What the notes say of each line of a committed file: the note of the commit that added the line, and no other.

Invariants:
    A range counts for a line only where `git blame` gives that line to the note's commit.
    Where a line was taken away since, a review that was of it too is none of the lines around.
"""

from __future__ import annotations

import bisect
from itertools import pairwise
from typing import TYPE_CHECKING

from assaymark.lineage import evidence, gitai
from assaymark.record.marks import Mark, Notes, around, split
from assaymark.repository import notes
from assaymark.repository.blame import Blamed, blamed, edge
from assaymark.repository.git import GitError
from assaymark.repository.objects import texts
from assaymark.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from assaymark.lineage.attested import Note
    from assaymark.lineage.ranges import Piece
    from assaymark.lineage.review_records import ReviewKeys

LARGEST = 4 << 20

# Within so many lines beside a line the others are that it was read with.
_NEAR = 5


class Lines(NamedTuple):
    """The lines of a committed file, whose each is, and the notes of those commits that have some."""

    lines: list[bytes]
    blamed: list[Blamed]
    notes: dict[str, Notes]


def lines_at(commit: str, path: str, here: str | None, common: str | None = None) -> Lines | None:
    """What *commit* has at *path*; None where it has nothing that can be read."""
    (content,) = texts([f"{commit}:{path}"], here, LARGEST)
    if content is None:
        return None
    try:
        found = blamed(commit, path, here)
    except GitError:
        return None
    lines = split(content)
    if len(found) != len(lines):
        return None
    unsure = edge(common) if common is not None else frozenset()
    return Lines(lines, found, notes_on((one.commit for one in found if one.commit not in unsure), here))


def notes_on(commits: Iterable[str], here: str | None) -> dict[str, Notes]:
    """Both notes on those of *commits* that have one."""
    ids = list(dict.fromkeys(commits))
    at = notes.tips(notes.BOTH, here)
    ai, ours = notes.texts_at([at[ref].id for ref in notes.BOTH], ids, here)
    return {
        commit: Notes(gitai.read(ai.get(commit, b"")), gitai.read(ours.get(commit, b"")))
        for commit in ids
        if commit in ai or commit in ours
    }


def marks(found: Lines, here: str | None = None) -> dict[int, Mark]:
    """The marks of the lines, counted from 1, by the notes of their own commits; *here* git is asked."""
    keys: dict[tuple[str, str], _OfFile] = {}
    marked: dict[int, Mark] = {}
    for number, one in enumerate(found.blamed, 1):
        its = found.notes.get(one.commit)
        if its is None:
            continue
        place = (one.commit, one.path)
        if place not in keys:
            keys[place] = _OfFile(its, one.path)
        mark = keys[place].at(one.line)
        if any(mark):
            marked[number] = mark
    for line in _beside_gone(found):
        if line in marked:
            marked[line] = marked[line]._replace(parted=True)
    if any(mark.reviews for mark in marked.values()):
        _drop_reviews_of_gone(marked, found, keys, here)
    return marked


def _beside_gone(found: Lines) -> set[int]:
    """The lines, from 1, between which others of their own commit are gone."""
    gaps = [
        number
        for number, (one, other) in enumerate(pairwise(found.blamed), 1)
        if one[:2] == other[:2] and other.line > one.line + 1
    ]
    return around([bool(line.strip()) for line in found.lines], gaps) if gaps else set()


def _drop_reviews_of_gone(
    marked: dict[int, Mark], found: Lines, keys: Mapping[tuple[str, str], _OfFile], here: str | None
) -> None:
    """Effect: lines beside which others are gone have no review that was of those too."""
    beside = [
        (number, step)
        for number, mark in marked.items()
        if mark.reviews
        for step in (-1, 1)
        if _blamed(found, number + step) != _next(found.blamed[number - 1], step)
        and _read_beside(keys, found.blamed[number - 1], step)
    ]
    places = list(dict.fromkeys(_place(found.blamed[number - 1]) for number, _ in beside))
    texts_at = zip(places, texts(places, here, LARGEST), strict=True) if places else ()
    before = {place: split(text or b"") for place, text in texts_at}
    for number, step in beside:
        one = found.blamed[number - 1]
        gone = _gone(before[_place(one)], one.line, step, _line(found, number + step))
        # Blank lines come and go with a formatter.
        if any(line.strip() for line in gone):
            near, far = one.line + step, one.line + step * len(gone)
            lost = keys[one.commit, one.path].reviews_among(min(near, far), max(near, far))
            left = tuple(key for key in marked[number].reviews if key not in lost)
            marked[number] = marked[number]._replace(reviews=left)


def _read_beside(keys: Mapping[tuple[str, str], _OfFile], one: Blamed, step: int) -> bool:
    """Whether any of the next few lines was read as well; else no text need be asked for."""
    ends = sorted((one.line + step, one.line + step * _NEAR))
    return bool(keys[one.commit, one.path].reviews_among(*ends))


def _gone(before: list[bytes], line: int, step: int, beside: bytes | None) -> list[bytes]:
    """
    The lines that stood between *line* (from 1) of the text *before* and *beside*, which is next to it now.

    Nothing where something else came there: who reads that sees what it is next to. Without a line *beside*
    it is the first one now, or the last.
    """
    rest = before[line:] if step > 0 else before[: line - 1][::-1]
    if beside is None:
        return rest
    return rest[: rest.index(beside)] if beside in rest else []


def _blamed(found: Lines, number: int) -> Blamed | None:
    return found.blamed[number - 1] if 0 < number <= len(found.blamed) else None


def _line(found: Lines, number: int) -> bytes | None:
    return found.lines[number - 1] if 0 < number <= len(found.blamed) else None


def _next(one: Blamed, step: int) -> Blamed:
    return one._replace(line=one.line + step)


def _place(one: Blamed) -> str:
    return f"{one.commit}:{one.path}"


def marks_at(
    commit: str, path: str, here: str | None
) -> tuple[list[bytes], dict[int, Mark], list[tuple[list[Mark], Notes]]]:
    """The lines that *commit* has at *path*, their marks, and the notes in which these resolve."""
    found = lines_at(commit, path, here)
    if found is None:
        return [], {}, []
    marked = marks(found, here)
    by_commit: dict[str, list[Mark]] = {}
    for number, mark in marked.items():
        by_commit.setdefault(found.blamed[number - 1].commit, []).append(mark)
    return found.lines, marked, [(several, found.notes[one]) for one, several in by_commit.items()]


class _OfFile:
    """What the notes of a commit say of the lines of one file."""

    def __init__(self, its: Notes, path: str) -> None:
        self._ai = _Keys(its.ai.pieces(path))
        self._ours = _Keys(evidence.pieces(its.ours, path))
        self._reviews = _review_keys(its.ours, path) if evidence.has_reviews(its.ours, path) else None

    def at(self, line: int) -> Mark:
        reviews = () if self._reviews is None else self._reviews.at(line)
        return Mark(self._ai.at(line), self._ours.at(line), reviews)

    def reviews_among(self, first: int, last: int) -> frozenset[str]:
        """The reviews of any of these lines."""
        return frozenset() if self._reviews is None else self._reviews.among(first, last)


def _review_keys(note: Note, path: str) -> ReviewKeys:
    # Late: a commit waits for this, and most have no reviews.
    from assaymark.lineage.review_records import ReviewKeys

    return ReviewKeys(note, path)


class _Keys:
    """The keys of lines, of pieces in ascending order."""

    def __init__(self, pieces: list[Piece]) -> None:
        self._pieces = pieces
        self._firsts = [piece.first for piece in pieces]

    def at(self, line: int) -> str:
        i = bisect.bisect_right(self._firsts, line) - 1
        return self._pieces[i].key if i >= 0 and line <= self._pieces[i].last else ""
