"""Notes are read at any depth, written together, and never over somebody else's."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from assaymark.repository import notes
from assaymark.repository.child import CAN_START
from assaymark.repository.git import GitError
from git_world import World, isolated, made


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    isolated(monkeypatch, tmp_path)
    return made(tmp_path / "repository")


def put(world: World, texts: dict[str, bytes | None], ref: str = notes.AI) -> int:
    return notes.changed(
        {ref: {commit: lambda _, text=text: text for commit, text in texts.items()}}, world.here
    )


def got(world: World, *commits: str, ref: str = notes.AI) -> dict[str, bytes]:
    return notes.texts_of(notes.tips([ref], world.here)[ref].id, commits, world.here)


def grown(world: World, n: int) -> list[str]:
    """The ids of *n* new commits, made quickly."""
    stream = "".join(
        f"commit refs/heads/main\ncommitter A <a@example.org> {n} +0000\ndata 1\nx\n" for n in range(n)
    )
    world.git("fast-import", "--quiet", "--force", given=stream)
    return world.git("rev-list", "main").split()


def test_notes_of_both_refs_are_written_and_read(world: World) -> None:
    """As git itself reads them; what comes out the same is not written again."""
    one, other = world.commit(a="1"), world.commit(a="2")
    wanted = {ref: {one: lambda _: b"x\n\0", other: lambda _: b"y"} for ref in notes.BOTH}
    assert notes.changed(wanted, world.here) == 4
    assert got(world, one, other) == got(world, one, other, ref=notes.OURS) == {one: b"x\n\0", other: b"y"}
    assert world.note(other) == "y"
    tip = world.git("rev-parse", notes.AI)
    assert notes.changed(wanted, world.here) == 0
    assert world.git("rev-parse", notes.AI) == tip
    assert put(world, {one: None}) == 1
    assert got(world, one, other) == {other: b"y"}


@pytest.mark.parametrize("n", [3, 600])
def test_git_and_we_read_each_other_at_any_depth(world: World, n: int) -> None:
    """Many notes stand in folders; git's are found by us, and ours by git."""
    ids = grown(world, n)
    for commit in ids[:2]:
        world.git("notes", "--ref", notes.AI, "add", "-m", "theirs", commit)
    put(world, dict.fromkeys(ids[2:], b"ours"))
    assert got(world, *ids) == {commit: b"theirs\n" if commit in ids[:2] else b"ours" for commit in ids}
    assert world.note(ids[-1]) == "ours"
    assert world.note(ids[0]) == "theirs"
    world.git("notes", "--ref", notes.AI, "add", "-f", "-m", "again", ids[-1])
    put(world, {ids[0]: b"once more"})
    assert got(world, ids[-1], ids[0]) == {ids[-1]: b"again\n", ids[0]: b"once more"}
    assert ("/" in world.git("ls-tree", "-r", "--name-only", notes.AI).splitlines()[0]) is (n > 256)


@pytest.mark.skipif(not CAN_START, reason="git is asked one question at a time here")
def test_a_git_that_was_ready_writes_once_and_leaves_nothing(world: World, tmp_path: Path) -> None:
    """Started before it is needed; whoever writes again starts another. What it began is gone if nobody did."""
    one, other = world.commit(a="1"), world.commit(a="2")
    packs = world.root / ".git" / "objects" / "pack"
    with notes.writing(world.here):
        # What happens meanwhile is seen by it: it looks when it is told.
        third = world.commit(a="3")
        world.git("notes", "--ref", notes.AI, "add", "-m", "theirs", third)
        assert put(world, {one: b"x"}) == 1
        assert put(world, {other: b"y"}) == 1
    assert got(world, one, other, third) == {one: b"x", other: b"y", third: b"theirs\n"}
    tip = world.git("rev-parse", notes.AI)
    with notes.writing(world.here):
        pass
    assert [*packs.glob("tmp_*")] == []
    assert world.git("rev-parse", notes.AI) == tip
    (tmp_path / "none").mkdir()
    # Where it cannot be ready, nobody is told before something is to be written.
    with notes.writing(str(tmp_path / "none")):
        pass


