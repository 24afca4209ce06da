"""
Where bandit and its plugins may come from: the environment that Assaymark runs in.

Invariants:
    No folder of the project that is checked is on the path while bandit looks for plugins; what is
    installed in an environment that lies inside of the project, is.
    Whether there are plugins is known without importing bandit.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import assaymark

_DISTRIBUTION = re.compile(r"bandit-([\w.]+)\.dist-info")
_GROUPS = (b"[bandit.plugins]", b"[bandit.blacklists]")


def road(path: Sequence[str], projects: Sequence[str]) -> list[str]:
    """The entries of the import path *path* from which bandit may be loaded when *projects* are checked."""
    ours = os.path.realpath(Path(assaymark.__file__).parents[1])
    prefixes = tuple(os.path.realpath(prefix) for prefix in (sys.prefix, sys.base_prefix))
    roots = tuple(os.path.realpath(project) for project in projects)

    def is_allowed(entry: str) -> bool:
        place = os.path.realpath(entry)
        if place == ours or any(_is_in(place, prefix) for prefix in prefixes):
            return True
        return not any(_is_in(place, root) for root in roots)

    return [entry for entry in path if os.path.isabs(entry) and is_allowed(entry)]  # noqa: PTH117


@contextlib.contextmanager
def on_the_road(projects: Sequence[str]) -> Iterator[None]:
    """Effect: within, imports come from the `road` alone; the log of bandit, which names files, is silent."""
    # Late: the most checks do without, and importing it takes long.
    import logging

    for name in ("bandit", "stevedore"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    before = sys.path[:]
    sys.path[:] = road(before, projects)
    try:
        yield
    finally:
        sys.path[:] = before


def plugins(path: Sequence[str], projects: Sequence[str]) -> tuple[str, ...]:
    """The installed packages, by name and version, that have tests for bandit beside its own."""
    return _plugins(tuple(road(path, projects)))


def bandit_version(path: Sequence[str], projects: Sequence[str]) -> str:
    """The version of the bandit that is installed, as its metadata say; nothing when they do not."""
    return _bandit_version(tuple(road(path, projects)))


@lru_cache(maxsize=8)
def _bandit_version(entries: tuple[str, ...]) -> str:
    names = (name for entry in entries for name in _listed(entry))
    found = (_DISTRIBUTION.fullmatch(name) for name in names)
    return next((match[1] for match in found if match), "")


@lru_cache(maxsize=8)
def _plugins(entries: tuple[str, ...]) -> tuple[str, ...]:
    found: list[str] = []
    for entry in entries:
        for folder in _listed(entry):
            name, _, kind = folder.rpartition(".")
            if kind in {"dist-info", "egg-info"} and not name.lower().startswith("bandit-"):
                place = Path(entry, folder, "entry_points.txt")
                with contextlib.suppress(OSError):
                    content = place.read_bytes()
                    if any(group in content for group in _GROUPS):
                        found.append(f"{name} {place.stat().st_mtime_ns}")
    return tuple(sorted(set(found)))


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 - names are all that is wanted
    except OSError:
        return []


def _is_in(place: str, folder: str) -> bool:
    return place == folder or place.startswith(folder.rstrip(os.sep) + os.sep)
