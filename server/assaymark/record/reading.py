"""
Where each line of a file comes from, by all that is recorded: the ledger, notes of commits, their trailers.

Invariants:
    The ledger, which saw the bytes come, is believed before a note; a note before what a commit names.
    A note counts for a line only where `git blame` gives that line to its commit.
    What nothing is recorded of is unknown, and says since when.
"""

from __future__ import annotations

from itertools import accumulate, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from assaymark.lineage import agent_trace, evidence, gitai
from assaymark.lineage.alignment import aligned
from assaymark.lineage.lines import LineOrigin, Part, line_origins
from assaymark.lineage.trailers import named_in, origin_by
from assaymark.origin import STANDING, Arrival, Author, Evidence, Origin, Runs, covering, joined, unknown
from assaymark.record import blaming
from assaymark.record.marks import Mark, Notes, split
from assaymark.repository import notes
from assaymark.repository.commits import Commit, commits
from assaymark.repository.git import GitError
from assaymark.text import LINE_END

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from assaymark.repository.place import Place

LEDGER, NOTES, NONE = "ledger", "notes", "none"
_TRACES = (".agent-trace", "traces.jsonl")
_LARGEST_TRACES = 16 << 20


class Line(NamedTuple):
    """
    A line: whose it is, by which record (`ledger`, `notes`, `none`), and the commit that added it.

    *commit* is empty where the line is not committed, *time* then is None.
    """

    origin: LineOrigin
    source: str
    commit: str = ""
    time: int | None = None


class Recorded(NamedTuple):
    """The lines of a file, and what a person should be told about the records."""

    lines: tuple[Line, ...]
    problems: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """The record that says most: `ledger`, else `notes`, else `none`."""
        sources = {line.source for line in self.lines}
        return next((one for one in (LEDGER, NOTES) if one in sources), NONE)


class _Committed(NamedTuple):
    """What git says of a line: the commit that added it, and what is recorded there of it."""

    commit: Commit
    origin: Origin | None
    others: tuple[Origin, ...]


def of_file(place: Place, content: bytes) -> Recorded:
    """Where each line of *content*, the file at *place*, comes from. Effect: what waits is merged."""
    problems: list[str] = []
    runs = _runs(place, content, problems)
    ours = line_origins(content, runs)
    theirs = _committed(place, content) if place.path is not None and place.common is not None else {}
    numbers = _git_numbers(content)
    lines = (_line(line, theirs.get(number)) for line, number in zip(ours, numbers, strict=True))
    return Recorded(tuple(lines), tuple(problems))


def runs_of(place: Place, content: bytes) -> Runs:
    """The origins of the bytes of *content*, the file at *place*, by the ledger and then by notes."""
    known = _runs(place, content, [])
    if all(run.origin.author is not Author.unknown for run in known):
        return known
    said = noted(place, content)
    if said is None:
        return known
    from assaymark.ledger.folding import filled

    return filled(known, said)


def noted(place: Place, content: bytes) -> Runs | None:
    """
    The origins that notes say of the lines of *content*, the file at *place*, that the last commit has.

    The other lines are of none. None where nothing has notes.
    """
    if place.path is None or place.common is None or not _has_notes(place):
        return None
    committed = _committed(place, content)
    starts = [0, *(found.end() for found in LINE_END.finditer(content)), len(content)]
    parts = []
    for number, (start, end) in zip(_git_numbers(content), pairwise(starts), strict=True):
        its = committed.get(number)
        origin = STANDING if its is None or its.origin is None else its.origin
        parts.append(covering(end - start, origin))
    return joined(parts)


def _has_notes(place: Place) -> bool:
    try:
        return any(tip.id is not None for tip in notes.tips(notes.BOTH, place.top).values())
    except GitError:
        return False


def _runs(place: Place, content: bytes, problems: list[str]) -> Runs:
    """What the ledger knows, if there is one."""
    nothing = covering(len(content), STANDING)
    if place.path is None or not Path(place.store).is_dir():
        return nothing
    # Late: SQLite is not needed where nothing was ever recorded.
    from assaymark.ledger.store import Unavailable, opened

    try:
        with opened(place.store) as ledger:
            runs = ledger.state(place.path, content)
            problems += ledger.notices
    except (OSError, Unavailable) as problem:
        problems.append(str(problem))
        return nothing
    return nothing if runs is None else runs


