"""Attribution survives what git does to history: each operation with real git, its hooks, and notes that stand."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from assaymark.lineage import gitai
from assaymark.repository import notes
from git_world import World, attest, hooked, isolated, made, text, who


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    isolated(monkeypatch, tmp_path)
    monkeypatch.setenv("ASSAYMARK_TRACEBACK", "1")
    world = made(tmp_path / "repository")
    hooked(world)
    return world


def noted(world: World, commit: str = "HEAD") -> gitai.Note:
    """The note on *commit*, which is well formed."""
    note = gitai.read(world.note(commit))
    assert note.problems == ()
    assert note.records["base_commit_sha"]
    return note


CONFIGURED = {
    "git copies no note": [],
    "git copies notes": [("notes.rewriteRef", "refs/notes/*"), ("notes.rewriteMode", "overwrite")],
    "git joins notes": [("notes.rewriteRef", "refs/notes/*"), ("notes.rewriteMode", "concatenate")],
}


@pytest.fixture(params=CONFIGURED.values(), ids=CONFIGURED.keys())
def configured(request: pytest.FixtureRequest, world: World) -> World:
    """A repository in which git has opinions on notes of commits that are rewritten."""
    for name, value in request.param:
        world.git("config", name, value)
    return world


def edited(
    world: World, monkeypatch: pytest.MonkeyPatch, script: str, *arguments: str, check: bool = True
) -> None:
    """Effect: `git rebase -i`, whose list of steps is changed by a script of sed's."""
    monkeypatch.setenv("GIT_SEQUENCE_EDITOR", f"sed -i.bak -e '{script}'")
    world.git("rebase", "-q", "-i", *arguments, check=check)


def test_amend(configured: World) -> None:
    """Lines that stay keep their session where they are now; lines that come are nobody's."""
    world = configured
    world.commit(a=text("old"))
    world.commit(a=text("one", "two", "three", "old"))
    attest(world, "x 1-2", "y 3")
    world.write("a.py", text("new", "one", "TWO", "three", "old"))
    world.git("commit", "-q", "-a", "--amend", "-m", "amended")
    assert who(world) == ".x.y."
    assert {
        path: [tuple(piece)[:2] for piece in noted(world).pieces(path)] for path in noted(world).files
    } == {"a.py": [(2, 2), (4, 4)]}
    assert noted(world).records["base_commit_sha"] in {world.head, "0" * 40}


def test_amend_of_the_message_alone(configured: World) -> None:
    """The new commit has what the old one had."""
    configured.commit(a=text("one", "two"))
    attest(configured, "x 2")
    configured.git("commit", "-q", "--amend", "-m", "another")
    assert who(configured) == ".x"
    assert len(noted(configured).files["a.py"]) == 1


def test_rebase(configured: World) -> None:
    """One to one: line numbers are those of the new commits."""
    world = configured
    world.commit(a=text("a", "b", "c", "d", "e"))
    world.git("checkout", "-q", "-b", "side")
    world.commit(a=text("a", "b", "c", "d", "one", "e"))
    attest(world, "x 5")
    world.commit(a=text("a", "b", "c", "d", "one", "two", "e"), b=text("1", "2"))
    attest(world, "y 6")
    world.git("checkout", "-q", "main")
    world.commit(a=text("new", "new", "a", "b", "c", "d", "e"))
    world.git("rebase", "-q", "main", "side")
    assert who(world) == "......xy."
    assert [piece.first for piece in noted(world).pieces("a.py")] == [8]
    assert [piece.first for piece in noted(world, "HEAD~1").pieces("a.py")] == [7]


def test_rebase_by_patches(world: World) -> None:
    """The older way of git to rebase is followed as well."""
    world.commit(a=text("a", "b", "c"))
    world.git("checkout", "-q", "-b", "side")
    world.commit(a=text("a", "b", "c", "one"))
    attest(world, "x 4")
    world.git("checkout", "-q", "main")
    world.commit(a=text("new", "a", "b", "c"))
    world.git("rebase", "-q", "--apply", "main", "side")
    assert who(world) == "....x"


