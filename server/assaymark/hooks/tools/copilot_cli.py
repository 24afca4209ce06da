"""
Copilot in the terminal, and the agent that runs in the cloud.

Events in camelCase have no name of their own in the payload; those in PascalCase have. No model is named.
"""

from __future__ import annotations

from assaymark.hooks.fields import Fields, event_of
from assaymark.hooks.report import Reading
from assaymark.hooks.tools.dialect import Dialect
from assaymark.hooks.tools.dialect import read as read_dialect

DIALECT = Dialect(
    "copilot-cli",
    edits=frozenset(("edit", "strreplaceeditor", "strreplace")),
    writes=frozenset(("create", "write")),
    patches=frozenset(("applypatch",)),
    shells=frozenset(("bash", "powershell", "shell")),
)


def read(fields: Fields) -> Reading:
    """What Copilot CLI says in *fields*."""
    if event_of(fields):
        return read_dialect(DIALECT, fields)
    return read_dialect(DIALECT, fields.having("hook_event_name", _event(fields)))


def _event(fields: Fields) -> str:
    """What happened, by what came along."""
    if fields.has("tool_name"):
        return "postToolUse" if fields.has("tool_result") else "preToolUse"
    if fields.has("prompt"):
        return "userPromptSubmitted"
    if fields.has("initial_prompt", "source"):
        return "sessionStart"
    if fields.has("stop_reason"):
        return "agentStop"
    return "sessionEnd" if fields.has("reason") else ""
