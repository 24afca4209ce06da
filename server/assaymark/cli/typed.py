"""
The settings that were typed: a layer like the others, made from the options that have their names.

Invariant: what was not typed sets nothing, so that files decide.
"""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from assaymark.cli.usage import UsageError
from assaymark.settings.declared import DECLARED
from assaymark.settings.decoding import from_command_line
from assaymark.settings.layer import Given
from assaymark.settings.shapes import Ground
from assaymark.settings.standing import Lookup, Standing, our_places

if TYPE_CHECKING:
    from assaymark.settings.doubting import Doubtful

# Lists whose items can be parted by commas too; a glob or a path may hold one.
_PARTED = frozenset(("select", "ignore", "defer"))


def standing_of(options: Namespace) -> Standing:
    """What holds for all files of a run. Raises UsageError for a value that is none."""
    return Standing(our_places(), (_given(options),), not options.untrusted, doubts_here)


def doubts_here(place: str, raw: bytes) -> Sequence[Doubtful]:
    """What of the settings file *place*, which holds *raw*, an agent wrote and nobody reviewed."""
    # Late: most files of settings loosen nothing.
    from assaymark.record.doubting import Doubting
    from assaymark.workspace.today import today

    return Doubting(today())(place, raw)


def rules_here(options: Namespace) -> tuple[str, ...]:
    """The further rules of the current folder: those that were typed and those that settings name."""
    here = os.path.abspath(os.curdir)  # noqa: PTH100 - paths stay strings
    found = Lookup(Standing(our_places(), (_given(options),), doubts=doubts_here), here).at(here).resolved
    if found.wrong:
        raise UsageError(str(found.wrong[0]))
    return tuple(map(str, found.settings.rules))


def _given(options: Namespace) -> Given:
    typed = {setting.name: getattr(options, setting.name.replace("-", "_"), None) for setting in DECLARED}
    values = {name: _value(name, value) for name, value in typed.items() if value is not None and value != []}
    # Paths stay as they were typed, and so messages name them.
    given = from_command_line(values, Ground(""))
    if given.wrong:
        raise UsageError(str(given.wrong[0]))
    return given


def _value(name: str, value: object) -> object:
    return _names(value) if name in _PARTED and isinstance(value, list) else value


def _names(lists: Iterable[str]) -> list[str]:
    """The names in comma-separated *lists*."""
    return [name.strip() for some in lists for name in some.split(",") if name.strip()]
