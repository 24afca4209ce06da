"""
How a file is replaced.

Invariants:
    A file is replaced whole or not at all; what is no regular file (`/dev/stdout`) is written to and stays.
"""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path


def replace(place: str, content: bytes) -> None:
    """
    Put *content* in the place of a file, keeping its permissions.

    Effect: writes a new file beside it and renames that, so a reader sees the old or the new content;
    a symbolic link stays one. OSError when it cannot be written.
    """
    target = Path(os.path.realpath(place))
    if target.exists() and not target.is_file():
        target.write_bytes(content)
        return
    descriptor, name = tempfile.mkstemp(prefix=".assaymark-", dir=target.parent)
    beside = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        beside.chmod(_mode(target))
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _mode(target: Path) -> int:
    """The permissions of *target*, or those that a new file gets."""
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
