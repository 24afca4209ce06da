"""
`assaymark why`: one answer about one line: what is found there, where it comes from, on what evidence.

Invariant: the check is the one of `assaymark check`; what that would not show is not shown here.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from assaymark.cli.blame import content_of, plain_line
from assaymark.cli.check import Options, report_on, subject_of
from assaymark.cli.output import say, style
from assaymark.cli.style import Style, harmless
from assaymark.cli.terms import Terms
from assaymark.cli.usage import UsageError
from assaymark.dataclass import dataclass
from assaymark.lineage import words
from assaymark.lineage.review_records import key_of
from assaymark.lineage.reviews import Standing as Read
from assaymark.lineage.reviews import reviews_of
from assaymark.origin import Author
from assaymark.record.standing import judged
from assaymark.repository.commits import Commit, commits
from assaymark.repository.git import GitError
from assaymark.repository.place import Place, place_of
from assaymark.workspace.today import today

if TYPE_CHECKING:
    from assaymark.cli.report import Reported
    from assaymark.ledger.events import Session
    from assaymark.lineage.reviews import Review
    from assaymark.origin import Origin
    from assaymark.record.reading import Line
    from assaymark.record.standing import Judged
    from assaymark.settings.standing import Standing

SCHEMA = "assaymark/why/1"
_PLACE = re.compile(r"(.+):(\d+)")
_N_COMMIT = 8


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was typed after `why`: a *place* as FILE:LINE."""

    place: str
    standing: Standing
    as_json: bool = False


class _Answer(NamedTuple):
    """All that is known of a line."""

    path: str
    number: int
    line: Line
    findings: Sequence[Reported]
    judged: Judged
    sessions: Sequence[Session]
    commit: Commit | None


def why(wanted: Wanted) -> int:
    """The exit code. Effect: prints the answer. Raises UsageError."""
    answer = _answer(wanted)
    if wanted.as_json:
        say([json.dumps(_plain(answer), indent=2) + "\n"])
    else:
        say(_text(answer, style()))
    return 0


def _answer(wanted: Wanted) -> _Answer:
    found = _PLACE.fullmatch(wanted.place)
    if found is None:
        msg = f"why takes FILE:LINE, as app/load.py:12; not {wanted.place!r}"
        raise UsageError(msg)
    path, number = found[1], int(found[2])
    place = place_of(path)
    found_there = judged(place, content_of(path))
    recorded = found_there.recorded
    if not 1 <= number <= len(recorded.lines):
        msg = f"{wanted.place}: the file has the lines 1 to {len(recorded.lines)}"
        raise UsageError(msg)
    line = recorded.lines[number - 1]
    return _Answer(
        path,
        number,
        line,
        _findings(path, number, wanted.standing),
        found_there,
        _sessions(place, line),
        _commit(place, line),
    )


def _findings(path: str, number: int, standing: Standing) -> list[Reported]:
    """What a check shows on the line."""
    terms, options = Terms(standing), Options((path,), standing, n_jobs=1)
    report = report_on(subject_of(options, terms), terms, options, time.monotonic())
    return [one for file in report.files for one in file.findings if one.start.line <= number <= one.end.line]


def _sessions(place: Place, line: Line) -> list[Session]:
    """The conversations that the line's origins name, as far as the ledger knows them."""
    named = {(origin.tool, origin.session) for origin, *_ in line.origin.parts if origin.session}
    if not named:
        return []
    from assaymark.ledger.store import Unavailable, opened

    try:
        with opened(place.store) as ledger:
            return [one for one in ledger.sessions() if (one.tool, one.session) in named]
    except (OSError, Unavailable):
        # The reading of the file said so already.
        return []


def _commit(place: Place, line: Line) -> Commit | None:
    if not line.commit:
        return None
    try:
        return commits([line.commit], place.top).get(line.commit)
    except GitError:
        return None


def _text(answer: _Answer, look: Style) -> Iterator[str]:
    at = f"{answer.path}:{answer.number}"
    if not answer.findings:
        yield f"{look('path', harmless(at))}  nothing is found on this line\n"
    for one in answer.findings:
        finding = one.finding
        cwe = "".join(f" · CWE-{number}" for number in finding.cwe)
        severity = look(finding.severity.name, finding.severity.name)
        yield f"{look('path', harmless(at))}  {finding.rule} · {severity}{cwe}\n"
        yield f"  {harmless(finding.message)}\n"
    read = _read(answer)
    is_due = answer.judged.at(answer.number) is not Read.written
    said = words.sentence(answer.number, answer.line.origin, today(), read=read, is_due=is_due)
    yield f"  {harmless(said) or f'Line {answer.number}: blank.'}\n"
    yield from _about_reviews(answer, read)
    for origin, *_ in answer.line.origin.parts:
        if origin.author is Author.ai:
            yield from _about(origin, answer.sessions)
    if answer.commit is not None:
        subject = answer.commit.message.partition("\n")[0]
        day = words.day_of(answer.commit.time, today())
        yield f"  Commit: {answer.commit.id[:_N_COMMIT]}, {day}: {harmless(subject)}\n"
    elif answer.line.origin.parts:
        yield "  Commit: none yet\n"
    yield f"  Recorded in: {answer.line.source}\n"
    problems = answer.judged.recorded.problems
    yield from (f"assaymark: {harmless(problem)}\n" for problem in problems)


def _read(answer: _Answer) -> tuple[Review, ...]:
    """The reviews that count for the line."""
    is_read = answer.judged.at(answer.number) in {Read.by_requester, Read.by_another}
    return reviews_of(answer.line.origin, answer.judged.recorded.reviews) if is_read else ()


def _about_reviews(answer: _Answer, read: Sequence[Review]) -> Iterator[str]:
    """What the sentence about the line does not say of its reviews."""
    reviews = answer.judged.recorded.reviews
    # The same review may be known by the ledger and by a note.
    earlier = {key_of(one.id): one for one in read[:-1] if key_of(one.id) != key_of(read[-1].id)}
    yield from (f"  Also: {harmless(words.review(one, today()))}.\n" for one in earlier.values())
    if answer.judged.at(answer.number) is not Read.unread:
        return
    if reviews_of(answer.line.origin, reviews):
        yield "  It was read once, but other lines of its statement were not, or have changed since.\n"
    elif not any(one.origin.author is Author.ai or one.origin.cut for one in answer.line.origin.parts):
        yield "  Not reviewed.\n"


def _about(origin: Origin, sessions: Sequence[Session]) -> Iterator[str]:
    """The conversation that an agent wrote in, and what it keeps of that on this machine."""
    if not origin.session:
        return
    kept = [one.transcript for one in sessions if one.session == origin.session and one.transcript]
    transcript = f" ({kept[-1]})" if kept else ""
    prompt = f", prompt {origin.prompt}" if origin.prompt else ""
    yield f"  Session: {harmless(origin.session + prompt + transcript)}\n"


def _plain(answer: _Answer) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "path": answer.path,
        "findings": [
            {
                "rule": one.finding.rule,
                "severity": one.finding.severity.name,
                "message": one.finding.message,
                "fingerprint": one.finding.fingerprint,
            }
            for one in answer.findings
        ],
        **plain_line(answer.judged, answer.number),
        "problems": list(answer.judged.recorded.problems),
    }
