"""
The report as comma-separated values (RFC 4180): a header, and a row for each finding.

Invariants:
    A file that was not checked, and a rule that was left out, has a row too: `kind` tells them apart.
    No cell is a formula to a spreadsheet: one that starts like one is put behind a `'`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator

from assaymark.cli.report import Report, Reported

HEADER = (
    "kind",
    "path",
    "cell",
    "line",
    "column",
    "end_line",
    "end_column",
    "rule",
    "severity",
    "confidence",
    "level",
    "cwe",
    "message",
    "fix",
    "fingerprint",
    "author",
    "tool",
    "model",
    "evidence",
    "review",
    "record",
)
_WHOSE = ("author", "tool", "model", "evidence", "record")
# What makes a formula of a cell; spreadsheets skip a tab or a line end before it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def as_csv(report: Report) -> Iterator[str]:
    """The header and the rows, each with its line end."""
    written: list[str] = []
    writer = csv.DictWriter(_Lines(written), HEADER, restval="")
    writer.writeheader()
    for row in _rows(report):
        writer.writerow({name: inert(str(value)) for name, value in row.items()})
    yield from written


class _Lines:
    """What the writer writes to: a list of lines."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines

    def write(self, line: str) -> None:
        self._lines.append(line)


def _rows(report: Report) -> Iterator[dict[str, object]]:
    for problem in report.rules.problems:
        yield {
            "kind": "rule left out",
            "path": problem.path,
            "line": problem.line,
            "rule": problem.rule,
            "message": problem.message,
        }
    yield from (_row(found, file.path) for file, found in report.ranked)
    for file in report.files:
        if file in report.failed:
            yield {"kind": file.state.value, "path": file.path, "message": file.reason}
        for note in file.notes:
            yield {"kind": "note", "path": file.path, "message": note}
        yield from (_row(found, file.path) for found in report.in_place(file))


def _row(found: Reported, path: str) -> dict[str, object]:
    finding, start, end = found.finding, found.start, found.end
    fixes = finding.fixes[:1]
    return {
        "kind": "finding",
        "path": path,
        "cell": start.cell or "",
        "line": start.line,
        "column": start.column,
        "end_line": end.line,
        "end_column": end.column,
        "rule": finding.rule,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "level": finding.level.value,
        "cwe": " ".join(f"CWE-{number}" for number in finding.cwe),
        "message": finding.message,
        "fix": "".join("safe" if fix.safe else "unsafe" for fix in fixes),
        "fingerprint": finding.fingerprint,
        **_origin(found),
    }


def _origin(found: Reported) -> dict[str, object]:
    """Whose the lines are, and whether they were read, where that was asked."""
    if found.stood is None:
        return {}
    # Late: most checks do not ask.
    from assaymark.cli.whose import plain

    said = plain(found.stood)
    named: dict[str, object] = {name: said[name] for name in _WHOSE if name in said}
    return {**named, "review": said["standing"]}


def inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
