"""What an editor reports of a change that it makes."""

from __future__ import annotations

import enum

from assaymark.dataclass import dataclass
from assaymark.lsp.wire import Position
from assaymark.origin import Author, Evidence, Origin

# Fixes and silences of this server's own.
OWN = Origin(Author.tool, Evidence.accept, tool="assaymark")


class Kind(enum.Enum):
    """What a signal says of a change."""

    accept = "accept"  # a suggestion of an AI was accepted
    agent = "agent"  # an agent made it through the editor
    paste = "paste"
    undo = "undo"
    redo = "redo"
    format = "format"
    rename = "rename"
    tool = "tool"  # another tool of the editor made it


@dataclass(frozen=True, slots=True)
class Signal:
    """
    What an editor reports of a change of *uri*.

    *version* is that of the text with the change in it; *text* what the change brought, or *range* where that
    stands then. *origin* is what it is of, where the kind does not say it.
    """

    uri: str
    kind: Kind
    version: int | None = None
    text: bytes | None = None
    range: tuple[Position, Position] | None = None
    origin: Origin = OWN
