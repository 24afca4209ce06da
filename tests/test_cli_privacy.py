"""`assaymark privacy` says what is so, and `assaymark uninstall --all` leaves nothing behind."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest

from assaymark.cli.privacy import (
    ALWAYS_NOTED,
    FIELDS,
    INSTALLATION,
    KINDS,
    NOTED,
    ORIGIN,
    SHELVES,
    noted,
    recorded,
)
from assaymark.hooks import intending, sessions, twice
from assaymark.hooks.install.change import Record
from assaymark.hooks.shell import snapshot
from assaymark.ledger import events
from assaymark.ledger.spool import append
from assaymark.lineage import evidence, gitai
from assaymark.origin import Author, Evidence, Origin
from assaymark.settings.declared import BY_NAME, IN_NOTES
from cli_world import World, spawned, world
from test_cli_hooks import everything, home

__all__ = ["home", "world"]


def test_every_kind_of_event_has_words() -> None:
    """And every field of each; none has words that is gone."""
    assert KINDS.keys() == set(get_args(events.Event))
    named = {name for kind in KINDS for name in kind._fields}
    assert named == FIELDS.keys()
    assert {field.name for field in fields(Origin)} == ORIGIN.keys()
    assert {field.name for field in fields(Record)} == INSTALLATION.keys()
    assert len(list(recorded())) == len(KINDS) + 1 + len(SHELVES)


def test_what_stays_for_a_time_is_said_as_it_is() -> None:
    """The words name the limits that hold."""
    day = 86_400
    assert SHELVES[sessions.FOLDER].endswith(f"{sessions._SECONDS // day} days")
    assert (day, day) == (snapshot._DAY, intending._DAY)
    assert SHELVES[intending.FOLDER].endswith("a day")
    assert SHELVES[twice.FOLDER].endswith(f"{twice._SECONDS} seconds")


def test_every_field_of_a_note_is_said() -> None:
    """Ours and git-ai's: what they say of a line, however much is known of it."""
    origin = Origin(
        Author.ai, Evidence.hook, "claude", "opus", "secret-session", "secret-prompt", 1_700_000_000
    )
    _, ours = evidence.keyed(origin, (Author.human,), "2026-11-14")
    assert ours.keys() == {"author", "evidence", "tool", "model", "session", "date", "mixed"}
    _, theirs = gitai.keyed(origin)
    assert theirs.keys() == {"agent_id"}
    assert theirs["agent_id"].keys() == {"tool", "id", "model"}
    assert "secret" not in repr((ours, theirs))
    assert "1700000000" not in repr((ours, theirs))


@pytest.mark.e2e
def test_nothing_else_is_kept(world: World, home: Path) -> None:
    """Whatever hooks and commits leave in the folder of the record is among what is said."""
    file = world.here / "a.py"
    world.commit(b="1")
    edit = {"tool_name": "Write", "tool_input": {"file_path": str(file), "content": "x = 2\n"}}
    shell = {"tool_name": "Bash", "tool_input": {"command": "true"}}
    for event, tool in (
        ("SessionStart", {"model": "opus"}),
        ("PreToolUse", edit),
        ("PostToolUse", edit),
        ("PreToolUse", shell),
    ):
        if event == "PostToolUse":
            file.write_text("x = 2\n")
        payload = {
            "session_id": "s",
            "cwd": str(world.here),
            "hook_event_name": event,
            "tool_use_id": event,
            **tool,
        }
        assert spawned(world.here, "hook", "claude", input=json.dumps(payload).encode()).returncode == 0
    world.git("add", "-A")
    world.git("commit", "-q", "-m", "2")
    spawned(world.here, "hook", "git-post-commit")
    assert world.run("hooks", "status").code == 0
    remote = world.here.parent / "remote.git"
    world.git("init", "-q", "--bare", str(remote))
    world.git("remote", "add", "origin", str(remote))
    assert spawned(world.here, "notes", "push", "--yes").returncode == 0
    kept = {file.name for file in (world.here / ".git" / "assaymark").iterdir()}
    assert {"key", "spool", "sessions", "shell", "intended", "pushed"} <= kept
    # SQLite's own, beside its database.
    assert {
        name.removesuffix("-wal").removesuffix("-shm").removesuffix("-journal") for name in kept
    } <= SHELVES.keys()


def test_every_word_of_the_setting_is_explained() -> None:
    """What notes say follows it; a person is not among it unless somebody says so."""
    assert NOTED.keys() == set(IN_NOTES)
    default = BY_NAME["notes.include"].default
    assert noted(default) == (*ALWAYS_NOTED, "the tool", "its model")
    assert noted(()) == ALWAYS_NOTED
    assert NOTED["person"] in noted(("person",))


