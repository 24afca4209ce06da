"""
Hooks that were installed and are gone: from then on nobody hears of what their tool writes.

Invariants:
    It is written once: again only after they were installed anew.
    What is written names tools and no place of this machine.
    Nothing is made or changed beside the ledger; what cannot be read counts as being there.
"""
# Paths stay strings, as everywhere that they are compared with what others wrote.
# ruff: noqa: PTH111, PTH118, PTH123

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

from assaymark.ledger.events import Gap, stamp
from assaymark.repository.place import Place, state_folder

if TYPE_CHECKING:
    from assaymark.ledger.store import Ledger

# Where it is remembered which files hooks were installed in: a folder of the user's state, and a file there.
FOLDER, FILE = "hooks", "installed.json"
VERSION = 1
GIT = "git"


def gone(place: Place) -> dict[str, str]:
    """The tools whose hooks were installed for what stands at *place* and are gone, and from which file."""
    return {tool: file for file, tool in _installed(_file(), place) if not _is_in(file, tool)}


def reason(tool: str) -> str:
    """Why nothing is recorded of *tool*."""
    return f"the hooks of {tool} are gone: nothing is heard of what it writes"


def noted(ledger: Ledger, by: str, place: Place) -> None:
    """
    Effect: *ledger* says whose hooks are gone, if it does not yet. Raises OSError, Unavailable.

    *by* is the program that noticed.
    """
    reasons = [reason(tool) for tool in gone(place)]
    if not reasons:
        return
    known = {event.reason for event in ledger.gaps(since=_last_installed())}
    gaps = [Gap(*stamp(by), one) for one in reasons if one not in known]
    if gaps:
        ledger.record(gaps)


def _file() -> str:
    state = state_folder(os.environ, os.path.expanduser("~"), sys.platform)
    return os.path.join(state, FOLDER, FILE)


def _last_installed() -> int:
    try:
        return int(os.stat(_file()).st_mtime)  # noqa: PTH116
    except OSError:
        return 0


def _installed(file: str, place: Place) -> list[tuple[str, str]]:
    """The files that hooks were put into, and of which tool: the user's, and those of *place*."""
    try:
        with open(file, "rb") as opened:
            plain = json.load(opened)
        found = [(str(entry["place"]), str(entry["tool"]), entry["scope"]) for entry in plain["files"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    tops = tuple(top + os.sep for top in (place.top, place.common) if top)
    return [
        (put, tool) for put, tool, scope in found if put.startswith(tops) or (scope == "user" and tool != GIT)
    ]


def _is_in(file: str, tool: str) -> bool:
    try:
        with open(file, "rb") as opened:
            # In the scripts of git's hooks there may be another program than ours alone.
            return (b"assaymark" if tool == GIT else f"assaymark hook {tool}".encode()) in opened.read()
    except FileNotFoundError:
        return False
    except OSError:
        return True
