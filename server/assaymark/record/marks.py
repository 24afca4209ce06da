"""
What the notes of a commit say of its lines: for each a key in either note, and the records of those keys.

Invariants:
    A line has a mark only if something is known of it, and only if its commit added it.
    A line that an agent wrote in part is its session's in git-ai's note, and mixed in ours.
    A line has the reviews that hold of all of it that somebody should read, whoever wrote it.
"""

from __future__ import annotations

import time

from assaymark.dataclass import dataclass, field
from assaymark.lineage import evidence, gitai
from assaymark.lineage.alignment import Same, aligned
from assaymark.lineage.lines import line_origins
from assaymark.origin import Author, Origin
from assaymark.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from assaymark.lineage.attested import Note, Table
    from assaymark.lineage.lines import LineOrigin
    from assaymark.lineage.ranges import Piece
    from assaymark.lineage.reviews import Reviews
    from assaymark.origin import Cut, Runs

TOOL, MODEL, PERSON = "tool", "model", "person"
AN_AGENT = "agent"


class Mark(NamedTuple):
    """
    The keys of a line: in git-ai's note, and in ours; empty where that note says nothing of it.

    *reviews* are the keys, in ascending order, of the reviews that our note has of it. *parted*: lines that
    stood beside it are gone since.
    """

    ai: str = ""
    ours: str = ""
    reviews: tuple[str, ...] = ()
    parted: bool = False


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


class Records(NamedTuple):
    """What keys resolve in: git-ai's by shelf, ours, and those of reviews."""

    ai: Table
    ours: Mapping[str, Table]
    reviews: Mapping[str, Table]


class Held(NamedTuple):
    """The reviews that hold of a text, and their keys and records in notes, by their ids."""

    reviews: Reviews
    records: Mapping[str, tuple[str, Table]]


@dataclass(slots=True)
class Marks:
    """The marks of a commit, by path and line; grows while it is made, and only then."""

    lines: dict[str, dict[int, Mark]] = field(default_factory=dict)
    shelves: dict[str, dict[str, object]] = field(default_factory=dict)
    records: dict[str, Table] = field(default_factory=dict)
    reviews: dict[str, Table] = field(default_factory=dict)

    def add(self, path: str, line: int, mark: Mark) -> None:
        self.lines.setdefault(path, {})[line] = mark

    def has(self, path: str, line: int) -> bool:
        return line in self.lines.get(path, ())

    def join(self, path: str, line: int, mark: Mark) -> bool:
        """Whether this says more. Effect: an unmarked line has *mark*; a marked one has its reviews too."""
        before = self.lines.get(path, {}).get(line)
        after = mark
        if before is not None:
            after = before._replace(reviews=tuple(sorted({*before.reviews, *mark.reviews})))
        if after == before or not any(after):
            return False
        self.add(path, line, after)
        return True

    def read(self, path: str, lines: Iterable[tuple[int, int]], key: str, record: Table) -> None:
        """Effect: these *lines* of *path* were part of the review with this *key*."""
        for line in numbers(lines):
            self.join(path, line, Mark(reviews=(key,)))
        self.reviews[key] = record

    def keep(self, records: Records) -> None:
        """Effect: these records are in the notes too."""
        for shelf, several in records.ai.items():
            if isinstance(several, dict):
                self.shelves.setdefault(shelf, {}).update(several)
        self.records.update(records.ours)
        self.reviews.update(records.reviews)

    def notes(self, commit: str) -> Notes:
        """The notes that say all this of *commit*."""
        return Notes(
            gitai.note_of(self._keys(lambda mark: mark.ai), dict(self.shelves), commit),
            evidence.note_of(self._keys(lambda mark: mark.ours), self.records, self._read()),
        )

    def _read(self) -> evidence.Read | None:
        if not self.reviews:
            return None
        lines = {
            path: {line: keys for line, mark in marks.items() if (keys := self._known(mark.reviews))}
            for path, marks in self.lines.items()
        }
        used = {key for marks in lines.values() for keys in marks.values() for key in keys}
        return evidence.Read(lines, {key: self.reviews[key] for key in used})

    def _known(self, reviews: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(key for key in reviews if key in self.reviews)

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
    held: Held | None = None,
) -> None:
    """
    Effect: the lines of *path* that were *added* have marks in *marks*, where *runs* know their origin.

    So have those that were read, of which *held* tells.
    """
    if held is None and not any(map(_is_told, {run.origin for run in runs})):
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
            mark = _marked(marks, origin, wording)
            mark = cache[origin] = mark if held is None else _as_read(marks, mark, origin, held)
        if any(mark):
            marks.add(path, line, mark)
    _fill(marks, path, lines, added)


def carry(
    marks: Marks,
    path: str,
    added: Iterable[tuple[int, int]],
    after: list[bytes],
    before: list[bytes],
    known: Mapping[int, Mark],
) -> bool:
    """
    Whether any line got something.

    Effect: the lines of *path* that were *added* and stand in *before* too have the marks *known* there.
    What is marked already keeps its mark, and gets reviews. Lines count from 1.
    """
    has_reviews = any(mark.reviews for mark in known.values())
    wanted = {line for line in numbers(added) if has_reviews or not marks.has(path, line)}
    if not wanted or not known:
        return False
    sames = aligned(before, after)
    parted = lines_around_gaps(sames, before, after) if has_reviews else frozenset()
    is_more = False
    for old, new, n in sames:
        for line in range(new + 1, new + n + 1):
            mark = known.get(line - new + old)
            if mark is not None and line in wanted:
                is_more |= marks.join(path, line, mark._replace(reviews=()) if line in parted else mark)
    return is_more


