"""
The report as JSON; `check.schema.json` beside this module says what it holds.

Invariants:
    Lines and columns count from 1; columns count characters, ends are exclusive.
    What is not ASCII is escaped, so that any file name can be written anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TypeAlias

from assaymark.cli.report import Checked, Fixed, Position, Report, Reported
from assaymark.cli.second import plain as second
from assaymark.cli.version import version
from assaymark.finding import Change, Fix

Value: TypeAlias = "dict[str, Value] | list[Value] | str | int | float | bool | None"


def as_json(report: Report) -> Iterator[str]:
    """The whole report, as one document."""
    document: dict[str, Value] = {
        "tool": {"name": "assaymark", "version": version()},
        "findings": [_finding(found, file.path) for file, found in report.ordered],
        "silenced": [
            {"by": one.by, "reason": one.reason, "finding": _finding(one.reported, file.path)}
            for file in report.files
            for one in file.withheld
        ],
        "files": [_file(file) for file in report.files],
        "not_analysed": dict(sorted(report.kinds.items())),
        "skipped": {kind: count for kind, count in sorted(report.skipped.items()) if count},
        "problems": [
            {"path": one.path, "line": one.line, "message": one.message, "rule": one.rule}
            for one in report.rules.problems
        ],
        "fixed": [_fixed(fix) for fix in report.fixed],
        "deferred": dict(sorted(report.deferred.items())),
        "settings": {
            "loosened": [{"name": one.setting.name, "where": one.where} for one in report.loosened],
            "refused": [
                {"name": one.setting.name, "where": one.where, "why": one.why} for one in report.refused
            ],
        },
        "remarks": list(report.remarks),
        "gate": report.gate.value,
        "record": report.record,
        "bandit": second(report.second),
    }
    if report.verdict is not None:
        # Late, as below: most checks ask nothing of the kind.
        from assaymark.cli.whose import plain_verdict

        document["review_gate"] = plain_verdict(report.verdict)
    yield json.dumps(document, indent=2)
    yield "\n"


def _finding(found: Reported, path: str) -> Value:
    finding = found.finding
    plain: dict[str, Value] = {
        "rule": finding.rule,
        "message": finding.message,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "level": finding.level.value,
        "cwe": list(finding.cwe),
        "path": path,
        "start": _position(found.start),
        "end": _position(found.end),
        "fingerprint": finding.fingerprint,
        "trace": [
            _range(found, step.span.start, step.span.end) | {"message": step.message}
            for step in finding.trace
        ],
    }
    if finding.link:
        plain["link"] = finding.link
    if finding.fixes:
        plain["fixes"] = [_fix(fix, found) for fix in finding.fixes]
    if found.stood is not None:
        from assaymark.cli.whose import plain as whose

        plain["origin"] = whose(found.stood)
    return plain


def _fix(fix: Fix, found: Reported) -> Value:
    return {
        "title": fix.title,
        "safe": fix.safe,
        "changes": [_change(change, found) for change in fix.changes],
    }


def _change(change: Change, found: Reported) -> Value:
    return _range(found, change.span.start, change.span.end) | {"new": change.new.decode("utf-8", "replace")}


def _range(found: Reported, start: int, end: int) -> dict[str, Value]:
    return {"start": _position(found.positions[start]), "end": _position(found.positions[end])}


def _position(position: Position) -> Value:
    plain: dict[str, Value] = {"line": position.line, "column": position.column}
    if position.cell:
        plain["cell"] = position.cell
    return plain


def _file(file: Checked) -> Value:
    plain: dict[str, Value] = {"path": file.path, "state": file.state.value}
    if file.reason:
        plain["reason"] = file.reason
    if file.notes:
        plain["notes"] = list(file.notes)
    return plain


def _fixed(fix: Fixed) -> Value:
    plain: dict[str, Value] = {"path": fix.path, "line": fix.line, "rule": fix.rule, "done": not fix.refused}
    if fix.cell:
        plain["cell"] = fix.cell
    if fix.refused:
        plain["reason"] = fix.refused
    return plain
