"""Windsurf: `hooks.json`. One command for every platform, in whatever shell that has."""

from __future__ import annotations

from assaymark.hooks.install.adding import Addition
from assaymark.hooks.install.tool import Commands, Tool, plainly

_EVENTS = ("pre_user_prompt", "post_write_code", "pre_run_command", "post_run_command")


def _additions(commands: Commands) -> tuple[Addition, ...]:
    entry: dict[str, object] = {"command": commands.anywhere, "show_output": False}
    return tuple(plainly(event, entry) for event in _EVENTS)


WINDSURF = Tool(
    name="windsurf",
    title="Windsurf",
    home=".codeium/windsurf",
    file="hooks.json",
    shared=".windsurf/hooks.json",
    additions=_additions,
)
