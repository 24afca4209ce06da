"""
Approvals of pull requests, as GitHub tells of them, and the commits that each of them is of.

Invariants:
    What was dismissed does not count, nor what somebody took back by asking for changes later.
    An approval is of what its commit reaches: what was pushed after it is not approved.
    What is told in another shape is refused, never taken for "nobody approved".
"""

from __future__ import annotations

import json
from typing import NamedTuple

from assaymark.dataclass import dataclass
from assaymark.lineage.reviews import Relation
from assaymark.repository.objects import is_id

_APPROVED, _CHANGES, _DISMISSED = "APPROVED", "CHANGES_REQUESTED", "DISMISSED"
_ANOTHER_KIND = (
    "this is no review of a pull request: give the event file of `pull_request_review`, or what"
    " `gh api repos/OWNER/NAME/pulls/N/reviews` prints"
)


class NotUnderstood(Exception):
    """What was given tells of no reviews; the text says what to give."""


class Approval(NamedTuple):
    """An approval of the pull request as it was at *commit*: its number, whose, and the day as 2026-11-14."""

    number: str
    login: str
    commit: str
    day: str


@dataclass(frozen=True, slots=True)
class Approvals:
    """
    Those that hold, in the order in which they were given, and what else is told of the pull request.

    *dismissed* held once, and may have been taken over then.
    *base* is the commit that it starts from, *author* who opened it; empty where that is not told. *is_bots*
    says that a program opened it, so that whoever approves may have asked for it.
    """

    several: tuple[Approval, ...]
    base: str = ""
    author: str = ""
    is_bots: bool = False
    dismissed: tuple[Approval, ...] = ()

    def relation(self, approval: Approval) -> Relation:
        """Who approved, to who asked for the code."""
        if self.is_bots:
            return Relation.unknown
        is_own = bool(self.author) and approval.login.casefold() == self.author.casefold()
        return Relation.requester if is_own else Relation.another


def approvals(text: str) -> Approvals:
    """The approvals that *text*, as JSON, tells of. Raises NotUnderstood."""
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError) as error:
        msg = f"this is not JSON; {_ANOTHER_KIND}"
        raise NotUnderstood(msg) from error
    if isinstance(plain, list):
        # With `gh api --paginate --slurp` there is a list of each page.
        rows = [row for one in plain for row in (one if isinstance(one, list) else [one])]
        several = [_row(row) for row in rows]
        return Approvals(_standing(several), dismissed=_dismissed(several))
    if not isinstance(plain, dict) or not isinstance(plain.get("review"), dict):
        raise NotUnderstood(_ANOTHER_KIND)
    request = _table(plain.get("pull_request"))
    if not request or "commit_id" not in plain["review"]:
        raise NotUnderstood(_ANOTHER_KIND)
    state = _DISMISSED if plain.get("action") == "dismissed" else None
    opener = _table(request.get("user"))
    several = [_row(plain["review"], state)]
    return Approvals(
        _standing(several),
        _id(_table(request.get("base")).get("sha")),
        _text(opener.get("login")),
        opener.get("type") == "Bot",
        _dismissed(several),
    )


class _Row(NamedTuple):
    state: str
    approval: Approval


def _row(plain: object, state: str | None = None) -> _Row:
    row = _table(plain)
    said = _text(row.get("state")).upper()
    if not said or "commit_id" not in row:
        raise NotUnderstood(_ANOTHER_KIND)
    number, login = row.get("id"), _text(_table(row.get("user")).get("login"))
    day = _text(row.get("submitted_at"))[:10]
    return _Row(state or said, Approval(str(number), login, _id(row.get("commit_id")), day))


def _standing(rows: list[_Row]) -> tuple[Approval, ...]:
    found: dict[str, list[Approval]] = {}
    for state, approval in rows:
        if state in {_CHANGES, _DISMISSED}:
            found[approval.login] = []
        elif state == _APPROVED and approval.commit:
            found.setdefault(approval.login, []).append(approval)
    return tuple(one for several in found.values() for one in several)


def _dismissed(rows: list[_Row]) -> tuple[Approval, ...]:
    return tuple(one for state, one in rows if state == _DISMISSED and one.commit)


def _table(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _id(value: object) -> str:
    text = _text(value)
    return text if is_id(text) else ""
