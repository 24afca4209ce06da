"""What a command in an agent's shell wrote is the agent's, where the text before is known, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from assaymark.hooks.shell import watching
from hook_world import World, payload_of, world

__all__ = ["world"]

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """How fast this machine is decides nothing here."""
    monkeypatch.setattr(watching, "PATIENCE", 60)


def _commit(world: World, **files: bytes) -> None:
    for path, content in files.items():
        world.write(path.replace("__", "/") + ".py", content)
    world.git("add", "-A")
    world.git("commit", "-qm", "x")


def _ran(world: World, command: str, tool: str = "claude") -> list[dict[str, Any]]:
    """What was recorded of *command*, which an agent ran."""
    top = world.top.as_posix()
    table = {"session_id": "s", "cwd": top, "tool_name": "Bash", "tool_input": {"command": command}}
    n_before = len(world.events())
    world.say(tool, {**table, "hook_event_name": "PreToolUse"})
    subprocess.run(["sh", "-c", command], cwd=world.top, check=True, capture_output=True, env=_environment())
    world.say(tool, {**table, "hook_event_name": "PostToolUse", "tool_response": {"stdout": ""}})
    return [event for event in world.events()[n_before:] if event["kind"] != "session"]


def _environment() -> dict[str, str]:
    who = {
        f"GIT_{who}_{what}": "a@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    return {**os.environ, **who}


def test_a_tracked_file_is_compared_with_its_blob(world: World) -> None:
    """The words that changed are the agent's, and the text before is known by git."""
    _commit(world, shop=b"a = price\nb = 1\n")
    (edited,) = _ran(world, "sed -i s/price/net/ shop.py")
    assert (edited["path"], edited["before"]) == ("shop.py", world.digest(b"a = price\nb = 1\n"))
    assert (edited["after"], edited["edits"]) == (world.digest(b"a = net\nb = 1\n"), [[4, 9, 3]])
    assert (edited["origin"]["author"], edited["origin"]["evidence"]) == ("ai", "hook")


def test_a_changed_file_is_compared_with_what_was_kept_of_it(world: World) -> None:
    """Of a file that differs from git's only hashes are kept; words are told apart by them."""
    _commit(world, shop=b"a = 1\n")
    world.write("shop.py", b"a = 1\nmine = price\n")
    (edited,) = _ran(world, "sed -i s/price/net/ shop.py")
    assert (edited["before"], edited["edits"]) == (world.digest(b"a = 1\nmine = price\n"), [[13, 18, 3]])


def test_an_untracked_file_is_compared_too(world: World) -> None:
    """A file that git does not know is known by the snapshot."""
    _commit(world, shop=b"a\n")
    world.write("new.py", b"x = 1\n")
    (edited,) = _ran(world, "echo 'y = 2' >> new.py")
    assert (edited["path"], edited["edits"]) == ("new.py", [[6, 6, 6]])


def test_a_new_file_came_as_a_whole(world: World) -> None:
    """Nothing stood there before."""
    _commit(world, shop=b"a\n")
    (edited,) = _ran(world, "printf 'x = 1\\n' > new.py")
    assert (edited["path"], edited["edits"], edited["before"]) == ("new.py", [[0, 0, 6]], world.digest(b""))


def test_what_nobody_wrote_did_not_come(world: World) -> None:
    """Commands that read, touch, or write what was there."""
    _commit(world, shop=b"a\n")
    world.write("mine.py", b"b\n")
    assert (
        _ran(world, "cat shop.py; touch shop.py mine.py; cp shop.py x; cp x shop.py; rm x; git status") == []
    )


def test_a_formatter_keeps_words(world: World) -> None:
    """Only blanks and line ends came."""
    _commit(world, shop=b"f(a,b)\n")
    (edited,) = _ran(world, "printf 'f(a, b)\\n' > shop.py")
    assert edited["edits"] == [[4, 4, 1]]


@pytest.mark.parametrize(
    "command",
    [
        "git checkout -q other",
        "git merge -q other",
        "git checkout -q other -- shop.py",
        "git restore shop.py",
        "git stash -q && git stash pop -q",
        "git stash -q",
        "git reset -q --hard other",
        "git cherry-pick other",
    ],
)
def test_what_git_brings_is_not_the_agents(world: World, command: str) -> None:
    """Other people's code stays theirs: git knew the content."""
    _commit(world, shop=b"a\n", keep=b"k\n")
    world.git("checkout", "-qb", "other")
    _commit(world, shop=b"theirs\n")
    world.git("checkout", "-q", "-")
    if "restore" in command or "stash" in command:
        world.write("shop.py", b"mine\n")
    assert _ran(world, command) == []


