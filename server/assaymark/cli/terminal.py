"""
The report as people read it in a terminal.

Invariants:
    One finding is one block; a finding is never shortened to nothing, whatever its text holds.
    The last lines say how much was checked and what was not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from assaymark.analysis.snapshot import State
from assaymark.cli import second
from assaymark.cli.report import BASELINE, NOT_READ, Checked, Report, Reported
from assaymark.cli.style import Style, harmless, width
from assaymark.finding import Fix, Severity
from assaymark.workspace.project import is_notebook

_LINE_END = re.compile(r"\r\n|\n|\r")
_MOST_SHOWN = 8
_MOST_NAMED = 3
_LONGEST_WRITE = 120


def as_text(report: Report, content: Callable[[str], bytes], style: Style) -> Iterator[str]:
    """The blocks of all findings, and the summary; *content* tells what a checked file holds."""
    for problem in report.rules.problems:
        yield f"{harmless(str(problem))} (this rule was left out)\n"
    if report.rules.problems:
        yield "\n"
    path, raw, lines = None, b"", [""]
    for file, found in report.ordered:
        if file.path != path:
            path, raw = file.path, content(file.path)
            lines = _LINE_END.split(raw.decode("utf-8", "replace"))
        yield from _block(file, found, raw, lines, style)
        yield "\n"
    yield from summary(report, style)


def summary(report: Report, style: Style) -> Iterator[str]:
    """What was found, what was checked and what was not, and what can be done at once."""
    yield from _fixed(report)
    n_failed = len(report.failed)
    n_checked = sum(file.state is not State.not_analysed for file in report.files) - n_failed
    checked = f"{_n(n_checked, 'file')} checked in {report.seconds:.1f} s"
    failed, long = _failures(report.failed, style)
    if report.n_findings:
        yield style("path", _found(report)) + ".\n"
        yield f"{checked}{failed}.{_not_analysed(report)}\n"
    else:
        yield "No findings in what was checked. " if n_failed else style("good", "No findings.") + " "
        yield f"{checked}{failed}.{_not_analysed(report)}\n"
    yield from long
    yield from _not_read(report)
    yield from _withheld(report)
    yield from second.summary(report)
    if report.told:
        from assaymark.cli.whose import summary as of_origins

        yield from of_origins(report)
    yield from _skipped(report.skipped)
    yield from _settings(report)
    yield from _fixable(report)


def totals(report: Report) -> str:
    """What stands in *report*, as part of a sentence."""
    n_failed = len(report.failed)
    failed = f"; {_n(n_failed, 'file')} not checked" if n_failed else ""
    return (_found(report) if report.n_findings else "no findings") + failed


def _block(file: Checked, found: Reported, raw: bytes, lines: list[str], style: Style) -> Iterator[str]:
    finding, start = found.finding, found.start
    severity = finding.severity.value
    place = style("path", f"{harmless(file.path)}:{found.place}")
    yield f"{place}  {style(severity, severity)}  {finding.rule}\n"
    message = harmless(finding.message.replace("`", ""))
    gutter = max(len(str(start.line)), 2)
    bar = style("faint", style.bar)
    row = start.line if not start.cell else _row(found, raw)
    if row > len(lines):
        yield f"  {'':{gutter}} {bar} {message}\n"
        return
    shown, indent, length = _excerpt(found, lines[row - 1], style.width - gutter - 5)
    yield f"  {style('faint', f'{start.line:>{gutter}}')} {bar} {shown}\n"
    marks = f"{' ' * indent}{style('mark', '^' * length)}"
    if indent + length + 1 + width(message) <= style.width - gutter - 5:
        yield f"  {'':{gutter}} {bar} {marks} {message}\n"
    else:
        yield f"  {'':{gutter}} {bar} {marks}\n"
        for part in _wrapped(message, style.width - gutter - 5):
            yield f"  {'':{gutter}} {bar} {part}\n"
    margin = f"  {'':{gutter}} {style('faint', '=')}"
    yield from _remedies(found, raw, margin)
    if found.stood is not None:
        # Late: where nothing is recorded, nothing is said of it.
        from assaymark.cli.whose import told

        yield f"{margin} from:  {harmless(told(found.stood))}\n"
    for step in finding.trace:
        at = found.positions[step.span.start]
        where = f"cell {at.cell}, line {at.line}" if at.cell else f"line {at.line}"
        yield f"{margin} via:   {where}: {harmless(step.message)}\n"


def _row(found: Reported, raw: bytes) -> int:
    """The line (from 1) of all cells together that *found* stands in."""
    return len(_LINE_END.split(raw[: found.finding.span.start].decode("utf-8", "replace")))


def _excerpt(found: Reported, line: str, room: int) -> tuple[str, int, int]:
    """The part of *line* that fits into *room* columns, and the column and length of the finding in it."""
    first = found.start.column - 1
    last = found.end.column - 1 if found.end.line == found.start.line else len(line)
    # Never more than what fits is touched: a line may be very long and hold very many findings.
    head = line[: min(first, room)]
    cut = max(len(head) - len(head.lstrip()), first - room)
    before = harmless(line[cut:first])
    inside = harmless(line[first : min(last, first + room)].rstrip())
    after = harmless(line[last : last + room])
    if width(before) > room // 2:
        before = "…" + before[-(room // 2) :]
    text = before + inside + after
    shown = text if width(text) <= room else text[: room - 1] + "…"
    indent = width(before)
    return shown, indent, max(min(width(inside), room - indent), 1)


def _remedies(found: Reported, raw: bytes, margin: str) -> Iterator[str]:
    for fix in found.finding.fixes[:1]:
        written = _written(found, fix, raw)
        how = "--fix" if fix.safe else "--fix --unsafe"
        yield f"{margin} {'write' if written else 'fix'}: {written or harmless(fix.title)}        ({how})\n"


def _written(found: Reported, fix: Fix, raw: bytes) -> str:
    """What *fix* would make of the finding's text; nothing when that is not one short line."""
    span = found.finding.span
    if not all(span.covers(change.span) for change in fix.changes) or span.end > len(raw):
        return ""
    text, at = b"", span.start
    for change in sorted(fix.changes, key=lambda change: change.span):
        text += raw[at : change.span.start] + change.new
        at = change.span.end
    written = (text + raw[at : span.end]).decode("utf-8", "replace").strip()
    return harmless(written) if len(written) <= _LONGEST_WRITE and not _LINE_END.search(written) else ""


