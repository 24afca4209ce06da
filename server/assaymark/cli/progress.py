"""
What a terminal shows while a long run goes on.

Invariants:
    Nothing goes to standard output, and nothing at all unless a person watches.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# About a second of work; below that a bar would only flash.
_WORTH_SHOWING = 4_000_000


def _silent(n_done: int) -> None:
    """Nobody watches."""


@contextmanager
def progress(n_files: int, n_bytes: int, what: str = "Checking") -> Iterator[Callable[[int], None]]:
    """What to tell the number of finished files to; *what* is done to them."""
    if n_bytes < _WORTH_SHOWING or sys.stderr is None or not sys.stderr.isatty():
        yield _silent
        return
    # Late: its import takes as long as a small check.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("check", total=n_files)
        yield lambda n_done: bar.update(task, completed=n_done)
