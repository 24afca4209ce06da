"""
What "looser" means for each kind of setting, told by its opposite: the stricter of two values.

Invariants:
    Each function is a join: the result is at least as strict as both, and giving the arguments in another
    order or twice changes nothing but the order of a list.
    It returns the later value, in the order that was written, when that is at least as strict as the one
    before; so a value is looser than another exactly when their join is not it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from assaymark.settings.values import Answers, Bandit, BeforeCommit, Hints

T = TypeVar("T")
Names = tuple[T, ...]

_ANSWERED = (Answers.off, Answers.edits, Answers.on)
_HINTED = (Hints.off, Hints.uncommitted, Hints.all)
_HELD_UP = (BeforeCommit.off, BeforeCommit.warn, BeforeCommit.block)
_ASKED = (Bandit.off, Bandit.rest, Bandit.all)


def less(before: T, after: T) -> T:
    """Less is stricter: the severity from which findings are shown."""
    return after if not before < after else before  # type: ignore[operator] # enums of a scale, and numbers


def more(before: T, after: T) -> T:
    """More is stricter: how far an analysis may go."""
    return after if not after < before else before  # type: ignore[operator] # as above


def fewer(before: Names[T], after: Names[T]) -> Names[T]:
    """Fewer are stricter: what is left out."""
    return tuple(name for name in after if name in before)


def wider(before: Names[T], after: Names[T]) -> Names[T]:
    """More are stricter, and none means all: what is chosen."""
    return (*after, *(name for name in before if name not in after)) if before and after else ()


def added(before: Names[T], after: Names[T]) -> Names[T]:
    """All of both: what only ever adds."""
    return (*after, *(name for name in before if name not in after))


def either(before: bool, after: bool) -> bool:  # noqa: FBT001 - the two values of a setting, as everywhere here
    """True is stricter: what is done more."""
    return before or after


def both(before: bool, after: bool) -> bool:  # noqa: FBT001 - as above
    """False is stricter: what is honoured."""
    return before and after


def bandit(before: Bandit, after: Bandit) -> Bandit:
    """To ask more is stricter."""
    return max(before, after, key=_ASKED.index)


def hints(before: Hints, after: Hints) -> Hints:
    """To hint at more is stricter."""
    return max(before, after, key=_HINTED.index)


def before_commit(before: BeforeCommit, after: BeforeCommit) -> BeforeCommit:
    """To stop is stricter than to warn."""
    return max(before, after, key=_HELD_UP.index)


def answers(before: Answers, after: Answers) -> Answers:
    """To say more is stricter."""
    return max(before, after, key=_ANSWERED.index)


def none(before: Path | None, after: Path | None) -> Path | None:
    """No file is stricter: what is known and hidden."""
    return after if before == after else None