def _line(line: LineOrigin, committed: _Committed | None) -> Line:
    is_known = any(part.origin.author is not Author.unknown for part in line.parts)
    if committed is None:
        return Line(line, LEDGER if is_known else NONE)
    commit, time = committed.commit.id, committed.commit.time
    if is_known or not line.parts:
        return Line(line, LEDGER if is_known else NONE, commit, time)
    n_bytes = sum(part.n_bytes for part in line.parts)
    if committed.origin is not None:
        parts = (Part(committed.origin, n_bytes), *(Part(other, 0) for other in committed.others))
        return Line(LineOrigin(parts), NOTES, commit, time)
    people = (committed.commit.author, committed.commit.committer)
    origin = origin_by(named_in(committed.commit.message, people), time)
    origin = origin or unknown(Arrival.committed, time)
    return Line(LineOrigin((Part(origin, n_bytes),)), NONE, commit, time)


def _committed(place: Place, content: bytes) -> dict[int, _Committed]:
    """What git says of the lines of *content* (from 1) that the last commit has too."""
    try:
        found = blaming.lines_at("HEAD", place.path or "", place.top, place.common)
        if found is None:
            return {}
        by_id = commits(list(dict.fromkeys(one.commit for one in found.blamed)), place.top)
    except GitError:
        # No commit yet, no such file there, no git: nothing is committed then.
        return {}
    marks, traced = blaming.marks(found), _traced(place)
    said: dict[int, _Committed] = {}
    for same in aligned(found.lines, split(content)):
        for at in range(same.n):
            one = found.blamed[same.old + at]
            if one.commit not in by_id:
                continue
            mark = marks.get(same.old + at + 1)
            origin = traced.get((one.commit, one.path, one.line))
            known = (origin, ()) if mark is None else _origins(mark, found.notes[one.commit])
            said[same.new + at + 1] = _Committed(by_id[one.commit], *known)
    return said


def _origins(mark: Mark, notes: Notes) -> tuple[Origin | None, tuple[Origin, ...]]:
    """The origin of a line with *mark*, and who else wrote a part of it."""
    record = evidence.record_of(notes.ours, mark.ours) if mark.ours else {}
    others = tuple(_of_author(name) for name in _names(record.get("mixed")))
    if not mark.ai:
        return _by_record(record), others
    origin = gitai.origin_of(notes.ai, mark.ai)
    return (_by_record(record) if evidence.author_in(record) is origin.author else origin), others


def _by_record(record: Mapping[str, object]) -> Origin:
    """The origin that a record of our notes says; evidence that its author cannot have is the note alone."""
    author, named = evidence.author_in(dict(record)), evidence.evidence_in(dict(record))
    if author is Author.unknown:
        return unknown(Arrival.committed)
    tool, model, session = (_text(record.get(name)) for name in ("tool", "model", "session"))
    time = _time(_text(record.get("date")))
    try:
        return Origin(author, named or Evidence.note, tool, model, session, time=time)
    except ValueError:
        return Origin(author, Evidence.note, tool, model, session, time=time)


def _of_author(name: str) -> Origin:
    author = Author(name)
    return unknown(Arrival.committed) if author is Author.unknown else Origin(author, Evidence.note)


def _names(value: object) -> Iterator[str]:
    known = {author.value for author in Author}
    yield from (name for name in (value if isinstance(value, list) else ()) if name in known)


def _traced(place: Place) -> dict[tuple[str, str, int], Origin]:
    """What Agent Trace records beside the code say of lines: by commit, path there, and line."""
    file = Path(place.top, *_TRACES)
    try:
        if file.is_symlink() or file.stat().st_size > _LARGEST_TRACES:
            return {}
        records = list(agent_trace.records(file.read_bytes()))
    except OSError:
        return {}
    found: dict[tuple[str, str, int], Origin] = {}
    for record in records:
        for path, traced in record.files.items():
            for one in traced:
                last = min(one.last, one.first + 100_000)
                found.update(
                    ((record.revision, path, line), one.origin) for line in range(one.first, last + 1)
                )
    return found


def _git_numbers(content: bytes) -> list[int]:
    """The number that git gives each of our lines: to git a lone carriage return ends none."""
    starts = [0, *(found.end() for found in LINE_END.finditer(content))]
    pieces = zip(starts, [*starts[1:], len(content)], strict=True)
    breaks = accumulate((content.count(b"\n", start, end) for start, end in pieces), initial=1)
    return list(breaks)[:-1]


def _time(date: str) -> int | None:
    """A day as 2026-11-14 in seconds since 1970, its noon."""
    from datetime import UTC, datetime

    try:
        return int(datetime.fromisoformat(date).replace(hour=12, tzinfo=UTC).timestamp())
    except ValueError:
        return None


def _text(value: object) -> str:
    return value[:250] if isinstance(value, str) else ""
