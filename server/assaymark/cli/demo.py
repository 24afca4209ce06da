"""
`assaymark demo`: shows in a temporary repository that what we claim is so.

Invariants:
    The folder is removed at the end, however it ends, unless it is to be kept.
    A demonstration that comes out otherwise than it should says so, and ends with 1.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from assaymark.cli.demo_stage import Failed, Stage, Wrong
from assaymark.cli.output import say, style

_WRONG, _NOT_RUN = 1, 2


def demo(which: str, *, keep: bool) -> int:
    """The exit code. Effect: shows the demonstration *which*."""
    folder = Path(tempfile.mkdtemp(prefix="assaymark-demo-")).resolve()
    try:
        return _shown(which, Stage(folder, style()))
    finally:
        if keep:
            say([f"\nKept: {folder}\n"])
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _shown(which: str, stage: Stage) -> int:
    try:
        stage.begin()
        came_out = _played(which, stage)
    except Wrong as wrong:
        sys.stderr.write(f"assaymark: this should not be: {wrong}\n")
        return _WRONG
    except Failed as failure:
        sys.stderr.write(f"assaymark: {failure}\n")
        return _NOT_RUN
    say([f"\n{came_out}\n"])
    return 0


def _played(which: str, stage: Stage) -> str:
    """What was shown."""
    match which:
        case "origin":
            from assaymark.cli.demo_origin import origin as play
        case "history":
            from assaymark.cli.demo_history import history as play
        case "cheat":
            from assaymark.cli.demo_cheat import cheat as play
        case "crash":
            from assaymark.cli.demo_crash import crash as play
        case "session":
            from assaymark.cli.demo_session import session as play
        case "gate":
            from assaymark.cli.demo_gate import gate as play
        case _:
            from assaymark.cli.demo_privacy import privacy as play
    return play(stage)
