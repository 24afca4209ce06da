"""What users can set, and what holds when they do not."""

from __future__ import annotations

from dataclasses import dataclass, field

from assaymark.analysis.snapshot import Limits
from assaymark.finding import Level, Severity


@dataclass(frozen=True, slots=True)
class Settings:
    """
    The settings of one workspace or one run.

    *severity* and *level* bound what is shown, *gate* is the severity from which findings block;
    *typing_delay_ms* is how long typing rests before a finding in the statement being typed is shown.
    """

    severity: Severity = Severity.low
    level: Level = Level.default
    gate: Severity = Severity.high
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    typing_delay_ms: int = 500
    limits: Limits = field(default_factory=Limits)
