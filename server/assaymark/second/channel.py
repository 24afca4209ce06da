"""
The way to the process that bandit runs in: one thread, one process, one question at a time.

Invariants:
    Who asks never waits; an answer comes once for each question that is not overtaken, on the asker's thread.
    Of several questions about one text only the newest is asked.
    A process that hangs is ended, one that ended is started again, ever later; the text that it had is said
    to be unchecked. No process outlives its server: it ends when its input does.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable

from assaymark.dataclass import dataclass
from assaymark.engines.bandit.opinion import Opinion, Plain, from_plain
from assaymark.second.asking import Second
from assaymark.second.environment import road
from assaymark.second.speech import to_plain

_BOOT = "import sys; sys.path[:] = sys.argv[1:]; from assaymark.second.worker import serve; serve()"
_START = 60.0
_SHORTEST_REST, _LONGEST_REST = 1.0, 60.0
_NO_WINDOW: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)

# Calls a function on the thread of who asks.
Soon = Callable[[Callable[[], None]], object]
Then = Callable[[Opinion], None]


@dataclass(frozen=True, slots=True)
class Question:
    """A text, known by its *key*, and what is asked of it; the answer may take *seconds*."""

    key: str
    content: bytes
    path: str
    second: Second
    seconds: float


class Channel:
    """One process, started with the first question."""

    def __init__(self, soon: Soon, projects: Callable[[], tuple[str, ...]]) -> None:
        """*projects* are the folders from which nothing may be imported."""
        self._soon = soon
        self._projects = projects
        self._waiting: dict[str, tuple[Question, Then]] = {}
        self._something = threading.Condition()
        self._thread: threading.Thread | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._n_failures = 0
        self._ended = False

    def ask(self, question: Question, then: Then) -> None:
        """Effect: *then* gets the answer, unless a newer question about the same text overtakes it."""
        with self._something:
            self._waiting[question.key] = (question, then)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, daemon=True)
                self._thread.start()
            self._something.notify()

    def end(self) -> None:
        """Effect: the process is ended, and nothing is answered any more."""
        with self._something:
            self._ended = True
            self._waiting.clear()
            self._something.notify()
            process = self._process
        if process is not None:
            process.kill()
        if self._thread is not None:
            self._thread.join(5)

    def _work(self) -> None:
        while True:
            with self._something:
                self._something.wait_for(lambda: self._waiting or self._ended)
                if self._ended:
                    break
                if self._process is None and self._n_failures:
                    # Who died of a text may die of the next one; the newest questions are asked afterwards.
                    rest = min(_SHORTEST_REST * 2 ** (self._n_failures - 1), _LONGEST_REST)
                    self._something.wait_for(lambda: self._ended, rest)
                    if self._ended:
                        break
                question, then = self._waiting.pop(next(iter(self._waiting)))
            self._deliver(self._answer(question), then)
        self._drop()

    def _deliver(self, opinion: Opinion, then: Then) -> None:
        # The loop may be closed already.
        with contextlib.suppress(RuntimeError):
            if not self._ended:
                self._soon(lambda: then(opinion))

    def _answer(self, question: Question) -> Opinion:
        timer = _Deadline()
        try:
            process = self._process or self._started(question, timer)
            timer.set(process, question.seconds)
            opinion = _said(process, question)
        except (OSError, ValueError):
            self._drop()
            self._n_failures += 1
            late = f"timed out after {question.seconds:g} s"
            return Opinion(unread=late if timer.struck else "its process ended before its time")
        else:
            self._n_failures = 0
            return opinion
        finally:
            timer.clear()

    def _started(self, question: Question, timer: _Deadline) -> subprocess.Popen[bytes]:
        """A process that is ready. Raises OSError or ValueError."""
        path = road(sys.path, (*self._projects(), question.second.project))
        process = subprocess.Popen(
            (sys.executable, "-I", "-c", _BOOT, *path),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # Where the editor's server was started may be the project.
            cwd=os.path.dirname(os.path.abspath(sys.executable)),  # noqa: PTH100, PTH120
            creationflags=_NO_WINDOW,
        )
        with self._something:
            self._process = process
            if self._ended:
                process.kill()
        timer.set(process, _START)
        if _line(process) != "ready":
            msg = "it did not come up"
            raise ValueError(msg)
        timer.clear()
        return process

    def _drop(self) -> None:
        with self._something:
            process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


class _Deadline:
    """Ends a process that takes too long; *struck* says that it did."""

    def __init__(self) -> None:
        self.struck = False
        self._timer: threading.Timer | None = None

    def set(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self.clear()

        def strike() -> None:
            self.struck = True
            process.kill()

        self._timer = threading.Timer(seconds, strike)
        self._timer.daemon = True
        self._timer.start()

    def clear(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _said(process: subprocess.Popen[bytes], question: Question) -> Opinion:
    """The answer of *process*. Raises OSError or ValueError."""
    if process.stdin is None:
        raise ValueError
    header = {
        "path": question.path,
        "n_bytes": len(question.content),
        "seconds": question.seconds,
        "terms": to_plain(question.second.terms),
    }
    process.stdin.write(json.dumps(header).encode() + b"\n" + question.content)
    process.stdin.flush()
    return from_plain(_line(process))


def _line(process: subprocess.Popen[bytes]) -> Plain:
    line = process.stdout.readline() if process.stdout is not None else b""
    said: Plain = json.loads(line)
    return said
