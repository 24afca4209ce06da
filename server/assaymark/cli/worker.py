"""
A second process that checks files: it reads a job and then numbers of chunks, and writes what it found.

Invariants:
    It talks in lines of JSON: the job in, `"ready"` out; then numbers of files in, `[last, rows]` out.
    It starts from a bare command, so it needs neither fork nor a main module that can be imported again.
    It ends when its input ends, and an interrupt of the terminal is for the first process to handle.
"""

from __future__ import annotations

import gc
import json
import signal
import sys
import time
from collections.abc import Iterator
from typing import BinaryIO, TypeAlias, TypedDict

from assaymark.cli.plain import Plain, checked_to_plain, key
from assaymark.cli.single import Asked, asked, checked
from assaymark.dataclass import replace
from assaymark.settings.stored import from_plain, to_plain
from assaymark.workspace.reading import Unreadable, read

# What took longer than this is said at once, so that a worker that is silent for long is one that hangs.
_LONG = 0.25

# The number of a file, the key of its result ("" without a cache), and its result.
Row: TypeAlias = "tuple[int, str, Plain]"


class Job(TypedDict):
    """Everything a worker has to know."""

    files: list[tuple[str, str]]
    settings: dict[str, object]
    trusted: bool
    seconds: float
    today: int
    context: str


def job(asked: Asked, files: list[tuple[str, str]], context: bytes) -> Job:
    """The job to check *files* (their places and what to call them) with what is *asked*."""
    return Job(
        files=files,
        settings=to_plain(asked.settings),
        trusted=asked.trusted,
        seconds=asked.seconds,
        today=asked.today,
        context=context.hex(),
    )


def serve() -> None:
    """Work until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    lines, out = sys.stdin.buffer, sys.stdout.buffer
    job: Job = json.loads(lines.readline())
    # The day of the run, even if it ends on the next.
    ours = replace(asked(from_plain(job["settings"]), trusted=job["trusted"]), today=job["today"])
    gc.freeze()
    _say(out, "ready")
    for line in lines:
        for answer in answers(json.loads(line), job, ours):
            _say(out, answer)


def answers(numbers: list[int], job: Job, ours: Asked) -> Iterator[tuple[bool, list[Row]]]:
    """The results of the files with these *numbers*, in parts; the last part is marked."""
    context = bytes.fromhex(job["context"])
    rows: list[Row] = []
    since = time.monotonic()
    for number in numbers:
        place, path = job["files"][number]
        rows.append((number, *row(place, path, ours, context)))
        if time.monotonic() - since > _LONG:
            yield False, rows
            rows, since = [], time.monotonic()
    yield True, rows


def row(place: str, path: str, ours: Asked, context: bytes) -> tuple[str, Plain]:
    """The key and the plain result of one file."""
    raw = read(place, ours.limits.max_bytes)
    result = checked(raw, path, ours)
    known_by = "" if isinstance(raw, Unreadable) or not context else key(context, path, raw, ours.today).hex()
    return known_by, checked_to_plain(result)


def _say(out: BinaryIO, message: object) -> None:
    out.write(json.dumps(message, separators=(",", ":")).encode() + b"\n")
    out.flush()
