"""
A program that runs beside us: started now, asked and heard later.

Invariants:
    What is written and what is read wait for each other in no order, so neither side is ever stuck.
    After `end` or `stop` nothing of it is left: no open end, no process.
    Only for systems of the POSIX kind. `subprocess` does as much and more, but importing it takes longer than
    most of what git is asked for, and a commit waits for that.
"""

from __future__ import annotations

import contextlib
import os
import select
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

CAN_START = hasattr(os, "posix_spawn") and hasattr(select, "poll")
# Python ignores it, and who is started should not: the same number wherever there is a POSIX.
_SIGPIPE = 13
_SIGKILL = 9
_AT_ONCE = 1 << 16


class Child:
    """
    A started program, which has *seconds* for each thing that is asked of it.

    Methods raise TimeoutError when it takes longer. *complaint* is what it wrote to its standard error.
    """

    def __init__(self, words: tuple[str, ...], environment: Mapping[str, str], seconds: float) -> None:
        self.complaint = b""
        self._seconds = seconds
        self._until = time.monotonic() + seconds
        self._waiting = memoryview(b"")
        self._is_all = False
        self.pid, self._into, self._out, self._errors = _started(words, environment)
        os.set_blocking(self._into, False)
        self._open = {self._into, self._out, self._errors}
        self._poll = select.poll()
        for descriptor in (self._out, self._errors):
            self._poll.register(descriptor, select.POLLIN)

    def give(self, given: bytes, *, is_all: bool) -> None:
        """
        Effect: *given* goes to its standard input, by and by as it is heard; if it *is all*, that ends then.
        """
        self._until = time.monotonic() + self._seconds
        self._waiting = memoryview(bytes(self._waiting) + given)
        self._is_all = is_all
        if self._into not in self._open:
            return
        # A little is taken at once, so that it can be worked on while we do something else.
        self._poll.register(self._into, select.POLLOUT)
        self._write()

    def some(self) -> bytes:
        """What comes next of its standard output; empty at the end of that."""
        while self._out in self._open:
            chunk = self._turn(self._out)
            if chunk:
                return chunk
        return b""

    def rest(self) -> bytes:
        """All that is still to come of its standard output."""
        return b"".join(iter(self.some, b""))

    def end(self) -> int:
        """Its exit status; of what a signal ended, a negative one. Effect: waits for its end."""
        self.give(b"", is_all=True)
        while self._errors in self._open or self._out in self._open:
            self._turn(self._errors)
        return self._left()

    def stop(self) -> None:
        """Effect: it runs no more."""
        if self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, _SIGKILL)
            self._left()

    def _left(self) -> int:
        for descriptor in tuple(self._open):
            self._close(descriptor)
        pid, self.pid = self.pid, 0
        try:
            return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        except ChildProcessError:
            # Somebody in this process waits for all of its children.
            return 0

    def _turn(self, wanted: int) -> bytes:
        """What came from the end *wanted*, if anything did. Effect: the other ends get on too."""
        ready = self._poll.poll(max(0.0, self._until - time.monotonic()) * 1000)
        if not ready:
            raise TimeoutError
        for descriptor, _ in ready:
            if descriptor == self._into:
                self._write()
                continue
            chunk = os.read(descriptor, _AT_ONCE)
            if not chunk:
                self._close(descriptor)
            elif descriptor == self._errors:
                self.complaint += chunk
            if descriptor == wanted:
                return chunk
        return b""

    def _write(self) -> None:
        try:
            n = os.write(self._into, self._waiting[:_AT_ONCE]) if self._waiting else 0
        except BlockingIOError:
            return
        except BrokenPipeError:
            # It wants no more; its exit status says whether that is well.
            self._waiting, self._is_all = self._waiting[:0], True
        else:
            self._waiting = self._waiting[n:]
        if self._waiting:
            return
        if self._is_all:
            self._close(self._into)
        else:
            self._poll.unregister(self._into)

    def _close(self, descriptor: int) -> None:
        with contextlib.suppress(KeyError):
            self._poll.unregister(descriptor)
        self._open.discard(descriptor)
        os.close(descriptor)


def _started(words: tuple[str, ...], environment: Mapping[str, str]) -> tuple[int, int, int, int]:
    """The number of a new process, and our ends of its input, its output and its errors."""
    (input_, into), (out, output), (errors, complaints) = [_pipe() for _ in range(3)]
    try:
        pid = os.posix_spawn(
            words[0],
            words,
            environment,
            file_actions=[
                (os.POSIX_SPAWN_DUP2, input_, 0),
                (os.POSIX_SPAWN_DUP2, output, 1),
                (os.POSIX_SPAWN_DUP2, complaints, 2),
            ],
            setsigdef=[_SIGPIPE],
        )
    except BaseException:
        for end in (into, out, errors):
            os.close(end)
        raise
    finally:
        for end in (input_, output, complaints):
            os.close(end)
    return pid, into, out, errors


def _pipe() -> tuple[int, int]:
    """Two ends of which none has a number that the child's own ends are to have."""
    ends = os.pipe()
    if min(ends) > 2:
        return ends
    try:
        return _pipe()
    finally:
        for end in ends:
            os.close(end)