def test_rebase_onto_a_renamed_file(world: World) -> None:
    """The lines are found where their file is now."""
    world.commit(a=text(*"abcdefgh"))
    world.git("checkout", "-q", "-b", "side")
    world.commit(a=text(*"abcdefgh", "one"))
    attest(world, "x 9")
    world.git("checkout", "-q", "main")
    world.git("mv", "a.py", "z.py")
    world.commit()
    world.git("rebase", "-q", "main", "side")
    assert who(world, "z.py") == "........x"


def test_squash(configured: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several become one: what any of them said, and the last that wrote a line has it."""
    world = configured
    world.commit(a=text("a"))
    world.commit(a=text("a", "one", "two", "three"))
    attest(world, "x 2-4")
    world.commit(a=text("a", "one", "TWO", "three"), b=text("b1"))
    attest(world, "y 3")
    world.commit(a=text("a", "one", "TWO", "three", "four"))
    attest(world, "z 5")
    edited(world, monkeypatch, "2,3s/^pick/squash/", "HEAD~3")
    assert world.git("rev-list", "--count", "HEAD") == "2"
    assert who(world) == ".xyxz"


def test_fixup_across_a_rename(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that one of them renamed is followed to its last name."""
    world.commit(other="x")
    world.commit(a=text(*"abcdefgh"))
    attest(world, "x 2")
    world.git("mv", "a.py", "b.py")
    world.commit("rename")
    edited(world, monkeypatch, "2s/^pick/fixup/", "HEAD~2")
    assert who(world, "b.py") == ".x......"


def test_split(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One becomes several: each has the lines that it added."""
    world.commit(a=text("a"), b=text("b"))
    world.commit(a=text("a", "one"), b=text("b", "two"))
    attest(world, "x 2")
    note = world.note()
    world.git(
        *("notes", "--ref", notes.AI, "add", "-f", "-F", "-"),
        given=note.replace("---", "b.py\n  s_" + "x" * 14 + "::t_00000000000000 2\n---", 1),
    )
    edited(world, monkeypatch, "1s/^pick/edit/", "HEAD~1")
    world.git("reset", "-q", "HEAD^")
    world.git("add", "a.py")
    world.git("commit", "-q", "-m", "part 1")
    world.git("add", "b.py")
    world.git("commit", "-q", "-m", "part 2")
    world.git("rebase", "--continue")
    assert (who(world), who(world, "b.py")) == (".x", ".x")
    assert set(noted(world, "HEAD~1").files) == {"a.py"}
    assert set(noted(world).files) == {"b.py"}


def test_drop(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is dropped takes its lines along."""
    world.commit(a=text("a"))
    world.commit(b=text("one"))
    attest(world, "x 1", path="b.py")
    world.commit(a=text("a", "two"))
    attest(world, "y 2")
    edited(world, monkeypatch, "1s/^pick/drop/", "HEAD~2")
    assert who(world) == ".y"
    assert set(noted(world).files) == {"a.py"}


def test_abort(world: World) -> None:
    """A rebase that is given up writes no note."""
    world.commit(a=text("a"))
    world.git("checkout", "-q", "-b", "side")
    world.commit(b=text("one"))
    attest(world, "x 1", path="b.py")
    world.commit(a=text("side"))
    world.git("checkout", "-q", "main")
    world.commit(a=text("main"))
    tip = world.git("rev-parse", notes.AI)
    world.git("rebase", "-q", "main", "side", check=False)
    assert "rebase" in world.git("status")
    world.git("rebase", "--abort")
    assert world.git("rev-parse", notes.AI) == tip
    assert who(world, "b.py", "side") == "x"


def test_rebase_with_a_conflict(world: World) -> None:
    """What was resolved by hand keeps the lines that stayed."""
    world.commit(a=text("a", "b"))
    world.git("checkout", "-q", "-b", "side")
    world.commit(a=text("a", "one", "two"))
    attest(world, "x 2-3")
    world.git("checkout", "-q", "main")
    world.commit(a=text("a", "main"))
    world.git("rebase", "-q", "main", "side", check=False)
    world.write("a.py", text("a", "main", "one", "by hand"))
    world.git("add", "-A")
    world.git("rebase", "--continue")
    assert who(world) == "..x."


@pytest.mark.parametrize("options", [(), ("-x",), ("-e",)])
def test_cherry_pick(world: World, options: tuple[str, ...]) -> None:
    """A copy has the sessions of its lines."""
    world.commit(a=text("a", "b", "c", "d"))
    world.git("checkout", "-q", "-b", "side")
    picked = world.commit(a=text("a", "b", "c", "d", "one"))
    attest(world, "x 5")
    world.git("checkout", "-q", "main")
    world.commit(a=text("new", "a", "b", "c", "d"))
    world.git("cherry-pick", *options, picked)
    assert who(world) == ".....x"
    assert who(world, commit=picked) == "....x"


def test_cherry_pick_with_a_conflict(world: World) -> None:
    """Lines that were taken as they are keep their session."""
    world.commit(a=text("a"))
    world.git("checkout", "-q", "-b", "side")
    picked = world.commit(a=text("a", "one", "two"))
    attest(world, "x 2-3")
    world.git("checkout", "-q", "main")
    world.commit(a=text("a", "main"))
    world.git("cherry-pick", picked, check=False)
    world.write("a.py", text("a", "main", "one"))
    world.git("add", "-A")
    world.git("cherry-pick", "--continue")
    assert who(world) == "..x"


def test_revert(world: World) -> None:
    """Lines that come back are whose they were."""
    world.commit(a=text("a", "one", "two", "b"))
    attest(world, "x 2", "y 3")
    world.commit(a=text("a", "b"))
    world.commit(b="1")
    world.git("revert", "--no-edit", "HEAD~1")
    assert who(world) == ".xy."
    assert [piece.first for piece in noted(world).pieces("a.py")] == [2, 3]


@pytest.mark.parametrize("kind", ["--soft", "--mixed"])
def test_reset_and_commit_again(world: World, kind: str) -> None:
    """What a reset leaves in the work tree is still whose it was, in one commit or in several."""
    world.commit(a=text("a"))
    world.commit(a=text("a", "one"))
    attest(world, "x 2")
    world.commit(a=text("a", "one", "two"), b=text("three"))
    attest(world, "y 3")
    world.git("reset", "-q", kind, "HEAD~2")
    world.git("add", "a.py")
    world.git("commit", "-q", "-m", "again", "a.py")
    assert who(world) == ".xy"
    world.write("a.py", text("a", "one", "two", "new"))
    world.write("b.py", text("three", "four"))
    world.git("add", "-A")
    world.git("commit", "-q", "-m", "more")
    assert who(world) == ".xy."


def test_merge_squash(world: World) -> None:
    """One commit of a whole branch says what the branch said."""
    world.commit(a=text("a"))
    world.git("checkout", "-q", "-b", "side")
    world.commit(a=text("a", "one"))
    attest(world, "x 2")
    world.commit(a=text("a", "one", "two"))
    attest(world, "y 3")
    world.git("checkout", "-q", "main")
    world.commit(b="1")
    world.git("merge", "-q", "--squash", "side")
    world.git("commit", "-q", "--no-edit")
    assert who(world) == ".xy"


def test_merge(world: World) -> None:
    """A merge says nothing of the lines that its sides added."""
    world.commit(a=text("a", "b", "c", "d", "e"))
    world.git("checkout", "-q", "-b", "side")
    world.commit(a=text("one", "a", "b", "c", "d", "e"))
    attest(world, "x 1")
    world.git("checkout", "-q", "main")
    world.commit(a=text("a", "b", "c", "d", "e", "two"))
    attest(world, "y 6")
    world.git("merge", "-q", "--no-edit", "side")
    assert who(world) == "x.....y"
    assert world.note() == ""


def test_a_renamed_file(world: World) -> None:
    """Its lines are those of the commit that added them."""
    world.commit(a=text(*"abcdefgh"))
    attest(world, "x 2-3")
    world.git("mv", "a.py", "b.py")
    world.write("b.py", text(*"abcdefgh", "i"))
    world.git("commit", "-q", "-a", "-m", "x")
    assert who(world, "b.py") == ".xx......"


def test_in_another_work_tree(world: World, tmp_path: Path) -> None:
    """A rebase there is followed as one here."""
    world.commit(a=text("a", "b", "c"))
    world.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "other"))
    other = World(tmp_path / "other")
    other.commit(a=text("a", "b", "c", "one"))
    attest(other, "x 4")
    world.commit(a=text("new", "a", "b", "c"))
    other.git("rebase", "-q", "main")
    assert who(other) == "....x"
    other.git("commit", "-q", "--amend", "-m", "y")
    assert who(other) == "....x"


