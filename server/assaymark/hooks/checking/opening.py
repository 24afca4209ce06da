"""
Whether there is anything to check, before what checks is imported: most events are none of an edit of code.

Invariant: here nothing is imported but what recording has imported before.
"""
# Paths stay strings: a hook waits for this.
# ruff: noqa: PTH112, PTH118

from __future__ import annotations

import os

from assaymark.hooks.fields import Fields, event_of
from assaymark.hooks.scene import home_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from assaymark.hooks.report import Reading
    from assaymark.hooks.telling import Sent

# The events at which an agent is about to end, by their plain names.
STOPS = frozenset(("stop", "agentstop", "afteragent"))
# Whose agents have no way to be told anything.
DEAF = frozenset(("windsurf", "kiro", "opencode"))
# Where is remembered what was found; without it nothing is open.
FOLDER = "answers"


def said_of(tool: str, fields: Fields, reading: Reading, sent: Iterable[Sent]) -> str:
    """
    What the tool that *reading* is of is told of what was *sent* to the record; nothing where there is none.

    *tool* is the one whose hook was run.
    """
    event = _event(fields)
    if reading.turn.tool in DEAF:
        return ""
    edited = tuple(one for one in sent if one.step is not None and one.place is not None)
    if event not in STOPS and not any(_is_of_code(one) for one in edited):
        return ""
    turn = reading.turn
    store = home_of(turn, reading.reports).store
    if event in STOPS and not os.path.isdir(os.path.join(store, FOLDER)):
        return ""
    # Late: it is most of what a hook takes.
    from assaymark.hooks.checking import answering
    from assaymark.hooks.checking.remembered import Conversation

    # Whoever has Copilot's hooks does not tell its programs apart at the end.
    name = "copilot" if turn.tool == "copilot-cli" else turn.tool
    talk = Conversation(store, name, turn.session)
    if event in STOPS:
        return answering.at_stop(turn.tool, tool, fields, talk)
    return answering.after_edit(turn.tool, event, talk, edited)


def _event(fields: Fields) -> str:
    # Copilot's events in camelCase have no name in the payload.
    return event_of(fields) or ("agentstop" if fields.has("stop_reason") else "posttooluse")


def _is_of_code(sent: Sent) -> bool:
    place, step = sent.place, sent.step
    return place is not None and step is not None and is_code(place.path or "", step.after)


def is_code(path: str, content: bytes) -> bool:
    """Whether the file *path* is in a language that is analysed, by its name, else by its first line."""
    name = path.rpartition("/")[2]
    if "." in name:
        return name[name.rfind(".") :].lower() in {".py", ".pyi", ".pyw"}
    return content.startswith(b"#!") and b"python" in content[:256].split(b"\n", 1)[0]
