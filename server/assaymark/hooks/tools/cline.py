"""Cline: what happened is in a table named after the event, and the model is a table too."""

from __future__ import annotations

from assaymark.hooks.fields import Fields, event_of, plain_name
from assaymark.hooks.report import Reading
from assaymark.hooks.tools.dialect import Dialect
from assaymark.hooks.tools.dialect import read as read_dialect

DIALECT = Dialect(
    "cline",
    writes=frozenset(("writetofile", "newfile")),
    blocks=frozenset(("replaceinfile",)),
    patches=frozenset(("applypatch",)),
    shells=frozenset(("executecommand",)),
)


def read(fields: Fields) -> Reading:
    """What Cline says in *fields*."""
    named = (str(key) for key in fields.raw if plain_name(str(key)) == event_of(fields))
    told = fields.table(*named)
    roots = fields.texts("workspace_roots")
    same = {
        "hook_event_name": fields.text("hook_name"),
        "session_id": fields.text("task_id"),
        "workspace_roots": list(roots),
        "cwd": roots[0] if roots else "",
        "model": fields.table("model").text("slug"),
        "tool_name": told.text("tool_name"),
        "tool_input": told.table("parameters").raw,
        "tool_response": {"success": told.value("success")},
        "prompt": told.text("prompt") or fields.text("prompt"),
    }
    return read_dialect(DIALECT, Fields(same))
