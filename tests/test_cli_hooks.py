"""`assaymark hooks` as it is typed: what it says, and how it ends."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli_world import ROOT, Ran, World, spawned, world

__all__ = ["world"]

unix = pytest.mark.skipif(sys.platform == "win32", reason="the programs are shell scripts")


@pytest.fixture
def home(world: World, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of one's own, a repository as the current folder, and a program that notes what it is called with."""
    home = world.here.parent / "home"
    home.mkdir()
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    for name in ("XDG_STATE_HOME", "LOCALAPPDATA", "CLAUDE_CONFIG_DIR", "CODEX_HOME", "COPILOT_HOME"):
        monkeypatch.delenv(name, raising=False)
    world.git("init", "-q", "-b", "main", ".")
    shutil.rmtree(world.here / ".git" / "hooks")
    program = world.here.parent / "assaymark"
    program.write_text(f'#!/bin/sh\necho "$*" >> "{world.here.parent}/log"\n')
    program.chmod(0o755)
    monkeypatch.setattr(sys, "argv", [str(program)])
    return home


def everything(folder: Path) -> dict[str, bytes]:
    """Every file below *folder*, and every folder."""
    return {
        str(file.relative_to(folder)): file.read_bytes() if file.is_file() else b"/"
        for file in folder.rglob("*")
        if "objects" not in file.parts
    }


def test_install_and_uninstall(world: World, home: Path) -> None:
    """For tools that are used here, and for git; and nothing is left."""
    (home / ".claude").mkdir()
    (home / ".cursor").mkdir()
    (home / ".claude" / "settings.json").write_text('{"model": "x"}')
    before = everything(world.here.parent)
    ran = world.run("hooks", "install")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "claude    installed: ~/.claude/settings.json\n"
        "claude    sessions that are open take it up when they are started again\n"
        "cursor    installed: ~/.cursor/hooks.json\n"
        "cursor    Cursor may run the hooks of Claude Code too; an edit is recorded once\n"
        "git       installed: .git/hooks/pre-commit, .git/hooks/post-commit, .git/hooks/post-rewrite,"
        " .git/hooks/post-merge\n"
        "Not found here: copilot, codex, gemini, windsurf. By name they are installed anyway.\n"
    )
    assert world.run("hooks", "install", "claude").out == "claude    installed already\n"
    ran = world.run("hooks", "uninstall")
    assert (ran.code, ran.err) == (0, "")
    assert "codex     nothing to take out\n" in ran.out
    assert everything(world.here.parent) == before


@unix
def test_a_commit_runs_what_was_installed(world: World, home: Path) -> None:
    """The program that installed it, not the one on PATH."""
    world.run("hooks", "install", "git")
    world.commit(a="1")
    assert (world.here.parent / "log").read_text() == "hook git-pre-commit\nhook git-post-commit\n"


def test_a_dry_run_shows_a_diff(world: World, home: Path) -> None:
    """And writes nothing; exit code 1 says that files would change."""
    file = home / ".claude" / "settings.json"
    file.parent.mkdir()
    file.write_text('{\n  "model": "x"\n}')
    before = everything(world.here.parent)
    ran = world.run("hooks", "install", "--dry-run", "claude", "git")
    assert ran.code == 1
    head, names, _, *lines = ran.out.splitlines()
    assert (head, names) == ("--- ~/.claude/settings.json", "+++ ~/.claude/settings.json")
    assert lines[:4] == [" {", '-  "model": "x"', '+  "model": "x",', '+  "hooks": {']
    assert "--- /dev/null\n+++ .git/hooks/post-commit\n" in ran.out
    assert everything(world.here.parent) == before
    world.run("hooks", "install", "claude")
    assert world.run("hooks", "install", "--dry-run", "claude").code == 0
    ran = world.run("hooks", "uninstall", "--dry-run", "claude")
    assert ran.code == 1
    assert '\n-  "hooks": {\n' in ran.out


def answered(world: World, monkeypatch: pytest.MonkeyPatch, answer: str, *arguments: str) -> Ran:
    """What came of a run in which somebody types *answer*."""
    terminal = io.StringIO(answer)
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", terminal)
    return world.run(*arguments)


