"""
On what terms a hook checks a file: those of `assaymark check`, read with less where no file sets anything.

Invariants:
    A settings file that may say something is never passed over; only files without our name are.
    Rules that a repository brings along are not asked: their words would reach the agent.
    Nothing is compiled while an agent waits, but by another process.
"""
# Paths stay strings: a hook waits for this.
# ruff: noqa: PTH111, PTH118, PTH120, PTH123

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

from assaymark.analysis.snapshot import Limits
from assaymark.finding import Level
from assaymark.rules.ready import Some, ready
from assaymark.settings.places import OWN, candidates, places, upwards
from assaymark.suppress.markers import MARKERS
from assaymark.syntax.words import words_of
from assaymark.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from assaymark.finding import Finding
    from assaymark.repository.place import Place
    from assaymark.rules.ruleset import RuleSet

_WORD = b"assaymark"
_MOST = 1 << 20
_PAUSE = 0.02
ON, EDITS, OFF = "on", "edits", "off"
_COMPILE = (
    "import sys; n = int(sys.argv[1]) + 2; sys.path[:] = sys.argv[2:n]; from pathlib import Path;"
    "from assaymark.rules.loading import load; load([Path(one) for one in sys.argv[n:]])"
)


class NoTermsError(Exception):
    """There is no saying on what terms a file is checked; the text is the reason, and holds nothing of it."""


class Terms(NamedTuple):
    """
    What a file is checked with.

    *foreign*: the comments of other tools silence. *answer* says when an agent hears of it. Of what is found
    *shown* leaves what would be shown, given all that there is in the file, in its order.
    """

    rules: RuleSet
    limits: Limits
    foreign: bool
    answer: str
    shown: Callable[[Sequence[Finding]], list[Finding]]
    needs_all: bool = False


def terms_of(place: Place, until: float, text: bytes | None = None) -> Terms | None:
    """
    What the file at *place* is checked with; None where it is not to be.

    With *text* the rules are those that may say something of it.

    Effect: may start a process that compiles rules, and waits for it *until* then (`time.monotonic`). Raises
    NoTermsError.
    """
    file = os.path.join(place.top, place.path or "")
    if not _may_be_set(file, place.top):
        rules = _compiled((), until, _some(text, Level.default)).up_to(Level.default)
        return Terms(rules, Limits(), True, ON, list)
    from assaymark.hooks.checking.set_terms import settings_of, shown_by

    found = settings_of(file, place.top)
    if found is None:
        return None
    settings, extra, top = found
    if settings.agent_answer.value == OFF:
        return None
    compiled = _compiled(extra, until, _some(text, settings.level))
    chosen = compiled.selected(settings.select, settings.ignore).up_to(settings.level)
    return Terms(
        chosen,
        settings.limits,
        settings.foreign_comments,
        settings.agent_answer.value,
        shown_by(settings, file, top, chosen),
        needs_all=settings.baseline is not None,
    )


def _some(text: bytes | None, level: Level) -> Some | None:
    """The rules that may say something of *text* at *level*."""
    if text is None:
        return None
    words = words_of(text)
    # Which rule a comment names in vain is said from `strict` on.
    is_enough = level is Level.default or MARKERS.isdisjoint(words)
    return Some(level, words if is_enough else None)


def _may_be_set(file: str, top: str) -> bool:
    """Whether any file may set something for *file*, in the work tree at *top*."""
    everywhere = places(os.environ, os.path.expanduser("~"), sys.platform)
    if os.path.lexists(everywhere.user) or os.path.lexists(everywhere.managed):
        return True
    folders = upwards(os.path.dirname(file), top)
    return any(_says_something(one) for folder in folders for one in candidates(folder))


def _says_something(file: str) -> bool:
    try:
        with open(file, "rb") as opened:
            return os.path.basename(file) == OWN or _WORD in opened.read(_MOST)  # noqa: PTH119
    except FileNotFoundError:
        return False
    except OSError:
        # What cannot be read is said by who reads settings.
        return True


def _compiled(extra: tuple[Path, ...], until: float, some: Some | None) -> RuleSet:
    """The rules, ours and those in *extra*. Raises NoTermsError when nobody has compiled them by then."""
    rules = ready(extra, some)
    if rules is None:
        _compile_beside(extra)
        while rules is None and time.monotonic() < until:
            time.sleep(_PAUSE)
            rules = ready(extra, some)
    if rules is None:
        msg = "its rules are still being compiled"
        raise NoTermsError(msg)
    return rules


def _compile_beside(extra: tuple[Path, ...]) -> None:
    """Effect: starts a process that compiles them, and that outlives this one."""
    # Late: once for each version of the rules.
    import subprocess

    path = tuple(filter(os.path.isabs, sys.path))
    subprocess.Popen(
        (sys.executable, "-I", "-c", _COMPILE, str(len(path)), *path, *map(str, extra)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
