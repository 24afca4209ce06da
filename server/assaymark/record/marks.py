"""
What the notes of a commit say of its lines: for each a key in either note, and the records of those keys.

Invariants:
    A line has a mark only if something is known of it, and only if its commit added it.
    A line that an agent wrote in part is its session's in git-ai's note, and mixed in ours.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from assaymark.dataclass import dataclass, field
from assaymark.lineage import evidence, gitai
from assaymark.lineage.alignment import Same, aligned
from assaymark.lineage.lines import line_origins
from assaymark.origin import Author, Origin
from assaymark.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from assaymark.lineage.attested import Note, Table
    from assaymark.lineage.lines import LineOrigin
    from assaymark.origin import Runs

TOOL, MODEL, PERSON = "tool", "model", "person"


class Mark(NamedTuple):
    """
    The keys of a line: in git-ai's note, and in ours; empty where that note says nothing of it.

    *reviews* are the keys, in ascending order, of the reviews that our note has of it.
    """

    ai: str = ""
    ours: str = ""
    reviews: tuple[str, ...] = ()


class Wording(NamedTuple):
    """What goes into notes: of *include* (tool, model, person); *person* as `Name <e-mail>`; the *day*."""

    include: frozenset[str]
    person: str
    day: str


@dataclass(frozen=True, slots=True)
class Notes:
    """The two notes of a commit."""

    ai: Note
    ours: Note


@dataclass(slots=True)
class Marks:
    """The marks of a commit, by path and line; grows while it is made, and only then."""

    lines: dict[str, dict[int, Mark]] = field(default_factory=dict)
    shelves: dict[str, dict[str, object]] = field(default_factory=dict)
    records: dict[str, Table] = field(default_factory=dict)

    def add(self, path: str, line: int, mark: Mark) -> None:
        self.lines.setdefault(path, {})[line] = mark

    def has(self, path: str, line: int) -> bool:
        return line in self.lines.get(path, ())

    def keep(self, shelves: Table, records: Mapping[str, Table]) -> None:
        """Effect: these records are in the notes too."""
        for shelf, several in shelves.items():
            if isinstance(several, dict):
                self.shelves.setdefault(shelf, {}).update(several)
        self.records.update(records)

    def notes(self, commit: str) -> Notes:
        """The notes that say all this of *commit*."""
        return Notes(
            gitai.note_of(self._keys(lambda mark: mark.ai), dict(self.shelves), commit),
            evidence.note_of(self._keys(lambda mark: mark.ours), self.records),
        )

    def _keys(self, key_in: Callable[[Mark], str]) -> dict[str, dict[int, str]]:
        found = {
            path: {line: key for line, mark in lines.items() if (key := key_in(mark))}
            for path, lines in self.lines.items()
        }
        return {path: keys for path, keys in found.items() if keys}


def split(content: bytes) -> list[bytes]:
    """The lines of *content* as git counts them, without their line feeds."""
    lines = content.split(b"\n")
    return lines if lines[-1] else lines[:-1]


def numbers(added: Iterable[tuple[int, int]]) -> Iterator[int]:
    """Each line of ranges."""
    for first, last in added:
        yield from range(first, last + 1)


def day_of(seconds: int) -> str:
    """The day, in Greenwich, of a time in seconds since 1970."""
    try:
        return time.strftime("%Y-%m-%d", time.gmtime(seconds))
    except (OverflowError, OSError, ValueError):
        return ""


def remember(
    marks: Marks,
    path: str,
    content: bytes,
    runs: Runs,
    added: Iterable[tuple[int, int]],
    wording: Wording,
) -> None:
    """Effect: the lines of *path* that were *added* have marks in *marks*, where *runs* know their origin."""
    if all(run.origin.author is Author.unknown for run in runs):
        return
    # Only a line feed ends a line for git; what else ends one elsewhere is a blank here.
    lines = line_origins(content.replace(b"\r", b" "), runs)
    cache: dict[LineOrigin, Mark] = {}
    for line in numbers(added):
        if line > len(lines):
            break
        origin = lines[line - 1]
        mark = cache.get(origin)
        if mark is None:
            mark = cache[origin] = _marked(marks, origin, wording)
        if mark.ai or mark.ours:
            marks.add(path, line, mark)
    _fill(marks, path, lines, added)


def carry(
    marks: Marks,
    path: str,
    added: Iterable[tuple[int, int]],
    after: list[bytes],
    before: list[bytes],
    known: Mapping[int, Mark],
) -> None:
    """
    Effect: the lines of *path* that were *added* and stand in *before* too have the marks *known* there.

    What is marked already is left; lines count from 1.
    """
    wanted = {line for line in numbers(added) if not marks.has(path, line)}
    if not wanted or not known:
        return
    for old, new, n in aligned(before, after):
        for i in range(n):
            if new + i + 1 in wanted and old + i + 1 in known:
                marks.add(path, new + i + 1, known[old + i + 1])


def lines_around_gaps(sames: Iterable[Same], before: list[bytes], n_after: int) -> set[int]:
    """
    The lines, from 1, of a text of *n_after* that stand around others that are gone, of what was *before*.

    Who read them read what is gone with them, and it is not known who took it away.
    """
    found: set[int] = set()
    at = at_old = 0
    for same in (*sames, Same(len(before), n_after, 0)):
        if at == same.new and any(line.strip() for line in before[at_old : same.old]):
            found |= {at, at + 1}
        at, at_old = same.new + same.n, same.old + same.n
    return found


def marks_in(notes: Notes, path: str, added: Iterable[tuple[int, int]]) -> dict[int, Mark]:
    """What *notes* say of the lines of *path* that their commit added."""
    ranges = tuple(added)
    ai, ours = _keys_in(notes.ai, path, ranges), _keys_in(evidence.origins_alone(notes.ours), path, ranges)
    return {line: Mark(ai.get(line, ""), ours.get(line, "")) for line in {*ai, *ours}}


def records_in(notes: Notes, several: Iterable[Mark]) -> tuple[Table, dict[str, Table]]:
    """The records that these marks resolve in: git-ai's by shelf, without transcripts, and ours."""
    ai: dict[str, object] = {}
    ours: dict[str, Table] = {}
    for mark in several:
        if mark.ai:
            ai[mark.ai] = True
        if mark.ours and (record := evidence.record_of(notes.ours, mark.ours)):
            ours[mark.ours] = record
    return gitai.with_records_of(notes.ai, ai), ours


