"""
What a run of `check` found out, as values that every format is made from.

Invariants:
    Lines and columns count from 1; columns count characters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from assaymark.analysis.snapshot import State
from assaymark.dataclass import dataclass, field, replace
from assaymark.finding import Finding, Severity
from assaymark.text import Span

if TYPE_CHECKING:
    from assaymark.cli.gate import Verdict
    from assaymark.record.stood import Stood
    from assaymark.rules.ruleset import RuleSet
    from assaymark.second.asking import Second
    from assaymark.settings.resolving import Held, Refused

# The states in which something that we promise to analyse was not, or not in full.
FAILED = frozenset((State.failed, State.timed_out, State.partial))


@dataclass(frozen=True, slots=True)
class Position:
    """
    A line and a column, both from 1.

    In a notebook they are those within the *cell* with that number (from 1), and *row* is the line of the
    file in which the notebook spells that line; elsewhere both are 0.
    """

    line: int
    column: int
    cell: int = 0
    row: int = 0


@dataclass(frozen=True, slots=True)
class Reported:
    """
    A finding with absolute spans, and the position of every byte offset that it names.

    *stood* is how it stands with its lines, where that was asked for.
    """

    finding: Finding
    positions: Mapping[int, Position]
    stood: Stood | None = None

    @property
    def start(self) -> Position:
        return self.positions[self.finding.span.start]

    @property
    def end(self) -> Position:
        return self.positions[self.finding.span.end]

    @property
    def place(self) -> str:
        """Where it starts, as people write it behind a path: `12:10`, in a notebook `cell 3:2:5`."""
        at = self.start
        return f"{f'cell {at.cell}:' if at.cell else ''}{at.line}:{at.column}"

    @property
    def rows(self) -> tuple[int, int]:
        """Its first and its last line in the file as it is stored."""
        return self.start.row or self.start.line, self.end.row or self.end.line

    @property
    def is_unread(self) -> bool:
        """Whether it is known to be in lines that somebody should read, and nobody has."""
        return self.stood is not None and self.stood.is_unread

    def span(self, span: Span) -> tuple[Position, Position]:
        return self.positions[span.start], self.positions[span.end]


@dataclass(frozen=True, slots=True)
class Withheld:
    """
    A finding that is not shown, and what keeps it from being.

    *by* is the word that opens the comment (`assaymark`, `nosec`, `noqa`, `nosemgrep`), or `baseline`.
    """

    reported: Reported
    by: str
    reason: str = ""


# How the note begins that the grammar did not understand a file; behind it stands from where on.
NOT_READ = "not all understood: "
# What withholds a finding that is known.
BASELINE = "baseline"


@dataclass(frozen=True, slots=True)
class Checked:
    """One file: its state, why it is in it, and its findings."""

    path: str
    state: State
    reason: str = ""
    findings: tuple[Reported, ...] = ()
    # The tools that hidden findings are left to, one for each.
    deferred: tuple[str, ...] = ()
    # What was not checked of it, by bandit, or since the grammar did not understand it.
    notes: tuple[str, ...] = ()
    withheld: tuple[Withheld, ...] = ()

    @property
    def complaint(self) -> str:
        """What was not done, and why, where something was not."""
        return f"{'checked in part' if self.state is State.partial else 'not checked'}: {self.reason}"

    def with_findings(self, findings: Iterable[Reported]) -> Checked:
        """The same file with only *findings*."""
        kept = tuple(findings)
        state = State.clean if self.state is State.findings and not kept else self.state
        return replace(self, findings=kept, state=state)


@dataclass(frozen=True, slots=True)
class Fixed:
    """What `--fix` did to one finding, or why it left it alone."""

    path: str
    line: int
    rule: str
    refused: str = ""
    cell: int = 0

    @property
    def place(self) -> str:
        """Its line as people write it behind a path; in a notebook behind its cell."""
        return f"cell {self.cell}:{self.line}" if self.cell else str(self.line)


@dataclass(frozen=True, slots=True)
class Report:
    """
    A whole run; *record* names the record of origins that said most of its findings.

    *told*: records were asked whose the lines are; *verdict* is what the gate on review says.
    """

    files: tuple[Checked, ...]
    rules: RuleSet
    kinds: Mapping[str, int]
    skipped: Mapping[str, int]
    gate: Severity
    seconds: float
    fixed: tuple[Fixed, ...] = ()
    record: str = "none"
    told: bool = False
    # What a person should be told of the records.
    troubles: tuple[str, ...] = ()
    verdict: Verdict | None = None
    # Of files whose gate is another, by path.
    gates: Mapping[str, Severity] = field(default_factory=dict)
    loosened: tuple[Held, ...] = ()
    refused: tuple[Refused, ...] = ()
    # What else somebody should know who relies on the check.
    remarks: tuple[str, ...] = ()
    # What bandit was asked.
    second: Second | None = None
    # By baseline, the number of its entries that are found no longer.
    no_longer_found: Mapping[str, int] = field(default_factory=dict)
    has_baseline: bool = False
    # What to type to have the safe fixes made; nothing where that was done, or cannot be.
    fixing: str = ""
    # What takes known findings from a file that is checked again.
    without_known: Callable[[Checked], Checked] = lambda checked: checked

    @property
    def ordered(self) -> list[tuple[Checked, Reported]]:
        """
        The findings in the order in which to read them.

        Where records were asked: the most severe first, of those first the ones in lines that nobody read.
        Else, and within these, in the order of the files and of the text.
        """
        return self.ranked or [(file, one) for file in self.files for one in file.findings]

    @property
    def ranked(self) -> list[tuple[Checked, Reported]]:
        """The same where records were asked; nothing where files are read one after the other."""
        found = [(file, one) for file in self.files for one in file.findings] if self.told else []
        return sorted(found, key=lambda pair: rank(pair[1]))

    def in_place(self, file: Checked) -> tuple[Reported, ...]:
        """The findings of *file*, where they are to be read with the file."""
        return () if self.told else file.findings

    @property
    def n_unread(self) -> int:
        """How many findings are in lines that somebody should read, and nobody has."""
        return sum(found.is_unread for file in self.files for found in file.findings)

    @property
    def n_findings(self) -> int:
        return sum(len(file.findings) for file in self.files)

    @property
    def deferred(self) -> Mapping[str, int]:
        """How many findings are left to each tool."""
        return Counter(tool for file in self.files for tool in file.deferred)

    @property
    def withheld(self) -> Mapping[str, int]:
        """How many findings are kept from being shown, by what does."""
        return Counter(one.by for file in self.files for one in file.withheld)

    def gate_of(self, path: str) -> Severity:
        return self.gates.get(path, self.gate)

    @property
    def failed(self) -> tuple[Checked, ...]:
        return tuple(file for file in self.files if file.state in FAILED)


def rank(found: Reported) -> tuple[int, bool]:
    """What comes first: what is most severe, then what is in lines that nobody read."""
    return -found.finding.severity.rank, not found.is_unread


def offsets(finding: Finding) -> set[int]:
    """Every byte offset that *finding* names."""
    spans = [finding.span, *(step.span for step in finding.trace)]
    spans += [change.span for fix in finding.fixes for change in fix.changes]
    return {offset for span in spans for offset in (span.start, span.end)}
