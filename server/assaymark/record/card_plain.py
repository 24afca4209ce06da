"""The card of a session as JSON can hold it, for the terminal and for editors."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assaymark.record.card import Card

SCHEMA = "assaymark/session/1"


def plain(found: Card) -> dict[str, object]:
    """The card as JSON can hold it."""
    one = found.conversation
    not_compared = {left.path for left in found.left_out}
    return {
        "schema": SCHEMA,
        "record": "ledger",
        "tool": one.tool,
        "session": one.session,
        "model": one.model,
        "first": one.first,
        "last": one.last,
        "items": [
            {
                "kind": item.kind.name,
                "severity": item.severity.value,
                "path": item.path,
                "line": item.line,
                "rule": item.rule,
                "text": item.text,
                **({"who": item.who} if item.who else {}),
            }
            for item in found.items
        ],
        "fixed": [{"rule": one.rule, "fingerprint": one.fingerprint} for one in found.fixed],
        "told": [
            {"path": path, "rule": rule, "fingerprint": fingerprint, "fixed": fixed}
            for (path, rule, fingerprint), fixed in one.told.items()
        ],
        "unread": [run._asdict() for run in found.unread],
        "files": [
            {"path": file.path, "compared": file.path not in not_compared, "exact": file.exact}
            for file in found.files
        ],
        "left_out": [left._asdict() for left in found.left_out],
        "outside": list(one.outside),
        "problems": list(found.problems),
    }
