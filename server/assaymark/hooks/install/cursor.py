"""Cursor: `hooks.json`. One command for every platform, in whatever shell that has."""

from __future__ import annotations

from assaymark.hooks.install.adding import Addition
from assaymark.hooks.install.tool import Commands, CommandsAt, Tool, plainly

_EVENTS = (
    "beforeSubmitPrompt",
    "afterFileEdit",
    "afterTabFileEdit",
    "beforeShellExecution",
    "afterShellExecution",
    "stop",
)


def _additions(commands: CommandsAt) -> tuple[Addition, ...]:
    version = Addition(("version",), 1, listed=False)
    return (version, *(plainly(event, _entry(commands(event))) for event in _EVENTS))


def _entry(commands: Commands) -> dict[str, object]:
    return {"command": commands.anywhere}


CURSOR = Tool(
    name="cursor",
    title="Cursor",
    home=".cursor",
    file="hooks.json",
    shared=".cursor/hooks.json",
    additions=_additions,
    also_reads=("claude",),
    then_shared="Cursor runs it in workspaces that are trusted",
)
