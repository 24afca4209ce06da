"""
The report as JUnit's XML, in the dialect that Jenkins reads (`junit-10.xsd` of its xUnit plugin).

Invariants:
    A file is a suite, a finding a failed case in it; a file that was not checked has an error.
    It is well-formed whatever a file is called and holds: what XML 1.0 cannot say is spelled out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from assaymark.analysis.snapshot import State
from assaymark.cli.report import FAILED, Checked, Report, Reported, rank

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# Behind every finding.
_LAST = (1, True)


def as_junit(report: Report) -> Iterator[str]:
    """The whole report, as one document."""
    # The schema has no other place for which record was asked.
    name = f"assaymark (record of origins: {report.record})" if report.told else "assaymark"
    root = ET.Element("testsuites", name=name, time=f"{report.seconds:.3f}")
    root.extend(_suite(file, report.told) for file in _ordered(report))
    if report.rules.problems:
        root.append(_left_out(report))
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    ET.indent(root)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield ET.tostring(root, encoding="unicode")
    yield "\n"


def _ordered(report: Report) -> list[Checked]:
    """The files, those first that hold what is to be read first."""
    if not report.told:
        return list(report.files)
    return sorted(report.files, key=lambda file: min(map(rank, file.findings), default=_LAST))


def _suite(file: Checked, told: bool) -> ET.Element:  # noqa: FBT001 - what the report is like
    findings = sorted(file.findings, key=rank) if told else file.findings
    cases = [_failure(found, file.path) for found in findings]
    if file.state in FAILED:
        cases.append(_case(file.path, "checked", "error", file.complaint, file.state.value))
    elif file.state is State.not_analysed:
        cases.append(_case(file.path, "checked", "skipped", file.reason, file.state.value))
    # What another tool did not check is no error, and no pass.
    cases += [_case(file.path, "checked in full", "skipped", note, "note") for note in file.notes]
    if not cases:
        cases.append(ET.Element("testcase", name="checked", classname=_said(file.path)))
    return _counted(file.path, cases)


def _left_out(report: Report) -> ET.Element:
    name = "rules"
    return _counted(
        name,
        [
            _case(name, problem.rule or problem.path, "error", str(problem), "rule left out")
            for problem in report.rules.problems
        ],
    )


def _counted(name: str, cases: list[ET.Element]) -> ET.Element:
    n_of = {kind: sum(case.find(kind) is not None for case in cases) for kind in ("failure", "error")}
    suite = ET.Element(
        "testsuite",
        name=_said(name),
        tests=str(len(cases)),
        failures=str(n_of["failure"]),
        errors=str(n_of["error"]),
        skipped=str(sum(case.find("skipped") is not None for case in cases)),
    )
    suite.extend(cases)
    return suite


def _failure(found: Reported, path: str) -> ET.Element:
    one = found.finding
    case = _case(path, f"{one.rule} at {found.place}", "failure", one.message, one.severity.value)
    text = f"{path}:{found.place}  {one.severity.value}  {one.rule}\n{one.message}"
    if found.stood is not None:
        # Late: most checks do not ask whose lines are.
        from assaymark.cli.whose import told

        text += f"\nfrom: {told(found.stood)}"
    case[0].text = _said(text)
    return case


def _case(path: str, name: str, kind: str, message: str, of: str) -> ET.Element:
    case = ET.Element("testcase", name=_said(name), classname=_said(path))
    ET.SubElement(case, kind, type=_said(of), message=_said(message))
    return case


def _said(text: str) -> str:
    return _NOT_IN_XML.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
