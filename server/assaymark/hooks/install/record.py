"""
What is remembered of files that hooks were installed in: in the user's state folder, never in a repository.

Invariants:
    It holds what we put in and where, and nothing of what others wrote.
    What cannot be read counts as nothing remembered: then our entries are known by their commands.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assaymark.hooks.install.change import Record
from assaymark.hooks.install.insertion import Insertion
from assaymark.hooks.install.tool import Scope
from assaymark.record.absence import FILE, VERSION
from assaymark.workspace.writing import replace


def records(folder: str) -> dict[str, Record]:
    """What is remembered in the state folder *folder*, by place."""
    try:
        plain = json.loads(Path(folder, FILE).read_bytes())
        entries = plain["files"] if plain["version"] == VERSION else []
        return {entry["place"]: _record(entry) for entry in entries}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def remember(folder: str, known: Mapping[str, Record]) -> None:
    """
    Effect: writes what is to be remembered into the state folder, which only its user can read.

    Where that is nothing, the file goes, and the folders that were made for it. Raises OSError.
    """
    file = Path(folder, FILE)
    folders = _folders(file) or missing_folders(str(file))
    if not known:
        file.unlink(missing_ok=True)
        for made in reversed(folders):
            remove_if_empty(made)
        return
    Path(folder).mkdir(parents=True, exist_ok=True, mode=0o700)
    entries = [_plain(known[place]) for place in sorted(known)]
    text = json.dumps({"version": VERSION, "folders": folders, "files": entries}, indent=1)
    if not file.exists():
        os.close(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600))
    replace(str(file), text.encode())


def missing_folders(place: str) -> tuple[str, ...]:
    """The folders above *place* that are not there, outermost first."""
    return tuple(str(folder) for folder in reversed(Path(place).parents) if not folder.exists())


def remove_if_empty(folder: str) -> None:
    """Effect: removes *folder*, if nothing is in it."""
    with contextlib.suppress(OSError):
        Path(folder).rmdir()


def _folders(file: Path) -> tuple[str, ...]:
    """The folders that were made for *file*, as it says itself."""
    try:
        return tuple(map(str, json.loads(file.read_bytes())["folders"]))
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def _plain(record: Record) -> dict[str, Any]:
    return {
        "place": record.place,
        "tool": record.tool,
        "scope": record.scope.value,
        "existed": record.existed,
        "insertions": [[at, text] for at, text in record.insertions],
        "made": [list(path) for path in record.made],
        "folders": list(record.folders),
        "kept": record.kept,
    }


def _record(entry: Mapping[str, Any]) -> Record:
    return Record(
        place=str(entry["place"]),
        tool=str(entry["tool"]),
        scope=Scope(entry["scope"]),
        existed=bool(entry["existed"]),
        insertions=tuple(Insertion(int(at), str(text)) for at, text in entry["insertions"]),
        made=tuple(tuple(map(str, path)) for path in entry["made"]),
        folders=tuple(map(str, entry["folders"])),
        kept=str(entry["kept"]),
    )
