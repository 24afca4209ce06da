"""
How long a commit waits for its notes: the program that git's post-commit hook runs, from start to end.

In a repository of 10,000 files, an agent's edit of three of them is committed as often as asked for; the commit
itself is shown beside it. Exit status 1 when a budget of budgets.toml is broken.

    python tests/bench/commits.py [--runs N] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from assaymark.ledger import spool
from assaymark.ledger.events import Edited, Event, stamp
from assaymark.ledger.secret import secret_of
from assaymark.origin import Author, Evidence, Origin
from assaymark.repository.notes import AI as AI_NOTES
from assaymark.repository.place import place_of
from hooks import START, _once, _summed

N_FILES = 10_000
AI = Origin(Author.ai, Evidence.hook, "claude", "opus", "conversation")
HOOK = [sys.executable, "-c", START, "hook", "git-post-commit"]


def main() -> int:
    parser = argparse.ArgumentParser(description="how long a commit waits for its notes")
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    budget = tomllib.loads(Path(__file__).with_name("budgets.toml").read_text("utf-8"))["commits"]
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        _fill(top)
        # The first run makes what is kept compiled.
        taken = [_committed(top, number) for number in range(options.runs + 1)][1:]
        noted = subprocess.run(["git", "ls-tree", "-r", AI_NOTES], cwd=top, capture_output=True, check=True)
    if noted.stdout.count(b"\n") != options.runs + 1:
        print("not every commit has a note", file=sys.stderr)
        return 1
    times = {
        "(git commit)": _summed([commit for commit, _ in taken]),
        "its notes": _summed([notes for _, notes in taken]),
    }
    for what, (half, most) in times.items():
        print(f"{what:<18} p50 {half:6.1f} ms   p95 {most:6.1f} ms")
    if options.json:
        rows = {what: {"p50_ms": half, "p95_ms": most} for what, (half, most) in times.items()}
        options.json.write_text(json.dumps(rows))
    if times["its notes"][1] > budget["p95_ms"]:
        print("over its budget: its notes", file=sys.stderr)
        return 1
    return 0


def _fill(top: Path) -> None:
    for number in range(N_FILES):
        file = _file(top, number)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(f"x{line} = {number}\n" for line in range(30)), "utf-8")
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "x")):
        _git(top, *words)


def _committed(top: Path, number: int) -> tuple[float, float]:
    """How long the commit of an agent's edit took, and how long its notes, in milliseconds."""
    store = place_of(str(top)).store
    secret = secret_of(store)
    events: list[Event] = []
    for file in (_file(top, 3 * number + n) for n in range(3)):
        old = file.read_bytes()
        new = old + b"def added():\n    return 1\n"
        file.write_bytes(new)
        path = file.relative_to(top).as_posix()
        ranges = ((len(old), len(new)),)
        outline = secret.outline(new)
        events.append(
            Edited(*stamp("hook"), path, AI, None, secret.digest(new), (), len(new), outline, "", ranges)
        )
    spool.append(store, events)
    words = ["git", *_NOBODY, "-c", f"core.hooksPath={os.devnull}", "commit", "-qam", "x"]
    return _once(words, b"", str(top)), _once(HOOK, b"", str(top))


_NOBODY = ("-c", "user.name=a", "-c", "user.email=a@example.org")


def _git(top: Path, *words: str) -> None:
    subprocess.run(["git", *_NOBODY, *words], cwd=top, check=True)


def _file(top: Path, number: int) -> Path:
    return top / f"d{number % 100}" / f"f{number}.py"


if __name__ == "__main__":
    sys.exit(main())