def test_mixed_depths_are_read(world: World) -> None:
    """A tree of notes may have some in folders and some not."""
    one, other = world.commit(a="1"), world.commit(a="2")
    stream = b"".join(
        [
            notes.heading(notes.AI, "x\n", notes.Tip(None, 0)),
            notes.placed(one, b"1"),
            notes.placed(f"{other[:2]}/{other[2:4]}/{other[4:]}", b"2"),
        ]
    )
    notes.imported(stream, world.here)
    assert got(world, one, other) == {one: b"1", other: b"2"}
    tip = notes.tips([notes.AI], world.here)[notes.AI].id
    assert tip is not None
    assert {commit: path.count("/") for commit, (path, _) in notes.every(tip, world.here).items()} == {
        one: 0,
        other: 2,
    }


def test_a_ref_that_moved_is_not_written(world: World) -> None:
    """What was read is then not what stands there."""
    one = world.commit(a="1")
    before = notes.tips([notes.AI], world.here)
    put(world, {one: b"1"})
    for tips in (before, {notes.AI: notes.Tip(world.head, 0)}):
        with pytest.raises(notes.Moved):
            notes.write({notes.AI: {one: b"2"}}, tips, world.here)
    assert got(world, one) == {one: b"1"}


def test_who_is_slower_merges(world: World) -> None:
    """A note that came in between is what the next try is made of."""
    one = world.commit(a="1")
    seen: list[bytes | None] = []

    def making(before: bytes | None) -> bytes:
        seen.append(before)
        if len(seen) == 1:
            put(world, {one: b"theirs"})
        return (before or b"") + b" ours"

    assert notes.changed({notes.AI: {one: making}}, world.here) == 1
    assert (seen, got(world, one)) == ([None, b"theirs"], {one: b"theirs ours"})


WRITER = """
import sys
from assaymark.repository import notes
here, mark, *commits = sys.argv[1:]
def merged(old):
    return b" ".join(sorted({*(old or b"").split(), mark.encode()}))
for commit in commits:
    notes.changed({ref: {commit: merged} for ref in notes.BOTH}, here)
"""


def test_processes_at_once_in_two_work_trees_lose_nothing(world: World, tmp_path: Path) -> None:
    """Four write thirty notes each, partly of the same commits."""
    ids = grown(world, 12)
    world.git("worktree", "add", "-q", "--detach", str(tmp_path / "other"), "main")
    places = [world.here, str(tmp_path / "other")] * 2
    running = [
        subprocess.Popen([sys.executable, "-c", WRITER, place, str(n), *ids[n::2], *ids[:2]])
        for n, place in enumerate(places)
    ]
    assert [one.wait(100) for one in running] == [0] * 4
    expected = {
        commit: sorted({str(n) for n in range(4) for one in [*ids[n::2], *ids[:2]] if one == commit})
        for commit in ids
    }
    for ref in notes.BOTH:
        found = got(world, *ids, ref=ref)
        assert {commit: sorted(text.decode().split()) for commit, text in found.items()} == expected


def test_a_note_tells_no_person_and_no_time(world: World) -> None:
    """The commit on the notes ref has our name, and the day."""
    one = world.commit(a="1")
    put(world, {one: b"1"})
    who, when = world.git("log", "-1", "--format=%an %ae %cn %ce/%ct", notes.AI).split("/")
    assert who == "Assaymark notes@assaymark.invalid Assaymark notes@assaymark.invalid"
    assert int(when) % 86_400 == 0
    later = int(time.time()) + 1000
    stream = notes.heading(notes.AI, "x\n", notes.tips([notes.AI], world.here)[notes.AI], newest=later)
    notes.imported(stream, world.here)
    put(world, {one: b"2"})
    # Git's walks expect that no commit is older than its parent.
    assert int(world.git("log", "-1", "--format=%ct", notes.AI)) == later


def test_a_commit_that_is_not_here_gets_no_note(world: World) -> None:
    """Git refuses; nothing is written."""
    world.commit(a="1")
    with pytest.raises(GitError):
        put(world, {"1" * 40: b"x"})
    assert not notes.tips([notes.AI], world.here)[notes.AI].id


def test_no_hook_of_the_repository_is_run(world: World) -> None:
    """Not even the one that hears of refs that move."""
    hook = world.root / ".git" / "hooks" / "reference-transaction"
    hook.write_text("#!/bin/sh\ntouch ran\n", encoding="utf-8")
    one = world.commit(a="1")
    hook.chmod(0o755)
    put(world, {one: b"1"})
    assert got(world, one) == {one: b"1"}
    assert not list(world.root.rglob("ran"))
