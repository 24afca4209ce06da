"""
`assaymark report RANGE`: what is known of the lines that a range of commits added and that stand at its end.

Invariants:
    Only commits are read: the files as the last commit has them, never those of the work tree.
    What this clone lacks is said first, and counts as unknown.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from assaymark.cli.changed import Changes
from assaymark.cli.check import CLEAN, NOT_ANALYSED, Options, report_on
from assaymark.cli.output import keep_line_ends, say
from assaymark.cli.progress import progress
from assaymark.cli.report import Report, rank
from assaymark.cli.style import harmless
from assaymark.cli.subject import Subject, without_excluded
from assaymark.cli.tally import Added, Counts, Flaw, Made, Tally
from assaymark.cli.tally_forms import written
from assaymark.cli.terms import Terms
from assaymark.cli.usage import UsageError
from assaymark.cli.version import version
from assaymark.dataclass import dataclass, replace
from assaymark.record.reading import LEDGER, NONE, NOTES
from assaymark.record.standing import Judged, judged
from assaymark.record.stood import Clone, clone_at, stood
from assaymark.repository import git, notes
from assaymark.repository.commits import between, listed
from assaymark.repository.objects import commit_id, contents
from assaymark.repository.place import Place, place_of
from assaymark.workspace import walking

if TYPE_CHECKING:
    from assaymark.settings.standing import Standing

_MOST_COMMITS = 1_000_000
_LOOKED_AT = 8_000
_SHALLOW = (
    "This clone ends before the range does: lines of the oldest commit in it may be older."
    " Run: git fetch --unshallow"
)
_NO_NOTES = "refs/notes/ai is not in this clone, so that little is known. Run: assaymark notes fetch"
_NO_REVIEWS = "refs/notes/assaymark, where reviews stand, is not in this clone. Run: assaymark notes fetch"


@dataclass(frozen=True, slots=True)
class Span:
    """The commits of a range: from *first*, which is not part of it, to *last*; and the ids of all."""

    typed: str
    first: str
    last: str
    commits: frozenset[str]


@dataclass(frozen=True, slots=True)
class Past:
    """A file as the last commit has it, its added lines (from 1), and how it stands with its lines."""

    path: str
    content: bytes
    added: frozenset[int]
    its: Judged


def report(spelled: str, standing: Standing, form: str) -> int:
    """The exit code. Effect: prints the report on the range *spelled* as *form*. Raises UsageError."""
    tally = tallied(spelled, standing)
    if form == "csv":
        keep_line_ends()
    say(written(tally, form))
    return NOT_ANALYSED if tally.is_partial else CLEAN


def tallied(spelled: str, standing: Standing) -> Tally:
    """The report on the range *spelled* as `v1.4..v1.5`. Effect: reads the repository. Raises UsageError."""
    place = place_of(os.path.abspath(os.curdir))  # noqa: PTH100 - paths stay strings
    if place.common is None:
        msg = "a range of commits is in a repository of git, and there is none here"
        raise UsageError(msg)
    try:
        span = _span(spelled, place.top)
        terms = Terms(standing)
        pasts = tuple(_pasts(span, place, terms.here.limits.max_bytes))
        report = _checked(pasts, place, terms, standing)
        clone = clone_at(place)
        return _tally(span, pasts, report, clone, place)
    except git.GitError as error:
        raise UsageError(str(error)) from error


def _span(spelled: str, top: str) -> Span:
    first, dots, last = spelled.partition("..")
    if not dots or not first or last.startswith("."):
        msg = f"{spelled!r} is no range; write it as v1.4..v1.5, or v1.4.. for all since"
        raise UsageError(msg)
    start, end = commit_id(first, top), commit_id(last or "HEAD", top)
    return Span(spelled, start, end, frozenset(listed((end,), (start,), top, _MOST_COMMITS)))


def _pasts(span: Span, place: Place, max_bytes: int) -> Iterator[Past]:
    """The files that differ between both ends, with what is known of each."""
    changed = between(span.first, span.last, place.top)
    held = contents([one.blob for one in changed], place.top, max_bytes)
    texts = [(one.path, content) for one in changed if (content := held.get(one.blob)) and _is_text(content)]
    with progress(len(texts), sum(len(content) for _, content in texts)) as tell:
        for number, (path, content) in enumerate(texts, 1):
            its = judged(place_of(os.path.join(place.top, path)), content, at=span.last)  # noqa: PTH118
            added = (at for at, line in enumerate(its.recorded.lines, 1) if line.commit in span.commits)
            yield Past(path, content, frozenset(added), its)
            tell(number)


def _is_text(content: bytes) -> bool:
    return b"\0" not in content[:_LOOKED_AT]


def _checked(pasts: Sequence[Past], place: Place, terms: Terms, standing: Standing) -> Report:
    """What a check finds in the added lines, by the settings and rules that hold now."""
    by_place = {os.path.join(place.top, past.path): past for past in pasts if past.added}  # noqa: PTH118
    walked = walking.listed(sorted(by_place))
    about = without_excluded(Subject(walked), terms.excluding)
    files = about.walked.files
    about = replace(
        about,
        contents={file.place: by_place[file.place].content for file in files},
        changes={file.path: Changes(by_place[file.place].added, frozenset()) for file in files},
    )
    return report_on(about, terms, Options((), standing, n_jobs=1), 0.0)


def _tally(span: Span, pasts: Sequence[Past], report: Report, clone: Clone, place: Place) -> Tally:
    counts = Counts()
    for past in pasts:
        counts.add(_lines(past))
    return Tally(
        _made(span, pasts, report, place),
        sum(bool(past.added) for past in pasts),
        counts.n_lines,
        counts.evidence,
        counts.review,
        counts.origin,
        tuple(_flaws({past.path: past for past in pasts}, report, clone, place)),
        tuple(_lacking(clone, span)),
        tuple(_unchecked(report)),
        is_partial=bool(report.failed or report.rules.problems),
    )


def _lines(past: Past) -> Iterator[Added]:
    """The added lines that are not blank."""
    for number in past.added:
        origin = past.its.recorded.lines[number - 1].origin.first
        if origin is not None:
            yield Added(origin, past.its.at(number))


def _flaws(pasts: Mapping[str, Past], report: Report, clone: Clone, place: Place) -> Iterator[Flaw]:
    found = [(_path(file.path, place), one) for file in report.files for one in file.findings]
    told = [
        (path, replace(one, stood=stood(pasts[path].its, clone, *one.rows)))
        for path, one in found
        if path in pasts
    ]
    for path, one in sorted(told, key=lambda pair: rank(pair[1])):
        if one.stood is not None:
            yield Flaw(path, one.place, one.finding, one.stood)


def _path(shown: str, place: Place) -> str:
    """The path from the top of what a check calls *shown*."""
    return place.inside(os.path.abspath(shown)) or shown  # noqa: PTH100 - paths stay strings


def _made(span: Span, pasts: Sequence[Past], report: Report, place: Place) -> Made:
    sources = {line.source for past in pasts for line in past.its.recorded.lines}
    tips = notes.tips(notes.BOTH, place.top)
    return Made(
        span.typed,
        span.first,
        span.last,
        len(span.commits),
        version(),
        report.rules.digest,
        git.version() or "",
        next((one for one in (LEDGER, NOTES) if one in sources), NONE),
        {ref: tip.id for ref, tip in tips.items() if tip.id is not None},
    )


def _lacking(clone: Clone, span: Span) -> Iterator[str]:
    if clone.edge & span.commits or span.first in clone.edge:
        yield _SHALLOW
    if not clone.has_notes:
        yield _NO_NOTES
    if not clone.has_reviews:
        yield _NO_REVIEWS


def _unchecked(report: Report) -> Iterator[str]:
    yield from (harmless(f"{one} (this rule was left out)") for one in report.rules.problems)
    yield from (harmless(f"{file.path} was {file.complaint}") for file in report.failed)
    yield from (harmless(f"{file.path}: {note}") for file in report.files for note in file.notes)
    n_excluded = report.skipped.get(walking.EXCLUDED, 0)
    if n_excluded:
        yield f"{n_excluded:,} {'file' if n_excluded == 1 else 'files'} that settings exclude"
    if report.loosened:
        names = ", ".join(f"{held.setting.name} ({harmless(held.where)})" for held in report.loosened)
        yield f"what settings of the repository leave out: {names}"
