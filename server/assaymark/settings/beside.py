"""
What an editor keeps beside the code, in `.vscode/settings.json`: whose what it says is.

The editor hands over values without their place. So a setting is looked for in the file by its name; one
that is not found there was set elsewhere, by a person.

Invariant: the file decides no value, only which of those that the editor gave are in doubt.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from assaymark.dataclass import replace
from assaymark.lineage.trusting import Doubts
from assaymark.settings.declared import BY_NAME
from assaymark.settings.layer import Doubt
from assaymark.workspace.reading import Unreadable, read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assaymark.settings.layer import Given

FILE = ".vscode/settings.json"
_MOST_BYTES = 1_000_000
_STRING = rb'"(?:[^"\\\n]|\\.)*"'
_VALUE = rb"\s*:\s*(?:\[(?:[^\]\"]|" + _STRING + rb")*\]|" + _STRING + rb"|[^,\s}]*)"


def doubting_beside(given: Given, folder: str, doubts: Doubts) -> Given:
    """*given*, which an editor says of *folder*, with what of it is in doubt. Effect: reads the file."""
    place = Path(folder, FILE)
    raw = read(str(place), _MOST_BYTES) if folder and given.entries and place.is_file() else b""
    if isinstance(raw, Unreadable) or b"assaymark" not in raw:
        return given
    doubtful = tuple(doubts(str(place), raw))
    return _doubting(given, raw, doubtful) if doubtful else given


@lru_cache(maxsize=64)
def _doubting(given: Given, raw: bytes, doubtful: tuple[tuple[int, int, str], ...]) -> Given:
    # Kept: what comes of the settings is, by what layers say.
    found = {name: doubt for name in given.entries if (doubt := _doubt(name, raw, doubtful)) is not None}
    if not found:
        return given
    sure = {name: entry for name, entry in given.entries.items() if name not in found}
    return replace(given, sure=sure, doubts=_each(found))


def _each(found: Mapping[str, Doubt]) -> dict[str, tuple[Doubt, ...]]:
    return {name: (doubt,) for name, doubt in found.items()}


def _doubt(name: str, raw: bytes, doubtful: tuple[tuple[int, int, str], ...]) -> Doubt | None:
    """Whose the setting *name* is in the file *raw*, if that is in doubt."""
    spelled = re.escape(f'"assaymark.{BY_NAME[name].camel}"'.encode())
    for found in re.finditer(spelled + _VALUE, raw):
        for start, end, whose in doubtful:
            inside = raw[max(start, found.start()) : min(end, found.end())]
            is_gap = found.start() < start == end < found.end()
            if is_gap or (start < found.end() and found.start() < end and inside.strip(b" \t\r\n,")):
                return Doubt(raw.count(b"\n", 0, found.start()) + 1, whose, file=FILE)
    return None
