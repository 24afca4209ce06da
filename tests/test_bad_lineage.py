"""Bad notes, bare and shallow repositories and huge payloads, as people meet them: through the programs."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from git_world import World, assaymark, isolated, made

pytestmark = pytest.mark.e2e
KEY = "s_0123456789abcd::t_0123456789abcd"
RECORDS = {
    "schema_version": "authorship/3.0.0",
    "base_commit_sha": "0" * 40,
    "prompts": {},
    "sessions": {"s_0123456789abcd": {"agent_id": {"tool": "claude", "id": "c", "model": "m"}}},
}
WHOLE = f"a.py\n  {KEY} 1\n---\n{json.dumps(RECORDS)}\n"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    isolated(monkeypatch, tmp_path / "home")
    world = made(tmp_path / "repository")
    world.commit("one", a="x = 1\ny = 2\n")
    return world


def noted(world: World, text: str) -> None:
    """Effect: the last commit has this note, whatever git's own commands would say of it."""
    blob = world.git("hash-object", "-w", "--stdin", given=text)
    world.git("notes", "--ref", "refs/notes/ai", "add", "-f", "-C", blob)


def whose(world: World) -> list[list[str]]:
    """The authors of each line of a.py, as the command line says."""
    ran = assaymark(world, "blame", "--json", "a.py")
    assert (ran.returncode, "Traceback" in ran.stderr) == (0, False), ran.stderr
    return [[origin["author"] for origin in line["origins"]] for line in json.loads(ran.stdout)["lines"]][:2]


def test_a_note_is_read_so_far_as_it_goes(world: World) -> None:
    """The whole one, to see that there is something to lose."""
    noted(world, WHOLE)
    assert whose(world) == [["ai"], ["unknown"]]


@pytest.mark.parametrize("size", range(1, len(WHOLE), 37))
def test_a_truncated_note_makes_no_line_an_agents_that_was_not(world: World, size: int) -> None:
    """Cut anywhere, it says less and never more."""
    noted(world, WHOLE[:size])
    first, second = whose(world)
    assert first in ([], ["ai"], ["unknown"])
    assert second == ["unknown"]


@pytest.mark.parametrize("path", ["../../a.py", "/a.py", "./a.py", "a.py\0", '"a.py', "A.PY", "a.py/"])
def test_a_note_about_another_path_says_nothing_of_this_one(world: World, path: str) -> None:
    """Paths are compared as git spells them, and lead nowhere."""
    noted(world, WHOLE.replace("a.py", path))
    assert whose(world) == [["unknown"], ["unknown"]]


def test_a_note_of_a_million_ranges_holds_nobody_up(world: World) -> None:
    """Most of them lie behind the end of the file."""
    ranges = ",".join(str(number) for number in range(1, 2_000_001, 2))
    noted(world, WHOLE.replace(f"{KEY} 1\n", f"{KEY} {ranges}\n"))
    begun = time.monotonic()
    first, second = whose(world)
    assert second == ["unknown"]
    assert first in (["ai"], ["unknown"])
    # Not a budget: what is quadratic would take minutes.
    assert time.monotonic() - begun < 50


def test_a_transcript_in_an_old_note_is_never_shown(world: World) -> None:
    """Three megabytes of messages, which other tools put there."""
    said = {"messages": [{"text": f"my secret {number}"} for number in range(120_000)]}
    prompt = {"agent_id": {"tool": "cursor", "id": "c", "model": "m"}, "human_author": "Somebody", **said}
    records = RECORDS | {"prompts": {"0123456789abcdef": prompt}}
    noted(world, f"a.py\n  0123456789abcdef 1\n---\n{json.dumps(records)}\n")
    for arguments in (("blame", "a.py"), ("blame", "--json", "a.py"), ("why", "a.py:1"), ("notes", "status")):
        ran = assaymark(world, *arguments)
        assert "secret" not in ran.stdout + ran.stderr
        assert "Somebody" not in ran.stdout + ran.stderr
    assert whose(world)[0] == ["ai"]


def test_a_bare_repository_has_notes_and_no_files(world: World, tmp_path: Path) -> None:
    """What needs a work tree says so; nothing is a traceback."""
    noted(world, WHOLE)
    world.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    bare = World(tmp_path / "bare.git")
    for arguments in (
        ("blame", "a.py"),
        ("notes", "status"),
        ("hooks", "status"),
        ("ledger", "verify"),
        ("privacy",),
    ):
        ran = assaymark(bare, *arguments)
        assert "Traceback" not in ran.stderr, arguments
        assert ran.stdout + ran.stderr


def test_behind_the_edge_of_a_shallow_clone_nothing_is_said(world: World, tmp_path: Path) -> None:
    """Git gives every older line to the commit at the edge, whose note is not about them."""
    noted(world, WHOLE)
    world.commit("two", a="x = 1\ny = 2\nz = 3\n")
    noted(world, WHOLE.replace(f"{KEY} 1\n", f"{KEY} 1-3\n"))
    url = world.root.as_uri()
    world.git("clone", "-q", "--depth", "1", url, str(tmp_path / "shallow"))
    shallow = World(tmp_path / "shallow")
    shallow.git("fetch", "-q", "origin", "refs/notes/ai:refs/notes/ai")
    assert whose(shallow) == [["unknown"], ["unknown"]]


def test_a_payload_of_fifty_megabytes_holds_no_agent_up(world: World) -> None:
    """It ends with 0, and the next one is recorded."""
    huge = json.dumps({"hook_event_name": "PostToolUse", "tool_name": "Write", "x": "y" * 50_000_000})
    ran = assaymark(world, "hook", "claude", given=huge)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert assaymark(world, "ledger", "verify").returncode == 0


def test_a_ledger_that_is_no_database_is_set_aside(world: World) -> None:
    """Blame goes on with the notes."""
    noted(world, WHOLE)
    store = world.root / ".git" / "assaymark"
    store.mkdir()
    (store / "ledger.sqlite").write_bytes(b"no database at all\n" * 500)
    assert whose(world)[0] == ["ai"]