def test_it_says_what_holds_here(world: World, home: Path) -> None:
    """Places, sizes, the setting, and that git sends no notes by itself; and it makes nothing."""
    before = everything(world.here.parent)
    out = world.run("privacy").out
    assert everything(world.here.parent) == before
    assert "where  .git/assaymark\n" in out
    assert "refs/notes/ai and refs/notes/assaymark in " in out
    assert "refs/notes/ai-remote/ and refs/notes/assaymark-remote/ in " in out
    assert "(notes.include: tool, model)" in out
    assert "git push sends none of them" in out
    append(str(world.here / ".git" / "assaymark"), [events.Gap(*events.stamp("hook"), "test")])
    (world.here / "assaymark.toml").write_text('notes.include = ["tool"]\n')
    plain = world.run("privacy", "--json").json
    assert plain["notes_include"] == ["tool"]
    assert plain["kept"][0]["bytes"] > 0


def test_a_repository_makes_notes_say_no_more(world: World, home: Path) -> None:
    """Whoever writes them decides; what is checked out does not."""
    (world.here / "assaymark.toml").write_text('[notes]\ninclude = ["tool", "model", "person"]\n')
    assert world.run("privacy", "--json").json["notes_include"] == ["tool", "model"]


@pytest.mark.parametrize(
    "value, sends",
    [
        ("refs/notes/*:refs/notes/*", True),
        ("+refs/notes/ai:refs/notes/ai", True),
        ("refs/*:refs/*", True),
        ("refs/heads/*", False),
    ],
)
def test_a_push_that_sends_notes_is_said(world: World, home: Path, value: str, sends: bool) -> None:
    """Somebody else set it; we never do."""
    world.git("config", "--add", "remote.origin.push", value)
    assert world.run("privacy", "--json").json["pushed_by_git"] == [f"remote.origin.push = {value}"] * sends
    assert (value in world.run("privacy").out) is sends


def test_outside_of_a_repository(world: World, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There are no notes."""
    outside = world.here.parent / "outside"
    outside.mkdir()
    monkeypatch.chdir(outside)
    ran = world.run("privacy")
    assert ran.code == 0
    assert "refs/notes" not in ran.out


def settled(world: World) -> None:
    """A repository with hooks, a record, and notes of ours and of others."""
    world.commit(a="1")
    shutil.rmtree(world.here / ".git" / "hooks", ignore_errors=True)
    assert world.run("hooks", "install", "claude", "git").code == 0
    append(str(world.here / ".git" / "assaymark"), [events.Gap(*events.stamp("hook"), "test")])
    for ref in ("assaymark", "ai", "ai-remote/origin", "assaymark-remote/a/b"):
        world.git("notes", "--ref", ref, "add", "-m", "x", "HEAD")


def refs(world: World) -> list[str]:
    command = ["git", "for-each-ref", "--format=%(refname)", "refs/notes"]
    return subprocess.run(command, cwd=world.here, check=True, capture_output=True, text=True).stdout.split()


def test_everything_goes(world: World, home: Path) -> None:
    """Hooks, record, our own notes and copies of theirs; those that others write too stay, and that is said."""
    settled(world)
    ran = world.run("uninstall", "--all", "--yes")
    assert (ran.code, ran.err) == (0, "")
    assert "taken out: ~/.claude/settings.json\n" in ran.out
    assert f"deleted: {world.here.resolve()}/.git/assaymark\n" in ran.out or sys.platform == "win32"
    assert "deleted: refs/notes/assaymark\n" in ran.out
    assert "deleted: refs/notes/ai-remote/*\n" in ran.out
    assert "left as it is: refs/notes/ai, where others write too" in ran.out
    assert refs(world) == ["refs/notes/ai"]
    assert list(everything(home)) == []
    assert not any("assaymark" in name for name in everything(world.here))


def test_what_nobody_agreed_to_stays(world: World, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody can be asked, and where somebody says no; the hooks are gone all the same."""
    settled(world)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    ran = world.run("uninstall", "--all")
    assert ran.code == 0
    assert "left as it is: " in ran.out
    assert not (home / ".claude").exists()
    terminal = io.StringIO("n\ny\ny\nn\n")
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", terminal)
    ran = world.run("uninstall", "--all")
    assert (world.here / ".git" / "assaymark").exists()
    assert refs(world) == ["refs/notes/ai", "refs/notes/assaymark-remote/a/b"]


def test_hooks_of_other_repositories_go_too(
    world: World, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With their records."""
    settled(world)
    elsewhere = world.here.parent / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert world.run("uninstall", "--all", "--yes").code == 0
    assert not any(
        "assaymark" in name for name in everything(world.here) if "refs" not in name and "logs" not in name
    )


def test_all_has_to_be_typed(world: World) -> None:
    """It is too much to be meant by chance."""
    assert world.run("uninstall").code == 3


def test_what_it_says_is_json(world: World, home: Path) -> None:
    """For a program."""
    assert json.loads(world.run("privacy", "--json").out)["pushed_by_git"] == []