def test_a_pull_in_a_script_is_not_the_agents(world: World, tmp_path: Path) -> None:
    """Objects that came during the command are others' when something else than a commit moved HEAD."""
    _commit(world, shop=b"a\n")
    there = World(tmp_path / "there")
    subprocess.run(["git", "clone", "-q", str(world.top), str(there.top)], check=True)
    _commit(there, shop=b"theirs\n")
    world.write("update.sh", f"git pull -q '{there.top}'\n".encode())
    _commit(world)
    world.git("reset", "-q", "--hard", "HEAD~1")
    assert _ran(world, f"git -c pull.rebase=false pull -q '{there.top}'") == []


def test_what_the_command_commits_is_its_own(world: World) -> None:
    """Written and committed at once: git has it now, and had not before."""
    _commit(world, shop=b"a = 1\n")
    events = _ran(world, "echo 'b = 2' >> shop.py; echo n > new.py; git add -A; git commit -qm y")
    assert sorted(event["path"] for event in events) == ["new.py", "shop.py"]


@pytest.mark.parametrize("tracked", [True, False])
def test_a_moved_file_moved(world: World, tracked: bool) -> None:
    """Its text did not come."""
    _commit(world, shop=b"a\n")
    if not tracked:
        world.write("shop.py", b"b\n")
    (moved,) = _ran(world, "mv shop.py store.py")
    assert (moved["kind"], moved["path"], moved["to"]) == ("moved", "shop.py", "store.py")


def test_a_copied_file_did_not_come(world: World) -> None:
    """What stood elsewhere is not the agent's, whether git knows it or not."""
    _commit(world, shop=b"a\n")
    world.write("mine.py", b"b\n")
    assert _ran(world, "cp shop.py one.py; cp mine.py two.py") == []


def test_line_ends_that_git_turns_are_no_change(world: World) -> None:
    """A file that git checks out with CR LF is compared as it stood in the work tree."""
    world.git("config", "core.autocrlf", "true")
    _commit(world, shop=b"a\r\nb\r\n")
    (edited,) = _ran(world, "printf 'a\\r\\nb\\r\\nc\\r\\n' > shop.py")
    assert edited["edits"] == [[6, 6, 3]]


def test_binary_files_are_not_recorded(world: World) -> None:
    """Nobody reads their lines."""
    _commit(world, shop=b"a\n")
    assert _ran(world, "printf 'a\\0b' > x.bin; ln -s shop.py link.py") == []


def test_work_trees_have_their_own_snapshots(world: World) -> None:
    """In a linked work tree the index is another one; the record is that of the repository."""
    _commit(world, shop=b"a\n")
    world.git("worktree", "add", "-q", "../linked")
    there = World(world.top.parent / "linked")
    (edited,) = _ran(there, "echo b >> shop.py")
    assert (edited["path"], edited["edits"]) == ("shop.py", [[2, 2, 2]])


def test_a_repository_without_commits_is_watched(world: World) -> None:
    """There is no index yet."""
    (edited,) = _ran(world, "echo b > new.py")
    assert edited["path"] == "new.py"


def test_a_command_that_failed_may_have_written(world: World) -> None:
    """Claude Code has another event for it."""
    _commit(world, shop=b"a = price\n")
    world.tell("claude/PreToolUse_Bash")
    world.write("shop.py", b"a = net\n")
    (edited,) = world.tell("claude/PostToolUseFailure_Bash")
    assert edited["path"] == "shop.py"


@pytest.mark.parametrize(
    "before, after",
    [
        ("claude/PreToolUse_Bash", "claude/PostToolUse_Bash"),
        ("cursor/beforeShellExecution", "cursor/afterShellExecution"),
        ("windsurf/pre_run_command", "windsurf/post_run_command"),
    ],
)
def test_every_tool_has_two_events(world: World, before: str, after: str) -> None:
    """They are joined by conversation and command: not every tool numbers its calls."""
    _commit(world, shop=b"a = price\n")
    world.tell(before)
    world.write("shop.py", b"a = net\n")
    assert [event["path"] for event in world.tell(after) if event["kind"] == "edited"] == ["shop.py"]
    world.write("shop.py", b"a = gross\n")
    assert world.tell(after) == []


