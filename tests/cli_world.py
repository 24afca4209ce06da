"""What the tests of the command line share: a folder to check, rules of their own, and a way to run it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assaymark.cli import main
from git_world import compiled_rules

ROOT = Path(__file__).parents[1]

# By name: severity, pattern, and a fix with whether it is safe.
RULES = {
    "send-open": ("high", "send($X, secret=False)", ("send($X, secret=True)", True)),
    "old-call": ("medium", "old(...)", None),
    "wrapped": ("low", "wrap($X)", ("$X", True)),
    "breaks": ("low", "snap($X)", ("snap($X", True)),
    "pointless": ("low", "again($X)", ("again($X)", True)),
    "risky": ("low", "risk($X)", ("sure($X)", False)),
}
PAGE = """\
---
severity: {severity}
confidence: high
cwe: 78
message: "`{name}` is not good, $X says; write something else."
{level}pattern: {pattern}
{fixes}---
# {name}

## Why it matters

Because of the tests.

## Use instead

Something else.

## What it does not see

Much.
"""
FLAWED = b"send(a, secret=False)\nold(b)\n"


@dataclass(frozen=True)
class Ran:
    """What came of a run."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.out, self.err
        return json.loads(self.out)

    @property
    def found(self) -> list[tuple[str, str, int, int]]:
        """Rule, path, line and column of each finding."""
        return [
            (one["rule"], one["path"], one["start"]["line"], one["start"]["column"])
            for one in self.json["findings"]
        ]

    @property
    def states(self) -> dict[str, str]:
        """State and reason of each file."""
        return {
            one["path"]: f"{one['state']}: {one.get('reason', '')}".rstrip(": ") for one in self.json["files"]
        }


@dataclass(frozen=True)
class World:
    """A folder to check, which is the current one, and rules of our own elsewhere."""

    here: Path
    rules: Path
    capture: pytest.CaptureFixture[str]

    def write(self, **files: bytes | str) -> None:
        """Python files by their names without ending; `__` stands between folders."""
        for name, content in files.items():
            file = self.here / (name.replace("__", "/") + ".py")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode())

    def read(self, name: str) -> bytes:
        return (self.here / f"{name}.py").read_bytes()

    def run(self, *arguments: str) -> Ran:
        """In this process."""
        self.capture.readouterr()
        code = main.run(list(arguments))
        out, err = self.capture.readouterr()
        return Ran(code, out, err)

    def check(self, *arguments: str) -> Ran:
        """`check` with our rules, as JSON unless *arguments* name a format."""
        form = () if "--format" in arguments else ("--format", "json")
        chosen = () if "--select" in arguments else ("--select", ",".join(RULES))
        return self.run("check", *form, *chosen, "--rules", str(self.rules), *arguments)

    def git(self, *arguments: str) -> None:
        identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        subprocess.run(["git", *identity, *arguments], cwd=self.here, check=True, capture_output=True)

    def commit(self, **files: bytes | str) -> None:
        if not (self.here / ".git").exists():
            self.git("init", "-q", "-b", "main", ".")
        self.write(**files)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "x")


@pytest.fixture
def world(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> World:
    # One cache of compiled rules for all tests of a session, and never the user's.
    shared = tmp_path_factory.getbasetemp() / "cache"
    if not shared.exists():
        compiled_rules(shared)
    monkeypatch.setenv("XDG_CACHE_HOME", str(shared))
    monkeypatch.setenv("LOCALAPPDATA", str(shared))
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return World(here, _rules(tmp_path_factory.getbasetemp() / "rules"), capsys)


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, world: World) -> Path:
    """The folder of a cache that only this test has."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))
    return tmp_path / "cache" / "assaymark"


def page(name: str, level: str = "") -> str:
    """The page of one of our rules."""
    severity, pattern, fix = RULES[name]
    fixes = f"fixes:\n  - {{with: {json.dumps(fix[0])}, safe: {str(fix[1]).lower()}}}\n" if fix else ""
    level = f"level: {level}\n" if level else ""
    return PAGE.format(name=name, severity=severity, pattern=pattern, fixes=fixes, level=level)


def program(*arguments: str) -> list[str]:
    """The command line as a program of its own: what the installed script does, with the code of this checkout."""
    boot = f"import sys; sys.path.insert(0, {str(ROOT / 'server')!r}); from assaymark.cli.main import main; main()"
    return [sys.executable, "-P", "-c", boot, *arguments]


def spawned(here: Path, *arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """What came of that program."""
    return subprocess.run(
        program(*arguments), cwd=here, capture_output=True, timeout=60, check=False, **options
    )


def _rules(folder: Path) -> Path:
    if not folder.exists():
        (folder / "python").mkdir(parents=True)
        for name in RULES:
            (folder / "python" / f"{name}.md").write_text(page(name), encoding="utf-8")
    return folder
