"""Real repositories for tests: of nobody's configuration, and with nobody's name."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from assaymark.lineage import gitai
from assaymark.record import blaming
from assaymark.repository import notes
from assaymark.rules.cache import cache_folder
from assaymark.rules.keys import kept_in
from assaymark.rules.loading import load_with
from assaymark.rules.pages import pages_folder

SERVER = Path(__file__).parents[1] / "server"
_CACHE = cache_folder(os.environ, Path.home(), sys.platform)
HOOKS = ("post-commit", "post-rewrite", "post-merge")


def isolated(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """Effect: git and our programs see no configuration, repository or state but those of the test."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "A")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "a@example.org")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_EDITOR", "true")
    for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    monkeypatch.setenv("PYTHONPATH", str(SERVER))
    compiled_rules(home / "cache")


def compiled_rules(cache: Path) -> None:
    """Effect: the rules stand compiled in *cache*; a first run there would take two seconds of every test."""
    file = _compiled()
    if file is not None:
        (cache / "assaymark").mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, cache / "assaymark")


@cache
def _compiled() -> Path | None:
    """The file of compiled rules of whoever runs the tests."""
    if _CACHE is None:
        return None
    load_with(pages_folder(), (), _CACHE)
    return Path(kept_in(str(_CACHE), str(pages_folder()), []))


@dataclass(frozen=True)
class World:
    """A repository, at *root*."""

    root: Path

    @property
    def here(self) -> str:
        return str(self.root)

    def git(self, *arguments: str, check: bool = True, given: str | bytes = b"", stderr: bool = False) -> str:
        """What git said; on standard error, if that is asked for."""
        raw = given.encode() if isinstance(given, str) else given
        done = subprocess.run(
            ["git", *arguments], cwd=self.root, check=False, capture_output=True, input=raw, timeout=60
        )
        if check and done.returncode:
            msg = f"git {arguments}: {done.stdout!r} {done.stderr!r}"
            raise AssertionError(msg)
        return (done.stderr if stderr else done.stdout).decode("utf-8", "replace").strip()

    def write(self, path: str, content: str | bytes) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)

    def read(self, path: str) -> bytes:
        return (self.root / path).read_bytes()

    def commit(self, message: str = "x", **files: str) -> str:
        """The id of a commit of all that there is, after *files* (`a` is a.py) were written; no hook is run."""
        for name, content in files.items():
            self.write(f"{name}.py", content)
        self.git("add", "-A")
        self.git("-c", f"core.hooksPath={os.devnull}", "commit", "-q", "--allow-empty", "-m", message)
        return self.head

    @property
    def head(self) -> str:
        return self.git("rev-parse", "HEAD")

    def note(self, commit: str = "HEAD", ref: str = "refs/notes/ai") -> str:
        return self.git("notes", "--ref", ref, "show", commit, check=False)


def made(root: Path) -> World:
    """A new repository."""
    root.mkdir(parents=True, exist_ok=True)
    world = World(root)
    world.git("init", "-q", "-b", "main", ".")
    return world


def assaymark(world: World, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """What the command line did, as a process."""
    return subprocess.run(
        [sys.executable, "-m", "assaymark", *arguments],
        cwd=world.root,
        capture_output=True,
        text=True,
        input=given,
        timeout=60,
        check=False,
    )


def hooked(world: World) -> None:
    """Effect: git calls our programs."""
    for name in HOOKS:
        file = world.root / ".git" / "hooks" / name
        file.write_text(
            f'#!/bin/sh\nexec "{sys.executable}" -P -m assaymark.hooks.git git-{name} "$@"\n',
            encoding="utf-8",
        )
        file.chmod(0o755)


def attest(world: World, *entries: str, path: str = "a.py", commit: str = "HEAD") -> None:
    """Effect: a note on *commit* says of *path* that `x 1-3` are of a session with the tool `x`."""
    lines, sessions = [path], {}
    for entry in entries:
        tool, spelled = entry.split(" ")
        lines.append(f"  s_{tool * 14}::t_{'0' * 14} {spelled}")
        sessions[f"s_{tool * 14}"] = {"agent_id": {"tool": tool, "id": tool, "model": "m"}}
    records = {
        "schema_version": "authorship/3.0.0",
        "base_commit_sha": "0" * 40,
        "prompts": {},
        "sessions": sessions,
    }
    text = "\n".join([*lines, "---", json.dumps(records, indent=2)])
    world.git("notes", "--ref", notes.AI, "add", "-f", "-F", "-", commit, given=text)


def who(world: World, path: str = "a.py", commit: str = "HEAD") -> str:
    """The tool of each line, one letter each; a dot for a line that nobody is known of."""
    found = blaming.lines_at(world.git("rev-parse", commit), path, world.here)
    assert found is not None
    marks = blaming.marks(found)
    letters = []
    for number, one in enumerate(found.blamed, 1):
        mark = marks.get(number)
        letters.append(gitai.origin_of(found.notes[one.commit].ai, mark.ai).tool if mark and mark.ai else ".")
    return "".join(letters)


def text(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)