def test_a_snapshot_holds_no_text(world: World) -> None:
    """Hashes of words, paths and times; it is removed behind the command."""
    _commit(world, shop=b"a\n")
    world.write("shop.py", b"kingfisher = 7731\n")
    world.tell("claude/PreToolUse_Bash")
    folder = world.top / ".git" / "assaymark" / "shell"
    kept = list(folder.iterdir())
    assert len(kept) == 2
    assert all(b"kingfisher" not in file.read_bytes() for file in kept)
    world.tell("claude/PostToolUse_Bash")
    assert list(folder.iterdir()) == []


def test_it_says_when_it_gives_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A snapshot that takes too long is none, and a gap in the record."""
    _commit(world, shop=b"a\n")
    monkeypatch.setattr(watching, "PATIENCE", 0)
    (gap,) = _ran(world, "echo b >> shop.py")
    assert gap["kind"] == "gap"
    assert "took too long" in gap["reason"]


@pytest.mark.parametrize("so_far, left", [(0.0, 0.2), (0.05, 0.15), (0.15, 0.1), (5.0, 0.1)])
def test_git_has_what_is_left_of_our_time(
    monkeypatch: pytest.MonkeyPatch, so_far: float, left: float
) -> None:
    """An agent waits for all of the hook; where its start took long, git has half of the time still."""
    monkeypatch.setattr(watching, "PATIENCE", 0.2)
    monkeypatch.setattr(watching.time, "monotonic", lambda: 1000.0 + so_far)
    assert watching._patience(1000.0) == pytest.approx(left)


def test_too_many_files_are_a_gap(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A generator or an unpacked archive is not recorded file by file."""
    _commit(world, shop=b"a\n")
    monkeypatch.setattr(watching, "_MOST_CHANGED", 2)
    (gap,) = _ran(world, "for n in 1 2 3; do echo $n > $n.py; done")
    assert "it changed 3 files" in gap["reason"]


def test_a_large_file_is_known_by_its_stamp(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its words were not kept: that it changed is a gap."""
    _commit(world, shop=b"a\n")
    world.write("shop.py", b"b\n" * 10)
    monkeypatch.setattr("assaymark.hooks.shell.snapshot._LARGEST", 5)
    (gap,) = _ran(world, "echo c >> shop.py")
    assert (gap["kind"], gap["path"]) == ("gap", "shop.py")


def test_without_git_it_is_said_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once a conversation: there is nothing to compare with."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    here = World(tmp_path / "plain")
    here.write("a.py", b"a\n")
    assert [event["kind"] for event in _ran(here, "echo b >> a.py")] == ["gap"]
    assert _ran(here, "echo c >> a.py") == []


def test_odd_names_of_files_are_recorded(world: World) -> None:
    """Blanks, line ends and umlauts, as git tells them."""
    _commit(world, shop=b"a\n")
    events = _ran(world, "echo x > 'a b.py'; echo y > 'ä.py'; echo z > 'n\nl.py'")
    assert sorted(event["path"] for event in events) == ["a b.py", "n\nl.py", "ä.py"]


def test_a_broken_snapshot_is_none(world: World) -> None:
    """What was cut off or changed serves no comparison."""
    _commit(world, shop=b"a\n")
    world.tell("claude/PreToolUse_Bash")
    folder = world.top / ".git" / "assaymark" / "shell"
    (log,) = [file for file in folder.iterdir() if not file.suffix]
    log.write_text('{"began": 1', "ascii")
    world.write("shop.py", b"b\n")
    assert world.tell("claude/PostToolUse_Bash") == []


@pytest.mark.e2e
def test_two_programs_watch_a_command(world: World) -> None:
    """One before it and one behind it; neither says a word."""
    _commit(world, shop=b"a = price\n")
    boot = (
        f"import sys; sys.path.insert(0, {str(ROOT / 'server')!r})\n"
        "from assaymark.hooks.shell import watching; watching.PATIENCE = 60\n"
        "from assaymark.cli.entry import main; main()"
    )
    for name in ("PreToolUse_Bash", "PostToolUse_Bash"):
        payload = json.dumps(payload_of(f"claude/{name}", world.top.as_posix())).encode()
        ran = subprocess.run(
            [sys.executable, "-c", boot, "hook", "claude"], input=payload, capture_output=True, check=True
        )
        assert (ran.stdout, ran.stderr) == (b"", b"")
        world.write("shop.py", b"a = net\n")
    assert [event["edits"] for event in world.edited()] == [[[4, 9, 3]]]
