"""
`assaymark check --gate`: whether changed lines with a finding at or above the gate were read by anybody.

Invariants:
    It fails closed: what was not checked, and what nobody can judge, is no pass.
    Unknown counts as an agent's, so taking away hooks, notes or a ledger never makes it easier to pass.
    What a person typed, or a tool of theirs wrote by itself, does not block: to write it was to look at it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from assaymark.cli.gate_place import refuse_another
from assaymark.cli.report import Report, Reported
from assaymark.cli.style import harmless
from assaymark.cli.usage import CannotJudgeError, UsageError
from assaymark.cli.whence import with_origins
from assaymark.dataclass import dataclass, replace
from assaymark.policy import blocks
from assaymark.record.stood import Lack
from assaymark.repository import git, reach

if TYPE_CHECKING:
    from assaymark.cli.subject import Subject
    from assaymark.workspace.reading import Unreadable

PASSED, BLOCKED, UNJUDGED = "passed", "blocked", "cannot be judged"
_MOST_NAMED = 3
_FETCH, _FETCH_NOTES = "git fetch --unshallow", "assaymark notes fetch"
_REMEDIES = {
    Lack.notes: f"refs/notes/ai is not in this clone. Run: {_FETCH_NOTES}",
    Lack.reviews: f"refs/notes/assaymark, where reviews stand, is not in this clone. Run: {_FETCH_NOTES}",
    Lack.history: f"the commit that added {{}} is not in this clone. Run: {_FETCH}",
}


@dataclass(frozen=True, slots=True)
class At:
    """A finding in changed lines, and the file that it is in."""

    path: str
    found: Reported

    def __str__(self) -> str:
        return harmless(f"{self.path}:{self.found.start.line} {self.found.finding.rule}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    What the gate says, and *against* what lines count as changed.

    *blocking* are the findings in lines that nobody read, *lacking* those of which nobody can say that they
    were not, *n_read* the number of the others at or above the gate. *unchecked*: what was not checked.
    *loosened*: which settings make it looser, whoever set them, and where.
    """

    against: str
    blocking: tuple[At, ...] = ()
    lacking: tuple[At, ...] = ()
    n_read: int = 0
    unchecked: tuple[str, ...] = ()
    loosened: tuple[str, ...] = ()

    @property
    def outcome(self) -> str:
        if self.unchecked or self.lacking:
            return UNJUDGED
        return BLOCKED if self.blocking else PASSED

    @property
    def complaints(self) -> tuple[str, ...]:
        """Why it cannot be judged."""
        missing = {at.found.stood.lack: at for at in self.lacking if at.found.stood is not None}
        why = (_REMEDIES[lack].format(at) for lack, at in missing.items() if lack is not None)
        return (*(f"cannot judge review: {one}" for one in why), *self.unchecked)


def older_state(reference: str | None) -> tuple[str, str]:
    """
    The commit, or tree, against which lines count as changed, and how people are told of it.

    Without a *reference* it is the last commit. Raises UsageError or CannotJudgeError.
    """
    here = os.path.realpath(os.curdir)
    try:
        refuse_another(here)
        if not reach.has_commit(here):
            return reach.empty_tree(here), "no commit yet"
        if reference is None:
            return "HEAD", "HEAD"
        if reach.is_ambiguous(reference, here):
            msg = f"{reference!r} is the name of several commits here; write refs/heads/…, or what else it is"
            raise UsageError(msg)
        found = reach.parted_at(reference, here)
        if found is None and reach.is_shallow(here):
            msg = (
                f"cannot judge review: where HEAD and {reference} parted is not in this clone. Run: {_FETCH}"
            )
            raise CannotJudgeError(msg)
    except git.GitError as error:
        raise UsageError(str(error)) from error
    if found is None:
        msg = f"HEAD and {reference} have no commit in common; give --diff what HEAD came from"
        raise UsageError(msg)
    return found, f"{reference} (since {found[:8]})"


def judged(report: Report, about: Subject, raw_of: Callable[[str], bytes | Unreadable]) -> Report:
    """
    *report*, whose findings are all in changed lines of what it is *about*, with what the gate says of it.

    Effect: asks the records; *raw_of* tells what a file holds.
    """
    taken = {path: one.taken for path, one in (about.changes or {}).items()}
    told = with_origins(report, raw_of, taken)
    due = [
        At(file.path, found)
        for file in told.files
        for found in file.findings
        if blocks(found.finding, told.gate_of(file.path))
    ]
    unread = [at for at in due if at.found.stood is None or at.found.stood.is_unread]
    lacking = [at for at in unread if at.found.stood is not None and at.found.stood.lack is not None]
    verdict = Verdict(
        about.against,
        tuple(at for at in unread if at not in lacking),
        tuple(lacking),
        len(due) - len(unread),
        tuple(_unchecked(told)),
        tuple(harmless(f"{held.setting.name} ({held.where})") for held in told.loosened),
    )
    return replace(told, verdict=verdict)


def named(several: tuple[At, ...]) -> str:
    """Some of *several*, and how many more there are."""
    more = f" and {len(several) - _MOST_NAMED:,} more" if len(several) > _MOST_NAMED else ""
    return ", ".join(map(str, several[:_MOST_NAMED])) + more


def _unchecked(report: Report) -> list[str]:
    """What was not checked, or not in full: it is not a pass."""
    broken = [f"{problem} (this rule was left out)" for problem in report.rules.problems]
    broken += [f"{file.path} was {file.complaint}" for file in report.failed]
    broken += [f"{file.path} was not checked in full: {note}" for file in report.files for note in file.notes]
    return [f"{harmless(one)}. This is not a pass." for one in broken]
