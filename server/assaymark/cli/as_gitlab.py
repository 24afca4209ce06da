"""
The report in GitLab's Code Quality format (its documentation: "Code Quality report format").

Invariants:
    Paths are those of the repository, wherever in it the check was started.
    Every entry has a fingerprint that no other one has, and keeps it when lines move.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator

from assaymark.cli.as_json import Value
from assaymark.cli.report import Report, Reported
from assaymark.finding import Severity
from assaymark.workspace.project import rule_path

_SEVERITIES = {
    Severity.critical: "blocker",
    Severity.high: "critical",
    Severity.medium: "major",
    Severity.low: "minor",
}


def as_gitlab(report: Report) -> Iterator[str]:
    """One document: a list with an entry for each finding and for what was not checked."""
    seen: Counter[str] = Counter()
    yield json.dumps([_numbered(entry, seen) for entry in _entries(report)], indent=2)
    yield "\n"


def _entries(report: Report) -> Iterator[dict[str, Value]]:
    for problem in report.rules.problems:
        text = f"A rule was left out: {problem.message}"
        yield _entry("rule-left-out", text, "blocker", problem.path, (max(problem.line, 1), 0), problem.rule)
    yield from (_of_finding(found, rule_path(file.path)) for file, found in report.ranked)
    for file in report.files:
        path = rule_path(file.path)
        if file in report.failed:
            yield _entry("not-checked", file.complaint, "blocker", path, (1, 1), "")
        for note in file.notes:
            yield _entry("not-checked-in-full", note, "info", path, (1, 1), note)
        yield from (_of_finding(found, path) for found in report.in_place(file))


def _of_finding(found: Reported, path: str) -> dict[str, Value]:
    one = found.finding
    where = f" (cell {found.start.cell}, line {found.start.line})" if found.start.cell else ""
    text = one.message + where + _review(found)
    return _entry(one.rule, text, _SEVERITIES[one.severity], path, found.rows, one.fingerprint)


def _review(found: Reported) -> str:
    """Whether its lines were read, where that was asked."""
    if found.stood is None:
        return ""
    # Late: most checks do not ask.
    from assaymark.cli.whose import shortly

    return shortly(found.stood)


def _entry(
    rule: str, text: str, severity: str, path: str, rows: tuple[int, int], fingerprint: str
) -> dict[str, Value]:
    lines: dict[str, Value] = {"begin": rows[0]}
    if rows[1] > rows[0]:
        lines["end"] = rows[1]
    return {
        "type": "issue",
        "check_name": rule,
        "description": text,
        "categories": ["Security"],
        "severity": severity,
        "fingerprint": f"{rule}\0{path}\0{fingerprint}",
        "location": {"path": path, "lines": lines},
    }


def _numbered(entry: dict[str, Value], seen: Counter[str]) -> dict[str, Value]:
    """*entry* with what names it digested, and counted where it comes again."""
    name = str(entry["fingerprint"])
    seen[name] += 1
    digest = hashlib.blake2b(f"{name}\0{seen[name]}".encode("utf-8", "surrogatepass"), digest_size=16)
    return entry | {"fingerprint": digest.hexdigest()}
