"""
The lines of an agent's session that nobody has reviewed, as somebody marks them who has read them all.

Invariant: they are the lines that the session's card counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assaymark.analysis.advance import opened
from assaymark.record.conversations import chosen, conversations
from assaymark.record.gathering import now_of
from assaymark.record.own_lines import unread
from assaymark.rules.ruleset import RuleSet

if TYPE_CHECKING:
    from assaymark.ledger.store import Ledger
    from assaymark.record.marking import Lines
    from assaymark.repository.place import Place


class Unread(NamedTuple):
    """Lines (from 1) of the file at *place*, which holds *content*."""

    place: Place
    content: bytes
    lines: Lines


def unread_of(here: Place, ledger: Ledger, which: str) -> list[Unread]:
    """Those of the session that *which* names (`last`, or the start of its id). Raises NoConversation."""
    conversation, reviews, rules = chosen(conversations(ledger), which), ledger.reviews(), RuleSet.of(())
    found = []
    for path in conversation.touched:
        now = now_of(here, path)
        if now is None:
            continue
        snapshot = opened(now.content, path, rules, origins=now.runs)
        lines = tuple(unread(snapshot, conversation, reviews))
        if lines:
            found.append(Unread(now.place, now.content, lines))
    return found
