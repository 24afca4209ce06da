"""
`assaymark lsp`: the loop between standard input and the door.

Invariants:
    Everything that changes state happens on the loop's thread.
    Answers that can wait are computed when no more input can be read at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import sys
import threading
from collections.abc import Callable, Sequence

from assaymark.lsp.agents import Agents
from assaymark.lsp.door import Door
from assaymark.lsp.frames import Frames
from assaymark.lsp.pipe import own_stdout, reading, stdin_fd, write_all
from assaymark.lsp.typed import warming

# However much there is to read, after so many reads what waits is answered.
_MOST_READS = 16


def serve(argv: Sequence[str] = ()) -> int:
    """
    The exit code of a connection over standard input and output: 0 when the client said `shutdown` first.

    Effect: serves it until it ends.
    """
    # The loop's thread gets the interpreter back sooner while another one imports.
    sys.setswitchinterval(0.0005)
    # Nearly everything is freed by its count; looking for cycles at the default rate costs a key of some
    # thousand objects a third of its time (measured: p95 2.8 ms, so 1.6 ms).
    gc.set_threshold(20_000, 50, 100)
    return asyncio.run(_serve(stdin_fd(), own_stdout()))


async def _serve(stdin: int, stdout: int) -> int:
    loop = asyncio.get_running_loop()
    done: asyncio.Future[int] = loop.create_future()

    def write(message: bytes) -> None:
        with contextlib.suppress(OSError):  # the client is gone; the end of its input follows
            write_all(stdout, message)

    def end() -> None:
        door.settle()
        if not done.done():
            done.set_result(door.exit_code if door.exit_code is not None else door.abandoned_code)

    door = Door(write, loop.call_later, loop.call_soon_threadsafe)
    agents = Agents(lambda: door.folders, loop.call_later)
    agents.follow()
    connection = _Connection(door, end)
    source = await reading(stdin, connection.received, end)
    connection.waiting = source.waiting
    code = await done
    door.close()
    agents.end()
    connection.warmed()
    return code


class _Connection:
    """Bytes in, and the moment when what waits is answered."""

    def __init__(self, door: Door, end: Callable[[], None]) -> None:
        self.waiting: Callable[[], bool] = lambda: False
        self._door = door
        self._end = end
        self._frames = Frames()
        self._n_reads = 0
        self._warming: threading.Thread | None = None

    def received(self, arrived: bytes) -> None:
        for body in self._frames.add(arrived):
            self._door.receive(body)
            if self._door.exit_code is not None:
                self._end()
                return
        self._n_reads += 1
        if self._n_reads < _MOST_READS and self.waiting():
            return
        self._n_reads = 0
        self._door.settle()
        if self._warming is None and self._door.has_documents:
            self._warming = warming()

    def warmed(self) -> None:
        """Effect: waits for the imports, which an ending interpreter would cut short."""
        if self._warming is not None:
            self._warming.join()
