"""
Commits that were made while no hook of ours was there: their notes are written later, as far as it is known.

Invariants:
    Of an older commit only a content that the ledger knows exactly counts: what it learned since of similar
    lines may be another story.
    What a commit says of itself (picked from, squashed from, takes back) counts as it does at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.record.planning import Task
from assaymark.repository import history, notes
from assaymark.repository.commits import commits, listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assaymark.repository.commits import Commit


def without_note(head: str, most: int, here: str) -> list[Commit]:
    """Those of the newest *most* commits up to *head* that have no note, the oldest first; merges aside."""
    ids = listed([head], [], here, most)
    at = notes.tips(notes.BOTH, here)
    noted = {one for tip in at.values() if tip.id is not None for one in notes.every(tip.id, here)}
    found = commits([one for one in ids if one not in noted], here)
    return [commit for commit in found.values() if len(commit.parents) < 2]


def tasks(several: Sequence[Commit]) -> list[Task]:
    """The plan for their notes."""
    return [
        Task(commit.id, tuple(history.said_of(commit.message)), tuple(history.reverted(commit.message)))
        for commit in several
    ]
