"""
Many files checked by this process and by workers beside it.

Invariants:
    Every file gets exactly one result, whatever becomes of a worker.
    A worker that dies or hangs costs one file: the rest of its chunk is given out again, each file by itself,
    and never to this process, which would share its fate.
    No worker outlives the run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from assaymark.analysis.snapshot import State
from assaymark.cli.plain import checked_to_plain
from assaymark.cli.report import Checked
from assaymark.cli.single import Asked
from assaymark.cli.worker import Job, Row, answers
from assaymark.dataclass import dataclass, field

# Small enough to share the end of the work out evenly, large enough to be worth a message.
_LARGEST_CHUNK = 400_000
_SMALLEST_CHUNK = 16_000
_MOST_FILES = 64
# A worker always has its next chunk at hand, so that it never waits for this process.
_IN_FLIGHT = 2
# A worker times its files itself, by the processor's clock; this is for one that cannot, by the wall's.
_PATIENCE, _GRACE = 4, 5.0
_START = 30.0
_MOST_LIVES = 20
# The folder of the project that is checked is never on the path of a worker.
_BOOT = "import sys; sys.path[:] = sys.argv[1:]; from assaymark.cli.worker import serve; serve()"
_NO_WINDOW: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)


@dataclass(slots=True)
class _Run:
    """What the threads share. Lists and deques, since their ends change atomically."""

    job: Job
    line: bytes
    chunks: deque[list[int]]
    # Files whose worker died near them; for workers only.
    alone: deque[list[int]] = field(default_factory=deque)
    rows: list[Row] = field(default_factory=list)

    def taken(self) -> list[int] | None:
        """A chunk for a worker."""
        for chunks in (self.alone, self.chunks):
            try:
                return chunks.popleft()
            except IndexError:
                continue
        return None


@dataclass(slots=True)
class _Member:
    """A worker through all its lives."""

    process: subprocess.Popen[bytes] | None = None
    # When it has to have said something.
    deadline: float = float("inf")
    came_up: bool = False
    hung: bool = False
    given_up: bool = False


def checked_by_crew(
    job: Job, sizes: Sequence[int], asked: Asked, n_workers: int, tell: Callable[[int], None]
) -> list[Row]:
    """
    The rows of all files of *job*, whose sizes in bytes are *sizes*, in any order.

    Effect: starts *n_workers* processes and ends them. *tell* hears how many files are done.
    """
    run = _Run(job, json.dumps(job).encode() + b"\n", deque(chunks(sizes, n_workers + 1)))
    members = [_Member() for _ in range(n_workers)]
    threads = [threading.Thread(target=_lead, args=(member, run), daemon=True) for member in members]
    try:
        for thread in threads:
            thread.start()
        _help(run, asked, members, threads, tell)
    finally:
        for member in members:
            member.given_up = True
            _end(member)
    lost = "no worker could be started"
    for numbers in run.alone:
        run.rows += [_failed(number, run, State.failed, lost) for number in numbers]
    return run.rows


def chunks(sizes: Sequence[int], n_hands: int) -> list[list[int]]:
    """The numbers of the files in runs to give out: large files first, ever smaller runs towards the end."""
    left = sum(sizes)
    runs: list[list[int]] = []
    filled = 0
    for number in sorted(range(len(sizes)), key=sizes.__getitem__, reverse=True):
        goal = min(max(left // (4 * n_hands), _SMALLEST_CHUNK), _LARGEST_CHUNK)
        if not runs or filled + sizes[number] > goal or len(runs[-1]) == _MOST_FILES:
            runs.append([])
            filled = 0
        runs[-1].append(number)
        filled += sizes[number]
        left -= sizes[number]
    return runs


def _help(
    run: _Run,
    asked: Asked,
    members: list[_Member],
    threads: list[threading.Thread],
    tell: Callable[[int], None],
) -> None:
    """Work on chunks too, and then see to it that the workers end."""
    while True:
        try:
            numbers = run.chunks.popleft()
        except IndexError:
            alive = [thread for thread in threads if thread.is_alive()]
            if not alive and not run.chunks:
                return
            if alive:
                alive[0].join(0.05)
        else:
            for _, rows in answers(numbers, run.job, asked):
                run.rows += rows
        _end_hung(members)
        tell(len(run.rows))


def _end_hung(members: list[_Member]) -> None:
    now = time.monotonic()
    for member in members:
        if now > member.deadline and member.process is not None:
            member.hung = True
            member.process.kill()


def _lead(member: _Member, run: _Run) -> None:
    """One worker's thread: a new process as long as there is work and the last one died of a file."""
    for _ in range(_MOST_LIVES):
        flight: deque[list[int]] = deque()
        try:
            _live(member, run, flight)
        except (OSError, ValueError):
            # It died; what it had in hand is given out again.
            pass
        finally:
            _end(member)
        if member.given_up:
            return
        _give_back(flight, member, run)
        if not member.came_up or not (run.alone or run.chunks):
            return


def _live(member: _Member, run: _Run, flight: deque[list[int]]) -> None:
    """
    One process, from its start until there is no work left; *flight* is what it did not finish.

    Raises OSError or ValueError when it dies.
    """
    member.hung = member.came_up = False
    member.process = process = subprocess.Popen(
        (sys.executable, "-P", "-c", _BOOT, *filter(os.path.isabs, sys.path)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        creationflags=_NO_WINDOW,
    )
    if process.stdin is None or process.stdout is None or member.given_up:
        return
    member.deadline = time.monotonic() + _START
    process.stdin.write(run.line)
    process.stdin.flush()
    member.came_up = process.stdout.readline() == b'"ready"\n'
    while member.came_up:
        member.deadline = time.monotonic() + run.job["seconds"] * _PATIENCE + _GRACE
        while len(flight) < _IN_FLIGHT and (numbers := run.taken()) is not None:
            flight.append(numbers)
            process.stdin.write(json.dumps(numbers).encode() + b"\n")
        process.stdin.flush()
        if not flight:
            return
        last, rows = json.loads(process.stdout.readline())
        run.rows += rows
        done = {row[0] for row in rows}
        flight[0] = [number for number in flight[0] if number not in done]
        if last:
            flight.popleft()


def _give_back(flight: deque[list[int]], member: _Member, run: _Run) -> None:
    """Give out again what a process left, save a file that it was alone with."""
    for at, numbers in enumerate(flight):
        if at:
            run.chunks.append(numbers)
        elif len(numbers) > 1:
            run.alone += [[number] for number in numbers]
        elif numbers and member.hung:
            run.rows.append(
                _failed(numbers[0], run, State.timed_out, f"timed out after {run.job['seconds']:g} s")
            )
        elif numbers:
            run.rows.append(_failed(numbers[0], run, State.failed, "its worker ended before its time"))


def _failed(number: int, run: _Run, state: State, reason: str) -> Row:
    return (number, "", checked_to_plain(Checked(run.job["files"][number][1], state, reason)))


def _end(member: _Member) -> None:
    member.deadline = float("inf")
    process, member.process = member.process, None
    if process is None:
        return
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:
                continue
