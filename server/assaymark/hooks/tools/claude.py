"""
Claude Code.

It names the model when a conversation begins and when it is switched, and the whole file before an edit.
Cursor and VS Code run the hooks that are configured for Claude Code: what they send then is said to be of
them.
"""

from __future__ import annotations

from assaymark.hooks.fields import Fields, event_of
from assaymark.hooks.report import Began, Reading, Replaced, Report, Whole, Wrote
from assaymark.hooks.tools.dialect import Call, Dialect, by_path, call_of
from assaymark.hooks.tools.dialect import read as read_dialect

DIALECT = Dialect(
    "claude",
    edits=frozenset(("edit", "multiedit")),
    writes=frozenset(("write",)),
    shells=frozenset(("bash", "powershell")),
    notebooks=frozenset(("notebookedit",)),
)
_OF_VSCODE = frozenset(
    (
        "replacestringinfile",
        "multireplacestringinfile",
        "createfile",
        "inserteditintofile",
        "editnotebookfile",
        "runinterminal",
    )
)


def read(fields: Fields) -> Reading:
    """What Claude Code says in *fields*."""
    if fields.has("cursor_version"):
        # Late: an agent waits, and few of them are others.
        from assaymark.hooks.tools import cursor

        return cursor.read(fields)
    if "copilot" in fields.text("transcript_path").lower() or call_of(fields).name in _OF_VSCODE:
        from assaymark.hooks.tools import copilot

        return copilot.read(fields)
    reading = read_dialect(DIALECT, fields)
    if event_of(fields) == "postmodelswitch":
        return Reading(reading.turn, (Began(fields.text("to_model")),))
    call = call_of(fields)
    if call.got.flag("user_modified"):
        return Reading(reading.turn, tuple(_meddled(report, call) for report in reading.reports))
    return reading


def _meddled(report: Report, call: Call) -> Report:
    """
    *report* of a proposal that a person changed.

    What was proposed is the input, what was written the response. Where the two are equal the input is what
    the person made of it, and the proposal is not known.
    """
    if not isinstance(report, Wrote):
        return report
    written = _written(call.got, report.path)
    proposed = report.change if written is not None and written != report.change else None
    return report._replace(change=written or report.change, meddled=True, proposed=proposed)


def _written(got: Fields, path: str) -> Whole | tuple[Replaced, ...] | None:
    content = got.text_or_none("content")
    if content is not None:
        return Whole(content)
    return by_path(got, path).get(got.text("file_path") or path)
