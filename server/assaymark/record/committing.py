"""
The notes of a commit: what the ledger knows of the lines it added, and what the commits it is made of say.

Invariants:
    Only the commit's own trees are asked, never the work tree.
    What the ledger knows of a line outranks what an older commit's note says of the same text.
    A note that somebody else wrote is kept; one that git copied from another commit is not.
"""

from __future__ import annotations

from collections.abc import Callable

from assaymark.dataclass import dataclass, field
from assaymark.lineage import attested, evidence, gitai
from assaymark.lineage.attested import Note
from assaymark.origin import Runs
from assaymark.record.marks import (
    Held,
    Marks,
    Notes,
    Wording,
    carry,
    day_of,
    marks_in,
    records_in,
    remember,
    split,
)
from assaymark.repository import notes
from assaymark.repository.commits import Change, Commit, between, changes
from assaymark.repository.objects import contents

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import TypeAlias

    from assaymark.repository.git import Meanwhile


# What the ledger knows of a content at a path.
Known: TypeAlias = "Callable[[str, bytes], Runs | None]"
# Which of the reviews that runs name hold, with what notes say of them; None where they name none.
Reading: TypeAlias = "Callable[[Runs], Held | None]"

Merging: TypeAlias = "Callable[[Note, Note], Note]"

# Larger files have no marks.
LARGEST = 4 << 20
NOTHING = Notes(Note(), Note())


@dataclass(frozen=True, slots=True)
class Source:
    """A commit with its notes, of whose lines another commit is made."""

    commit: Commit
    notes: Notes
    texts: tuple[bytes, ...] = ()


def nothing_read(_runs: Runs) -> Held | None:
    """What is known of reviews where nobody can tell."""
    return None


@dataclass(frozen=True, slots=True)
class Terms:
    """What a repository's notes are made on: where git is asked, what the ledger knows, what may be said."""

    here: str | None
    known: Known
    include: frozenset[str] = field(default_factory=frozenset)
    read: Reading = nothing_read


def nothing_known(_path: str, _content: bytes) -> Runs | None:
    """What a ledger knows that is not there."""
    return None


def sources(commits: Sequence[Commit], here: str | None) -> list[Source]:
    """These commits with their notes, those without any left out."""
    if not commits:
        return []
    at = notes.tips(notes.BOTH, here)
    ids = [commit.id for commit in commits]
    ai, ours = notes.texts_at([at[ref].id for ref in notes.BOTH], ids, here)
    return [
        Source(commit, Notes(gitai.read(ai.get(commit.id, b"")), gitai.read(ours.get(commit.id, b""))), texts)
        for commit in commits
        if (texts := tuple(held[commit.id] for held in (ai, ours) if commit.id in held))
    ]


def marks_of(
    commit: Commit,
    changed: Sequence[Change],
    made_of: Sequence[Source],
    reverted: Sequence[Commit],
    terms: Terms,
) -> Marks:
    """What is known of the lines that *commit* added, which is *made_of* others or takes others back."""
    marks = Marks()
    coming = [change for change in changed if change.added]
    held = contents((change.blob for change in coming), terms.here, LARGEST)
    wording = Wording(terms.include, commit.author, day_of(commit.time))
    for change in coming:
        content = held.get(change.blob)
        if content and (runs := _runs(change, content, terms)) is not None:
            remember(marks, change.path, content, runs, change.added, wording, terms.read(runs))
    lines = {change.path: split(held.get(change.blob) or b"") for change in coming}
    # The last session that wrote a line has it.
    for source in reversed(made_of):
        _carry(marks, source, commit, coming, lines, terms.here)
    for older in reverted:
        _bring_back(marks, older, coming, lines, terms.here)
    return marks


def makings(commit: str, marks: Marks, copies: Iterable[bytes]) -> dict[str, notes.Making]:
    """How the notes on *commit* come to say *marks*; what equals one of *copies* was put there by git."""
    made = marks.notes(commit)
    copied = frozenset(copies)

    def making(note: Note, merged: Merging) -> notes.Making:
        return lambda before: _made(note, before, copied, merged)

    return {notes.AI: making(made.ai, gitai.merged), notes.OURS: making(made.ours, evidence.merged)}


