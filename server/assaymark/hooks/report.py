"""
What a payload says: which tool, in which conversation, and what happened.

Invariants:
    A report holds what the tool said and nothing that was concluded from it.
    Texts in it are source or prompts: they are placed or hashed in this run, and stored nowhere.
"""

from __future__ import annotations

from assaymark.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias


class Turn(NamedTuple):
    """
    Who reports, in which conversation.

    *call* is the tool's own name of the call that it reports; *agent* that of a subagent; *roots* the folders
    that it works in. What was not said is empty.
    """

    tool: str
    session: str = ""
    call: str = ""
    cwd: str = ""
    roots: tuple[str, ...] = ()
    model: str = ""
    transcript: str = ""
    agent: str = ""
    prompt: str = ""


class Point(NamedTuple):
    """A place as editors count it: line and column from 1, columns in UTF-16 units."""

    line: int
    column: int


class Replaced(NamedTuple):
    """
    *old* gave way to *new*.

    *everywhere*: at every place where it stood, else at exactly one. *at*: there, in the text before.
    *whole*: both are whole lines. *last*: they stand at the end.
    """

    old: str
    new: str
    everywhere: bool = False
    at: Point | None = None
    whole: bool = False
    last: bool = False


class Whole(NamedTuple):
    """The content is all of the file."""

    content: str


Change: TypeAlias = "Whole | tuple[Replaced, ...]"


class Wrote(NamedTuple):
    """
    A file was written.

    *original* and *final* are its texts before and after as the tool tells them (empty original: there was no
    file). *accepted*: a person accepted what was offered. *meddled*: a person changed what the model had
    proposed, and *proposed* is that proposal where it is known. *pending*: it may not be on the disk yet.
    """

    path: str
    change: Change
    original: str | None = None
    final: str | None = None
    accepted: bool = False
    meddled: bool = False
    proposed: Change | None = None
    pending: bool = False


class Intends(NamedTuple):
    """A tool is about to write this."""

    wrote: Wrote


class Renamed(NamedTuple):
    """A file has another path now."""

    path: str
    to: str


class Began(NamedTuple):
    """A conversation began, or goes on with this model; *model* is empty where that is not said."""

    model: str


class Asked(NamedTuple):
    """Somebody asked for something in a conversation."""

    prompt: str


class ShellBegins(NamedTuple):
    """A command is about to run in a shell."""

    command: str
    cwd: str


class ShellEnded(NamedTuple):
    """A command has run."""

    command: str
    cwd: str


class NotPlaced(NamedTuple):
    """A file was written in a way that does not say what came where."""

    path: str
    why: str


class NotUnderstood(NamedTuple):
    """A payload of which nothing could be made; *what* is names of keys and types."""

    what: str


Report: TypeAlias = (
    "Wrote | Intends | Renamed | Began | Asked | ShellBegins | ShellEnded | NotPlaced | NotUnderstood"
)


class Reading(NamedTuple):
    """What a payload said."""

    turn: Turn
    reports: tuple[Report, ...] = ()