def test_a_project_is_asked_for(world: World, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is written that everybody gets; where nobody can answer, --yes is needed."""
    command = ("hooks", "install", "--project", "claude")
    ran = answered(world, monkeypatch, "n\n", *command)
    assert (ran.code, ran.out) == (0, "Nothing was written.\n")
    assert "everybody in this project gets (.claude/settings.json)?" in ran.err
    assert not (world.here / ".claude").exists()
    assert answered(world, monkeypatch, "y\n", *command).code == 0
    held = (world.here / ".claude" / "settings.json").read_text()
    assert "command -v assaymark >/dev/null 2>&1 && exec assaymark hook claude; exit 0" in held
    assert world.run("hooks", "uninstall", "claude").out == "claude    uninstalled: .claude/settings.json\n"
    assert not (world.here / ".claude").exists()
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    ran = world.run(*command)
    assert ran.code == 3
    assert "add --yes" in ran.err
    assert world.run(*command, "--yes").code == 0


def test_a_teammates_entries_go_only_when_the_project_is_named(world: World, home: Path) -> None:
    """They were not installed from here."""
    world.run("hooks", "install", "--project", "--yes", "claude")
    shutil.rmtree(home / ".local")
    assert world.run("hooks", "uninstall", "claude").out == "claude    nothing to take out\n"
    assert "uninstalled: .claude/settings.json" in world.run("hooks", "uninstall", "--project", "claude").out


def test_what_cannot_be_read_is_said(world: World, home: Path) -> None:
    """With file and line; the others are done, and the exit code says so."""
    file = home / ".claude" / "settings.json"
    file.parent.mkdir()
    file.write_text('{\n  "a": 1\n  "b": 2\n}')
    ran = world.run("hooks", "install", "claude", "cursor")
    assert ran.code == 2
    assert ran.err == (
        "assaymark: claude: ~/.claude/settings.json: line 3: a comma is missing; nothing was changed\n"
    )
    assert ran.out.startswith("cursor    installed: ~/.cursor/hooks.json\n")
    assert json.loads((home / ".cursor" / "hooks.json").read_text())["version"] == 1


def test_what_cannot_be_written_is_said(world: World, home: Path) -> None:
    """And nothing is left half done; the others are."""
    (home / ".claude").write_text("")
    ran = world.run("hooks", "install", "claude", "cursor")
    assert ran.code == 2
    assert ran.err.startswith("assaymark: claude: ")
    assert ran.out.startswith("cursor    installed: ")
    world.run("hooks", "uninstall")
    assert [file.name for file in home.iterdir()] == [".claude"]


def test_wrong_usage(world: World, home: Path) -> None:
    """A tool that there is not, with a guess; no action; two scopes."""
    ran = world.run("hooks", "install", "claud")
    assert ran.code == 3
    assert "did you mean claude?" in ran.err
    assert world.run("hooks").code == 3
    assert world.run("hooks", "install", "--user", "--project").code == 3


def test_outside_of_a_repository(world: World, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tools are installed all the same; of git there is nothing."""
    outside = world.here.parent / "outside"
    outside.mkdir()
    monkeypatch.chdir(outside)
    ran = world.run("hooks", "install", "claude", "git")
    assert ran.code == 0
    assert "git       no work tree of git here\n" in ran.out


@unix
@pytest.mark.e2e
def test_hooks_of_a_real_program(world: World, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Installed, run by an agent and by git, and gone again: the commit has a note of what the agent wrote."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "server"))
    world.commit(b="1")
    shutil.rmtree(world.here / ".git" / "hooks", ignore_errors=True)
    done = spawned(world.here, "hooks", "install", "git", "claude")
    assert done.returncode == 0, done.stderr
    # Rules are compiled at the first run, which takes longer than an agent is kept waiting.
    assert spawned(world.here, "check", ".").returncode == 0
    held = json.loads((home / ".claude" / "settings.json").read_text())
    (group,) = held["hooks"]["PostToolUse"]
    file = world.here / "a.py"
    file.write_text("x = 2\n")
    payload = {
        "session_id": "s",
        "cwd": str(world.here),
        "hook_event_name": "PostToolUse",
        "tool_name": "Write",
        "tool_use_id": "u",
        "tool_input": {"file_path": str(file), "content": "x = 2\n"},
        "tool_response": {
            "type": "create",
            "filePath": str(file),
            "content": "x = 2\n",
            "originalFile": None,
        },
    }
    command = ["sh", "-c", group["hooks"][0]["command"]]
    said = json.dumps(payload).encode()
    done = subprocess.run(command, cwd=world.here, input=said, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    world.git("add", "-A")
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    commit = ["git", *identity, "commit", "-q", "-m", "x"]
    done = subprocess.run(commit, cwd=world.here, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    note = subprocess.run(
        ["git", "notes", "--ref", "ai", "show"], cwd=world.here, capture_output=True, text=True, check=True
    )
    assert note.stdout.startswith("a.py\n  s_")
    assert spawned(world.here, "uninstall", "--all", "--yes").returncode == 0
    assert not (home / ".claude").exists()
    assert not (world.here / ".git" / "hooks").exists()
    assert not (world.here / ".git" / "assaymark").exists()
