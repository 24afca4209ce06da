"""
Rules of a repository, some of which an agent wrote or changed and nobody has reviewed.

Invariants:
    A rule file that was changed counts as it was before, in the newest commit where none of it is in doubt.
    One that there was not before is asked, since it only adds; but it speaks for no other rule, so it hides
    nothing.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from assaymark.dataclass import dataclass
from assaymark.repository import git, objects
from assaymark.repository.place import Place, place_of
from assaymark.rules.loading import load
from assaymark.rules.pages import rule_files
from assaymark.settings.declared import BY_NAME
from assaymark.settings.layer import Layer
from assaymark.settings.resolving import Refused
from assaymark.workspace.reading import Unreadable, read

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from assaymark.lineage.trusting import Doubts
    from assaymark.rules.ruleset import RuleSet

_LARGEST = 1_000_000
_MOST_COMMITS = 50


@dataclass(frozen=True, slots=True)
class Loaded:
    """The rules, and what of them is not as their files say, for people."""

    rules: RuleSet
    refused: tuple[Refused, ...] = ()


def loaded(extra: Sequence[Path], doubts: Doubts) -> Loaded:
    """
    The bundled rules and those in *extra*, files or folders, without what there are *doubts* of.

    Effect: reads them, as `load`. Raises RulesNotFoundError.
    """
    found = [one for place in extra for file in rule_files(place) if (one := _doubted(str(file), doubts))]
    if not found:
        return Loaded(load(extra))
    instead = {one.file: one.before for one in found}
    return Loaded(load(extra, instead=instead), tuple(map(_said, found)))


@dataclass(frozen=True, slots=True)
class _Doubted:
    """A rule file in doubt from *line* on, whose that is, and what it was before, at which commit."""

    file: str
    line: int
    whose: str
    before: str | None = None
    commit: str = ""


def _doubted(file: str, doubts: Doubts) -> _Doubted | None:
    raw = read(file, _LARGEST)
    if isinstance(raw, Unreadable):
        return None
    start, _, whose = next(iter(doubts(file, raw)), (0, 0, ""))
    if not whose:
        return None
    line = raw.count(b"\n", 0, start) + 1
    commit, before = _before(place_of(file), file, doubts)
    return _Doubted(file, line, whose, before, commit)


def _before(where: Place, file: str, doubts: Doubts) -> tuple[str, str | None]:
    """The newest commit in which nothing of *file* is in doubt, and what it holds there; None without one."""
    path = where.path or ""
    try:
        listed = git.run(
            ("rev-list", f"--max-count={_MOST_COMMITS}", "HEAD", "--", f":(top,literal){path}"), where.top
        )
        commits = listed.decode("ascii", "replace").split()
        texts = objects.texts([f"{commit}:{path}" for commit in commits], where.top, _LARGEST)
    except git.GitError:
        return "", None
    for commit, text in zip(commits, texts, strict=True):
        if text is not None and not doubts(file, text):
            return commit, text.decode("utf-8", "replace")
    return "", None


def _said(one: _Doubted) -> Refused:
    where = f"{os.path.relpath(one.file).replace(os.sep, '/')}:{one.line}"
    what = f"it counts as in commit {one.commit[:8]}" if one.commit else "its rules speak for no others"
    said = f"{where}: a rule stands here {one.whose}; {what} (once read: assaymark reviewed {where})"
    return Refused(BY_NAME["rules"], Layer.repository, where, f"it is one {one.whose}", said)
