"""
What may be said in notes: the setting `notes.include`, read alone where no file sets it.

Invariant: a file that may say something of it is never passed over; only files without the word are.
"""
# Paths stay strings: a commit waits for this.
# ruff: noqa: PTH111, PTH123

from __future__ import annotations

import os
import sys

from assaymark.record.marks import MODEL, TOOL
from assaymark.settings.places import candidates, places

_WORD = b"notes"
_MOST = 1 << 20


def included(top: str) -> frozenset[str]:
    """What the notes of the repository at *top* may say: of `tool`, `model`, `person`."""
    everywhere = places(os.environ, os.path.expanduser("~"), sys.platform)
    files = (*candidates(top), everywhere.user, everywhere.managed)
    if not any(_may_say(file) for file in files):
        return frozenset((TOOL, MODEL))
    # Reading settings takes longer than all else that a commit waits for.
    from assaymark.settings.standing import Lookup, Standing

    return frozenset(Lookup(Standing(everywhere), top).at(top).settings.notes_include)


def _may_say(file: str) -> bool:
    try:
        with open(file, "rb") as opened:
            return _WORD in opened.read(_MOST)
    except OSError:
        return False
