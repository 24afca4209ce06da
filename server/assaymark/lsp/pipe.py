"""
The two ends of the connection: standard input read on the loop, standard output kept for messages only.

Invariants:
    What arrived is handed on, on the loop, in the order of its arrival.
    `waiting()` is true when more input can be read at once; then `received` is about to be called again.
    Nothing but messages reaches the client: whatever else prints is sent to standard error.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import stat
import sys
import threading
from collections import deque
from collections.abc import Callable

from assaymark.dataclass import dataclass

_SIZE = 1 << 18


@dataclass(frozen=True, slots=True)
class Reading:
    """A connection's reading end, to be asked whether more is there."""

    waiting: Callable[[], bool]


async def reading(fd: int, received: Callable[[bytes], None], ended: Callable[[], None]) -> Reading:
    """
    The reading end of *fd*, being read.

    Effect: calls *received* with what arrives and *ended* once, both on the running loop.
    """
    if os.name == "posix" and _is_pipe(fd):
        return await _reading_on_the_loop(fd, received, ended)
    return _reading_in_a_thread(fd, received, ended)


def own_stdout() -> int:
    """
    A descriptor of standard output that only the server knows.

    Effect: whatever else is printed goes to standard error.
    """
    own = os.dup(1)
    with contextlib.suppress(OSError):  # started without a standard error
        os.dup2(2, 1)
    if os.name == "nt":
        import msvcrt  # exists on Windows only

        msvcrt.setmode(own, os.O_BINARY)  # type: ignore[attr-defined,unused-ignore]
        msvcrt.setmode(0, os.O_BINARY)  # type: ignore[attr-defined,unused-ignore]
    return own


def write_all(fd: int, message: bytes) -> None:
    """
    Effect: *message* is written to *fd*, whole.

    Errors: OSError when nobody reads any more.
    """
    left = memoryview(message)
    while left:
        try:
            left = left[os.write(fd, left) :]
        except BlockingIOError:
            # Input and output may be one socket, and reading made it non-blocking.
            select.select([], [fd], [])


def _is_pipe(fd: int) -> bool:
    mode = os.fstat(fd).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


class _Arriving(asyncio.Protocol):
    def __init__(self, received: Callable[[bytes], None], ended: Callable[[], None]) -> None:
        self.data_received = received  # type: ignore[assignment,method-assign]
        self._ended = ended

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended()


async def _reading_on_the_loop(
    fd: int, received: Callable[[bytes], None], ended: Callable[[], None]
) -> Reading:
    loop = asyncio.get_running_loop()
    pipe = os.fdopen(fd, "rb", buffering=0, closefd=False)
    await loop.connect_read_pipe(lambda: _Arriving(received, ended), pipe)
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    return Reading(lambda: bool(poll.poll(0)))


def _reading_in_a_thread(fd: int, received: Callable[[bytes], None], ended: Callable[[], None]) -> Reading:
    """For Windows, whose loop cannot read inherited pipes, and for input from a file or terminal."""
    loop = asyncio.get_running_loop()
    arrived: deque[bytes] = deque()

    def hand_on() -> None:
        data = arrived.popleft()
        if data:
            received(data)
        else:
            ended()

    def read() -> None:
        data = b"-"
        while data:
            try:
                data = os.read(fd, _SIZE)
            except OSError:
                data = b""
            arrived.append(data)
            loop.call_soon_threadsafe(hand_on)

    # A daemon blocked in os.read holds no lock of the interpreter, so it cannot
    # abort the exit as one that is blocked in sys.stdin does.
    threading.Thread(target=read, name="stdin", daemon=True).start()
    return Reading(lambda: bool(arrived))


def stdin_fd() -> int:
    """The descriptor of standard input."""
    return sys.stdin.fileno()
