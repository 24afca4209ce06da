"""`assaymark hooks status` and `hooks doctor --live`: what came in, and what did not."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assaymark.cli import hooks_live
from assaymark.cli.hooks_events import Seen, counted, unexplained
from assaymark.ledger.events import Committed, Edited, Event, Gap, Prompted, Saved, Session, Unread, stamp
from assaymark.ledger.secret import secret_of
from assaymark.ledger.spool import append
from assaymark.ledger.store import opened
from assaymark.origin import Arrival, Author, Evidence, Origin, Runs, covering, unknown
from cli_world import Ran, World, spawned, world
from test_cli_hooks import everything, home

__all__ = ["home", "world"]


def by(tool: str, model: str = "m") -> Origin:
    return Origin(Author.ai, Evidence.hook, tool=tool, model=model, session="s")


def edited(tool: str, path: str = "a.py", after: str = "2") -> Edited:
    return Edited(*stamp("hook"), path, by(tool), "1", after, (), 3)


def saved(path: str, digest: str, origin: Origin | None = None) -> Saved:
    return Saved(*stamp("server"), path, digest, covering(3, origin) if origin else ())


def record(world: World, *events: Event) -> None:
    """Effect: what a hook does."""
    store = str(world.here / ".git" / "assaymark")
    Path(store).mkdir(exist_ok=True)
    secret_of(store)
    append(store, events)


def test_events_are_counted_by_tool() -> None:
    """Those of today, and when the last one came; Copilot's programs are one."""
    now = int(time.time())
    old = edited("claude")._replace(time=now - 90_000)
    events = [
        old,
        edited("claude"),
        edited("claude")._replace(call="twice"),
        edited("claude")._replace(call="twice"),
        edited("copilot-cli"),
        Session(*stamp("hook"), "cursor", "s"),
        Unread(*stamp("hook"), "cursor"),
        Committed(*stamp("git"), "c"),
        edited("claude")._replace(by="server"),
        Gap(*stamp("hook"), "x"),
    ]
    found = counted(events, now - 3600)
    assert found.keys() == {"claude", "copilot", "cursor", "git"}
    assert (found["claude"].n_edits, found["copilot"].n_edits, found["git"].n_edits) == (2, 1, 1)
    assert (found["cursor"].n_edits, found["cursor"].n_unread) == (0, 1)
    assert counted([old], now)["claude"] == Seen(last=now - 90_000)


def test_what_no_tool_reported_is_counted_by_file() -> None:
    """What is in the newest content of a file of today, as it is known now; what came earlier is not of today."""
    disk = unknown(Arrival.disk, 100)
    runs = {
        "a.py": covering(3, by("claude")),
        "b.py": (
            *covering(3, disk),
            *covering(3, unknown(Arrival.disk, 101)),
            *covering(3, unknown(Arrival.disk, 9)),
        ),
        "c.py": covering(5, unknown(Arrival.bulk)),
    }
    events = [saved("a.py", "2"), saved("b.py", "3"), saved("b.py", "4"), edited("claude", "c.py", "5")]
    asked = []

    def runs_of(path: str, digest: str) -> Runs:
        asked.append(digest)
        return runs[path]

    assert unexplained([*events, saved("d.py", "6")._replace(time=0)], 50, runs_of) == {"b.py": 2}
    assert asked == ["2", "4", "5"]


def test_status_without_anything(world: World, home: Path) -> None:
    """And it makes nothing."""
    before = everything(world.here.parent)
    ran = world.run("hooks", "status")
    assert ran.code == 0
    assert ran.out.startswith("claude    not installed\ncursor    not installed\n")
    assert everything(world.here.parent) == before


def test_status(world: World, home: Path) -> None:
    """Where, the last event, the edits of today, and what nobody reported."""
    world.run("hooks", "install", "claude", "cursor")
    record(
        world,
        edited("claude"),
        Unread(*stamp("hook"), "claude", "x"),
        saved("b.py", "3", unknown(Arrival.disk)),
    )
    out = world.run("hooks", "status").out
    moment = time.strftime("%H:%M")
    assert f"claude    installed: ~/.claude/settings.json\n          last event {moment[:2]}" in out
    assert "; 1 edit today; 1 not understood\n" in out
    assert "cursor    installed: ~/.cursor/hooks.json\n          nothing came in yet\n" in out
    assert "1 change on the disk that no tool reported: b.py\n" in out
    plain = world.run("hooks", "status", "--json").json
    assert plain["unexplained_today"] == {"b.py": 1}
    assert plain["tools"][0]["edits_today"] == 1
    assert plain["tools"][0]["installed"] == [str(home / ".claude" / "settings.json")]


def test_a_record_that_cannot_be_read_is_said(world: World, home: Path) -> None:
    """In its own words, as something that was not done."""
    record(world, edited("claude"))
    (world.here / ".git" / "assaymark" / "ledger.sqlite").mkdir()
    ran = world.run("hooks", "status")
    assert ran.code == 2
    assert "ledger.sqlite" in ran.err
    assert "internal error" not in ran.err


def gaps(world: World) -> list[str]:
    with opened(str(world.here / ".git" / "assaymark")) as ledger:
        return [event.reason for event in ledger.gaps()]


