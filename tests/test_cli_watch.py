"""`check --watch`: a real program that a real watcher tells of real files; a test waits for what is said, never for time."""

from __future__ import annotations

import queue
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from assaymark.cli import watch
from cli_world import FLAWED, World, program, world

__all__ = ["world"]

pytestmark = pytest.mark.e2e
PATIENCE = 30
WATCHING = "Ctrl-C ends it."


class Watching:
    """The program, and what it has said since it was last listened to."""

    def __init__(self, here: Path, *arguments: str) -> None:
        self.program = subprocess.Popen(
            program("check", "--watch", *arguments),
            cwd=here,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.program.stdout or ():
            self._lines.put(line)

    def hear(self) -> str:
        """What it says until it has said that it goes on watching."""
        heard = ""
        while WATCHING not in heard:
            heard += self._lines.get(timeout=PATIENCE)
        return heard

    def hear_of(self, name: str) -> str:
        """What it says of a change; bursts that tell of others, if the machine is slow, are passed over."""
        heard = self.hear()
        while name not in heard:
            heard = self.hear()
        return heard

    def end(self) -> int:
        self.program.send_signal(signal.SIGINT)
        return self.program.wait(PATIENCE)


@pytest.fixture
def started(world: World) -> Iterator[Watching]:
    """A watch with our rules over one flawed file, whose first check is over."""
    world.write(a=FLAWED)
    watching = Watching(
        world.here, "--rules", str(world.rules), "--select", "send-open,old-call", "--severity", "high"
    )
    try:
        assert "a.py:1:1  high  send-open" in watching.hear()
        yield watching
    finally:
        watching.program.kill()
        watching.program.wait()
        if watching.program.stdout:
            watching.program.stdout.close()


def test_what_is_saved_is_checked(world: World, started: Watching) -> None:
    """It alone, by the rules and the severity that were asked for; and how things stand is said."""
    world.write(b="x = 1\n\nsend(b, secret=False)\nold(1)\n")
    heard = started.hear_of("b.py")
    assert heard.startswith("\nChanged: b.py\nb.py:3:1  high  send-open\n")
    assert "a.py" not in heard
    assert "old-call" not in heard
    assert heard.endswith("In all 2 findings (2 high) in 2 files. Watching; Ctrl-C ends it.\n")
    world.write(b="x = 1\n")
    heard = started.hear_of("b.py")
    assert "No findings. 1 file checked" in heard
    assert "In all 1 finding (1 high) in 1 file." in heard


def test_nothing_ends_it_but_an_interrupt(world: World, started: Watching) -> None:
    """A file that goes, that gets another name, that cannot be read; the exit code is 130."""
    (world.here / "a.py").rename(world.here / "c.py")
    assert "c.py:1:1" in started.hear_of("a.py (gone)")
    world.write(c=b"\xff")
    assert "1 failed: c.py (not UTF-8)" in started.hear_of("c.py")
    (world.here / "c.py").unlink()
    assert "In all no findings." in started.hear_of("c.py (gone)")
    world.write(folder__d=FLAWED)
    assert "folder/d.py:1:1" in started.hear_of("d.py")
    (world.here / "folder").rename(world.here / "other")
    assert "other/d.py:1:1" in started.hear_of("folder/d.py (gone)")
    assert started.end() == 130


def test_ignore_files_are_respected(world: World, started: Watching) -> None:
    """Also one that is written meanwhile; what others wrote is not looked at."""
    (world.here / ".git").mkdir()
    world.write(node_modules__e=FLAWED, sub__d=FLAWED)
    assert "e.py" not in started.hear_of("sub/d.py")
    (world.here / ".gitignore").write_text("sub\n", encoding="utf-8")
    assert "In all 1 finding" in started.hear_of("sub/d.py (gone)")


def test_it_ends_when_nobody_reads(world: World) -> None:
    """With the next change, quietly."""
    watching = subprocess.Popen(
        program("check", "--watch"), cwd=world.here, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert watching.stdout is not None
    while WATCHING.encode() not in watching.stdout.readline():
        pass
    watching.stdout.close()
    world.write(z="x = 1\n")
    assert watching.wait(PATIENCE) == 0
    assert watching.stderr is not None
    assert watching.stderr.read() == b""
    watching.stderr.close()


def test_rules_that_change_are_asked_anew(world: World, tmp_path: Path) -> None:
    """Every file is checked by what they are now."""
    world.write(a="mine(1)\nyours(1)\n")
    rule = "rules: [{id: own, languages: [python], severity: ERROR, message: m, pattern: NAME(...)}]\n"
    file = tmp_path / "own.yml"
    file.write_text(rule.replace("NAME", "mine"), encoding="utf-8")
    watching = Watching(world.here, "--rules", str(file), "--select", "own")
    try:
        assert "a.py:1:1" in watching.hear()
        file.write_text(rule.replace("NAME", "yours"), encoding="utf-8")
        assert "a.py:2:1" in watching.hear()
    finally:
        watching.end()
        if watching.program.stdout:
            watching.program.stdout.close()


def test_folders_that_cannot_be_watched(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a system that has no watches left says, and what helps."""

    def full(*folders: str, **options: object) -> Iterator[object]:
        raise OSError(28, "OS file watch limit reached")

    monkeypatch.setattr(watch.watchfiles, "watch", full)
    ran = world.run("check", "--watch")
    assert ran.code == 3
    assert "OS file watch limit reached" in ran.err
    assert "WATCHFILES_FORCE_POLLING=1" in ran.err


@pytest.mark.parametrize(
    "options, complaint",
    [
        (("--fix",), "--watch only looks"),
        (("--staged",), "leave --staged out"),
        (("--stdin", "--filename", "a.py"), "leave --stdin out"),
        (("--format", "json"), "--watch tells people"),
        (("--report", "json=x"), "--watch tells people"),
        (("nowhere",), "there is no file or folder 'nowhere'"),
    ],
)
def test_what_does_not_go_with_it(world: World, options: tuple[str, ...], complaint: str) -> None:
    """Wrong usage, said before anything is checked."""
    ran = world.run("check", "--watch", *options)
    assert ran.code == 3
    assert complaint in ran.err


@pytest.mark.parametrize(
    "inside, answer",
    [
        ("a.py", True),
        ("sub/a.py", True),
        ("script", True),
        (".gitignore", True),
        ("a.log", False),
        ("a.py~", False),
        (".git/index", False),
        ("sub/node_modules/a.py", False),
    ],
)
def test_what_matters(tmp_path: Path, inside: str, answer: bool) -> None:
    """Sources, scripts, folders and ignore files; not logs, and not what lies in the folders of tools."""
    # The folder that is watched may lie in one of those itself.
    top = tmp_path / "vendor" / "x"
    assert watch.matters(str(top / inside), [str(top)]) is answer


def test_settings_that_change_have_everything_checked_again(world: World, started: Watching) -> None:
    """They hold from then on: what is ignored is not shown, what is excluded not looked at."""
    (world.here / "assaymark.toml").write_text('ignore = ["send-open"]\nexclude = ["gen"]\n')
    world.write(b="send(b, secret=False)\n", gen__c="send(c, secret=False)\n")
    heard = started.hear_of("b.py")
    assert "gen/c.py" not in heard
    assert "send-open" not in heard
