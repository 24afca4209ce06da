"""
A payload, from standard input to a table.

Invariants:
    It ends: after the input's end, after a silence, or at a size; a tool that leaves the pipe open is not
    waited for.
    What is too large is read away, so that the tool that writes it does not fail.
"""

from __future__ import annotations

import os
import time

from assaymark.quickjson import loads
from assaymark.tuples import NamedTuple

MOST_BYTES = 16 * 1024 * 1024
# Seconds: of silence, before anything came and afterwards, and in all.
_PATIENCE = 2.0
_SILENCE = 0.5
_IN_ALL = 10.0
_AT_ONCE = 1 << 20
_BOM = b"\xef\xbb\xbf"


class Payload(NamedTuple):
    """What came, as a table; *wrong* says why there is none, without a word of it."""

    table: dict[str, object] | None
    wrong: str = ""


def received(descriptor: int) -> Payload:
    """
    The payload that is to be read from *descriptor*.

    Effect: reads it to its end.
    """
    try:
        content = _awaited(descriptor) if os.name == "nt" else _polled(descriptor)
    except (OSError, ValueError):
        return Payload(None, "nothing came")
    if len(content) > MOST_BYTES:
        return Payload(None, f"more than {MOST_BYTES >> 20} MiB")
    return decoded(content)


def decoded(content: bytes) -> Payload:
    """The table that *content* spells."""
    if not content.strip():
        return Payload(None, "nothing came")
    try:
        # Some tools leave control characters inside of strings as they are, some write a byte order mark.
        value = loads(content.removeprefix(_BOM).decode("utf-8", "replace"), strict=False)
    except RecursionError:
        return Payload(None, "nested too deeply")
    except ValueError:
        return Payload(None, "not JSON, or cut off")
    return (
        Payload(value) if isinstance(value, dict) else Payload(None, f"no table but {type(value).__name__}")
    )


def _polled(descriptor: int) -> bytes:
    """What comes, or its first `MOST_BYTES` and one more part."""
    import select

    # `select.select` takes no descriptor from 1024 on.
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    parts: list[bytes] = []
    n_bytes = 0
    end = time.monotonic() + _IN_ALL
    while (left := end - time.monotonic()) > 0:
        ready = poll.poll(1000 * min(left, _SILENCE if parts else _PATIENCE))
        part = os.read(descriptor, _AT_ONCE) if ready else b""
        if not part:
            break
        if n_bytes <= MOST_BYTES:
            parts.append(part)
        n_bytes += len(part)
    return b"".join(parts)


def _awaited(descriptor: int) -> bytes:
    """The same where pipes cannot be polled: a thread reads, and is left behind when it does not end."""
    import threading

    parts: list[bytes] = []

    def read() -> None:
        while part := os.read(descriptor, _AT_ONCE):
            if sum(map(len, parts)) <= MOST_BYTES:
                parts.append(part)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    reader.join(_PATIENCE)
    return b"".join(parts)
