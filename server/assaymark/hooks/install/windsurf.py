"""Windsurf: `hooks.json`. One command for every platform, in whatever shell that has."""

from __future__ import annotations

from assaymark.hooks.install.adding import Addition
from assaymark.hooks.install.tool import Commands, CommandsAt, Tool, plainly

_EVENTS = ("pre_user_prompt", "post_write_code", "pre_run_command", "post_run_command")


def _additions(commands: CommandsAt) -> tuple[Addition, ...]:
    return tuple(plainly(event, _entry(commands(event))) for event in _EVENTS)


def _entry(commands: Commands) -> dict[str, object]:
    return {"command": commands.anywhere, "show_output": False}


WINDSURF = Tool(
    name="windsurf",
    title="Windsurf",
    home=".codeium/windsurf",
    file="hooks.json",
    shared=".windsurf/hooks.json",
    additions=_additions,
)
