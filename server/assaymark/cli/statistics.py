"""How often each rule speaks, for who wants to know where to begin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from assaymark.cli.report import Report
from assaymark.cli.style import Style, harmless
from assaymark.cli.terminal import summary
from assaymark.finding import Severity


def as_statistics(report: Report, style: Style) -> Iterator[str]:
    """A line for each rule that speaks, the one with most findings first; and the summary."""
    findings = [found.finding for file in report.files for found in file.findings]
    counts = Counter((one.rule, one.severity) for one in findings)
    fixable = Counter((one.rule, one.severity) for one in findings if one.fixes)
    width = max((len(f"{count:,}") for count in counts.values()), default=0)
    for key, count in sorted(counts.items(), key=lambda item: (-item[1], item[0][0])):
        rule, severity = key
        fixes = f"  ({fixable[key]:,} with a fix)" if fixable[key] else ""
        yield f"{count:>{width},}  {_severity(severity, style)}  {harmless(rule)}{fixes}\n"
    if counts:
        yield "\n"
    yield from (f"{harmless(str(problem))} (this rule was left out)\n" for problem in report.rules.problems)
    yield from summary(report, style)


def _severity(severity: Severity, style: Style) -> str:
    return style(severity.value, f"{severity.value:8}")
