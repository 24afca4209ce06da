"""
What git's hook does before a commit: it asks of staged lines with a finding whether anybody read them.

Invariants:
    It says so when it did not check, or not all; where it is to stop commits, that stops one too.
    It ends by itself, and soon: what is not checked by then was not checked.
    Where it only tells, whatever goes wrong here stops no commit.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, TypeVar

from assaymark.cli.usage import CannotJudgeError, UsageError, fault
from assaymark.dataclass import replace

if TYPE_CHECKING:
    from assaymark.cli.gate import At, Verdict
    from assaymark.settings.standing import Standing

_Answer = TypeVar("_Answer")
SECONDS = 10.0
_NOT_CHECKED = "what is staged was not checked ({}). This is not a pass."
_ENDINGS = {
    "warn": "Committing anyway.",
    "block": "Nothing was committed; `git commit --no-verify` does all the same.",
}


class _GaveUp(BaseException):
    """The time is over; no `except Exception` on the way may swallow it."""


def before_commit() -> int:
    """The exit code. Effect: says on standard error what there is to say of what is staged."""
    here = os.path.abspath(os.curdir)  # noqa: PTH100 - paths stay strings
    if not _is_of_interest(here):
        return 0
    # Late: many a commit has no code that is checked, and need not wait.
    from assaymark.cli.gate_doubts import of_a_gate
    from assaymark.hooks.install.git_hooks import STOP
    from assaymark.settings.standing import Standing, our_places

    until = time.monotonic() + SECONDS
    standing = of_a_gate(Standing(our_places()), None)
    wanted = _wanted(standing, here, until)
    if wanted == "off":
        return 0
    said = _said(standing, until)
    if said and sys.stderr is not None:
        sys.stderr.write(f"assaymark: {' '.join((*said, _ENDINGS[wanted]))}\n")
    return STOP if said and wanted == "block" else 0


def _is_of_interest(here: str) -> bool:
    """Whether anything is staged that may be checked; where that cannot be told, it is."""
    from assaymark.repository.git import GitError, staged
    from assaymark.workspace.walking import is_of_interest

    try:
        names = {os.path.basename(blob.place) for blob in staged(os.path.realpath(here))}  # noqa: PTH119
    except GitError:
        return True
    # Without an ending the content tells what it is.
    return any("." not in name[1:] or is_of_interest(name) for name in names)


def _wanted(standing: Standing, here: str, until: float) -> str:
    """What is to be done, as the settings say and, where that can be told, said before the change."""
    from assaymark.cli.typed import doubts_here

    now = _set(replace(standing, before=None, doubts=doubts_here), here)
    if now == "block":
        return now
    try:
        return _within(until, lambda: _set(standing, here))
    except (_GaveUp, Exception):  # noqa: BLE001 - the check that comes next says why
        return now


def _set(standing: Standing, here: str) -> str:
    from assaymark.settings.standing import Lookup

    return Lookup(standing, here).at(here).settings.before_commit.value


def _said(standing: Standing, until: float) -> list[str]:
    """What there is to say; nothing where there is nothing."""
    try:
        return _within(until, lambda: _judged(standing))
    except _GaveUp:
        return [_NOT_CHECKED.format(f"gave up after {SECONDS:g} s")]
    except (UsageError, CannotJudgeError) as error:
        return [_NOT_CHECKED.format(" ".join(str(error).split()))]
    except Exception as error:
        if os.environ.get("ASSAYMARK_TRACEBACK"):
            raise
        return [_NOT_CHECKED.format(fault(error))]


def _judged(standing: Standing) -> list[str]:
    from assaymark.cli.check import Options, judged_of

    verdict = judged_of(Options((), standing, n_jobs=1, staged=True, gate=True), time.monotonic())
    return [] if verdict is None else list(_sentences(verdict))


def _sentences(verdict: Verdict) -> list[str]:
    from assaymark.cli.gate import named

    said = []
    if verdict.blocking:
        what = f"{_counted(verdict.blocking)} in staged lines nobody reviewed"
        said.append(f"{what}: {named(verdict.blocking)}.")
    return [*said, *(one if one.endswith(".") else f"{one}." for one in verdict.complaints)]


def _counted(several: tuple[At, ...]) -> str:
    """How many they are, as `1 high finding` or `3 findings (1 critical, 2 high)`."""
    from assaymark.finding import Severity

    counts = Counter(at.found.finding.severity for at in several)
    kinds = [f"{counts[one]} {one.value}" for one in reversed(Severity) if counts[one]]
    if len(kinds) == 1:
        return f"{kinds[0]} finding{'' if len(several) == 1 else 's'}"
    return f"{len(several)} findings ({', '.join(kinds)})"


def _within(until: float, work: Callable[[], _Answer]) -> _Answer:
    """What *work* says. Raises _GaveUp at *until*, where it can be interrupted (not on Windows)."""
    if not hasattr(signal, "setitimer"):
        return work()
    before = signal.signal(signal.SIGALRM, _give_up)
    # Again and again: an exception inside a finalizer would be lost.
    signal.setitimer(signal.ITIMER_REAL, max(until - time.monotonic(), 0.001), 0.2)
    try:
        return work()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _give_up(number: int, frame: FrameType | None) -> None:
    raise _GaveUp
