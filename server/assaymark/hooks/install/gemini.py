"""
Gemini CLI: `settings.json`. One command for every platform, in whatever shell that has; times in
milliseconds.
"""

from __future__ import annotations

from assaymark.hooks.install.adding import Addition
from assaymark.hooks.install.tool import Commands, Tool, in_groups

_EVENTS = (
    ("SessionStart", ""),
    ("BeforeAgent", ""),
    ("BeforeModel", ""),
    ("BeforeTool", "run_shell_command"),
    ("AfterTool", "replace|write_file|run_shell_command"),
)
_MILLISECONDS = 30_000


def _additions(commands: Commands) -> tuple[Addition, ...]:
    entry: dict[str, object] = {
        "type": "command",
        "name": "assaymark",
        "command": commands.anywhere,
        "timeout": _MILLISECONDS,
    }
    return tuple(in_groups(event, entry, matcher) for event, matcher in _EVENTS)


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