def _wrapped(text: str, room: int) -> Iterator[str]:
    line = ""
    for word in text.split(" "):
        if line and width(line) + 1 + width(word) > room:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line


def _found(report: Report) -> str:
    counts = Counter(found.finding.severity for file in report.files for found in file.findings)
    kinds = ", ".join(
        f"{counts[severity]} {severity.value}" for severity in reversed(Severity) if counts[severity]
    )
    n_files = sum(bool(file.findings) for file in report.files)
    found = f"{_n(report.n_findings, 'finding')} ({kinds}) in {_n(n_files, 'file')}"
    return found + (_unread(report) if report.told else "")


def _unread(report: Report) -> str:
    """How many of the findings are in lines that nobody reviewed, behind what says how many there are."""
    if report.n_findings == 1:
        return ", in lines nobody reviewed" if report.n_unread else ""
    return f"; {report.n_unread or 'none'} of them in lines nobody reviewed"


def _failures(failed: tuple[Checked, ...], style: Style) -> tuple[str, list[str]]:
    """What failed: within the sentence when it is little, else as lines of its own."""
    if not failed:
        return "", []
    named = [f"{harmless(file.path)} ({harmless(file.reason)})" for file in failed]
    if len(named) <= _MOST_NAMED:
        return f"; {len(named)} failed: {', '.join(named)}", []
    return f"; {len(named)} failed", [style("medium", f"  failed: {name}") + "\n" for name in named]


def _not_analysed(report: Report) -> str:
    kinds = Counter(report.kinds)
    for file in report.files:
        if file.state is State.not_analysed:
            kinds[_kind(file)] += 1
    if not kinds:
        return ""
    names = sorted(sorted(kinds), key=lambda kind: -kinds[kind])
    some = ", ".join(harmless(name) for name in sorted(names[:_MOST_SHOWN]))
    more = ", …" if len(names) > _MOST_SHOWN else ""
    return f" {_n(len(names), 'kind')} not analysed: {some}{more}"


def _kind(file: Checked) -> str:
    name = file.path.rsplit("/", 1)[-1]
    # Of notebooks only some are not analysed, and the reason says which.
    return file.reason if is_notebook(name) else name[name.rfind(".") :] if "." in name else name


