"""
Windsurf, whose agent is called Cascade.

Its payloads hold raw control characters inside of strings; what happened is in `tool_info`.
"""

from __future__ import annotations

from assaymark.hooks.fields import Fields, event_of
from assaymark.hooks.report import Asked, Reading, Report, ShellBegins, ShellEnded, Wrote
from assaymark.hooks.tools.dialect import SILENT, by_path, not_understood, turn_of


def read(fields: Fields) -> Reading:
    """What Windsurf says in *fields*."""
    told = fields.table("tool_info")
    turn = turn_of("windsurf", fields)._replace(cwd=fields.text("cwd") or told.text("cwd"))
    return Reading(turn, _reports(fields, told))


def _reports(fields: Fields, told: Fields) -> tuple[Report, ...]:
    command = told.text("command_line", "command")
    match event_of(fields):
        case "postwritecode":
            files = by_path(told, told.text("file_path"))
            written = tuple(Wrote(path, pieces) for path, pieces in files.items())
            return written or (not_understood(fields),)
        case "preuserprompt":
            return (Asked(told.text("user_prompt")),)
        case "preruncommand":
            return (ShellBegins(command, told.text("cwd")),)
        case "postruncommand":
            return (ShellEnded(command, told.text("cwd")),)
        case event:
            return () if event in SILENT else (not_understood(fields),)
