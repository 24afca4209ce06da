"""
Where each line of a file comes from, by all that is recorded: the ledger, notes of commits, their trailers.

Invariants:
    The ledger, which saw the bytes come, is believed before a note; a note before what a commit names.
    A note counts for a line only where `git blame` gives that line to its commit.
    What either knows to have been read was, unless either knows that to be withdrawn.
    What nothing is recorded of is unknown, and says since when.
"""

from __future__ import annotations

from itertools import accumulate, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from assaymark.lineage import agent_trace
from assaymark.lineage.alignment import aligned
from assaymark.lineage.lines import LineOrigin, Part, line_origins
from assaymark.lineage.review_records import joined_records, records_in
from assaymark.lineage.reviewed import with_cut, with_ids, without_gaps
from assaymark.lineage.reviews import NO_REVIEWS, Reviews
from assaymark.lineage.trailers import named_in, origin_by, reviews_by
from assaymark.origin import STANDING, Arrival, Author, Cut, Origin, Runs, covering, joined, unknown
from assaymark.record import blaming, registry
from assaymark.record.marks import Mark, around, lines_around_gaps, split
from assaymark.record.noted_origins import origins
from assaymark.record.registry import NO_LEDGER
from assaymark.repository import notes
from assaymark.repository.commits import Commit, commits
from assaymark.repository.git import GitError
from assaymark.text import LINE_END

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from collections.abc import Set as AbstractSet

    from assaymark.lineage.attested import Table
    from assaymark.lineage.reviews import Review
    from assaymark.record.registry import OfLedger
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
    """The lines of a file, what a person should be told of the records, and the reviews that lines name."""

    lines: tuple[Line, ...]
    problems: tuple[str, ...] = ()
    reviews: Reviews = NO_REVIEWS

    @property
    def source(self) -> str:
        """The record that says most: `ledger`, else `notes`, else `none`."""
        sources = {line.source for line in self.lines}
        return next((one for one in (LEDGER, NOTES) if one in sources), NONE)


class _Committed(NamedTuple):
    """
    What git says of a line: the commit that added it, what is recorded there of it, and its reviews.

    *parted*: lines that stood beside it are gone since, which nobody there tells who took.
    """

    commit: Commit
    origin: Origin | None
    others: tuple[Origin, ...]
    reviews: tuple[str, ...] = ()
    parted: bool = False


class _Past(NamedTuple):
    """What git says of lines, by number, and of reviews that it knows."""

    lines: dict[int, _Committed]
    noted: dict[str, Table]
    trailers: tuple[Review, ...] = ()


def of_file(
    place: Place, content: bytes, at: str = "HEAD", taken: AbstractSet[int] = frozenset()
) -> Recorded:
    """
    Where each line of *content*, which the file at *place* has or had, comes from, and who read it.

    *at* is the commit behind it; after the lines *taken* (from 1) others are known to be gone, and nobody
    knows by whom, but for a ledger that does. Effect: what waits is merged.
    """
    problems: list[str] = []
    runs, of_ledger = _ledger(place, content, problems)
    ours = line_origins(content, runs)
    is_in_git = place.path is not None and place.common is not None
    past = _committed(place, content, at) if is_in_git else _Past({}, {})
    numbers = git_numbers(content)
    parted = around([bool(line.parts) for line in ours], taken)
    lines = tuple(
        _line(line, _parted(past.lines.get(number), is_parted=at in parted))
        for at, (line, number) in enumerate(zip(ours, numbers, strict=True), 1)
    )
    ids = _ids(lines)
    found = registry.joined(place.top, ids, of_ledger, past.noted, past.trailers)
    reviews = _verified(place, found, ids, lambda one: _texts(content, lines, one), problems)
    return Recorded(lines, tuple(problems), reviews)


def runs_of(place: Place, content: bytes) -> Runs:
    """The origins of the bytes of *content*, the file at *place*, by the ledger and then by notes."""
    known, _ = _ledger(place, content, [])
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
    committed = _committed(place, content).lines
    starts = [0, *(found.end() for found in LINE_END.finditer(content)), len(content)]
    parts = []
    for number, (start, end) in zip(git_numbers(content), pairwise(starts), strict=True):
        its = committed.get(number)
        origin = STANDING if its is None or its.origin is None else _since(its, its.origin)
        parts.append(covering(end - start, with_ids(origin, its.reviews) if its is not None else origin))
    return joined(parts)


def known_reviews(place: Place, runs: Runs, content: bytes | None = None) -> Reviews:
    """
    The reviews that *runs*, which the ledger or notes say, name: what is needed to judge them.

    Without the *content* that they cover, no signature is known to be of it.
    """
    ids = {one for run in runs for one in run.origin.reviews}
    found = registry.joined(place.top, ids, registry.of_ledger(place) if ids else NO_LEDGER, {}, ())
    if content is None:
        return _verified(place, found, ids, None, [])
    lines = tuple(Line(line, NONE) for line in line_origins(content, runs))
    return _verified(place, found, ids, lambda one: _texts(content, lines, one), [])


def _has_notes(place: Place) -> bool:
    try:
        return any(tip.id is not None for tip in notes.tips(notes.BOTH, place.top).values())
    except GitError:
        return False


def _ledger(place: Place, content: bytes, problems: list[str]) -> tuple[Runs, OfLedger]:
    """What the ledger knows, if there is one."""
    nothing = covering(len(content), STANDING), NO_LEDGER
    if place.path is None or not Path(place.store).is_dir():
        return nothing
    # Late: SQLite is not needed where nothing was ever recorded.
    from assaymark.ledger.store import Unavailable, opened

    try:
        with opened(place.store) as ledger:
            runs = ledger.state(place.path, content)
            of_ledger = registry.of_open(ledger)
            problems += ledger.notices
    except (OSError, Unavailable) as problem:
        problems.append(str(problem))
        return nothing
    return (nothing[0] if runs is None else runs), of_ledger


