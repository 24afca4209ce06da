"""
The path by which rules know a file: from the top of its repository.

Invariants:
    It does not depend on the folder that a check was started in, or that an editor has open, so that a
    rule's `paths` say the same everywhere. Only a file in no repository is known as it is named.
"""

# Paths stay strings here: this is asked of every file of a run.
# ruff: noqa: PTH100, PTH118, PTH120

from __future__ import annotations

import os
from functools import lru_cache

# How the name of a notebook ends, which says itself which language its cells are in.
NOTEBOOK = ".ipynb"


def is_notebook(path: str) -> bool:
    """Whether *path* is called as a notebook is."""
    return path[-len(NOTEBOOK) :].lower() == NOTEBOOK


def repository_of(folder: str) -> str | None:
    """The nearest folder, *folder* or above it, that holds a `.git`."""
    while not os.path.lexists(os.path.join(folder, ".git")):
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
    return folder


# A run asks for the files of a folder one after the other.
_known_repository_of = lru_cache(maxsize=4096)(repository_of)


def rule_path(named: str) -> str:
    """The path by which rules know the file *named* by a path of its own or from the current folder."""
    place = os.path.abspath(named)
    return _within(_known_repository_of(os.path.dirname(place)), place) or named


def path_in_repository(place: str) -> str | None:
    """The path of *place*, which is absolute, from the top of its repository as it is now."""
    return _within(repository_of(os.path.dirname(place)), place)


def _within(top: str | None, place: str) -> str | None:
    return None if top is None else os.path.relpath(place, top).replace(os.sep, "/")
