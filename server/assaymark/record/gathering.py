"""
The files of an agent's session, as a card looks at them: what they held before, and hold now.

Invariant: nothing outside of the work tree is read, and no more of a file than a check would take.
"""
# Paths stay strings, as places have them.
# ruff: noqa: PTH118

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from assaymark.origin import STANDING, Runs, covering
from assaymark.record.card import File
from assaymark.record.reading import runs_of
from assaymark.record.texts_before import texts_before
from assaymark.workspace.reading import Unreadable, read

if TYPE_CHECKING:
    from assaymark.analysis.snapshot import Snapshot
    from assaymark.ledger.store import Ledger
    from assaymark.record.conversations import Conversation
    from assaymark.repository.place import Place

# The analysis of a text at an absolute path, with the origins of its bytes.
Analyse = Callable[[str, bytes, Runs], "Snapshot | None"]
_MOST_BYTES = 5_000_000


class Now(NamedTuple):
    """A file as it is: its *place*, what it holds, of what origins; or *why* that cannot be looked at."""

    place: Place
    content: bytes
    runs: Runs
    why: str = ""


def gathered(here: Place, ledger: Ledger, conversation: Conversation, analyse: Analyse) -> list[File]:
    """The files that *conversation* wrote in the work tree at *here*, those it changed most first."""
    touched = sorted(conversation.touched.values(), key=lambda one: -one.n_edits)
    before = texts_before(touched, here.top, ledger.secret.digest)
    found = []
    for one in touched:
        now = now_of(here, one.path)
        if now is None:
            continue
        file, was = os.path.join(here.top, now.place.path or ""), before[one.path]
        if now.why:
            found.append(File(one.path, None, b"", False, None, None, why=now.why))
            continue
        found.append(
            File(
                one.path,
                was.content,
                now.content,
                was.exact,
                None if was.content is None else analyse(file, was.content, _nobody(was.content)),
                analyse(file, now.content, now.runs),
                now.runs,
                one.alone and ledger.secret.digest(now.content) == one.after,
            )
        )
    return found


def now_of(here: Place, path: str) -> Now | None:
    """The file at *path* of the work tree; one that is gone holds nothing. None outside of it."""
    inside = here.inside(path)
    if inside is None:
        return None
    place = here._replace(path=inside)
    file = os.path.join(here.top, inside)
    raw = read(file, _MOST_BYTES)
    if isinstance(raw, Unreadable):
        return Now(place, b"", (), raw.reason if os.path.lexists(file) else "")
    return Now(place, raw, runs_of(place, raw))


def _nobody(content: bytes) -> Runs:
    return covering(len(content), STANDING)
