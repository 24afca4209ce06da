"""
Where settings are written down: the managed file, the user's, and the repository's for a folder.

Invariants:
    The managed file's place is fixed where only an administrator writes; no variable moves it on Unix.
    A repository's settings lie within it: nothing is looked for above its top.
"""
# Paths stay strings: this is asked of every folder of a run.
# ruff: noqa: PTH118, PTH120

from __future__ import annotations

import os
from collections.abc import Mapping

from assaymark.dataclass import dataclass

OWN = "assaymark.toml"
SHARED = "pyproject.toml"


@dataclass(frozen=True, slots=True)
class Places:
    """The files that hold for everything that a user checks."""

    managed: str
    user: str


def places(environ: Mapping[str, str], home: str, platform: str) -> Places:
    """The files by the platform's custom, whether they are there or not."""
    if platform == "win32":
        managed = os.path.join(environ.get("PROGRAMDATA") or r"C:\ProgramData", "assaymark", OWN)
    elif platform == "darwin":
        managed = f"/Library/Application Support/assaymark/{OWN}"
    else:
        managed = f"/etc/{OWN}"
    return Places(managed, os.path.join(_config_folder(environ, home, platform), "assaymark", OWN))


def _config_folder(environ: Mapping[str, str], home: str, platform: str) -> str:
    given = environ.get("APPDATA" if platform == "win32" else "XDG_CONFIG_HOME", "")
    # XDG: a relative path counts as unset, and would lie in whatever is checked.
    if os.path.isabs(given):  # noqa: PTH117 - as above
        return given
    if platform == "darwin":
        return os.path.join(home, "Library", "Application Support")
    return os.path.join(home, ".config")


def top_of(folder: str, within: str) -> str:
    """
    Where the search for the settings of *folder* ends, which is in no repository: at *within*, or at once.

    *within* is where somebody started: the current folder, or one that an editor has open.
    """
    return within if folder == within or folder.startswith(within.rstrip(os.sep) + os.sep) else folder


def candidates(folder: str) -> tuple[str, str]:
    """The files of *folder* that may hold a repository's settings; the first that does counts."""
    return os.path.join(folder, OWN), os.path.join(folder, SHARED)


def is_settings_file(place: str) -> bool:
    """Whether *place* has the name of a file that may hold settings."""
    return os.path.basename(place) in {OWN, SHARED}  # noqa: PTH119 - as above


def upwards(folder: str, top: str) -> list[str]:
    """*folder* and those above it up to *top*, which holds it; innermost first."""
    folders = [folder]
    while folders[-1] != top:
        above = os.path.dirname(folders[-1])
        if above == folders[-1]:
            break
        folders.append(above)
    return folders
