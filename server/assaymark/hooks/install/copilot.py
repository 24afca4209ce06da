"""
Copilot, in VS Code and as a command: a file of our own in a folder that both read.

Events are written as VS Code writes them, which the command line takes too and then sends the same names.
"""

from __future__ import annotations

from assaymark.hooks.install.adding import Addition
from assaymark.hooks.install.tool import Commands, CommandsAt, Tool, plainly

_EVENTS = ("SessionStart", "UserPromptSubmit", "PreToolUse", "PostToolUse", "Stop")
_SECONDS = 30


def _additions(commands: CommandsAt) -> tuple[Addition, ...]:
    version = Addition(("version",), 1, listed=False)
    return (version, *(plainly(event, _entry(commands(event))) for event in _EVENTS))


def _entry(commands: Commands) -> dict[str, object]:
    return {
        "type": "command",
        "bash": commands.unix,
        "powershell": commands.windows,
        # For readers of VS Code that know none of the two.
        "command": commands.anywhere,
        "timeoutSec": _SECONDS,
    }


COPILOT = Tool(
    name="copilot",
    title="GitHub Copilot",
    home=".copilot",
    file="hooks/assaymark.json",
    shared=".github/hooks/assaymark.json",
    additions=_additions,
    variable="COPILOT_HOME",
    also_reads=("claude",),
    then_shared="Copilot's cloud agent reads it from the default branch",
)
