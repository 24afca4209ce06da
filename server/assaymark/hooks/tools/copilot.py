"""
Copilot in VS Code.

It names no model, ignores matchers, leaves `cwd` out, and may report an edit before the file is on the disk.
Copilot in the terminal reads the same files of hooks, so what it sends may come here too.
"""

from __future__ import annotations

from assaymark.hooks.fields import Fields, event_of
from assaymark.hooks.report import Reading
from assaymark.hooks.tools.dialect import Dialect
from assaymark.hooks.tools.dialect import read as read_dialect

DIALECT = Dialect(
    "copilot",
    edits=frozenset(("replacestringinfile", "multireplacestringinfile", "edit")),
    writes=frozenset(("createfile", "write")),
    patches=frozenset(("applypatch",)),
    shells=frozenset(("runinterminal", "bash")),
    # The first abbreviates what stays by comments, the second names cells by ids that the file does not have.
    inexact=frozenset(("inserteditintofile", "editnotebookfile")),
    pending=True,
)


def read(fields: Fields) -> Reading:
    """What Copilot in VS Code says in *fields*."""
    if not event_of(fields) or fields.has("tool_result") or not fields.has("transcript_path", "tool_use_id"):
        # Late: an agent waits, and most of these come from the editor.
        from assaymark.hooks.tools import copilot_cli

        return copilot_cli.read(fields)
    return read_dialect(DIALECT, fields)