def noted(
    several: Mapping[str, tuple[Marks, Sequence[Source]]], here: str | None, meanwhile: Meanwhile
) -> int:
    """
    How many notes changed. Raises GitError.

    Effect: writes what is to be said of each commit; while git does, what is to be done *meanwhile* is done.
    """
    wanted: dict[str, dict[str, notes.Making]] = {ref: {} for ref in notes.BOTH}
    for commit, (marks, made_of) in several.items():
        copies = [text for source in made_of for text in source.texts]
        for ref, making in makings(commit, marks, copies).items():
            # Nothing to say, and nothing that git could have copied: the ref is not even looked at.
            if marks.lines or copies:
                wanted[ref][commit] = making
    return notes.changed(wanted, here, meanwhile)


def _made(ours: Note, before: bytes | None, copies: frozenset[bytes], merged: Merging) -> bytes | None:
    kept = None if before is None else _kept(before, copies)
    if kept is None:
        return _bytes(ours) if ours.files else None
    if not ours.files:
        return kept
    theirs = gitai.read(kept)
    after = merged(ours, theirs)
    return kept if after == theirs else _bytes(after)


def _kept(before: bytes, copies: frozenset[bytes]) -> bytes | None:
    """What of *before* was said of this very commit: git may have copied, or joined to it, what was not."""
    first, rest = attested.first_of(before.decode("utf-8", "surrogateescape"))
    parts = [first.strip()]
    if rest.strip() and any(copy.strip() in rest.encode("utf-8", "surrogateescape") for copy in copies):
        before = first.encode("utf-8", "surrogateescape")
    plain = {copy.decode("utf-8", "surrogateescape").strip() for copy in copies}
    return None if parts[0] in plain else before


def _bytes(note: Note) -> bytes:
    return gitai.written(note).encode("utf-8", "surrogateescape") + (
        b"" if note.text.endswith("\n") else b"\n"
    )


def _runs(change: Change, content: bytes, terms: Terms) -> Runs | None:
    found = terms.known(change.path, content)
    if found is None and change.before not in {None, change.path}:
        found = terms.known(change.before or "", content)
    return found


def _carry(
    marks: Marks,
    source: Source,
    commit: Commit,
    coming: Sequence[Change],
    lines: Mapping[str, list[bytes]],
    here: str | None,
) -> None:
    """Effect: lines of *commit* that stand in *source* have its marks."""
    theirs = changes(source.commit, here)
    targets = _targets(source, theirs, commit, coming, here)
    wanted = [
        (change, target)
        for change in theirs
        if (target := targets.get(change.path)) is not None and change.added
    ]
    held = contents((change.blob for change, _ in wanted), here, LARGEST)
    for change, target in wanted:
        found = marks_in(source.notes, change.path, change.added)
        before = split(held.get(change.blob) or b"")
        if carry(marks, target.path, target.added, lines[target.path], before, found):
            marks.keep(records_in(source.notes, found.values()))


def _targets(
    source: Source, theirs: Sequence[Change], commit: Commit, coming: Sequence[Change], here: str | None
) -> dict[str, Change]:
    """The changes of *commit* by the paths that their files have in *source*."""
    found = {change.before: change for change in coming if change.before is not None}
    found |= {change.path: change for change in coming}
    noted_paths = {*source.notes.ai.files, *source.notes.ours.files}
    if any(change.path in noted_paths and change.path not in found for change in theirs):
        # The file has another name here: somebody renamed it in between.
        for change in between(source.commit.id, commit.id, here):
            if change.before is not None and change.path in found:
                found.setdefault(change.before, found[change.path])
    return found


def _bring_back(
    marks: Marks,
    older: Commit,
    coming: Sequence[Change],
    lines: Mapping[str, list[bytes]],
    here: str | None,
) -> None:
    """Effect: lines that stood before *older* was made have the marks that they had there."""
    if not older.parents:
        return
    # Late: a commit waits for what is imported, and few take another one back.
    from assaymark.record import blaming

    for change in coming:
        before, found, notes_of = blaming.marks_at(older.parents[0], change.path, here)
        missing = {line for line in found if line not in marks.lines.get(change.path, {})}
        if missing:
            carry(marks, change.path, change.added, lines[change.path], before, found)
            for several, its in notes_of:
                marks.keep(records_in(its, several))
