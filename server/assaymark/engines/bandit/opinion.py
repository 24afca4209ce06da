"""
What bandit said of a text, as a value and as JSON.

Invariant: reading what was written gives an equal opinion; what is not one raises ValueError.
"""

from __future__ import annotations

from typing import TypeAlias

from assaymark.dataclass import dataclass
from assaymark.finding import Confidence, Finding, Level, Severity
from assaymark.text import Span

# How a note on a file begins; behind it stands why.
NOT_CHECKED = "not checked by bandit: "

Plain: TypeAlias = "list[Plain] | str | int | bool | None"


@dataclass(frozen=True, slots=True)
class Opinion:
    """
    Findings with spans in the whole text; *unread* says what of it bandit did not check, and why.

    *half_written*: what it did not check is no Python of any version, as text is while it is typed.
    """

    findings: tuple[Finding, ...] = ()
    unread: str = ""
    half_written: bool = False

    @property
    def note(self) -> str:
        """What to tell people of what was not checked; nothing when all was."""
        return f"{NOT_CHECKED}{self.unread}" if self.unread else ""


def to_plain(opinion: Opinion) -> Plain:
    """*opinion* as JSON values."""
    return [[_plain(finding) for finding in opinion.findings], opinion.unread, opinion.half_written]


def from_plain(plain: Plain) -> Opinion:
    """What `to_plain` was given. Raises ValueError."""
    match plain:
        case [list(findings), str(unread), bool(half_written)]:
            return Opinion(tuple(_finding(one) for one in findings), unread, half_written)
    msg = "not an opinion"
    raise ValueError(msg)


def _plain(finding: Finding) -> Plain:
    return [
        finding.rule,
        finding.span.start,
        finding.span.end,
        finding.message,
        finding.severity.value,
        finding.confidence.value,
        finding.level.value,
        list(finding.cwe),
        finding.fingerprint,
        finding.link,
    ]


def _finding(plain: Plain) -> Finding:
    match plain:
        case [
            str(rule),
            int(start),
            int(end),
            str(message),
            str(severity),
            str(confidence),
            str(level),
            list(cwe),
            str(fingerprint),
            str(link),
        ]:
            return Finding(
                rule,
                Span(start, end),
                message,
                Severity(severity),
                Confidence(confidence),
                Level(level),
                tuple(number for number in cwe if isinstance(number, int)),
                fingerprint,
                link=link,
            )
    msg = "not a finding"
    raise ValueError(msg)
