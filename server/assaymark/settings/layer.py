"""
Who sets something: the layers, and what one of them says.

Invariants:
    Layers are ordered by strength: where two speak of a setting, the later one is asked last.
    What a layer says is decoded; what could not be is said beside it, with its place.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import NamedTuple

from assaymark.dataclass import dataclass, field


class Layer(enum.Enum):
    """Who sets something, weakest first; the value is how messages call it."""

    default = "default"
    user = "user"
    repository = "repository"
    editor = "editor"
    folder = "editor, for the folder"
    command_line = "command line"
    managed = "managed"

    @property
    def strength(self) -> int:
        return list(type(self)).index(self)

    @property
    def comes_with_the_code(self) -> bool:
        """Whether who wrote the checked code may have written it: editors keep theirs beside it."""
        return self in {Layer.repository, Layer.folder}


@dataclass(frozen=True, slots=True)
class Entry:
    """A value that a layer gives a setting, and where: `pyproject.toml:12`, `--severity`."""

    value: object
    where: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """What a layer says and nobody understands, or what is not allowed; the message says what to write."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


class Doubt(NamedTuple):
    """
    What of an entry may not loosen anything: the *item* of a list with this number, or all of it.

    *line* is where it stands, in *file* where the entry names another, *whose* completes "a setting …".
    """

    line: int
    whose: str
    item: int | None = None
    file: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """
    What one layer says: entries by the names of settings, and what is wrong with the rest.

    Where something of it is in doubt, *sure* is what it says without that, and *doubts* tells what and why.
    *mistrusted* says why all of it may loosen nothing, where it is so.
    Equal by identity, so that what comes of it can be remembered.
    """

    layer: Layer
    entries: Mapping[str, Entry] = field(default_factory=dict)
    wrong: tuple[Wrong, ...] = ()
    sure: Mapping[str, Entry] | None = None
    doubts: Mapping[str, tuple[Doubt, ...]] = field(default_factory=dict)
    mistrusted: str = ""
