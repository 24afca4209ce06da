"""
Which findings are shown, and which block.

Invariants:
    Both depend on the finding and the settings alone, so every door says the same of the same text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assaymark.finding import Finding, Level, Severity


def is_shown(finding: Finding, severity: Severity, level: Level) -> bool:
    """Whether a finding is at least of *severity*, and its rule's level no stricter than *level*."""
    return finding.severity >= severity and finding.level <= level


def shown(findings: Iterable[Finding], severity: Severity, level: Level) -> tuple[Finding, ...]:
    return tuple(finding for finding in findings if is_shown(finding, severity, level))


def blocks(finding: Finding, gate: Severity) -> bool:
    """Whether *finding* is at or above the gate."""
    return finding.severity >= gate
