"""
The process that bandit runs in beside an editor's server.

Invariants:
    A line of JSON and the bytes that it announces in, a line of JSON out; `"ready"` comes first.
    It starts from a bare command, and its path is what its starter gave it.
    It ends when its input ends, and when a text takes far too long, so that it never outlives the server.
    Nothing that bandit or a plugin prints gets between the answers.
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import signal
import sys
from pathlib import Path
from typing import BinaryIO

from assaymark.engines.bandit.opinion import Opinion, to_plain
from assaymark.second.environment import on_the_road
from assaymark.second.speech import from_plain

# The server ends what takes too long; this is for when there is no server any more.
_PATIENCE = 3


def serve() -> None:
    """Answer until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asked, said = sys.stdin.buffer, _own_stdout()
    with contextlib.suppress(OSError, AttributeError):
        os.nice(5)
    with on_the_road(()):
        from assaymark.engines.bandit.asking import opinion
    nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - open as long as the process
    _say(said, "ready")
    for line in asked:
        request = json.loads(line)
        content = asked.read(request["n_bytes"])
        faulthandler.dump_traceback_later(request["seconds"] * _PATIENCE, exit=True, file=nowhere)
        try:
            answer = opinion(content, request["path"], from_plain(request["terms"]))
        except Exception as error:  # noqa: BLE001 - one text fails, and is said to
            answer = Opinion(unread=f"a fault in {type(error).__name__}")
        faulthandler.cancel_dump_traceback_later()
        _say(said, to_plain(answer))


def _own_stdout() -> BinaryIO:
    """What stdout was. Effect: what is printed from now on goes nowhere."""
    out = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    return out


def _say(out: BinaryIO, message: object) -> None:
    out.write(json.dumps(message, separators=(",", ":")).encode() + b"\n")
    out.flush()
