"""
Which settings the change of a settings file makes looser.

Invariant: looser is what `stricter`, the join that each setting declares, says of the two values alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

from assaymark.settings.declared import DECLARED
from assaymark.settings.files import given_in
from assaymark.settings.places import is_settings_file
from assaymark.settings.resolving import Held, resolved


class Loosening(NamedTuple):
    """What a change makes looser, as `ignore: names more than before (now eval-code)`, and its line now."""

    text: str
    line: int | None


def loosened(path: str, before: bytes, after: bytes) -> Iterator[Loosening]:
    """What the file at *path* loosens now that it did not *before*; on no line where something is gone."""
    if not is_settings_file(path):
        return
    old, new = (_held(path, content) for content in (before, after))
    for setting in DECLARED:
        was, now = old[setting.name].value, new[setting.name].value
        if was != now and setting.stricter(was, now) != now:
            line = new[setting.name].where.rpartition(":")[2]
            text = f"{setting.name}: {setting.looser} than before (now {_spelled(now)})"
            yield Loosening(text, int(line) if line else None)


def _held(path: str, content: bytes) -> dict[str, Held]:
    given = given_in(content, os.path.abspath(path))  # noqa: PTH100 - paths stay strings
    return {held.setting.name: held for held in resolved(() if given is None else (given,)).held}


def _spelled(value: object) -> str:
    if isinstance(value, (tuple, frozenset)):
        return ", ".join(map(str, value)) or "nothing"
    return str(getattr(value, "value", value))
