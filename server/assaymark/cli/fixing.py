"""
`check --fix`: the fixes that findings offer, made in the files.

Invariants:
    Only safe fixes, unless the unsafe ones were asked for by name.
    Which fixes hold, and which of those that touch is made first, is decided as in an editor
    (`analysis/fixing.py`): what is written has no more syntax errors than before, and one finding less a fix.
    A file that changed since it was checked is left alone.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from assaymark.analysis.fixing import Choice, Made, Outcome
from assaymark.analysis.fixing import fixed as made_in
from assaymark.analysis.snapshot import Snapshot
from assaymark.cli.report import Checked, Fixed, Report, Reported
from assaymark.cli.single import Asked, Text, TimedOut, analysis_of, checked, reported, text_of, within
from assaymark.dataclass import dataclass
from assaymark.finding import Fix
from assaymark.workspace.reading import Source, Unreadable, read
from assaymark.workspace.walking import File
from assaymark.workspace.writing import replace

if TYPE_CHECKING:
    from assaymark.workspace.notebook_file import Notebook

_CHANGED = "the file changed meanwhile"
_WHY = "it would break the syntax, or end no finding"

Counted = Callable[[Checked], Checked]
# What becomes of a file's new bytes: the file, what it holds, what it is to hold. Raises LeftAloneError.
Store = Callable[[File, bytes, bytes], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which fixes to make, how a file is checked again, and what becomes of its new bytes."""

    asked: Callable[[str], Asked]
    counted: Counted
    unsafe: bool
    store: Store

    def fix(self, found: Reported) -> Fix | None:
        """The fix to make for *found*: its first one that is wanted."""
        return next((fix for fix in found.finding.fixes if fix.safe or self.unsafe), None)


class LeftAloneError(Exception):
    """Why none of a file's fixes can be made."""


def fixed(report: Report, files: Sequence[File], wanted: Wanted) -> Report:
    """
    The report after the fixes: what is left, and what was done.

    Effect: stores the files that change.
    """
    places = {file.path: file for file in files}
    results: list[Checked] = []
    done: list[Fixed] = []
    for before in report.files:
        after = before
        if any(wanted.fix(found) for found in before.findings):
            after, made = _fixed_file(places[before.path], before, wanted)
            done += made
        results.append(after)
    return dataclasses.replace(report, files=tuple(results), fixed=tuple(done))


def into_file(file: File, raw: bytes, stored: bytes) -> None:
    """Effect: *file*, if it still holds *raw*, holds *stored*. Raises LeftAloneError."""
    if read(file.place, len(raw)) != raw:
        raise LeftAloneError(_CHANGED)
    try:
        replace(file.place, stored)
    except OSError as error:
        msg = f"the file cannot be written: {(error.strerror or type(error).__name__).lower()}"
        raise LeftAloneError(msg) from error


def _fixed_file(file: File, before: Checked, wanted: Wanted) -> tuple[Checked, tuple[Fixed, ...]]:
    try:
        raw, text = _read(file, before, wanted)
        outcome = _outcome(file, text, wanted)
        if not outcome.made:
            return before, _told(file, text, outcome)
        stored = _stored(text, outcome)
        wanted.store(file, raw, stored)
    except LeftAloneError as error:
        fixable = (found for found in before.findings if wanted.fix(found))
        return before, tuple(
            Fixed(file.path, found.start.line, found.finding.rule, str(error), found.start.cell)
            for found in fixable
        )
    return wanted.counted(checked(stored, file.path, wanted.asked(file.path))), _told(file, text, outcome)


def _read(file: File, before: Checked, wanted: Wanted) -> tuple[bytes, Text]:
    """What *file* holds, if that is still what was checked."""
    raw = read(file.place, wanted.asked(file.path).limits.max_bytes)
    if isinstance(raw, Unreadable):
        raise LeftAloneError(raw.reason)
    text = text_of(raw, file.path)
    result = wanted.counted(checked(raw, file.path, wanted.asked(file.path)))
    if isinstance(text, Checked) or _findings(result) != _findings(before):
        raise LeftAloneError(_CHANGED)
    return raw, text


def _findings(result: Checked) -> list[tuple[str, int]]:
    return [(found.finding.rule, found.finding.span.start) for found in result.findings]


def _outcome(file: File, text: Text, wanted: Wanted) -> Outcome:
    asked = wanted.asked(file.path)

    def choices(snapshot: Snapshot) -> list[Choice]:
        found = wanted.counted(reported(snapshot, file.path, text)).findings
        return [(one.finding, fix) for one in found if (fix := wanted.fix(one)) is not None]

    def make() -> Outcome:
        return made_in(analysis_of(text, asked), choices)

    try:
        return within(asked.seconds, make)
    except TimedOut:
        msg = f"making the fixes timed out after {asked.seconds:g} s"
        raise LeftAloneError(msg) from None


def _stored(text: Text, outcome: Outcome) -> bytes:
    """What the file is to hold."""
    content, form = outcome.snapshot.text.whole(), text.form
    if not isinstance(form, Source):
        return _stored_in_notebook(form, outcome, content)
    try:
        return form.stored(content)
    except UnicodeEncodeError:
        msg = f"its encoding, {form.encoding}, cannot spell what a fix writes"
        raise LeftAloneError(msg) from None


def _stored_in_notebook(form: Notebook, outcome: Outcome, content: bytes) -> bytes:
    from assaymark.workspace.notebook_file import CannotRewriteError

    try:
        return form.rewritten(outcome.edits, content)
    except CannotRewriteError as error:
        raise LeftAloneError(str(error)) from error


def _told(file: File, text: Text, outcome: Outcome) -> tuple[Fixed, ...]:
    """What became of each fix."""
    done = (_of(file, text, made) for made in outcome.made)
    left = (_of(file, text, made, _WHY) for made in outcome.refused)
    return (*done, *left)


def _of(file: File, text: Text, made: Made, refused: str = "") -> Fixed:
    if isinstance(text.form, Source):
        return Fixed(file.path, made.line + 1, made.rule, refused)
    place = text.form.place(made.line)
    return Fixed(file.path, place.line, made.rule, refused, place.cell)
