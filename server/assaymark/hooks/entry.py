"""
One run of a hook: a payload in, events out, and what was found in an edit for the agent to read.

Invariants:
    It ends with 0, and decides nothing, whatever comes: no agent is held up by us, but once at its end.
    Nothing is imported but the standard library's small modules and what writes events; what checks, only
    where a file of code was edited or something is open.
    A payload that cannot be read is one record that names its shape, and no value of it.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assaymark.hooks.fields import Fields
    from assaymark.hooks.intake import Payload
    from assaymark.hooks.report import Reading
    from assaymark.hooks.telling import Sent

TOOLS = (
    "claude",
    "cursor",
    "copilot",
    "copilot-cli",
    "codex",
    "gemini",
    "windsurf",
    "cline",
    "droid",
    "kiro",
    "opencode",
)


def hook(tool: str, argument: str | None = None, record_to: str | None = None) -> int:
    """
    The exit code of a hook of *tool*, one of `TOOLS`: 0.

    *argument* is the payload where the tool gives it as its last argument; else standard input is read.
    Effect: what it says is recorded; with *record_to*, a redacted payload is written there too.
    """
    began = time.monotonic()
    table: dict[str, object] = {}
    said = ""
    try:
        payload = _payload(argument)
        table = payload.table or {}
        said = _take_in(tool, payload, record_to, began)
    except Exception as error:
        # An agent must not stop because of us; whoever looks for the reason asks for the traceback.
        if os.environ.get("ASSAYMARK_TRACEBACK"):
            raise
        with suppress(Exception):
            if isinstance(error, OSError):
                _say_lost(error)
            else:
                _say_unread(tool, f"internal error: {type(error).__name__}", began)
    _answer(said or _quiet(tool, table))
    return 0


def _answer(said: str) -> None:
    if said:
        with suppress(OSError):
            os.write(1, f"{said}\n".encode())


def _quiet(tool: str, table: dict[str, object]) -> str:
    """What there is to answer when there is nothing to say."""
    from assaymark.hooks.fields import Fields, event_of
    from assaymark.hooks.quiet import quiet_answer, runs_in_cursor

    fields = Fields(table)
    return quiet_answer(tool, event_of(fields), in_cursor=runs_in_cursor(fields, os.environ))


def _payload(argument: str | None) -> Payload:
    from assaymark.hooks.intake import decoded, received

    return received(0) if argument is None else decoded(os.fsencode(argument))


def _take_in(tool: str, payload: Payload, record_to: str | None, began: float) -> str:
    """What there is to say to *payload*. Effect: what it reports is placed, recorded, and checked."""
    if payload.table is None:
        _say_unread(tool, payload.wrong, began)
        return ""
    if record_to is not None:
        _write_redacted(record_to, tool, payload.table)
    from importlib import import_module

    from assaymark.hooks.fields import Fields
    from assaymark.hooks.recording import record

    adapter = import_module(f"assaymark.hooks.tools.{tool.replace('-', '_')}")
    fields = Fields(payload.table)
    reading = adapter.read(fields)
    sent = record(reading, began)
    return _said_of(tool, fields, reading, sent)


def _said_of(tool: str, fields: Fields, reading: Reading, sent: tuple[Sent, ...]) -> str:
    """What is found wrong with what was *sent* to the record, as *tool* wants to hear it."""
    from assaymark.hooks.checking.opening import said_of

    return said_of(tool, fields, reading, sent)


def _say_unread(tool: str, wrong: str, began: float) -> None:
    from assaymark.hooks.recording import record
    from assaymark.hooks.report import NotUnderstood, Reading, Turn

    record(Reading(Turn(tool), (NotUnderstood(wrong),)), began)


def _say_lost(error: OSError) -> None:
    """Effect: says on standard error, which agents show and do not act upon, that nothing was recorded."""
    where = f"{error.filename}: " if error.filename else ""
    sys.stderr.write(f"assaymark: what was reported is not recorded: {where}{error.strerror or error}\n")


def _write_redacted(file: str, tool: str, table: dict[str, object]) -> None:
    """
    Effect: adds a line to *file*: the payload without what it says.

    What cannot be written is said on standard error, which agents show and do not act upon.
    """
    import json

    from assaymark.hooks.redaction import redacted

    line = json.dumps({"tool": tool, "payload": redacted(table)}) + "\n"
    try:
        with open(file, "a", encoding="ascii") as opened:  # noqa: PTH123 - a hook waits for this
            opened.write(line)
    except OSError as error:
        sys.stderr.write(f"assaymark: cannot write {file}: {error.strerror}\n")
