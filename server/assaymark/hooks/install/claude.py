"""Claude Code: `settings.json`. Its commands run in a sh on every platform (Git Bash on Windows)."""

from __future__ import annotations

from assaymark.hooks.install.adding import Addition
from assaymark.hooks.install.tool import Commands, CommandsAt, Tool, in_groups

# Before a shell runs and after: what it wrote is seen from the files.
_EVENTS = (
    ("SessionStart", ""),
    ("UserPromptSubmit", ""),
    ("PreToolUse", "Bash"),
    ("PostToolUse", "Edit|MultiEdit|Write|NotebookEdit|Bash"),
    # A command that failed may have written all the same.
    ("PostToolUseFailure", "Bash"),
    ("PostModelSwitch", ""),
    # What is still open is said once, when the agent is about to end.
    ("Stop", ""),
)
_SECONDS = 30


def _additions(commands: CommandsAt) -> tuple[Addition, ...]:
    return tuple(in_groups(event, _entry(commands(event)), matcher) for event, matcher in _EVENTS)


def _entry(commands: Commands) -> dict[str, object]:
    return {"type": "command", "command": commands.unix, "timeout": _SECONDS}


CLAUDE = Tool(
    name="claude",
    title="Claude Code",
    home=".claude",
    file="settings.json",
    shared=".claude/settings.json",
    additions=_additions,
    variable="CLAUDE_CONFIG_DIR",
    switches=((("disableAllHooks",), True),),
    then="sessions that are open take it up when they are started again",
)
