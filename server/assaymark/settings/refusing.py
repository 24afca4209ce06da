"""
What is said of entries of a baseline, lines of ignore files, and files of settings that are not honoured.

Invariant: of many the first are named, and the others counted.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from assaymark.settings.declared import BY_NAME
from assaymark.settings.layer import Layer
from assaymark.settings.resolving import Refused

if TYPE_CHECKING:
    from assaymark.settings.layer import Given
    from assaymark.workspace.baseline import Doubted
    from assaymark.workspace.ignoring import DoubtedIgnore

_NAMED = 3


def not_honoured(place: str, doubted: Sequence[Doubted]) -> Iterator[Refused]:
    """What is said of the entries *doubted* of the baseline *place*."""
    for number, one in enumerate(doubted[:_NAMED], 1):
        n_more = max(len(doubted) - _NAMED, 0) if number == _NAMED else 0
        what = f"{one.rule} in {one.path} is hidden by an entry"
        yield _refused("baseline", f"{_shown(place)}:{one.line}", what, one.whose, n_more)


def not_ignored(doubted: Sequence[DoubtedIgnore]) -> Iterator[Refused]:
    """What is said of the lines *doubted* of ignore files."""
    for number, one in enumerate(doubted[:_NAMED], 1):
        n_more = max(len(doubted) - _NAMED, 0) if number == _NAMED else 0
        what = f"{_shown(one.place)} is left out by a line"
        yield _refused("exclude", f"{_shown(one.file)}:{one.line}", what, one.whose, n_more)


def not_replaced(kept: Given, file: str, whose: str) -> Iterator[Refused]:
    """What is said where the settings *kept* hold on, whose place those of *file* would take."""
    where = _shown(file)
    for name, entry in kept.entries.items():
        why = f"settings beside or around it hold on: part of it is a setting {whose}"
        said = (
            f"{where}: `{name}` holds on as {entry.where} has it, beside settings {whose}"
            f" (once read: assaymark reviewed {where})"
        )
        yield Refused(BY_NAME[name], Layer.repository, where, why, said)


def _refused(setting: str, where: str, what: str, whose: str, n_more: int) -> Refused:
    more = f" ({n_more} more of them)" if n_more else ""
    remedy = f"it is not honoured{more} (once read: assaymark reviewed {where})"
    why = f"it is one {whose}"
    said = f"{where}: {what} {whose}; {remedy}"
    return Refused(BY_NAME[setting], Layer.repository, where, why, said)


def _shown(place: str) -> str:
    return os.path.relpath(place).replace(os.sep, "/")
