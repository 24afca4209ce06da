"""`check --fix --dry-run`: the diff of what --fix would do."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from cli_world import FLAWED, World, spawned, world

__all__ = ["world"]

TEXT = ("--format", "text")


def ours(world: World) -> tuple[str, ...]:
    return ("--rules", str(world.rules), "--select", "send-open,wrapped,risky")


def test_the_diff_is_what_fix_would_do(world: World) -> None:
    """Nothing is written; the exit code says that something would be; the summary is beside it."""
    world.write(a=b"x = 1\n" + FLAWED, b="y = 1\n")
    ran = world.check("--fix", "--dry-run", *TEXT)
    assert ran.out == (
        "--- a/a.py\n+++ b/a.py\n@@ -1,3 +1,3 @@\n x = 1\n-send(a, secret=False)\n+send(a, secret=True)\n old(b)\n"
    )
    assert ran.err == "1 finding would be fixed in 1 file. Left: 1 finding (1 medium) in 1 file.\n"
    assert ran.code == 1
    assert world.read("a") == b"x = 1\n" + FLAWED


def test_unsafe_fixes_are_shown_when_asked_for(world: World) -> None:
    """By name, as for --fix."""
    world.write(a="risk(1)\n")
    ran = world.check("--fix", "--dry-run", *TEXT)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.startswith("Nothing to fix. Left: 1 finding")
    assert "-risk(1)\n+sure(1)\n" in world.check("--fix", "--unsafe", "--dry-run", *TEXT).out


def test_what_would_not_be_fixed_is_said(world: World) -> None:
    """A fix that does not hold, and a file that was not checked: the exit code is 2 then."""
    world.write(a="snap(1)\n", b=b"\xff")
    ran = world.check("--fix", "--dry-run", *TEXT)
    assert "Not fixed: a.py:1  breaks (it would break the syntax, or end no finding)\n" in ran.err
    assert "b.py: not checked: not UTF-8\n" in ran.err
    assert ran.code == 2


@pytest.mark.parametrize(
    "content",
    [
        FLAWED,
        FLAWED.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + FLAWED,
        b"wrap('\xc3\xa9')",
        b"x\n\nsend(a,\n\n secret=False)",
        b"\x0c\nwrap(1)\x0c\n",
    ],
)
@pytest.mark.parametrize("name", ["a", "a b"])
def test_git_applies_the_diff(world: World, tmp_path: Path, content: bytes, name: str) -> None:
    """With the result that --fix has: line ends, marks and a missing last line end included."""
    world.write(**{name: content})
    world.git("init", "-q")
    diff = spawned(world.here, "check", "--fix", "--dry-run", *ours(world), env=_utf8())
    assert diff.returncode == 1
    subprocess.run(["git", "apply", "-"], cwd=world.here, input=diff.stdout, check=True)
    applied = world.read(name)
    assert applied != content
    world.write(**{name: content})
    world.check("--fix", "--select", "send-open,wrapped,risky")
    assert world.read(name) == applied


def _utf8() -> dict[str, str]:
    return os.environ | {"PYTHONIOENCODING": "utf-8"}


def test_a_notebook_has_a_diff_of_its_file(world: World) -> None:
    """Of the lines that spell the cell."""
    nb = world.here / "n.ipynb"
    nb.write_text('{"cells": [{"cell_type": "code", "source": [\n"a\\n",\n"wrap(1)"]}]}\n', encoding="utf-8")
    out = world.check("--fix", "--dry-run", *TEXT).out
    assert '-"wrap(1)"]}]}\n+"1"]}]}\n' in out


def test_colour_is_for_terminals_and_steers_none(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Red goes, green comes; an escape code in the file is spelled out."""
    world.write(a="wrap('\x1b[2J')\n")
    assert "wrap('\x1b[2J')" in world.check("--fix", "--dry-run", *TEXT).out
    monkeypatch.setenv("FORCE_COLOR", "1")
    out = world.check("--fix", "--dry-run", *TEXT).out
    assert "\x1b[31m-wrap('\\x1b[2J')\x1b[0m\n\x1b[32m+'\\x1b[2J'\x1b[0m\n" in out


@pytest.mark.parametrize(
    "options, complaint",
    [
        (("--dry-run",), "add --fix"),
        (("--fix", "--dry-run", "--format", "json"), "--dry-run shows a diff"),
        (("--fix", "--dry-run", "--output", "x"), "--dry-run shows a diff"),
    ],
)
def test_what_does_not_go_with_it(world: World, options: tuple[str, ...], complaint: str) -> None:
    """Wrong usage."""
    ran = world.run("check", *options)
    assert ran.code == 3
    assert complaint in ran.err
