"""
One thing is said once: findings of rules that another rule speaks for are left out where that one speaks.

Invariants:
    What is left depends on the findings alone, in whatever order and by whatever rules they came.
    A finding that is left out is spoken for by one that stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assaymark.finding import Finding


def said_once(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings without those that another one, over them or within them, speaks for."""
    speaking = [finding for finding in findings if finding.speaks_for]
    if not speaking or len(findings) == 1:
        return findings
    return tuple([one for one in findings if not any(_speaks_for(other, one) for other in speaking)])


def _speaks_for(one: Finding, other: Finding) -> bool:
    if other.rule not in one.speaks_for:
        return False
    here, there = one.span, other.span
    if here.start == there.start:
        return True
    inner, outer = (here, there) if here.start > there.start else (there, here)
    return inner.end <= outer.end
