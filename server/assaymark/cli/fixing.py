"""
`check --fix`: the fixes that findings offer, made in the files.

Invariants:
    Only safe fixes, unless the unsafe ones were asked for by name.
    No two fixes that touch are made at once: the earlier one is, and the other is looked at again afterwards.
    What is written was checked first: it has no more syntax errors than before, and one finding less a fix.
    A file that changed since it was checked is left alone.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assaymark.cli.report import Checked, Fixed, Report, Reported
from assaymark.cli.single import Asked, checked
from assaymark.finding import Change, Fix
from assaymark.syntax.languages import language_of
from assaymark.syntax.view import view_of_source
from assaymark.workspace.reading import Source, Unreadable, decoded, read
from assaymark.workspace.walking import File
from assaymark.workspace.writing import replace

# Each round makes at least one fix or refuses one; more rounds than this means that fixes call for fixes.
_MOST_ROUNDS = 100

_CHANGED = "the file changed meanwhile"
_WHY = "it would break the syntax, or end no finding"

Counted = Callable[[Checked], Checked]
_Name = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which fixes to make, and how a file is checked again."""

    asked: Asked
    counted: Counted
    unsafe: bool

    def fix(self, found: Reported) -> Fix | None:
        """The fix to make for *found*: its first one that is wanted."""
        return next((fix for fix in found.finding.fixes if fix.safe or self.unsafe), None)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A file on its way: its text so far, what a check says of that, and what became of the fixes."""

    file: File
    language: str
    source: Source
    content: bytes
    result: Checked
    done: tuple[Fixed, ...] = ()
    refused: frozenset[_Name] = frozenset()


class _LeftAloneError(Exception):
    """Why none of a file's fixes can be made."""


def fixed(report: Report, files: Sequence[File], wanted: Wanted) -> Report:
    """
    The report after the fixes: what is left, and what was done.

    Effect: rewrites the files.
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


def _fixed_file(file: File, before: Checked, wanted: Wanted) -> tuple[Checked, tuple[Fixed, ...]]:
    try:
        raw, draft = _begun(file, before, wanted)
        for _ in range(_MOST_ROUNDS):
            further = _further(draft, wanted)
            if further is draft:
                break
            draft = further
        if draft.content != draft.source.content:
            _store(raw, draft, wanted)
    except _LeftAloneError as error:
        fixable = (found for found in before.findings if wanted.fix(found))
        return before, tuple(_refused(file, found, str(error)) for found in fixable)
    left = (found for found in _counted(draft, wanted).findings if wanted.fix(found))
    return _counted(draft, wanted), (*draft.done, *(_refused(file, found, _WHY) for found in left))


def _begun(file: File, before: Checked, wanted: Wanted) -> tuple[bytes, _Draft]:
    raw = read(file.place, wanted.asked.limits.max_bytes)
    if isinstance(raw, Unreadable):
        raise _LeftAloneError(raw.reason)
    language = language_of(file.path, raw[:256].split(b"\n", 1)[0])
    source = decoded(raw, language)
    result = checked(raw, file.path, wanted.asked)
    if (
        language is None
        or isinstance(source, Unreadable)
        or _findings(wanted.counted(result)) != _findings(before)
    ):
        raise _LeftAloneError(_CHANGED)
    return raw, _Draft(file, language, source, source.content, result)


def _findings(result: Checked) -> list[tuple[str, int]]:
    return [(found.finding.rule, found.finding.span.start) for found in result.findings]


def _further(draft: _Draft, wanted: Wanted) -> _Draft:
    """The draft with the next fixes made; the same one when there are none left."""
    chosen = _apart(draft, wanted)
    if not chosen:
        return draft
    together = _with_fixes(draft, chosen, wanted)
    if together is not None:
        return together
    for one in chosen:
        alone = _with_fixes(draft, [one], wanted)
        if alone is not None:
            return alone
        draft = dataclasses.replace(draft, refused=draft.refused | {_name(one[0])})
    return draft


def _apart(draft: _Draft, wanted: Wanted) -> list[tuple[Reported, Fix]]:
    """Fixes to make that do not touch each other, from the start of the text on."""
    chosen: list[tuple[Reported, Fix]] = []
    end = -1
    for found in _counted(draft, wanted).findings:
        fix = wanted.fix(found)
        if fix is None or _name(found) in draft.refused:
            continue
        if min(change.span.start for change in fix.changes) > end:
            chosen.append((found, fix))
            end = max(change.span.end for change in fix.changes)
    return chosen


def _with_fixes(draft: _Draft, chosen: Sequence[tuple[Reported, Fix]], wanted: Wanted) -> _Draft | None:
    """The draft with all of *chosen* made; None when that does not hold."""
    content = _applied(draft.content, [change for _, fix in chosen for change in fix.changes])
    try:
        result = checked(draft.source.stored(content), draft.file.path, wanted.asked)
    except UnicodeEncodeError:
        return None
    if len(result.findings) > len(draft.result.findings) - len(chosen):
        return None
    if _n_errors(content, draft.language) > _n_errors(draft.content, draft.language):
        return None
    made = (Fixed(draft.file.path, found.start.line, found.finding.rule) for found, _ in chosen)
    return dataclasses.replace(draft, content=content, result=result, done=(*draft.done, *made))


def _applied(content: bytes, changes: Sequence[Change]) -> bytes:
    # A fix is written with \n; a file that ends its lines otherwise keeps doing so.
    ends_crlf = b"\r\n" in content and content.count(b"\r\n") == content.count(b"\n")
    for change in sorted(changes, key=lambda change: change.span, reverse=True):
        new = change.new.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") if ends_crlf else change.new
        content = content[: change.span.start] + new + content[change.span.end :]
    return content


def _n_errors(content: bytes, language: str) -> int:
    """How many places of *content* the grammar does not understand."""
    nodes, n_errors = [view_of_source(content, language).module], 0
    while nodes:
        node = nodes.pop()
        n_errors += node.is_error or node.is_missing
        nodes += (child for child in node.children if child.has_error or child.is_missing)
    return n_errors


def _store(raw: bytes, draft: _Draft, wanted: Wanted) -> None:
    if read(draft.file.place, wanted.asked.limits.max_bytes) != raw:
        raise _LeftAloneError(_CHANGED)
    try:
        replace(draft.file.place, draft.source.stored(draft.content))
    except OSError as error:
        msg = f"the file cannot be written: {(error.strerror or type(error).__name__).lower()}"
        raise _LeftAloneError(msg) from error


def _counted(draft: _Draft, wanted: Wanted) -> Checked:
    return wanted.counted(draft.result)


def _name(found: Reported) -> _Name:
    return found.finding.rule, found.finding.fingerprint


def _refused(file: File, found: Reported, reason: str) -> Fixed:
    return Fixed(file.path, found.start.line, found.finding.rule, reason)
