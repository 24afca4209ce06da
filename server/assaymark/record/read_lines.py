"""
Which lines somebody read who names a file, what is staged, or commits; and whose these are.

Invariants:
    Of commits and of what is staged, the lines that were added count, and no others.
    Who made a commit asked for its lines; what is not committed yet was asked for by who works here.
"""
# Paths stay strings.
# ruff: noqa: PTH112, PTH118, PTH123

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from assaymark.lineage.alignment import aligned
from assaymark.lineage.ranges import ranges, spelled
from assaymark.lineage.reviews import Relation
from assaymark.lineage.trailers import relation_to
from assaymark.record import blaming
from assaymark.record.committing import LARGEST
from assaymark.record.marking import Committed, Stretch
from assaymark.record.marks import numbers, split
from assaymark.record.reading import git_numbers
from assaymark.repository.blame import Blamed, blamed
from assaymark.repository.commits import changes, commits, staged_changes
from assaymark.repository.git import GitError
from assaymark.repository.objects import contents, looked_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from assaymark.record.marking import Lines
    from assaymark.repository.commits import Change, Commit
    from assaymark.repository.place import Place


def in_file(place: Place, content: bytes, lines: Lines, reader: str) -> list[Stretch]:
    """What *reader* read of *lines* of *content*, the file at *place*: one stretch for each relation."""
    theirs = _committed(place, content)
    authors = _authors(place, theirs.values())
    found: dict[Relation, list[int]] = {}
    for line in numbers(lines):
        its = theirs.get(line)
        relation = Relation.requester if its is None else relation_to(authors.get(its.commit, ""), reader)
        found.setdefault(relation, []).append(line)
    return [
        Stretch(place.path or "", content, _joined(several), relation, _by_commit(several, theirs))
        for relation, several in found.items()
    ]


def staged(place: Place) -> list[Stretch]:
    """What was read of what is staged. Raises GitError."""
    coming = [change for change in staged_changes(place.top) if change.added]
    held = contents((change.blob for change in coming), place.top, LARGEST)
    return [
        Stretch(change.path, content, _ours(content, change.added), Relation.requester)
        for change in coming
        if (content := held.get(change.blob))
    ]


def in_commits(place: Place, several: Sequence[Commit], reader: str) -> list[Stretch]:
    """
    What *reader* read of what each of these commits, the oldest first, added. Raises GitError.

    Of several, that is what is there behind the last of them.
    """
    found: list[Stretch] = []
    changed = {commit.id: changes(commit, place.top) for commit in several}
    left = _left(several[-1].id, changed.values(), place.top) if len(several) > 1 else None
    for commit in several:
        relation = relation_to(commit.author, reader)
        coming = [_less(change, commit.id, left) for change in changed[commit.id]]
        coming = [change for change in coming if change.added]
        held = contents((change.blob for change in coming), place.top, LARGEST)
        for change in coming:
            if content := held.get(change.blob):
                its = (Committed(commit.id, change.path, change.added),)
                lines, is_here = _ours(content, change.added), _is_here(place, change.path, content)
                found.append(Stretch(change.path, content, lines, relation, its, is_here))
    return found


def _left(end: str, changed: Iterable[Iterable[Change]], here: str) -> set[Blamed]:
    """The lines of these files that are there at commit *end*, and whose they are."""
    paths = sorted({change.path for several in changed for change in several})
    there = looked_up([f"{end}:{path}" for path in paths], here)
    return {
        one
        for path, blob in zip(paths, there, strict=True)
        if blob is not None
        for one in blamed(end, path, here)
    }


def _less(change: Change, commit: str, left: set[Blamed] | None) -> Change:
    if left is None:
        return change
    kept = (line for line in numbers(change.added) if Blamed(commit, change.path, line) in left)
    return change._replace(added=_joined(kept))


def _committed(place: Place, content: bytes) -> dict[int, Blamed]:
    """The lines of *content* that the last commit has too, and whose they are."""
    if place.path is None or place.common is None:
        return {}
    try:
        found = blaming.lines_at("HEAD", place.path, place.top, place.common)
    except GitError:
        found = None
    if found is None:
        return {}
    here = {
        same.new + i + 1: found.blamed[same.old + i]
        for same in aligned(found.lines, split(content))
        for i in range(same.n)
    }
    return {line: here[number] for line, number in enumerate(git_numbers(content), 1) if number in here}


def _authors(place: Place, several: Iterable[Blamed]) -> dict[str, str]:
    ids = sorted({one.commit for one in several})
    return {one.id: one.author for one in commits(ids, place.top).values()} if ids else {}


def _by_commit(lines: Iterable[int], theirs: dict[int, Blamed]) -> tuple[Committed, ...]:
    found: dict[tuple[str, str], list[int]] = {}
    for line in lines:
        if (its := theirs.get(line)) is not None:
            found.setdefault((its.commit, its.path), []).append(its.line)
    return tuple(Committed(*where, _joined(several)) for where, several in found.items())


def _joined(several: Iterable[int]) -> Lines:
    return tuple(ranges(spelled(sorted(set(several)))))


def _ours(content: bytes, added: Lines) -> Lines:
    """The lines of *content* as we count them, of those that git counts."""
    if b"\r" not in content.replace(b"\r\n", b""):
        return added
    wanted = set(numbers(added))
    return _joined(line for line, number in enumerate(git_numbers(content), 1) if number in wanted)


def _is_here(place: Place, path: str, content: bytes) -> bool:
    """Whether the work tree has *content* at *path*, and a ledger that may know it."""
    if not os.path.isdir(place.store):
        return False
    try:
        with open(os.path.join(place.top, path), "rb") as file:
            return file.read(len(content) + 1) == content
    except OSError:
        return False
