"""
What the settings of a folder were before a change, as far as that was stricter than what holds by itself.

A line that is gone has no author, so nobody can tell who loosened a setting by taking it away. A gate goes on
as it was then; what comes after the change finds the new settings in force.

Invariant: nothing here loosens anything.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from assaymark.dataclass import replace
from assaymark.settings.declared import BY_NAME
from assaymark.settings.files import given_in
from assaymark.settings.layer import Entry, Given, Layer
from assaymark.settings.places import candidates


def was_stricter(folder: str, before: Callable[[str], bytes | None]) -> Given | None:
    """What the settings of *folder* were, as *before* tells what their files held; None without any."""
    for place in candidates(folder):
        raw = before(place)
        was = None if raw is None else given_in(raw, place)
        if was is not None:
            return stricter_part(was)
    return None


def stricter_part(given: Given) -> Given:
    """What *given* says as far as that is stricter than what holds by itself."""
    kept = {name: entry for name, entry in given.entries.items() if _is_stricter(name, entry)}
    return Given(Layer.repository, kept)


def unsettled(was: Given, now: Given) -> Given:
    """What of *was* nobody is known to have changed: it is gone in *now*, or what stands there is doubted."""
    kept = {name: one for name, one in was.entries.items() if name not in now.entries or name in now.doubts}
    return replace(was, entries=kept)


def _is_stricter(name: str, entry: Entry) -> bool:
    setting = BY_NAME[name]
    if setting.adds:
        # Rules that are gone too cannot be asked.
        return isinstance(entry.value, tuple) and all(map(os.path.exists, entry.value))
    return entry.value != setting.default and setting.stricter(setting.default, entry.value) == entry.value
