"""Git's hook before a commit: it tells of staged lines with a finding that nobody read, or stops the commit."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from assaymark.cli import before_commit as module
from assaymark.cli.before_commit import before_commit
from assaymark.hooks.install.commands import Program
from assaymark.hooks.install.git_hooks import STOP, addition, script, without
from assaymark.hooks.install.insertion import inserted
from assaymark.person import Surroundings
from git_world import World, isolated, made

PROGRAM = Program((sys.executable, "-P", "-m", "assaymark"))
FLAW = "import yaml\n\n\ndef load(body):\n    return yaml.load(body)\n"
TELLS = (
    "assaymark: 1 high finding in staged lines nobody reviewed: app/load.py:5 yaml-unsafe-load."
    " Committing anyway.\n"
)
STOPS = (
    "assaymark: 1 high finding in staged lines nobody reviewed: app/load.py:5 yaml-unsafe-load."
    " Nothing was committed; `git commit --no-verify` does all the same.\n"
)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    isolated(monkeypatch, tmp_path / "home")
    world = made(tmp_path / "repository")
    _hook(world, script("pre-commit", PROGRAM))
    world.write("app/load.py", FLAW)
    world.git("add", "-A")
    monkeypatch.chdir(world.root)
    return world


def _hook(world: World, text: str) -> None:
    file = world.root / ".git" / "hooks" / "pre-commit"
    file.write_text(text, encoding="utf-8")
    file.chmod(0o755)


def _wants(tmp_path: Path, value: str) -> None:
    """Effect: the user wants that of the hook."""
    file = tmp_path / "home" / "assaymark" / "assaymark.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f'[gate]\npre-commit = "{value}"\n', encoding="utf-8")


def _block(world: World) -> None:
    """Effect: the last commit says that an unread finding stops a commit."""
    world.write("assaymark.toml", '[gate]\npre-commit = "block"\n')
    world.git("add", "assaymark.toml")
    world.git("commit", "-q", "--no-verify", "-m", "settings", "assaymark.toml")


def _committed(world: World, *more: str) -> tuple[int, str]:
    done = subprocess.run(
        ["git", "commit", "-q", "-m", "x", *more], cwd=world.root, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr


def test_it_tells_and_lets_commit(world: World) -> None:
    assert _committed(world) == (0, TELLS)


def test_it_stops_where_the_user_wants_that(world: World, tmp_path: Path) -> None:
    """Git's own --no-verify stays what it is."""
    _wants(tmp_path, "block")
    assert _committed(world) == (1, STOPS)
    assert _committed(world, "--no-verify") == (0, "")


def test_it_is_silent_where_it_is_off_and_where_nothing_is_found(world: World, tmp_path: Path) -> None:
    world.git("rm", "-q", "-f", "app/load.py")
    world.write("a.py", "x = 1\n")
    world.git("add", "-A")
    assert _committed(world) == (0, "")
    world.write("app/load.py", FLAW)
    world.git("add", "-A")
    _wants(tmp_path, "off")
    assert _committed(world) == (0, "")


