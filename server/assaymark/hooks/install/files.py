"""
Changes carried out on the disk: files replaced whole, scripts set aside and put back, folders made and
removed again.

Invariants:
    What is needed to come back is remembered before a file is changed.
    A folder is removed only if it was made for the file, and is empty.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from assaymark.dataclass import replace as changed
from assaymark.hooks.install.change import Change, Record
from assaymark.hooks.install.git_hooks import KEPT
from assaymark.hooks.install.record import missing_folders, remember, remove_if_empty
from assaymark.workspace.writing import replace

_EXECUTABLE = stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH
_LARGEST = 10_000_000


def content(place: str) -> bytes | None:
    """What the file at *place* holds; None if there is none. Raises OSError."""
    try:
        with Path(place).open("rb") as file:
            if os.fstat(file.fileno()).st_size > _LARGEST:
                msg = "it is larger than any settings"
                raise OSError(msg)
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None


def install(change: Change, known: Mapping[str, Record], state: str) -> dict[str, Record]:
    """What is known after *change* was made. Effect: makes it. Raises OSError."""
    record, after = change.record, change.after
    if record is None or after is None:
        return uninstall(change, known, state)
    before = known.get(change.place)
    missing = () if before is not None else missing_folders(change.place)
    record = changed(record, folders=record.folders or missing)
    now = {**known, change.place: record}
    remember(state, now)
    if record.kept and not os.path.lexists(record.kept):
        _set_aside(change.place, record.kept)
    Path(change.place).parent.mkdir(parents=True, exist_ok=True)
    replace(change.place, after)
    if change.executable:
        _make_executable(Path(change.place))
    return now


def uninstall(change: Change, known: Mapping[str, Record], state: str) -> dict[str, Record]:
    """The same without what is remembered of *change*'s file. Effect: makes the change. Raises OSError."""
    record = known.get(change.place)
    if change.before is not None and change.after is None:
        Path(change.place).unlink()
    elif change.after is not None and change.after != change.before:
        replace(change.place, change.after)
    if change.before is not None and change.after is None:
        _put_back(change.place, kept_beside(change.place))
    if record is None:
        return dict(known)
    for folder in reversed(record.folders):
        remove_if_empty(folder)
    now = {place: other for place, other in known.items() if place != change.place}
    now |= _inherited(tuple(folder for folder in record.folders if Path(folder).exists()), now)
    remember(state, now)
    return now


def _inherited(folders: tuple[str, ...], known: Mapping[str, Record]) -> dict[str, Record]:
    """The record of another file in *folders*, with which they go, if there is one."""
    for place, record in known.items():
        if folders and not record.folders and place.startswith(folders[-1] + os.sep):
            return {place: changed(record, folders=folders)}
    return {}


def kept_beside(place: str) -> str:
    """Where the script is kept that the one at *place* calls."""
    file = Path(place)
    return str(file.parent / KEPT / file.name)


def _set_aside(place: str, kept: str) -> None:
    """Effect: moves a script; a link then still leads where it did."""
    Path(kept).parent.mkdir(exist_ok=True)
    if not Path(place).is_symlink():
        Path(place).rename(kept)
        return
    target = os.readlink(place)  # noqa: PTH115 - as it is spelled
    Path(kept).symlink_to(target if Path(target).is_absolute() else os.path.join("..", target))  # noqa: PTH118
    Path(place).unlink()


def _put_back(place: str, kept: str) -> None:
    if not os.path.lexists(kept) or os.path.lexists(place):
        return
    if Path(kept).is_symlink():
        target = os.readlink(kept)  # noqa: PTH115 - as it is spelled
        Path(place).symlink_to(target.removeprefix(f"..{os.sep}"))
        Path(kept).unlink()
    else:
        Path(kept).rename(place)
    remove_if_empty(str(Path(kept).parent))


def _make_executable(file: Path) -> None:
    file.chmod(file.stat().st_mode | _EXECUTABLE)
