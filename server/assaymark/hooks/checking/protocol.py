"""
How each tool is told something: after an edit, and when its agent is about to end.

Invariants:
    Nothing that is said after an edit stops or undoes it, and nothing is allowed by it either.
    A tool that has no way to hear something after an edit, or at the end, is told nothing there.
"""

from __future__ import annotations

from assaymark.quickjson import dumps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from assaymark.hooks.fields import Fields

_CLAUDES = frozenset(("claude", "codex", "droid", "copilot"))
_NAMES = {
    "posttooluse": "PostToolUse",
    "posttoolusefailure": "PostToolUseFailure",
    "aftertool": "AfterTool",
}
# Whose agents can be told something after an edit, at the end, or at both.
_HEAR_EDITS = _CLAUDES | {"gemini", "copilot-cli", "cline"}
_HEAR_STOPS = _CLAUDES | {"gemini", "copilot-cli", "cursor"}


def after_edit(tool: str, event: str, text: str) -> str:
    """What tells *tool* of *text* at *event*, behind an edit; nothing where it has no way to hear it."""
    if tool == "cursor":
        # What its own event after an edit prints is read by nobody.
        return _json({"additional_context": text}) if event == "posttooluse" else ""
    if tool == "cline":
        return _json({"cancel": False, "contextModification": text})
    if tool == "copilot-cli":
        return _json({"additionalContext": text})
    name = _NAMES.get(event)
    if tool not in _HEAR_EDITS or name is None:
        return ""
    return _json({"hookSpecificOutput": {"hookEventName": name, "additionalContext": text}})


def hears_edits(tool: str, event: str) -> bool:
    """Whether *tool* can be told something at *event*, behind an edit."""
    return bool(after_edit(tool, event, "-"))


def at_stop(tool: str, asked_as: str, text: str) -> str:
    """
    What gives the agent of *tool* another turn to act upon *text*.

    *asked_as* is the tool whose hook was run: Cursor runs those of Claude Code too, and reads their answers.
    """
    if tool not in _HEAR_STOPS:
        return ""
    if tool == "cursor" and asked_as == "cursor":
        return _json({"followup_message": text})
    if tool == "gemini":
        return _json({"decision": "deny", "reason": text})
    block = {"decision": "block", "reason": text}
    if tool == "copilot":
        # The editor reads the inner one, the command line, which has the same hooks, the outer one.
        return _json({**block, "hookSpecificOutput": {"hookEventName": "Stop", **block}})
    return _json(block)


def ends_now(fields: Fields) -> bool:
    """Whether the agent ends by itself, and was not already sent on by a hook, or ended by a person."""
    if fields.flag("stop_hook_active") or (fields.count("loop_count") or 0) >= 1:
        return False
    return fields.text("status") in {"", "completed"} and not fields.text("agent_id")


def _json(table: Mapping[str, object]) -> str:
    return dumps(table, separators=(",", ":"))