def test_a_foreign_note_on_the_new_commit_stays(world: World) -> None:
    """What another tool said of the very commit is merged, not written over."""
    world.commit(a=text("a"))
    world.commit(a=text("a", "one", "two"))
    attest(world, "x 2-3")
    hook = world.root / ".git" / "hooks" / "post-commit"
    foreign = 'a.py\n  h_00000000000001 3\n---\n{"schema_version":"authorship/3.0.0","base_commit_sha":"f","prompts":{},"theirs":1}'
    world.write("foreign", foreign)
    hook.write_text(f"#!/bin/sh\ngit notes --ref {notes.AI} add -f -F foreign HEAD\n", encoding="utf-8")
    world.git("commit", "-q", "--amend", "-m", "y")
    note = noted(world)
    assert note.records["theirs"] == 1
    assert [entry.key[:2] for entry in note.files["a.py"]] == ["h_", "s_"]


def test_a_transcript_is_not_carried(world: World) -> None:
    """An old note may hold one; the new commit's does not."""
    world.commit(a=text("a"))
    world.commit(a=text("a", "one"))
    records = {
        "schema_version": "authorship/3.0.0",
        "base_commit_sha": "0",
        "prompts": {"abcdef0123456789": {"agent_id": {"tool": "x"}, "messages": [{"text": "MARK"}]}},
    }
    world.git(
        "notes",
        "--ref",
        notes.AI,
        "add",
        "-F",
        "-",
        given="a.py\n  abcdef0123456789 2\n---\n" + json.dumps(records),
    )
    world.git("commit", "-q", "--amend", "-m", "y")
    assert who(world) == ".x"
    assert "MARK" not in world.note()


