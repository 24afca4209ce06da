"""OpenCode and Kilo: a plugin of theirs hands on what it was called with, as {input, output}."""

from __future__ import annotations

from assaymark.hooks.fields import Fields
from assaymark.hooks.report import Began, Reading
from assaymark.hooks.tools.dialect import Dialect
from assaymark.hooks.tools.dialect import read as read_dialect

DIALECT = Dialect(
    "opencode",
    edits=frozenset(("edit", "multiedit")),
    writes=frozenset(("write",)),
    patches=frozenset(("patch", "applypatch")),
    shells=frozenset(("bash",)),
)


def read(fields: Fields) -> Reading:
    """What OpenCode says in *fields*."""
    given, made = fields.table("input"), fields.table("output")
    same = {
        "hook_event_name": "PostToolUse" if fields.has("output") else "PreToolUse",
        "session_id": given.text("session_id"),
        "tool_use_id": given.text("call_id"),
        "tool_name": given.text("tool"),
        "tool_input": (given.table("args") or made.table("args")).raw,
        "cwd": fields.text("cwd", "directory"),
    }
    model = given.table("model").text("model_id")
    reading = read_dialect(DIALECT, Fields(same))
    return Reading(reading.turn, (Began(model),)) if model else reading
