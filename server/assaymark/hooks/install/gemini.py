"""
Gemini CLI: `settings.json`. One command for every platform, in whatever shell that has; times in
milliseconds.
"""

from __future__ import annotations

from assaymark.hooks.install.adding import Addition
from assaymark.hooks.install.tool import Commands, CommandsAt, Tool, in_groups

_EVENTS = (
    ("SessionStart", ""),
    ("BeforeAgent", ""),
    ("BeforeModel", ""),
    ("BeforeTool", "run_shell_command"),
    ("AfterTool", "replace|write_file|run_shell_command"),
    ("AfterAgent", ""),
)
_MILLISECONDS = 30_000


def _additions(commands: CommandsAt) -> tuple[Addition, ...]:
    return tuple(in_groups(event, _entry(commands(event)), matcher) for event, matcher in _EVENTS)


def _entry(commands: Commands) -> dict[str, object]:
    return {
        "type": "command",
        "name": "assaymark",
        "command": commands.anywhere,
        "timeout": _MILLISECONDS,
    }


GEMINI = Tool(
    name="gemini",
    title="Gemini CLI",
    home=".gemini",
    file="settings.json",
    shared=".gemini/settings.json",
    additions=_additions,
    switches=((("hooksConfig", "enabled"), False), (("tools", "enableHooks"), False)),
    then_shared="Gemini runs it in folders that are trusted",
)
