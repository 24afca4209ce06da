"""Bad input gets a state and an exit code; never a traceback, never a hang."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assaymark.analysis.snapshot import Limits
from assaymark.cli import single
from assaymark.workspace import reading
from cli_world import FLAWED, World, own_cache, program, spawned, world

__all__ = ["own_cache", "world"]

MANY = "ä = 1; " + "old(1); " * 5_000
NEEDS_LINKS = pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")


@pytest.mark.parametrize(
    "content, state",
    [
        (b"old('\xe9')\n", "failed: not UTF-8"),
        ("old(1)\n".encode("utf-16"), "failed: UTF-16 or UTF-32; save it as UTF-8"),
        (b"old(1)\n\0", "failed: holds NUL bytes"),
        (
            b"# coding: nonsense\nold(1)\n",
            "failed: declares the encoding nonsense, which Python does not know",
        ),
    ],
)
def test_what_is_no_text_fails(world: World, content: bytes, state: str) -> None:
    """With its reason, and exit code 2; the files beside it are checked."""
    world.write(bad=content, good=FLAWED)
    ran = world.check()
    assert ran.code == 2
    assert ran.states == {"bad.py": state, "good.py": "findings"}
    assert len(ran.found) == 2


@pytest.mark.parametrize(
    "content, column",
    [
        (b"\xef\xbb\xbfold(1)\n", 1),
        (b"old(1)\r\nx = 1\r\n", 1),
        (b"x = 1\rold(1)", 1),
        (b"#coding: latin-1\n'\xe9'; old(1)\n", 6),
        (b"x = 1\x0cold(1)\n", 7),
    ],
)
def test_odd_texts_are_analysed(world: World, content: bytes, column: int) -> None:
    """A byte order mark, any line ends, an encoding that is declared, a form feed."""
    world.write(odd=content)
    ran = world.check()
    assert ran.states == {"odd.py": "findings"}
    assert [at for *_, at in ran.found] == [column]


def test_an_empty_file_is_clean(world: World) -> None:
    """And so is one of line ends."""
    world.write(a=b"", b=b"\r\n\n\r")
    assert world.check().states == {"a.py": "clean", "b.py": "clean"}


def test_a_huge_file_is_not_read(world: World) -> None:
    """100 MB take no time and no memory: they are not read."""
    with (world.here / "huge.py").open("wb") as file:
        file.truncate(100_000_000)
    began = time.monotonic()
    ran = world.check()
    assert ran.code == 2
    assert ran.states == {"huge.py": f"failed: larger than the limit of {Limits().max_bytes:,} bytes"}
    assert time.monotonic() - began < 2


def test_a_line_of_five_megabytes(world: World) -> None:
    """Over the limit of a line, where a rule could have something to say about it."""
    world.write(long=b"x = '" + b"old " * 1_240_000 + b"'\n")
    ran = world.check()
    assert ran.code == 2
    (state,) = ran.states.values()
    assert state.startswith("failed: a line of 4,960,00")


@pytest.mark.parametrize(
    "opener", [b"(", b"[", b"{", b"f(", b"(lambda:", b"not ", b"-", b"x if ", b"'%s' % (", b"a["]
)
def test_fifty_thousand_openers(world: World, opener: bytes) -> None:
    """Some state in some seconds, and what stands before them is found."""
    world.write(deep=b"old(1)\nx = " + opener * 50_000 + b"\n")
    began = time.monotonic()
    ran = world.check("--timeout", "20")
    assert time.monotonic() - began < 30
    assert ran.code in {0, 2}
    assert ran.json["files"][0]["state"] in {"findings", "partial", "timed out"}


def test_very_many_findings_on_one_long_line(world: World) -> None:
    """Counting their columns and showing them takes no longer for that."""
    world.write(long=MANY)
    began = time.monotonic()
    ran = world.check("--format", "text")
    assert ran.out.count("^^^^^^") == 5_000
    assert "long.py:1:40000  medium" in ran.out
    assert time.monotonic() - began < 20


def test_nested_and_closed(world: World) -> None:
    """50,000 brackets that are closed again, and as many blocks."""
    world.write(
        brackets=b"x = " + b"(" * 50_000 + b"old(1)" + b")" * 50_000,
        blocks=b"".join(b" " * number + b"if x:\n" for number in range(900)) + b" " * 900 + b"old(1)\n",
    )
    ran = world.check()
    assert {state.split(":")[0] for state in ran.states.values()} <= {"findings", "partial"}


@NEEDS_LINKS
def test_links_in_a_loop(world: World) -> None:
    """Found on the way they are counted; named they fail."""
    world.write(a="x = 1\n")
    (world.here / "loop").symlink_to(world.here)
    (world.here / "self.py").symlink_to("self.py")
    ran = world.check()
    assert (ran.code, ran.states, ran.json["skipped"]) == (0, {"a.py": "clean"}, {"symbolic link": 2})
    ran = world.check("self.py")
    assert (ran.code, ran.states) == (2, {"self.py": "failed: symbolic links in a loop"})


def test_a_file_that_may_not_be_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It fails; the others are checked."""
    world.write(shut=FLAWED, open=FLAWED)
    opened = os.open

    def refusing(place: str, *arguments: int) -> int:
        if str(place).endswith("shut.py"):
            raise PermissionError(13, "Permission denied")
        return opened(place, *arguments)

    monkeypatch.setattr(reading.os, "open", refusing)
    ran = world.check()
    assert (ran.code, ran.states) == (2, {"open.py": "findings", "shut.py": "failed: may not be read"})