def wait_for(claim: Callable[[], bool]) -> None:
    import time

    for _ in range(300):
        if claim():
            return
        time.sleep(0.1)
    raise AssertionError


def test_many_files_are_noted_in_the_background(world: World) -> None:
    """Nobody waits for them, and it is said."""
    world.commit(a=text("a"))
    for n in range(210):
        world.write(f"d/f{n}.py", text("one", "two"))
    world.commit()
    attest(world, "x 2", path="d/f7.py")
    world.git("reset", "-q", "--soft", "HEAD~1")
    said = world.git("-c", "core.fsmonitor=false", "commit", "-m", "again", stderr=True)
    assert "assaymark: 210 files changed; the notes are written in the background" in said
    wait_for(lambda: bool(world.note()))
    assert who(world, "d/f7.py") == ".x"


def test_notes_that_cannot_be_written(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, and the commit stands."""
    monkeypatch.delenv("ASSAYMARK_TRACEBACK")
    world.commit(a=text("a"))
    attest(world, "x 1")
    world.git("pack-refs", "--all")
    (world.root / ".git" / "refs" / "notes").rmdir()
    world.write(".git/refs/notes", "in the way")
    said = world.git("commit", "-q", "--amend", "-m", "y", stderr=True)
    assert said.startswith("assaymark: the note was not written: git fast-import: ")
    assert said.endswith(". Later: assaymark notes write --missing")
    assert "\n" not in said
    assert world.git("log", "-1", "--format=%s") == "y"


def test_a_ref_that_is_broken(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that is wrong with notes fails a commit."""
    monkeypatch.delenv("ASSAYMARK_TRACEBACK")
    world.commit(a=text("a"))
    world.write(".git/refs/notes/ai", "1" * 40 + "\n")
    world.git("config", "i18n.commitEncoding", "latin-1")
    said = world.git("commit", "-q", "--allow-empty", "-m", "y", stderr=True)
    assert said == "" or said.startswith("assaymark: ")
    assert world.git("log", "-1", "--format=%s") == "y"


def test_the_first_commit_and_none(world: World) -> None:
    """Neither has anything to say."""
    world.git("commit", "-q", "--allow-empty", "-m", "x")
    assert world.git("for-each-ref", "refs/notes") == ""