def test_hooks_that_are_gone_are_a_gap(world: World, home: Path) -> None:
    """Which is recorded once, and again when they were installed anew meanwhile."""
    gone = Gap(*stamp("server"), "the hooks of claude are gone: nothing is heard of what it writes")
    record(world, edited("claude"), gone._replace(time=gone.time - 1000))
    assert world.run("hooks", "install", "claude", "cursor").code == 0
    os.utime(next((home / ".local").rglob("installed.json")), (gone.time - 500,) * 2)
    assert "gone" not in world.run("hooks", "status").out
    assert gaps(world) == [gone.reason]
    (home / ".claude" / "settings.json").write_text("{}")
    for _ in range(2):
        assert world.run("hooks", "status").out.startswith(
            "claude    not installed\n"
            "          gone from ~/.claude/settings.json; to have them again: assaymark hooks install claude\n"
        )
        assert gaps(world) == [gone.reason] * 2


def test_a_hook_that_pre_commit_set_aside_is_not_gone(world: World, home: Path) -> None:
    """It runs what it found before its own; another script that takes the place does not."""
    world.run("hooks", "install", "git")
    hook = world.here / ".git" / "hooks" / "pre-commit"
    hook.rename(f"{hook}.legacy")
    hook.write_text("#!/usr/bin/env bash\n# File generated by pre-commit: https://pre-commit.com\n")
    assert "gone" not in world.run("hooks", "status").out
    hook.write_text("#!/bin/sh\nexit 0\n")
    assert "gone from .git/hooks/pre-commit" in world.run("hooks", "status").out


def test_hooks_that_were_taken_out_are_a_gap(world: World, home: Path) -> None:
    """Where there is a record; none is begun for that."""
    world.run("hooks", "install", "claude")
    world.run("hooks", "uninstall", "claude")
    assert not (world.here / ".git" / "assaymark").exists()
    record(world, edited("claude"))
    world.run("hooks", "install", "claude")
    world.run("hooks", "uninstall", "claude")
    assert gaps(world) == ["the hooks of claude were taken out"]


@pytest.fixture
def waiting(world: World, home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """`doctor --live claude`, in which one of *steps* happens at each look."""

    def run(*steps: Callable[[], None]) -> Ran:
        left = iter(steps)

        def step(_: float) -> None:
            next(left, interrupted)()

        monkeypatch.setattr(hooks_live, "_pause", step)
        return world.run("hooks", "doctor", "--live", "claude")

    return run


def interrupted() -> None:
    raise KeyboardInterrupt


def test_live_says_what_arrived(world: World, waiting: Callable[..., Ran]) -> None:
    """Of the tool that was asked for, and only what is new; the record may begin meanwhile."""
    world.run("hooks", "install", "claude")
    ran = waiting(
        lambda: record(world, edited("cursor")),
        lambda: record(
            world, Session(*stamp("hook"), "claude", "s", "opus"), Prompted(*stamp("hook"), "claude", "s")
        ),
        lambda: record(world, edited("claude", "app/x.py")),
    )
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == "Claude Code: installed in ~/.claude/settings.json"
    assert lines[2:] == [
        "A conversation began with opus.",
        "Something was asked.",
        "An edit arrived: app/x.py, 0 bytes in 0 places.",
        "Model: m. Conversation: s.",
    ]
    ran = waiting()
    assert "An edit arrived" not in ran.out


def test_live_is_interrupted(world: World, waiting: Callable[..., Ran]) -> None:
    """With what may be wrong, and no traceback."""
    world.run("hooks", "install", "claude")
    ran = waiting()
    assert (ran.code, ran.err) == (130, "")
    assert "No edit arrived.\n- The file has to lie in this repository.\n" in ran.out


def test_live_that_is_not_understood(world: World, waiting: Callable[..., Ran]) -> None:
    """It says how to report that."""
    world.run("hooks", "install", "claude")
    ran = waiting(lambda: record(world, Unread(*stamp("hook"), "claude", "tool_input")))
    assert ran.code == 1
    assert "Something arrived that was not understood: tool_input.\n" in ran.out
    assert "assaymark hook claude --record FILE" in ran.out


def test_live_without_hooks(world: World, home: Path) -> None:
    """There is nothing to wait for."""
    ran = world.run("hooks", "doctor", "--live", "claude")
    assert ran.code == 1
    assert ran.out == "Claude Code: no hooks of ours are installed; type: assaymark hooks install claude\n"


def test_live_ends_by_itself(world: World, home: Path) -> None:
    """When the time is over."""
    world.run("hooks", "install", "claude")
    ran = world.run("hooks", "doctor", "--live", "claude", "--timeout", "0.001")
    assert ran.code == 1
    assert "No edit arrived." in ran.out


@pytest.mark.e2e
def test_what_a_hook_reports_is_in_the_status(world: World, home: Path) -> None:
    """A payload of Claude Code's, by the program that its settings name."""
    world.run("hooks", "install", "claude")
    file = world.here / "a.py"
    file.write_text("x = 2\n")
    payload = {
        "session_id": "s",
        "transcript_path": "/t",
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
    done = spawned(world.here, "hook", "claude", input=json.dumps(payload).encode())
    assert done.returncode == 0, done.stderr
    assert "; 1 edit today\n" in world.run("hooks", "status").out