def _parted(committed: _Committed | None, *, is_parted: bool) -> _Committed | None:
    return committed._replace(parted=True) if committed is not None and is_parted else committed


def _line(line: LineOrigin, committed: _Committed | None) -> Line:
    is_known = any(part.origin.author is not Author.unknown for part in line.parts)
    if committed is None:
        return Line(line, LEDGER if is_known else NONE)
    commit, time = committed.commit.id, committed.commit.time
    if is_known or not line.parts:
        # Where a note would not tell it either, it does not count: else losing the ledger would help.
        is_told = committed.parted or committed.origin is None or committed.origin.cut is not None
        known = line if is_told else _of_parts(line, without_gaps)
        return Line(_read(known, committed.reviews), LEDGER if is_known else NONE, commit, time)
    n_bytes = sum(part.n_bytes for part in line.parts)
    is_word = any(part.has_word for part in line.parts)
    told = committed.origin
    # What is of unknown origin for the ledger may have been read all the same.
    every = frozenset.intersection(*(frozenset(part.origin.reviews) for part in line.parts))
    reviews = (*committed.reviews, *every)
    source = NONE if told is None else NOTES
    if told is None or told.author is Author.unknown:
        people = (committed.commit.author, committed.commit.committer)
        origin = origin_by(named_in(committed.commit.message, people), time)
        told = _cut_too(origin or unknown(Arrival.committed, time), None if told is None else told.cut)
    # A ledger that does not know who wrote it may know who took something out of it.
    cut = None if line.cut is None or line.cut.between else line.cut
    parts = (
        Part(_cut_too(_since(committed, told), cut), n_bytes, is_word),
        *(Part(other, 0, is_word) for other in committed.others),
    )
    return Line(_read(LineOrigin(parts), reviews), source, commit, time)


def _cut_too(origin: Origin, cut: Cut | None) -> Origin:
    return origin if cut is None else with_cut(origin, cut)


def _read(line: LineOrigin, reviews: tuple[str, ...]) -> LineOrigin:
    """*line*, all of which was part of these *reviews*."""
    return _of_parts(line, lambda origin: with_ids(origin, reviews)) if reviews else line


def _of_parts(line: LineOrigin, made: Callable[[Origin], Origin]) -> LineOrigin:
    return LineOrigin(tuple(part._replace(origin=made(part.origin)) for part in line.parts))


def _since(committed: _Committed, origin: Origin) -> Origin:
    """The *origin* that a note says, after what became of the lines beside it."""
    return with_cut(origin, Cut(between=True)) if committed.parted else origin


def _verified(
    place: Place,
    found: registry.Joined,
    ids: set[str],
    texts: Callable[[str], list[bytes]] | None,
    problems: list[str],
) -> Reviews:
    """The reviews with what their signatures are worth. Effect: adds to *problems*."""
    if not any(one in found.signed for one in ids):
        return found.reviews
    # Late: few reviews are signed, and a program is run for each.
    from assaymark.record.verifying import verified

    reviews, complaints = verified(place, found.reviews.valid(ids), found.signed, texts)
    problems += complaints
    return reviews


def _texts(content: bytes, lines: tuple[Line, ...], review: str) -> list[bytes]:
    """What stands in the lines that name *review*."""
    return [
        text
        for text, line in zip(LINE_END.split(content), lines, strict=True)
        if any(review in part.origin.reviews for part in line.origin.parts)
    ]


def _ids(lines: Iterable[Line]) -> set[str]:
    return {one for line in lines for part in line.origin.parts for one in part.origin.reviews}


def _committed(place: Place, content: bytes, at: str = "HEAD") -> _Past:
    """What git says of the lines of *content* (from 1) that commit *at* has too."""
    try:
        found = blaming.lines_at(at, place.path or "", place.top, place.common)
        if found is None:
            return _Past({}, {})
        by_id = commits(list(dict.fromkeys(one.commit for one in found.blamed)), place.top)
    except GitError:
        # No commit yet, no such file there, no git: nothing is committed then.
        return _Past({}, {})
    trailers = {one.id: reviews_by(one.id, one.author, one.message, one.time) for one in by_id.values()}
    marks, traced = blaming.marks(found, place.top), _traced(place)
    said: dict[int, _Committed] = {}
    lines = split(content)
    sames = aligned(found.lines, lines)
    parted = lines_around_gaps(sames, found.lines, lines)
    for same in sames:
        for i in range(same.n):
            one = found.blamed[same.old + i]
            if one.commit not in by_id:
                continue
            mark = marks.get(same.old + i + 1, Mark())
            origin = traced.get((one.commit, one.path, one.line))
            known = origins(mark, found.notes[one.commit]) if mark.ai or mark.ours else (origin, ())
            number = same.new + i + 1
            reviews = (*mark.reviews, *(review.id for review in trailers[one.commit]))
            is_parted = number in parted
            said[number] = _Committed(
                by_id[one.commit], *known, () if is_parted else reviews, is_parted or mark.parted
            )
    noted = [records_in(its.ours) for its in found.notes.values()]
    every = tuple(review for several in trailers.values() for review in several)
    return _Past(said, joined_records(noted), every)


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


def git_numbers(content: bytes) -> list[int]:
    """The number that git gives each of our lines: to git a lone carriage return ends none."""
    starts = [0, *(found.end() for found in LINE_END.finditer(content))]
    pieces = zip(starts, [*starts[1:], len(content)], strict=True)
    breaks = accumulate((content.count(b"\n", start, end) for start, end in pieces), initial=1)
    return list(breaks)[:-1]
