"""
What there is to know of a tool whose hooks can be installed: where its settings are, and what is put into
them.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import TypeAlias

from assaymark.dataclass import dataclass, field
from assaymark.hooks.install.adding import Addition


class Scope(enum.Enum):
    """For whom hooks are installed: for the user, everywhere, or for everybody in a project."""

    user = "user"
    project = "project"


@dataclass(frozen=True, slots=True)
class Commands:
    """
    The command in the tool's own shell: on this machine or, in a project, on a Unix; and the one for
    Windows.
    """

    unix: str
    windows: str
    anywhere: str


# The commands for an event of a tool.
CommandsAt: TypeAlias = Callable[[str], Commands]


@dataclass(frozen=True, slots=True)
class Tool:
    """
    A tool.

    *home*: its folder, below the user's or named by *variable*; *file* is in there, *shared* in a project.
    *additions*: what is put into them, by the commands for each event. *switches*: members that turn hooks
    off, each with the value that does.
    *also_reads*: tools whose settings it reads too. *then*: what is left for the user to do.
    """

    name: str
    title: str
    home: str
    file: str
    shared: str
    additions: Callable[[CommandsAt], tuple[Addition, ...]]
    variable: str = ""
    switches: tuple[tuple[tuple[str, ...], object], ...] = ()
    also_reads: tuple[str, ...] = ()
    then: str = ""
    then_shared: str = field(default="")


def in_groups(event: str, command: dict[str, object], matcher: str = "") -> Addition:
    """A handler in a group, as Claude Code has it and those that follow it."""
    group: dict[str, object] = {"matcher": matcher} if matcher else {}
    return Addition(("hooks", event), {**group, "hooks": [command]})


def plainly(event: str, command: dict[str, object]) -> Addition:
    """A handler by itself."""
    return Addition(("hooks", event), command)
