"""
An edit that is told on two roads: Cursor and VS Code run their own hooks, and those that are configured for
Claude Code.

Who makes the mark of an edit first records it. The ledger would fold the second into the same state; only
counts would be wrong.

Invariant: of two hooks that tell of the same edit at the same time exactly one is told that it is the first.
"""
# Paths stay strings: a hook waits for this.
# ruff: noqa: PTH103, PTH108, PTH118

from __future__ import annotations

import os
import time

FOLDER = "told"
_SECONDS = 10


def is_first(store: str, told: str) -> bool:
    """
    Whether *told*, a hash of all that is said about an edit, is told for the first time within some seconds.

    Effect: leaves a mark in *store*, and takes old ones away.
    """
    folder = os.path.join(store, FOLDER)
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        _clean(folder, time.time() - _SECONDS)
        os.close(os.open(os.path.join(folder, told), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return False
    except OSError:
        return True
    return True


def _clean(folder: str, oldest: float) -> None:
    for entry in os.scandir(folder):
        try:
            if entry.stat().st_mtime < oldest:
                os.unlink(entry.path)
        except OSError:
            continue
