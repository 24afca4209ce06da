"""
Which settings the change of a settings file makes looser.

Invariant: looser is what `stricter`, the join that each setting declares, says of the two values alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from assaymark.settings.declared import DECLARED
from assaymark.settings.files import given_in
from assaymark.settings.places import is_settings_file
from assaymark.settings.resolving import resolved


def loosened(path: str, before: bytes, after: bytes) -> Iterator[str]:
    """What the file at *path* loosens now that it did not *before*: `ignore: names more (now: eval-code)`."""
    if not is_settings_file(path):
        return
    old, new = (_values(path, content) for content in (before, after))
    for setting in DECLARED:
        was, now = old[setting.name], new[setting.name]
        if was != now and setting.stricter(was, now) != now:
            yield f"{setting.name}: {setting.looser} than before (now {_spelled(now)})"


def _values(path: str, content: bytes) -> dict[str, object]:
    given = given_in(content, os.path.abspath(path))  # noqa: PTH100 - paths stay strings
    layers = () if given is None else (given,)
    return {held.setting.name: held.value for held in resolved(layers).held}


def _spelled(value: object) -> str:
    if isinstance(value, (tuple, frozenset)):
        return ", ".join(map(str, value)) or "nothing"
    return str(getattr(value, "value", value))
