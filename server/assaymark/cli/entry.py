"""
The first thing that runs: a hook takes the short road, and all else is the command line.

Invariant: on the short road nothing is imported that reads options; an agent waits for it.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

# The hook that loads what all checks do.
_CHECKS = "git-pre-commit"


def main() -> NoReturn:
    """Run what this process was started for, and end it."""
    if sys.argv[1:2] == ["hook"]:
        # What is imported does not become garbage, and looking for some takes a while.
        gc.disable()
        _leave_folder()
        from assaymark.hooks import code_cache

        compiled = code_cache.installed()
        code = hooked(sys.argv[2:])
        if code is not None:
            # What is left to do at an ordinary end takes as long as reading the payload. Hooks of git speak.
            for stream in filter(None, (sys.stdout, sys.stderr)):
                with suppress(OSError, ValueError):
                    stream.flush()
            if sys.argv[2:3] != [_CHECKS]:
                compiled.keep()
            os._exit(code)
    from assaymark.cli.main import main as run_command_line

    run_command_line()


def hooked(words: list[str]) -> int | None:
    """
    The exit code of a hook that was asked for by `TOOL [--record FILE] [PAYLOAD]`.

    None for all else that can be typed there, right or wrong. Effect: runs the hook.
    """
    if words[:1] == [_CHECKS]:
        # It is a check, and so does not belong to what only records.
        from assaymark.cli.before_commit import before_commit

        return before_commit()
    if words and words[0].startswith("git-"):
        from assaymark.hooks.git.entry import main

        return main(words[0], words[1:])
    from assaymark.hooks.entry import TOOLS, hook

    if not words or words[0] not in TOOLS:
        return None
    tool, rest = words[0], words[1:]
    record_to = None
    if rest[:1] == ["--record"] and len(rest) > 1:
        record_to, rest = rest[1], rest[2:]
    if len(rest) > 1 or (rest and rest[0].startswith("-")):
        return None
    return hook(tool, rest[0] if rest else None, record_to)


def _leave_folder() -> None:
    """`python -m` puts the current folder first, and nothing of what is worked on is ever imported."""
    try:
        here = os.getcwd()  # noqa: PTH109
    except OSError:
        return
    if sys.path and sys.path[0] in {"", here}:
        del sys.path[0]
