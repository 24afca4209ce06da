"""
A demonstration: hooks are killed while they write, and what they acknowledged is there.

A hook acknowledges by ending with 0; one that was killed acknowledged nothing.
"""

from __future__ import annotations

import json
import random
import subprocess
import time

from assaymark.cli.demo_stage import Failed, Stage, Wrong
from assaymark.cli.output import say
from assaymark.ledger.events import Edited
from assaymark.ledger.store import Unavailable, opened
from assaymark.repository.place import place_of

N_HOOKS = 40
_AT_ONCE = 4


def crash(stage: Stage) -> str:
    """What was shown. Effect: shows it. Raises Failed or Wrong."""
    stage.tell(f"{N_HOOKS} edits of an agent; every other hook is killed (kill -9) somewhere on its way")
    chance = random.Random(7)  # noqa: S311 - which moment a hook is killed at is no secret
    acknowledged = ["first.py"]
    begun = time.monotonic()
    _begun(stage, "first.py").communicate(timeout=60)
    # Within this time a hook of several has begun, writes, or has ended.
    latest = (time.monotonic() - begun) * _AT_ONCE
    n_killed = 0
    for first in range(0, N_HOOKS, _AT_ONCE):
        running = {f"part{n}.py": _begun(stage, f"part{n}.py") for n in range(first, first + _AT_ONCE)}
        victims = list(running)[::2]
        time.sleep(chance.uniform(0, latest))
        for path in victims:
            running[path].kill()
        for path, hook in running.items():
            hook.communicate(timeout=60)
            if hook.returncode == 0:
                acknowledged.append(path)
            n_killed += hook.returncode != 0
    say([f"    {len(acknowledged)} hooks ended with 0, {n_killed} were killed before that\n"])
    stage.tell("And a reader is killed while it takes over what they wrote")
    reader = stage.started(("assaymark", "blame", "part1.py"))
    time.sleep(latest / 4)
    reader.kill()
    reader.communicate()
    stage.tell("What the ledger says now")
    stage.run("assaymark", "ledger", "verify")
    known = _known(stage)
    lost = [path for path in acknowledged if path not in known]
    if lost:
        msg = f"acknowledged, and not in the ledger: {', '.join(lost)}"
        raise Wrong(msg)
    stage.run("assaymark", "blame", acknowledged[-1])
    more = len(known) - len(acknowledged)
    return (
        f"All {len(acknowledged)} acknowledged edits are there"
        f"{f', and {more} of hooks that were killed after writing' if more else ''}; nothing is damaged."
    )


def _begun(stage: Stage, path: str) -> subprocess.Popen[bytes]:
    """A hook that has its payload. Effect: the agent has written *path*."""
    payload = stage.edited(path, "", f"part = {path!r}\n")
    hook = stage.started(("assaymark", "hook", "claude"))
    if hook.stdin is None:
        raise Failed(path)
    hook.stdin.write(json.dumps(payload).encode())
    hook.stdin.close()
    hook.stdin = None
    return hook


def _known(stage: Stage) -> set[str]:
    """The files of which the ledger knows an edit."""
    try:
        with opened(place_of(str(stage.shop / "part0.py")).store, "cli") as ledger:
            return {event.path for event in ledger.events() if isinstance(event, Edited)}
    except (OSError, Unavailable) as problem:
        raise Failed(str(problem)) from problem
