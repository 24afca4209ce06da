"""
What git is in the middle of, and what its own log says happened: read from files of the git directory.

Invariants:
    No process is started, nothing is written, and a file that is absent or odd says nothing.
"""
# Paths stay strings: a commit waits for this.
# ruff: noqa: PTH112, PTH113, PTH118, PTH123

from __future__ import annotations

import os

from assaymark.repository.objects import ids_among, is_id
from assaymark.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST = 64 << 10
# How far back a reset still belongs to the commit that is being made.
_STEPS = 20
_SQUASHED = "Squashed commit of the following:"
_SQUASHED_COMMIT = ("commit ", "")
_PICKED = ("(cherry picked from commit ", ")")
_REVERTED = ("This reverts commit ", "")
_DIGITS = "0123456789abcdef"


class Step(NamedTuple):
    """HEAD went from commit *old* to commit *new*, *why* as git puts it, at a *moment* (seconds)."""

    old: str
    new: str
    why: str
    moment: int = 0


def git_folder(top: str) -> str:
    """The git directory of the work tree *top*: not the one that all work trees share."""
    given = os.environ.get("GIT_DIR")
    if given:
        return os.path.join(top, given)
    place = os.path.join(top, ".git")
    if os.path.isfile(place):
        said = _text(place).strip()
        return os.path.join(top, said.removeprefix("gitdir:").strip())
    return place if os.path.isdir(place) else top


def is_rebasing(folder: str) -> bool:
    """Whether a rebase is under way, so that commits are made which may not stay."""
    # `git am` has the second folder too, without that file.
    places = (os.path.join(folder, "rebase-merge"), os.path.join(folder, "rebase-apply", "rebasing"))
    return any(map(os.path.exists, places))


def onto(folder: str) -> str | None:
    """The commit that the rebase under way puts commits onto."""
    for name in ("rebase-merge", "rebase-apply"):
        said = _text(os.path.join(folder, name, "onto")).strip()
        if is_id(said):
            return said
    return None


def steps(folder: str) -> list[Step]:
    """Where HEAD went, the last step first; not all of a long history."""
    try:
        with open(os.path.join(folder, "logs", "HEAD"), "rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - _MOST))
            lines = file.read(_MOST).decode("utf-8", "replace").split("\n")
    except OSError:
        return []
    # <old> <new> <name> <e-mail> <time> <zone>\t<why>
    rows = (line.partition("\t") for line in reversed(lines))
    found = ((facts.split(" ", 2), why) for facts, tab, why in rows if tab)
    return [
        Step(facts[0], facts[1], why, _moment(facts[2]))
        for facts, why in found
        if is_id(facts[0]) and len(facts) > 2
    ]


def _moment(facts: str) -> int:
    said = facts.split(" ")[-2:][0]
    return int(said) if said.isdecimal() else 0


def left_behind(several: list[Step], parents: Iterable[str]) -> list[str]:
    """The commits that a reset took back before the one that *several* end with, which has *parents*."""
    reached, found = set(parents), []
    for step in several[1:_STEPS]:
        if step.new not in reached:
            break
        is_reset = step.why.startswith("reset: ")
        if is_reset:
            found.append(step.old)
        elif found:
            break
        reached.add(step.old)
    return found


def picked(folder: str, message: str) -> list[str]:
    """The commits that the one with this *message* was picked or squashed from, the oldest first."""
    head = _text(os.path.join(folder, "CHERRY_PICK_HEAD")).strip()
    return ids_among([*said_of(message), head])


def said_of(message: str) -> list[str]:
    """The commits that *message* says its own was picked or squashed from, the oldest first."""
    squashed = _between(message, *_SQUASHED_COMMIT)[::-1] if _SQUASHED in message else []
    return ids_among([*squashed, *_between(message, *_PICKED)])


def reverted(message: str) -> list[str]:
    """The commits that the one with this *message* takes back."""
    named = _between(message, *_REVERTED)
    return ids_among(rest[: len(rest) - len(rest.lstrip(_DIGITS))] for rest in named)


def squashed(folder: str) -> list[str]:
    """The commits of which a `merge --squash` has just made one change, the oldest first."""
    return ids_among(_between(_text(os.path.join(folder, "SQUASH_MSG")), *_SQUASHED_COMMIT)[::-1])


def _between(message: str, before: str, after: str) -> list[str]:
    """What the lines say that begin with *before* and end with *after*."""
    return [
        line[len(before) : len(line) - len(after)]
        for line in message.split("\n")
        if line.startswith(before) and line.endswith(after)
    ]


def _text(place: str) -> str:
    try:
        with open(place, encoding="utf-8", errors="replace") as file:
            return file.read(_MOST)
    except OSError:
        return ""
