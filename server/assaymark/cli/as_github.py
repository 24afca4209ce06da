"""
The report as GitHub's workflow commands, which put a note on the line of a pull request.

The form is `::error file=…,line=…,title=…::message`, as GitHub's documentation of workflow commands and the
source of its runner have it: `%`, CR and LF are escaped everywhere, `:` and `,` in properties too.

Invariants:
    Paths are those of the repository, wherever in it the check was started.
    No text of a checked file can become a command of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from assaymark.cli.report import Report, Reported
from assaymark.cli.style import Style, harmless
from assaymark.cli.terminal import summary
from assaymark.finding import Severity
from assaymark.workspace.project import rule_path

_COMMANDS = {
    Severity.critical: "error",
    Severity.high: "error",
    Severity.medium: "warning",
    Severity.low: "notice",
}


def as_github(report: Report) -> Iterator[str]:
    """A command for each finding and for what was not checked, and the summary for who reads the log."""
    for problem in report.rules.problems:
        yield _command("error", str(problem), title="rule left out")
    for file in report.failed:
        text = f"{file.path}: {file.complaint}"
        yield _command("error", text, file=rule_path(file.path), title="not checked")
    # A service shows the first few alone.
    yield from (_note(found, file.path, rule_path(file.path)) for file, found in report.ranked)
    for file in report.files:
        path = rule_path(file.path)
        for note in file.notes:
            yield _command("notice", f"{file.path}: {note}", file=path, title="not checked in full")
        yield from (_note(found, file.path, path) for found in report.in_place(file))
    for line in summary(report, Style()):
        # A file may be called like a command, in this form or the older one.
        indent = line[: len(line) - len(line.lstrip())]
        yield indent + line.lstrip().replace("##[", "## [").replace("::", ": :")


def _note(found: Reported, shown: str, path: str) -> str:
    finding = found.finding
    first, last = found.rows
    properties: dict[str, object] = {"file": path, "line": first, "endLine": last}
    # GitHub takes columns within one line only, and those of a cell are not those of the file.
    if first == last and not found.start.cell:
        properties |= {"col": found.start.column, "endColumn": found.end.column}
    title = f"{finding.rule} ({finding.severity.value})"
    # The log shows the message alone, so it names the place as well.
    text = f"{shown}:{found.place}: {finding.message}{_review(found)}"
    return _command(_COMMANDS[finding.severity], text, **properties, title=title)


def _review(found: Reported) -> str:
    """Whether its lines were read, where that was asked."""
    if found.stood is None:
        return ""
    # Late: most checks do not ask.
    from assaymark.cli.whose import shortly

    return shortly(found.stood)


def _command(name: str, text: str, **properties: object) -> str:
    written = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    lines = "\n".join(harmless(line) for line in text.split("\n"))
    return f"::{name} {written}::{_escaped(lines)}\n"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
