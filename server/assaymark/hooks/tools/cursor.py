"""
Cursor.

`afterFileEdit` tells of the agent's edits, `afterTabFileEdit` of a completion that somebody accepted, exactly
where it stands.
"""

from __future__ import annotations

from assaymark.hooks.fields import Fields, event_of
from assaymark.hooks.report import (
    Point,
    Reading,
    Replaced,
    ShellBegins,
    ShellEnded,
    Wrote,
)
from assaymark.hooks.tools.dialect import Dialect, not_understood, replaced, turn_of
from assaymark.hooks.tools.dialect import read as read_dialect

DIALECT = Dialect(
    "cursor",
    edits=frozenset(("edit", "multiedit", "strreplace", "searchreplace")),
    writes=frozenset(("write", "editfile")),
    patches=frozenset(("applypatch",)),
    # Its shell has events of its own; `Shell` in the others is the same command again.
    shells=frozenset(("bash",)),
)


def read(fields: Fields) -> Reading:
    """What Cursor says in *fields*."""
    turn = turn_of("cursor", fields)
    match event_of(fields):
        case "afterfileedit":
            pieces = tuple(filter(None, (replaced(edit) for edit in fields.tables("edits"))))
        case "aftertabfileedit":
            pieces = tuple(filter(None, (_completion(edit) for edit in fields.tables("edits"))))
        case "beforeshellexecution":
            return Reading(turn, (ShellBegins(fields.text("command"), turn.cwd),))
        case "aftershellexecution":
            return Reading(turn, (ShellEnded(fields.text("command"), turn.cwd),))
        case _:
            return read_dialect(DIALECT, fields)
    path = fields.text("file_path")
    if not path or not pieces:
        return Reading(turn, (not_understood(fields),))
    return Reading(turn, (Wrote(path, pieces, accepted=event_of(fields) == "aftertabfileedit"),))


def _completion(edit: Fields) -> Replaced | None:
    piece = replaced(edit)
    place = edit.table("range")
    line, column = place.count("start_line_number", "start_line"), place.count("start_column")
    if piece is None or line is None or column is None:
        return piece
    return piece._replace(at=Point(line, column))
