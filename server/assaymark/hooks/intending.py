"""
An edit that was told before it was made: then the text before is on the disk, and nothing need be undone.

Tools that do not tell the text before may be heard before an edit as well as behind it. What they are about
to do is made in the text that is there; behind the edit it counts if the file became that text.

Invariants:
    Of the edit digests and ranges are kept, and of its words a keyed hash; it is forgotten after a day, when
    a conversation begins.
    Where the file became another text, the edit is looked for as if it had not been told.
"""
# Paths stay strings: a hook waits for this.
# ruff: noqa: PTH103, PTH105, PTH108, PTH118, PTH120, PTH123

from __future__ import annotations

import binascii
import os
import time

from assaymark.hooks.placing import intended
from assaymark.hooks.report import Wrote
from assaymark.ledger.secret import Secret
from assaymark.lineage.cuts import cuts
from assaymark.lineage.narrowing import Change
from assaymark.quickjson import dumps, loads
from assaymark.tuples import NamedTuple

FOLDER = "intended"
_DAY = 86400


class Intended(NamedTuple):
    """An edit to come: the digests of both texts, the outline of the one before, what changes, and is cut."""

    before: str
    after: str
    outline: bytes
    changes: tuple[Change, ...]
    cuts: tuple[tuple[int, int], ...]


def keep(store: str, secret: Secret, wrote: Wrote, disk: bytes | None) -> None:
    """Effect: what *wrote* would make of *disk* is kept, where it can be made there."""
    step = intended(wrote, disk)
    if step is None or step.before is None:
        return
    plain = {
        "before": secret.digest(step.before),
        "after": secret.digest(step.after),
        "outline": binascii.b2a_base64(secret.outline(step.before), newline=False).decode("ascii"),
        "changes": step.changes,
        "cuts": tuple(cuts(step.before, step.after, step.changes)),
    }
    file = _file(store, secret, wrote)
    try:
        os.makedirs(os.path.dirname(file), mode=0o700, exist_ok=True)
        with open(f"{file}.{os.getpid()}", "w", encoding="ascii") as opened:
            opened.write(dumps(plain))
        os.replace(f"{file}.{os.getpid()}", file)
    except OSError:
        return


def kept(store: str, secret: Secret, wrote: Wrote) -> Intended | None:
    """What was kept of *wrote* before it was made; None where nothing was."""
    file = _file(store, secret, wrote)
    try:
        with open(file, encoding="ascii") as opened:
            plain = loads(opened.read())
        changes = tuple(Change(*map(int, one)) for one in plain["changes"])
        outline = binascii.a2b_base64(plain["outline"])
        cut = tuple((int(start), int(end)) for start, end in plain["cuts"])
        return Intended(str(plain["before"]), str(plain["after"]), outline, changes, cut)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def forget_intended(store: str) -> None:
    """Effect: edits that were announced long ago are forgotten."""
    oldest = time.time() - _DAY
    try:
        for entry in os.scandir(os.path.join(store, FOLDER)):
            if entry.stat().st_mtime < oldest:
                os.unlink(entry.path)
    except OSError:
        return


def _file(store: str, secret: Secret, wrote: Wrote) -> str:
    # Not every tool numbers its calls, and what it is about to do is the same before and behind.
    return os.path.join(store, FOLDER, secret.reference(repr((wrote.path, wrote.change))))
