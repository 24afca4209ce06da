"""
Other tools' settings files, read.

Invariant: what is not there, not readable or not understood enables nothing, so it hides nothing.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache

from assaymark.workspace.ignoring import with_separator
from assaymark.workspace.reading import Unreadable, read

_MOST_BYTES = 1_000_000


def table(place: str, *names: str) -> Mapping[str, object] | None:
    """The table called *names* in the TOML file *place*; None when there is none."""
    content = text(place)
    if content is None or (names and names[-1] not in content):
        return None
    found: object = _parsed(content)
    for name in names:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else None


def text(place: str) -> str | None:
    """The text of the file *place*."""
    if not os.path.lexists(place):
        return None
    raw = read(place, _MOST_BYTES)
    return None if isinstance(raw, Unreadable) else raw.decode("utf-8", "replace")


def texts(value: object) -> tuple[str, ...]:
    """The strings in a list that somebody else's file holds."""
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def is_inside(place: str, top: str) -> bool:
    """Whether *place*, its links followed, lies in *top*."""
    return os.path.realpath(place).startswith(with_separator(os.path.realpath(top)))


@lru_cache(maxsize=32)
def _parsed(content: str) -> Mapping[str, object]:
    # Late: only who defers to a tool reads its files.
    import tomllib

    try:
        return tomllib.loads(content)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}
