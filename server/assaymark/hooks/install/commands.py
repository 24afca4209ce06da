"""
The command that a hook runs: correct for the shell that runs it, and silent where Assaymark is not installed.

Invariants:
    Where no Assaymark is found a command ends with exit code 0, and decides nothing.
    It names the program that installed it first, since a tool started from a desktop has another PATH;
    without that, PATH decides. What is committed for a team names PATH alone.
    What ends in the repository is never looked for in it: `python -m` would import from the current folder.
"""

from __future__ import annotations

import re

from assaymark.dataclass import dataclass
from assaymark.hooks.quiet import CURSOR_SETS, quiet_answer

# What no shell that may read it takes for its own: sh, PowerShell and cmd differ in all others.
_PLAIN = re.compile(r"[\w@+=:,./ ~()\[\]#{}-]*")
# What git says to an alias of the repository that it stands in, which need not be the one that is edited.
_FREED = "unset GIT_DIR GIT_WORK_TREE GIT_PREFIX GIT_CONFIG_PARAMETERS; "
_OURS = re.compile(
    r"""(?:command -v |git -c "alias\.assaymark=!unset GIT_DIR ).*\bassaymark hook (?P<tool>[\w-]+)"""
)


class UnspeakableError(Exception):
    """The program lies in a folder whose name cannot be written into a command."""


@dataclass(frozen=True, slots=True)
class Program:
    """The words that start Assaymark on this machine; none where PATH decides."""

    words: tuple[str, ...] = ()

    @property
    def quoted(self) -> str:
        """As sh reads it. Raises UnspeakableError."""
        return " ".join(_quoted(word) for word in self.words)


# What a team's files name.
ON_PATH = Program()


def in_sh(program: Program, tool: str, event: str) -> str:
    """The command for sh, bash and zsh."""
    named = _if_there(program.quoted, _quoted(program.words[0]), tool) if program.words else ""
    return f"{named}{_if_there('assaymark', 'assaymark', tool)}{_answer(tool, event)}exit 0"


def anywhere(program: Program, tool: str, event: str) -> str:
    """The same for whatever shell: git brings a sh along on every platform, and runs an alias in it."""
    return f'git -c "alias.assaymark=!{_FREED}{in_sh(program, tool, event)}" assaymark'


def tool_of(command: str) -> str | None:
    """The tool whose hook *command* is, if it is one of ours."""
    found = _OURS.match(command)
    return found["tool"] if found else None


def _answer(tool: str, event: str) -> str:
    """What says that there is nothing to say, where the tool wants to hear that."""
    always, in_cursor = quiet_answer(tool, event), quiet_answer(tool, event, in_cursor=True)
    if always or not in_cursor:
        return f"echo {always}; " if always else ""
    # No variable by its own sign, which some shells around this one would take for theirs.
    return f"printenv {CURSOR_SETS} >/dev/null 2>&1 && echo {in_cursor}; "


def _if_there(words: str, first: str, tool: str) -> str:
    # exec, so that the exit code is the program's own.
    return f"command -v {first} >/dev/null 2>&1 && exec {words} hook {tool}; "


def _quoted(word: str) -> str:
    word = word.replace("\\", "/")
    if not _PLAIN.fullmatch(word):
        msg = f"{word!r} holds a character that shells read differently; install assaymark in another folder"
        raise UnspeakableError(msg)
    return word if re.fullmatch(r"[\w@+=:,./-]+", word) else f"'{word}'"