def _marked(marks: Marks, line: LineOrigin, wording: Wording) -> Mark:
    """The mark of a line. Effect: its records are kept."""
    agents = [part for part in line.parts if part.origin.author is Author.ai]
    main = max(agents or line.parts, key=lambda part: part.n_bytes, default=None)
    if main is None or main.origin.author is Author.unknown:
        return Mark()
    origin = _worded(main.origin, wording)
    others = {part.origin.author for part in line.parts} - {origin.author}
    day = wording.day if origin.time is None else day_of(origin.time)
    key, record = evidence.keyed(origin, others, day)
    marks.keep({}, {key: record})
    if origin.author is Author.ai:
        ai, session = gitai.keyed(origin)
        marks.keep(gitai.shelved(ai, session), {})
        return Mark(ai, key)
    if origin.author is Author.human and wording.person and PERSON in wording.include:
        human, record = gitai.human_keyed(wording.person)
        marks.keep(gitai.shelved(human, record), {})
        return Mark(human, key)
    return Mark("", key)


def _worded(origin: Origin, wording: Wording) -> Origin:
    """*origin* without what is not to be in notes."""
    left_out = {name: "" for name in (TOOL, MODEL) if name not in wording.include}
    if not left_out:
        return origin
    return Origin(
        origin.author,
        origin.evidence,
        tool=left_out.get(TOOL, origin.tool),
        model=left_out.get(MODEL, origin.model),
        session=origin.session,
        prompt=origin.prompt,
        time=origin.time,
    )


def _fill(marks: Marks, path: str, lines: list[LineOrigin], added: Iterable[tuple[int, int]]) -> None:
    """Effect: a blank line within lines of one mark has that mark, so that it parts no range."""
    known = marks.lines.get(path, {})
    for line in numbers(added):
        if line <= len(lines) and not lines[line - 1].parts and (mark := known.get(line - 1)) is not None:
            after = next((n for n in range(line + 1, len(lines) + 1) if lines[n - 1].parts), 0)
            if known.get(after) == mark:
                known[line] = mark


def _keys_in(note: Note, path: str, added: tuple[tuple[int, int], ...]) -> dict[int, str]:
    pieces = note.pieces(path)
    found: dict[int, str] = {}
    i = 0
    for first, last in added:
        while i < len(pieces) and pieces[i].last < first:
            i += 1
        j = i
        while j < len(pieces) and pieces[j].first <= last:
            piece = pieces[j]
            found.update(dict.fromkeys(range(max(first, piece.first), min(last, piece.last) + 1), piece.key))
            j += 1
    return found
