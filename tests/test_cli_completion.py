"""`assaymark completion`: real shells complete what we have."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from assaymark.cli.arguments import SHELLS
from assaymark.rules.loading import load
from cli_world import World, program, world

__all__ = ["world"]

pytestmark = pytest.mark.e2e
# What bash does when somebody presses the tabulator behind the words.
ASK = """
source "$1"
assaymark() { %s "$@"; }
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_shtab_assaymark "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%%s\\n' "${COMPREPLY[@]}"
"""


def script(world: World, shell: str) -> Path:
    file = world.here / f"completion.{shell}"
    file.write_text(world.run("completion", shell).out, encoding="utf-8")
    return file


def offered(world: World, *words: str) -> set[str]:
    """What bash offers for the last of *words*."""
    boot = " ".join(shlex.quote(word) for word in program())
    done = subprocess.run(
        ["bash", "-c", ASK % boot, "bash", str(script(world, "bash")), "assaymark", *words],
        cwd=world.here,
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    return set(done.stdout.split())


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
@pytest.mark.parametrize(
    "words, answers",
    [
        (("ch",), {"check"}),
        (("check", "--sta"), {"--staged", "--statistics"}),
        (("check", "--format", "g"), {"github", "gitlab"}),
        (("check", "--level", ""), {"default", "strict", "pedantic"}),
        (("rules", "te"), {"test"}),
        (("completion", ""), set(SHELLS)),
    ],
)
def test_bash_completes(world: World, words: tuple[str, ...], answers: set[str]) -> None:
    """Commands, options and their values."""
    assert offered(world, *words) == answers


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
@pytest.mark.parametrize(
    "words", [("explain", "yaml-"), ("check", "--select", "yaml-"), ("check", "--ignore", "yaml-")]
)
def test_bash_completes_names_of_rules(world: World, words: tuple[str, ...]) -> None:
    """Those that there are now."""
    assert offered(world, *words) == {rule.id for rule in load().rules if rule.id.startswith("yaml-")}


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_bash_completes_files(world: World) -> None:
    """Where a path is wanted."""
    world.write(abc="")
    assert offered(world, "check", "ab") == {"abc.py"}
    assert offered(world, "check", "--output", "ab") == {"abc.py"}


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_reads_its_script(world: World, shell: str) -> None:
    """Without a complaint, where that shell is installed."""
    file = script(world, shell)
    assert "--severity" in file.read_text("utf-8") or "severity" in file.read_text("utf-8")
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell}")
    done = subprocess.run([shell, "-n", str(file)], capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("shell", SHELLS)
def test_reading_a_script_runs_nothing(world: World, shell: str, tmp_path: Path) -> None:
    """A shell that starts does not wait for us."""
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell}")
    ran = tmp_path / "ran"
    fake = tmp_path / "assaymark"
    fake.write_text(f"#!/bin/sh\ntouch {ran}\n", encoding="utf-8")
    fake.chmod(0o755)
    before = {"zsh": "autoload -U compinit; compinit -u -D; "}.get(shell, "")
    environment = os.environ | {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "HOME": str(tmp_path)}
    subprocess.run(
        [shell, "-c", f"{before}source {shlex.quote(str(script(world, shell)))}"],
        env=environment,
        check=True,
        capture_output=True,
        timeout=60,
    )
    assert not ran.exists()


def test_the_names_of_all_rules(world: World) -> None:
    """One a line; rules of one's own too, when they are given."""
    ours = sorted(rule.id for rule in load().rules)
    assert world.run("rules", "--names").out.splitlines() == ours
    assert "old-call" in world.run("rules", "--names", "--rules", str(world.rules)).out.splitlines()


def test_another_shell_is_wrong_usage(world: World) -> None:
    """With those that there are."""
    ran = world.run("completion", "bsh")
    assert ran.code == 3
    assert "did you mean bash?" in ran.err
