"""
The report as SARIF 2.1.0 (OASIS, "Static Analysis Results Interchange Format").

Invariants:
    Places are relative to the folder that was checked from; no name of this machine is in it.
    Columns count Unicode code points, and the run says so.
    Every result names a rule of the run by its index.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote

from assaymark.cli.as_json import Value
from assaymark.cli.report import BASELINE, Checked, Position, Report, Reported
from assaymark.cli.version import version
from assaymark.finding import Change, Confidence, Finding, Fix, Severity
from assaymark.rules.rule import Rule
from assaymark.text import Span

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {
    Severity.critical: "error",
    Severity.high: "error",
    Severity.medium: "warning",
    Severity.low: "note",
}
# Code-scanning services sort by this number: from 9.0 critical, from 7.0 high, from 4.0 medium.
_SCORES = {Severity.critical: "9.5", Severity.high: "8.0", Severity.medium: "5.5", Severity.low: "2.5"}
_PRECISIONS = {Confidence.high: "high", Confidence.medium: "medium", Confidence.low: "low"}
_ROOT = "CHECKED"


def as_sarif(report: Report, code: int) -> Iterator[str]:
    """The whole run, which ends with the exit *code*, as one document."""
    foreign = _foreign(report)
    names = (*(rule.id for rule in report.rules.rules), *foreign)
    indices = {name: at for at, name in enumerate(names)}
    results: list[Value] = [
        _result(found, file.path, indices.get(found.finding.rule, -1)) | state
        for file, found, state in _all(report)
    ]
    run: dict[str, Value] = {
        "tool": {"driver": _driver(report.rules.rules, foreign.values())},
        "invocations": [_invocation(report, code)],
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The folder that the check was started in."}}},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    if report.told:
        run["properties"] = _told(report)
    yield json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)
    yield "\n"


def _all(report: Report) -> Iterator[tuple[Checked, Reported, dict[str, Value]]]:
    """Every finding with its file and what its result says: whether it is new, and what suppresses it."""
    new: dict[str, Value] = {"baselineState": "new"} if report.has_baseline else {}
    yield from ((file, found, new) for file, found in report.ranked)
    for file in report.files:
        yield from ((file, found, new) for found in report.in_place(file))
        for one in file.withheld:
            if one.by == BASELINE:
                external: Value = [{"kind": "external", "status": "accepted"}]
                yield file, one.reported, {"baselineState": "unchanged", "suppressions": external}
            else:
                comment: dict[str, Value] = {"kind": "inSource", "status": "accepted"}
                suppression: Value = [comment | ({"justification": one.reason} if one.reason else {})]
                yield file, one.reported, {**new, "suppressions": suppression}


def _driver(rules: Sequence[Rule], foreign: Iterable[Value]) -> Value:
    name = version()
    return {"name": "Assaymark", "version": name, "rules": [*map(_rule, rules), *foreign]}


def _foreign(report: Report) -> dict[str, Value]:
    """What another tool found something with, by id."""
    ours = {rule.id for rule in report.rules.rules}
    findings = (found.finding for file in report.files for found in file.findings)
    return {finding.rule: _foreign_rule(finding) for finding in findings if finding.rule not in ours}


def _foreign_rule(finding: Finding) -> Value:
    tags: list[Value] = ["security", *(f"external/cwe/cwe-{number:03}" for number in finding.cwe)]
    plain: dict[str, Value] = {"id": finding.rule, "properties": {"tags": tags}}
    return plain | {"helpUri": finding.link} if finding.link else plain


def _rule(rule: Rule) -> Value:
    tags: list[Value] = ["security", *(f"external/cwe/cwe-{number:03}" for number in rule.cwe), *rule.owasp]
    plain: dict[str, Value] = {
        "id": rule.id,
        "shortDescription": {"text": rule.message},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "tags": tags,
            "precision": _PRECISIONS[rule.confidence],
            "security-severity": _SCORES[rule.severity],
        },
    }
    if rule.why:
        plain["fullDescription"] = {"text": rule.why}
    advice = "\n\n".join(part for part in (rule.why, rule.remedy) if part)
    if advice:
        plain["help"] = {"text": advice, "markdown": advice}
    return plain


def _invocation(report: Report, code: int) -> Value:
    notes = [_note(f"{file.path}: {file.reason}", file) for file in report.failed]
    doubts = [_note(f"{file.path}: {note}", file, "note") for file in report.files for note in file.notes]
    problems: list[Value] = [
        {"level": "error", "message": {"text": str(problem)}} for problem in report.rules.problems
    ]
    return {
        "executionSuccessful": not notes and not problems,
        "exitCode": code,
        "toolExecutionNotifications": [*notes, *doubts],
        "toolConfigurationNotifications": problems,
    }


def _note(text: str, file: Checked, level: str = "error") -> Value:
    return {"level": level, "message": {"text": text}, "locations": [_file_location(file.path)]}


def _result(found: Reported, path: str, index: int) -> dict[str, Value]:
    finding = found.finding
    plain: dict[str, Value] = {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message + _in_cell(found.start)},
        "locations": [_location(found, finding.span, path)],
        "partialFingerprints": {"assaymark/v1": finding.fingerprint},
        "properties": _properties(found),
    }
    if index >= 0:
        plain["ruleIndex"] = index
    # What changes in a cell is no region of the file that can be told: there it is part of a string.
    if finding.fixes and not found.start.cell:
        plain["fixes"] = [_fix(fix, found, path) for fix in finding.fixes]
    if finding.trace:
        steps: list[Value] = [
            {"location": _location(found, step.span, path, step.message)} for step in finding.trace
        ]
        plain["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
    return plain


def _properties(found: Reported) -> dict[str, Value]:
    finding = found.finding
    said: dict[str, Value] = {"confidence": finding.confidence.value, "severity": finding.severity.value}
    if found.stood is not None:
        # Late, as below: most checks do not ask whose lines are.
        from assaymark.cli.whose import plain

        said["origin"] = plain(found.stood)
    return said


def _told(report: Report) -> Value:
    """The record that was asked, and what a gate says."""
    said: dict[str, Value] = {"record": report.record}
    if report.verdict is not None:
        from assaymark.cli.whose import plain_verdict

        said["reviewGate"] = plain_verdict(report.verdict)
    return said


def _fix(fix: Fix, found: Reported, path: str) -> Value:
    changes: list[Value] = [_replacement(change, found) for change in fix.changes]
    return {
        "description": {"text": fix.title},
        "artifactChanges": [{"artifactLocation": _artifact(path), "replacements": changes}],
    }


def _replacement(change: Change, found: Reported) -> Value:
    new = change.new.decode("utf-8", "replace")
    return {"deletedRegion": _region(found, change.span), "insertedContent": {"text": new}}


def _location(found: Reported, span: Span, path: str, message: str = "") -> Value:
    place: dict[str, Value] = {
        "physicalLocation": {"artifactLocation": _artifact(path), "region": _region(found, span)}
    }
    at, _ = found.span(span)
    if at.cell:
        place["logicalLocations"] = [{"name": f"cell {at.cell}", "fullyQualifiedName": f"cell {at.cell}"}]
        place["properties"] = {"cell": at.cell, "line": at.line, "column": at.column}
    return place | {"message": {"text": message}} if message else place


def _file_location(path: str) -> Value:
    return {"physicalLocation": {"artifactLocation": _artifact(path)}}


def _in_cell(at: Position) -> str:
    """Where in a notebook *at* is, since its region tells the line of the file."""
    return f" (cell {at.cell}, line {at.line})" if at.cell else ""


def _artifact(path: str) -> Value:
    uri = quote(path.encode("utf-8", "surrogateescape"))
    absolute = path.startswith("/") or path[1:2] == ":"
    if absolute:
        return {"uri": "file://" + ("" if path.startswith("/") else "/") + uri}
    return {"uri": uri, "uriBaseId": _ROOT}


def _region(found: Reported, span: Span) -> Value:
    start, end = found.span(span)
    if start.cell:
        return {"startLine": start.row, "endLine": max(end.row, start.row)}
    return {
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    }
