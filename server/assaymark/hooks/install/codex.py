"""
Codex: `hooks.json`, or where `config.toml` beside it has hooks already, at its end.

Codex warns at every start when one folder has hooks in both. Either way it runs what its user has looked at
and no other.
"""

from __future__ import annotations

import json

from assaymark.hooks.install.adding import Addition
from assaymark.hooks.install.tool import Commands, CommandsAt, Tool, in_groups

OTHER_FILE = "config.toml"
_BEGIN, _END = "# assaymark: begin", "# assaymark: end"
_EVENTS = (
    ("SessionStart", ""),
    ("UserPromptSubmit", ""),
    ("PreToolUse", "Bash|apply_patch"),
    ("PostToolUse", "apply_patch|Edit|Write|Bash"),
    ("Stop", ""),
)
_SECONDS = 30


def _additions(commands: CommandsAt) -> tuple[Addition, ...]:
    return tuple(in_groups(event, _entry(commands(event)), matcher) for event, matcher in _EVENTS)


def _entry(commands: Commands) -> dict[str, object]:
    return {
        "type": "command",
        "command": commands.unix,
        "commandWindows": commands.windows,
        "timeout": _SECONDS,
    }


CODEX = Tool(
    name="codex",
    title="Codex",
    home=".codex",
    file="hooks.json",
    shared=".codex/hooks.json",
    additions=_additions,
    variable="CODEX_HOME",
    then="Codex runs new hooks only when they are trusted: start codex, type /hooks, and look at them",
    then_shared="everybody has to trust the project, and the hooks with /hooks, before Codex runs them",
)


def as_toml(additions: tuple[Addition, ...], end: str) -> str:
    """*additions* as tables for the end of a TOML file whose lines end with *end*."""
    lines = [_BEGIN]
    for addition in additions:
        group = dict(addition.value) if isinstance(addition.value, dict) else {}
        handlers = group.pop("hooks", [])
        lines += [f"[[{'.'.join(addition.path)}]]", *_pairs(group)]
        for handler in handlers:
            lines += [f"[[{'.'.join(addition.path)}.hooks]]", *_pairs(handler)]
    return end.join([*lines, _END, ""])


def without_toml(text: str) -> str:
    """*text* without what `as_toml` put into it."""
    before, begin, rest = text.partition(_BEGIN)
    _, closing, after = rest.partition(_END)
    if not begin or not closing:
        return text
    line = after[:2] if after.startswith("\r\n") else after[:1]
    return before + after.removeprefix(line)


def is_in(toml: bytes) -> bool:
    """Whether TOML settings hold what `as_toml` writes."""
    return _BEGIN.encode() in toml


def _pairs(table: dict[str, object]) -> list[str]:
    # JSON spells these strings and numbers as TOML does.
    return [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in table.items()]