def test_an_agent_does_not_switch_it_off(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the user's settings are is in a variable; that of a person is off."""
    _wants(tmp_path, "off")
    for environ, said in (({"CLAUDECODE": "1"}, TELLS), ({}, "")):
        monkeypatch.setattr("assaymark.person.surroundings", lambda of=environ: Surroundings(of))
        assert (before_commit(), capsys.readouterr().err) == (0, said)


def test_a_repository_makes_it_stricter_and_never_looser(world: World, tmp_path: Path) -> None:
    world.write("assaymark.toml", '[gate]\npre-commit = "off"\n')
    assert before_commit() == 0
    assert _committed(world) == (0, TELLS)
    world.write("app/load.py", FLAW + FLAW)
    world.write("assaymark.toml", '[gate]\npre-commit = "block"\n')
    world.git("add", "app")
    assert before_commit() == STOP
    _wants(tmp_path, "block")
    world.write("assaymark.toml", '[gate]\npre-commit = "warn"\n')
    assert before_commit() == STOP


@pytest.mark.parametrize("left", [None, '[gate]\npre-commit = "warn"\n', "[gate\n", 'fail-on = "high"\n'])
def test_a_stop_that_the_change_takes_away_holds_until_it_is_gone(world: World, left: str | None) -> None:
    """Nobody knows who took it away; whoever stages that or not."""
    _block(world)
    file = world.root / "assaymark.toml"
    file.unlink() if left is None else world.write("assaymark.toml", left)
    assert before_commit() == STOP
    world.git("add", "-A")
    assert _committed(world)[0] == 1
    assert _committed(world, "--no-verify") == (0, "")
    world.write("app/load.py", FLAW + FLAW)
    world.write("assaymark.toml", "")
    world.git("add", "-A")
    assert before_commit() == 0


def test_a_stop_that_the_change_takes_away_stops_nothing_else(world: World) -> None:
    """Lines that are read, or without a finding, are committed."""
    _block(world)
    (world.root / "assaymark.toml").unlink()
    world.git("rm", "-q", "--cached", "app/load.py")
    world.write("b.py", "x = 1\n")
    world.git("add", "-A", "b.py", "assaymark.toml")
    assert _committed(world) == (0, "")


def test_where_nobody_can_tell_what_was_set_before_what_is_set_counts(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And that it cannot be told is said."""
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(world.root / ".git" / "objects"))
    assert before_commit() == 0
    assert "what is staged was not checked (cannot judge review" in capsys.readouterr().err


def test_what_is_committed_by_path_is_what_is_checked(world: World) -> None:
    """Git makes an index of its own for that."""
    assert _committed(world) == (0, TELLS)
    world.write("app/load.py", FLAW + "x = 1\n")
    world.write("b.py", "x = 1\n")
    world.git("add", "b.py")
    assert _committed(world, "app/load.py") == (0, "")
    world.write("app/load.py", FLAW + FLAW)
    code, said = _committed(world, "-a")
    assert (code, "app/load.py:10 yaml-unsafe-load" in said) == (0, True)


@pytest.mark.parametrize("more", [(), ("-a",), ("app/load.py",)])
def test_a_gate_in_a_script_of_ones_own_sees_what_is_committed(world: World, more: tuple[str, ...]) -> None:
    """Also in a second work tree, where git names its directory in a variable."""
    gate = Program((*PROGRAM.words, "check", "--gate", "--staged", "--format", "csv"))
    _hook(world, f"#!/bin/sh\nexec {shlex.join(gate.words)} >&2\n")
    world.git("commit", "-q", "--no-verify", "-m", "x")
    second = world.root.parent / "second"
    world.git("worktree", "add", "-q", str(second))
    for top in (world.root, second):
        (top / "app" / "load.py").write_text(FLAW + FLAW, encoding="utf-8")
        if not more:
            subprocess.run(["git", "add", "-A"], cwd=top, check=True)
        done = subprocess.run(
            ["git", "commit", "-q", "-m", "x", *more], cwd=top, capture_output=True, text=True, check=False
        )
        assert (done.returncode, "app/load.py,,10," in done.stderr) == (1, True)


@pytest.mark.parametrize("wish, code", [("warn", 0), ("block", STOP)])
def test_giving_up_is_no_pass(
    world: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    wish: str,
    code: int,
) -> None:
    """It ends by itself; who is only told commits, who is to be stopped is."""

    def endless(_: object) -> list[str]:
        while True:
            pass

    _wants(tmp_path, wish)
    monkeypatch.setattr(module, "_judged", endless)
    monkeypatch.setattr(module, "SECONDS", 0.01)
    assert before_commit() == code
    assert (
        "what is staged was not checked (gave up after 0.01 s). This is not a pass. "
        in capsys.readouterr().err
    )


def test_a_fault_of_ours_is_no_pass(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: object) -> list[str]:
        raise RuntimeError

    monkeypatch.delenv("ASSAYMARK_TRACEBACK", raising=False)
    monkeypatch.setattr(module, "_judged", broken)
    assert before_commit() == 0
    assert "was not checked (internal error: RuntimeError at " in capsys.readouterr().err


@pytest.mark.parametrize(
    "first", ["#!/bin/sh\n", "#!/bin/sh -e\n", "#!/usr/bin/env bash\nset -euo pipefail\n"]
)
def test_the_script_that_was_there_goes_on(world: World, tmp_path: Path, first: str) -> None:
    """With its own exit code; ours is before it, and out again byte for byte."""
    theirs = f"{first}echo theirs >&2\nexit 7\n"
    insertion = addition(theirs, "pre-commit", PROGRAM)
    assert insertion is not None
    both = inserted(theirs, (insertion,))
    assert without(both) == theirs
    _hook(world, both)
    assert _committed(world) == (1, TELLS + "theirs\n")
    _wants(tmp_path, "block")
    assert _committed(world) == (1, STOPS)


def test_where_no_assaymark_is_found_nothing_happens(world: World) -> None:
    _hook(
        world, script("pre-commit", Program(("/nowhere/assaymark",))).replace("command -v assaymark", "false")
    )
    assert _committed(world) == (0, "")