def _not_read(report: Report) -> Iterator[str]:
    noted = [
        f"{harmless(file.path)} ({note.removeprefix(NOT_READ)})"
        for file in report.files
        for note in file.notes
        if note.startswith(NOT_READ)
    ]
    if noted:
        more = f" and {len(noted) - _MOST_NAMED:,} more" if len(noted) > _MOST_NAMED else ""
        named = "; ".join(noted[:_MOST_NAMED])
        where = f"{_n(len(noted), 'file')}: {named}{more}"
        yield f"Not all understood, so that flaws can be missed, in {where}.\n"


def _withheld(report: Report) -> Iterator[str]:
    counts = report.withheld
    n_known, n_all = counts.get(BASELINE, 0), sum(counts.values())
    if n_all > n_known > 0:
        how = f": {n_all - n_known:,} by comments, {n_known:,} by the baseline"
    else:
        how = " by the baseline" if n_known else " by comments"
    if n_all:
        yield f"{n_all:,} silenced{how}; --show-silenced lists them.\n"
    for file, count in report.no_longer_found.items():
        entries = "1 entry" if count == 1 else f"{count:,} entries"
        are = "is" if count == 1 else "are"
        name = harmless(file)
        anew = f"write it anew with: assaymark baseline --output {name}"
        yield f"{entries} of {name} {are} no longer found; {anew}\n"


def _skipped(skipped: Mapping[str, int]) -> Iterator[str]:
    names = {"ignored entry": "ignored entries", "excluded entry": "excluded entries"}
    parts = [_n(count, kind, names.get(kind)) for kind, count in sorted(skipped.items()) if count]
    if parts:
        yield f"Skipped: {', '.join(parts)}.\n"


def _settings(report: Report) -> Iterator[str]:
    """What settings hide, what a repository loosened, and what it was not let to."""
    if report.deferred:
        parts = (f"{_n(count, 'finding')} to {tool}" for tool, count in sorted(report.deferred.items()))
        yield f"Left to others: {', '.join(parts)}.\n"
    if report.loosened:
        names = ", ".join(f"{held.setting.name} ({harmless(held.where)})" for held in report.loosened)
        n_settings = _n(len(report.loosened), "setting")
        whose = "" if report.verdict is not None else " of the repository"
        verb = "makes" if len(report.loosened) == 1 else "make"
        yield f"{n_settings}{whose} {verb} this check looser: {names}.\n"
    for refused in report.refused:
        yield f"{harmless(str(refused))}.\n"
    yield from (f"{harmless(remark)}\n" for remark in report.remarks)


def _fixed(report: Report) -> Iterator[str]:
    done = [fix for fix in report.fixed if not fix.refused]
    if done:
        yield f"{_n(len(done), 'finding')} fixed in {_n(len({fix.path for fix in done}), 'file')}:\n"
        yield from (f"  {harmless(fix.path)}:{fix.place}  {fix.rule}\n" for fix in done)
    yield from _not_fixed(report)


def preview_summary(report: Report) -> Iterator[str]:
    """What fixes would do, and what they and the check would not or could not."""
    would = [fix for fix in report.fixed if not fix.refused]
    n_files = len({fix.path for fix in would})
    what = (
        f"{_n(len(would), 'finding')} would be fixed in {_n(n_files, 'file')}" if would else "Nothing to fix"
    )
    yield f"{what}. Left: {totals(report)}.\n"
    yield from _not_fixed(report)
    for file in report.failed:
        yield f"{harmless(file.path)}: {harmless(file.complaint)}\n"


def _not_fixed(report: Report) -> Iterator[str]:
    for fix in report.fixed:
        if fix.refused:
            yield f"Not fixed: {harmless(fix.path)}:{fix.place}  {fix.rule} ({fix.refused})\n"


def _fixable(report: Report) -> Iterator[str]:
    """The command for what could be fixed, if there is one."""
    fixes = [found.finding.fixes[0] for found in _all(report.files) if found.finding.fixes]
    n_safe = sum(fix.safe for fix in fixes)
    if n_safe and report.fixing:
        yield f"{_n(n_safe, 'safe fix', 'safe fixes')}: {harmless(report.fixing)}\n"


def _all(files: Iterable[Checked]) -> Iterator[Reported]:
    return (found for file in files for found in file.findings)


def _n(count: int, what: str, many: str | None = None) -> str:
    return f"{count:,} {what if count == 1 else many or what + 's'}"
