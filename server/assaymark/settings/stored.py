"""
Settings as JSON values, for a process that is told what to do.

Invariant: `from_plain` gives what `to_plain` was given.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from pathlib import PurePath

from assaymark.choices import Choice
from assaymark.settings.declared import DECLARED
from assaymark.settings.resolving import settings_of
from assaymark.settings.shapes import Ground
from assaymark.settings.values import Settings


def to_plain(settings: Settings) -> dict[str, object]:
    """*settings* by their names, as JSON has values; those that hold nothing are left out."""
    plain = {setting.name: plain_value(setting.value_in(settings)) for setting in DECLARED}
    return {name: value for name, value in plain.items() if value is not None}


def from_plain(plain: Mapping[str, object]) -> Settings:
    """The settings that were made plain."""
    # They were decoded once: paths are what they are, globs start at the top.
    ground = Ground("")
    return settings_of(
        {
            setting.name: setting.shape(plain[setting.name], ground)
            if setting.name in plain
            else setting.default
            for setting in DECLARED
        }
    )


def plain_value(value: object) -> object:
    """*value* as files write it."""
    if isinstance(value, (Enum, Choice)):
        return value.value
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, tuple):
        return [plain_value(item) for item in value]
    return value
