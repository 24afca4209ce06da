"""
Whether anything is recorded where findings are, so that it is worth asking who wrote the lines.

Invariant: no process is started and no database opened: a check where nothing is recorded does not wait.
"""
# Paths stay strings: every check with findings asks this.
# ruff: noqa: PTH100, PTH110, PTH112, PTH118, PTH120, PTH123

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from assaymark.repository.place import place_of

if TYPE_CHECKING:
    from assaymark.cli.report import Report

# So many files with findings are looked up without being asked for: each costs a few processes of git.
MOST_UNASKED = 16
_NOTES = ("ai", "assaymark")


def is_worth_asking(report: Report) -> bool:
    """Whether something is recorded where the findings of *report* are, and few enough files have some."""
    paths = [file.path for file in report.files if file.findings]
    if not 0 < len(paths) <= MOST_UNASKED:
        return False
    return any(map(_has_records, {os.path.dirname(os.path.abspath(path)) for path in paths}))


def _has_records(folder: str) -> bool:
    place = place_of(folder)
    return os.path.isdir(place.store) or (place.common is not None and _has_notes(place.common))


def _has_notes(common: str) -> bool:
    """Whether the git directory *common* has a ref of notes in its files."""
    if any(os.path.exists(os.path.join(common, "refs", "notes", name)) for name in _NOTES):
        return True
    try:
        with open(os.path.join(common, "packed-refs"), "rb") as packed:
            said = packed.read()
    except OSError:
        return False
    return any(f" refs/notes/{name}\n".encode() in said for name in _NOTES)
