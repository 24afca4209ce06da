"""
Codex CLI.

Its edits are patches; the older `notify` tells of a finished turn, and of no edit.
"""

from __future__ import annotations

from assaymark.hooks.fields import Fields, event_of
from assaymark.hooks.report import Asked, Reading, Turn
from assaymark.hooks.tools.dialect import Dialect
from assaymark.hooks.tools.dialect import read as read_dialect

DIALECT = Dialect(
    "codex",
    edits=frozenset(("edit",)),
    writes=frozenset(("write",)),
    patches=frozenset(("applypatch",)),
    shells=frozenset(("bash", "shell", "localshell", "execcommand", "shellcommand", "unifiedexec")),
)


def read(fields: Fields) -> Reading:
    """What Codex says in *fields*."""
    if not event_of(fields) and fields.text("type") == "agent-turn-complete":
        return _notified(fields)
    return read_dialect(DIALECT, fields)


def _notified(fields: Fields) -> Reading:
    turn = Turn("codex", fields.text("thread_id"), cwd=fields.text("cwd"), prompt=fields.text("turn_id"))
    asked = fields.texts("input_messages")
    return Reading(turn, (Asked("\n".join(asked)),) if asked else ())