def lines_around_gaps(sames: Iterable[Same], before: list[bytes], after: list[bytes]) -> set[int]:
    """
    The lines, from 1, of the text *after* that stand around others that are gone, of what was *before*.

    Who read them read what is gone with them, and it is not known who took it away.
    """
    gaps: list[int] = []
    at = at_old = 0
    for same in (*sames, Same(len(before), len(after), 0)):
        if at == same.new and any(line.strip() for line in before[at_old : same.old]):
            gaps.append(at)
        at, at_old = same.new + same.n, same.old + same.n
    return around([bool(line.strip()) for line in after], gaps) if gaps else set()


def around(solid: list[bool], gaps: Iterable[int]) -> set[int]:
    """The lines, from 1, next to *gaps*, each after the line of that number, that are *solid*, not blank."""
    found: set[int] = set()
    for gap in gaps:
        above = (line for line in range(gap, 0, -1) if solid[line - 1])
        below = (line for line in range(gap + 1, len(solid) + 1) if solid[line - 1])
        found.update(line for several in (above, below) for line in (next(several, 0),) if line)
    return found


def marks_in(notes: Notes, path: str, added: Iterable[tuple[int, int]]) -> dict[int, Mark]:
    """What *notes* say of the lines of *path* that their commit added."""
    ranges = tuple(added)
    ai = _keys_in(notes.ai.pieces(path), ranges)
    ours = _keys_in(evidence.pieces(notes.ours, path), ranges)
    reviews = _reviews_in(notes.ours, path, ranges)
    return {
        line: Mark(ai.get(line, ""), ours.get(line, ""), reviews.get(line, ()))
        for line in {*ai, *ours, *reviews}
    }


def records_in(notes: Notes, several: Iterable[Mark]) -> Records:
    """The records that these marks resolve in; git-ai's without transcripts."""
    ai: dict[str, object] = {}
    ours: dict[str, Table] = {}
    read: set[str] = set()
    for mark in several:
        if mark.ai:
            ai[mark.ai] = True
        if mark.ours and (record := evidence.record_of(notes.ours, mark.ours)):
            ours[mark.ours] = record
        read.update(mark.reviews)
    return Records(gitai.with_records_of(notes.ai, ai), ours, _reviews_of(notes.ours, read))


def _marked(marks: Marks, line: LineOrigin, wording: Wording) -> Mark:
    """The mark of a line. Effect: its records are kept."""
    agents = [part for part in line.parts if part.origin.author is Author.ai]
    main = max(agents or line.parts, key=lambda part: part.n_bytes, default=None)
    if main is None or not (_is_told(main.origin) or (line.cut is not None and line.cut.tool)):
        return Mark()
    origin = _worded(main.origin, wording)
    others = {part.origin.author for part in line.parts} - {origin.author}
    day = wording.day if origin.time is None else day_of(origin.time)
    day = "" if origin.author is Author.unknown else day
    key, record = evidence.keyed(origin, others, day, None if line.cut is None else _said(line.cut, wording))
    marks.keep(Records({}, {key: record}, {}))
    if origin.author is Author.ai:
        ai, session = gitai.keyed(origin)
        marks.keep(Records(gitai.shelved(ai, session), {}, {}))
        return Mark(ai, key)
    if origin.author is Author.human and wording.person and PERSON in wording.include:
        human, record = gitai.human_keyed(wording.person)
        marks.keep(Records(gitai.shelved(human, record), {}, {}))
        return Mark(human, key)
    return Mark("", key)


def _is_told(origin: Origin) -> bool:
    """Whether notes say anything of *origin*: whose it is, or by which agent it was cut."""
    return origin.author is not Author.unknown or (origin.cut is not None and bool(origin.cut.tool))


def _said(cut: Cut, wording: Wording) -> Table:
    """What notes say of *cut*."""
    said: Table = {}
    if cut.tool:
        # By nobody known it would say less than that it was an agent.
        said["tool"] = cut.tool if TOOL in wording.include else AN_AGENT
    if cut.time is not None:
        said["date"] = day_of(cut.time)
    return {**said, "between": True} if cut.between else said


# What reviews need is imported where there is one: a commit waits for this, and most have none.


def _reviews_in(note: Note, path: str, added: tuple[tuple[int, int], ...]) -> dict[int, tuple[str, ...]]:
    if not evidence.has_reviews(note, path):
        return {}
    from assaymark.lineage.review_records import ReviewKeys

    return ReviewKeys(note, path).within(numbers(added))


def _reviews_of(note: Note, keys: set[str]) -> dict[str, Table]:
    if not keys:
        return {}
    from assaymark.lineage.review_records import records_in as reviews_of

    reviews = reviews_of(note)
    return {key: reviews[key] for key in keys if key in reviews}


def _as_read(marks: Marks, mark: Mark, line: LineOrigin, held: Held) -> Mark:
    """*mark* with the reviews that hold of *line*. Effect: their records are kept."""
    from assaymark.lineage.reviews import shared_reviews

    several = [held.records[one.id] for one in shared_reviews(line, held.reviews) if one.id in held.records]
    if not several:
        return mark
    marks.keep(Records({}, {}, dict(several)))
    return mark._replace(reviews=tuple(sorted({key for key, _ in several})))


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


def _keys_in(pieces: list[Piece], added: tuple[tuple[int, int], ...]) -> dict[int, str]:
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