def test_a_file_that_goes_away(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between being found and being read."""
    world.write(gone=FLAWED, here=FLAWED)
    opened = os.open

    def deleting(place: str, *arguments: int) -> int:
        (world.here / "gone.py").unlink(missing_ok=True)
        return opened(place, *arguments)

    monkeypatch.setattr(reading.os, "open", deleting)
    ran = world.check()
    assert (ran.code, ran.states) == (2, {"gone.py": "failed: not there any more", "here.py": "findings"})


def test_a_file_that_shrinks_or_grows(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is there when it is read counts, up to the limit."""
    world.write(a=b"x = 1\n")
    fstat = os.fstat

    def small(descriptor: int) -> os.stat_result:
        before = fstat(descriptor)
        if before.st_size != 6:
            return before
        with (world.here / "a.py").open("ab") as file:
            file.write(b"old(1)\n" * 10)
        return os.stat_result((*before[:6], 6, *before[7:]))

    monkeypatch.setattr(reading.os, "fstat", small)
    assert len(world.check().found) == 10
    world.write(a=b"x = 1\n")
    assert world.check("--max-bytes", "50").states == {"a.py": "failed: larger than the limit of 50 bytes"}


def test_a_fault_of_ours_is_a_failed_file(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Named by its place in our code; what it quotes of the text is not shown."""
    world.write(a="old('secret')\n", b="x = 1\n")

    def faulty(*arguments: object, **terms: object) -> object:
        msg = "old('secret')"
        raise ValueError(msg)

    monkeypatch.setattr(single, "opened", faulty)
    ran = world.check()
    assert ran.code == 2
    assert ran.states["a.py"].startswith("failed: internal error: ValueError at test_bad_input.py:")
    assert "secret" not in ran.out + ran.err


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this platform cannot interrupt")
@pytest.mark.parametrize("swallowed", [False, True])
def test_a_file_that_takes_too_long(world: World, monkeypatch: pytest.MonkeyPatch, swallowed: bool) -> None:
    """Its state is `timed out`, even when something on the way catches exceptions."""
    world.write(a="old(1)\n", b="x = 1\n")

    def slow(*arguments: object, **terms: object) -> object:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                sum(range(1000))
            except Exception:
                if not swallowed:
                    raise
        msg = "not interrupted"
        raise AssertionError(msg)

    monkeypatch.setattr(single, "opened", slow)
    ran = world.check("--timeout", "0.1")
    assert (ran.code, ran.states) == (2, {"a.py": "timed out: timed out after 0.1 s", "b.py": "clean"})
    assert signal.getitimer(signal.ITIMER_PROF) == (0, 0)


@pytest.mark.parametrize("content", ["---\nseverity: hihg\n---\n# x\n", "rules: {", "\0", "rules: 1\n", ""])
@pytest.mark.parametrize("name", ["python/x.md", "x.yml"])
def test_a_broken_rule_file(world: World, content: str, name: str, tmp_path: Path) -> None:
    """It is named, and the code is 2; the other rules are asked."""
    world.write(a=FLAWED)
    file = tmp_path / "mine" / name
    file.parent.mkdir(parents=True)
    file.write_text(content, encoding="utf-8")
    ran = world.check("--rules", str(file))
    assert len(ran.found) == 2
    assert ran.code == (2 if ran.json["problems"] else 1)
    assert content == "" or Path(ran.json["problems"][0]["path"]).name == file.name


def test_a_closed_output_changes_no_exit_code(world: World) -> None:
    """The reader took one line and went away."""
    world.write(a=b"old(1)\n" * 3_000)
    command = program("check", "--rules", str(world.rules), "--fail-on", "medium")
    with subprocess.Popen(command, cwd=world.here, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait(30) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
def test_an_output_that_is_full_is_a_failure(world: World) -> None:
    """A report that was not delivered is not a pass."""
    world.write(a="x = 1\n")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            program("check"), cwd=world.here, stdout=full, stderr=subprocess.PIPE, timeout=30, check=False
        )
    assert done.returncode == 2
    assert done.stderr == b"assaymark: the report could not be written: no space left on device\n"


@pytest.mark.skipif(os.name != "posix", reason="a shell of POSIX closes them")
def test_no_output_at_all(world: World) -> None:
    """Standard output, input and error are closed: the exit code still says it."""
    world.write(a=FLAWED)
    command = program("check", "--rules", str(world.rules), "--select", "send-open")
    shell = f"{shlex.join(command)} <&- >&- 2>&-"
    assert subprocess.run(["sh", "-c", shell], cwd=world.here, timeout=30, check=False).returncode == 1


@pytest.mark.skipif(os.name != "posix", reason="elsewhere a folder that is in use stays")
def test_a_folder_that_is_gone(world: World) -> None:
    """Wrong usage, in one line."""
    shell = f"mkdir gone && cd gone && rmdir ../gone && exec {shlex.join(program('check'))}"
    done = subprocess.run(["sh", "-c", shell], cwd=world.here, capture_output=True, timeout=30, check=False)
    assert (done.returncode, done.stderr.count(b"\n")) == (3, 1)
    assert b"the current folder is not there any more" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for one process there")
def test_an_interrupt_in_the_middle(world: World) -> None:
    """Code 130, one line, no worker left, and nothing half written."""
    for number in range(60):
        world.write(**{f"d__m{number}": b"def f(x):\n    return old(x)\n\n" * 2_000})
    command = program("check", "--no-cache", "--output", "report.txt", "--rules", str(world.rules))
    with subprocess.Popen(
        command, cwd=world.here, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as running:
        time.sleep(0.8)
        os.killpg(running.pid, signal.SIGINT)
        out, err = running.communicate(timeout=20)
        assert (running.returncode, out, err) == (130, b"", b"assaymark: interrupted\n")
        time.sleep(0.2)
        with pytest.raises(ProcessLookupError):
            os.killpg(running.pid, 0)
    assert [file.name for file in world.here.iterdir()] == ["d"]


@pytest.mark.skipif(os.name != "posix", reason="names are bytes on POSIX only")
def test_a_name_that_is_no_text(world: World) -> None:
    """Every format can say it."""
    Path(os.fsdecode(bytes(world.here) + b"/\xff.py")).write_bytes(FLAWED)
    for form in ("text", "json", "sarif"):
        done = spawned(world.here, "check", "--format", form, "--rules", str(world.rules))
        assert done.returncode == 1, done.stderr
        assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("damage", [b"", b"not a database at all, but long enough to be read as one" * 100])
def test_a_damaged_cache_is_done_without(world: World, own_cache: Path, damage: bytes) -> None:
    """The run is as without, and the next one has a cache again."""
    for number in range(20):
        world.write(**{f"m{number}": FLAWED})
    first = world.check().found
    (database,) = own_cache.glob("results*.sqlite")
    database.write_bytes(damage)
    assert world.check().found == first
    assert world.check().found == first
    assert database.read_bytes().startswith(b"SQLite format 3")


def test_a_locked_cache_is_done_without(world: World, own_cache: Path) -> None:
    """Another run holds it."""
    import sqlite3

    for number in range(20):
        world.write(**{f"m{number}": FLAWED})
    first = world.check().found
    (database,) = own_cache.glob("results*.sqlite")
    with sqlite3.connect(database) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert world.check().found == first
    other.close()


def test_a_cache_that_cannot_be_made_is_done_without(world: World, own_cache: Path) -> None:
    """A file lies where its folder would be."""
    own_cache.parent.mkdir(parents=True)
    own_cache.write_bytes(b"")
    for number in range(20):
        world.write(**{f"m{number}": FLAWED})
    assert len(world.check().found) == 40
