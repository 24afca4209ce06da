"""
What users can set, and what holds when they do not.

Invariants:
    A value of these is complete: what nobody set has its default.
    It knows nothing of where it was set; `resolving` does.
"""

from __future__ import annotations

import enum
from pathlib import Path

from assaymark.analysis.snapshot import Limits
from assaymark.dataclass import dataclass, field
from assaymark.finding import Level, Severity


class Bandit(enum.Enum):
    """What bandit is asked: what no page covers and its plugins' tests, everything, or nothing."""

    rest = "rest"
    all = "all"
    off = "off"


class BeforeCommit(enum.Enum):
    """What git's hook does about findings in staged lines that nobody read: nothing, tell, or stop there."""

    off = "off"
    warn = "warn"
    block = "block"


class Hints(enum.Enum):
    """Which of an agent's lines that nobody reviewed have a hint: none, those not committed yet, or all."""

    off = "off"
    uncommitted = "uncommitted"
    all = "all"


class Answers(enum.Enum):
    """When an agent hears what is found in its edits: never, after each, or once at its end too."""

    off = "off"
    edits = "edits"
    on = "on"


@dataclass(frozen=True, slots=True)
class Settings:
    """
    The settings of one workspace or one run.

    *severity* and *level* bound what is shown, *gate* is the severity from which findings block.
    *select* and *ignore* name rules, *rules* are files of further ones, *exclude* are globs of paths that
    are not checked. *defer* names tools (ruff, bandit, semgrep) that speak for themselves: what they find
    too is hidden, and counted. *baseline* is the file of findings that are known. *foreign_comments*:
    `# nosec`, `# noqa` and `# nosemgrep` are honoured. *typing_delay_ms* is how long typing rests before a
    finding in the statement being typed is shown, *bandit_delay_ms* before bandit is asked. *seconds* is how
    long a file may take in a batch. *hints* and *hints_name_model* are about the hints behind lines of an
    agent; *quiet* leaves findings only, and nothing of where lines come from. *notes_include* is what notes
    say of who wrote lines. *record* says whether an editor records that, *before_commit* what git's hook
    does about lines that nobody read. *agent_answer* says when an agent hears what is found in its edits.
    """

    severity: Severity = Severity.low
    level: Level = Level.default
    gate: Severity = Severity.high
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    rules: tuple[Path, ...] = ()
    exclude: tuple[str, ...] = ()
    defer: tuple[str, ...] = ()
    bandit: Bandit = Bandit.rest
    baseline: Path | None = None
    foreign_comments: bool = True
    workspace_diagnostics: bool = False
    typing_delay_ms: int = 500
    bandit_delay_ms: int = 250
    hints: Hints = Hints.uncommitted
    hints_name_model: bool = False
    quiet: bool = False
    notes_include: tuple[str, ...] = ("tool", "model")
    record: bool = True
    before_commit: BeforeCommit = BeforeCommit.warn
    agent_answer: Answers = Answers.on
    limits: Limits = field(default_factory=Limits)
    seconds: float = 10.0
