"""`assaymark notes`: what is shown, fetched, pushed, carried and written later."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assaymark.cli.main import run
from assaymark.lineage import gitai
from assaymark.repository import notes
from git_world import World, attest, isolated, made, text, who


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    isolated(monkeypatch, tmp_path)
    monkeypatch.setenv("ASSAYMARK_TRACEBACK", "1")
    world = made(tmp_path / "repository")
    monkeypatch.chdir(world.root)
    return world


@pytest.fixture
def shared(world: World, tmp_path: Path) -> World:
    """A repository with a remote that has its commit."""
    world.commit(a=text("one", "two", "three"))
    World(tmp_path).git("init", "-q", "--bare", "-b", "main", "remote")
    world.git("remote", "add", "origin", str(tmp_path / "remote"))
    world.git("push", "-q", "-u", "origin", "main")
    return world


@pytest.fixture
def other(shared: World, tmp_path: Path) -> World:
    """Another clone of that."""
    shared.git("clone", "-q", str(tmp_path / "remote"), str(tmp_path / "other"))
    return World(tmp_path / "other")


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert run(["notes", *words]) == code
    out, err = capsys.readouterr()
    return out + err


def in_clone(world: World, monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    with monkeypatch.context() as patch:
        patch.chdir(world.root)
        assert run(["notes", *words]) == 0


def tools(world: World, commit: str = "HEAD", path: str = "a.py") -> dict[int, str]:
    note = gitai.read(world.note(commit))
    assert note.problems == ()
    return {
        line: gitai.origin_of(note, piece.key).tool
        for piece in note.pieces(path)
        for line in range(piece.first, piece.last + 1)
    }


def test_nothing_is_there_to_look_at(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither notes, commits nor remotes."""
    assert said(capsys, "status") == (
        "refs/notes/ai: 0 notes\nrefs/notes/assaymark: 0 notes\nOf the last 0 commits, 0 have a note.\n"
    )
    assert "this branch has no remote" in said(capsys, "fetch", code=3)


def test_status(shared: World, capsys: pytest.CaptureFixture[str]) -> None:
    """How many notes, of which commits, and what was not pushed."""
    shared.commit(b=text("1"))
    attest(shared, "x 1", path="b.py")
    assert said(capsys, "status") == (
        "refs/notes/ai: 1 note\nrefs/notes/assaymark: 0 notes\nOf the last 2 commits, 1 has a note.\n"
        "origin: not asked yet, and nothing was pushed there.\n"
    )
    said(capsys, "fetch")
    said(capsys, "push", "--yes")
    attest(shared, "y 1", path="b.py", commit="HEAD~1")
    assert "origin: 1 note not there, as of the last time.\n" in said(capsys, "status")


def test_settings_that_damage_notes_are_named(shared: World, capsys: pytest.CaptureFixture[str]) -> None:
    """With what to type instead."""
    shared.git("config", "notes.rewriteRef", "refs/notes/*")
    assert "git config notes.rewriteMode overwrite" in said(capsys, "status")
    shared.git("config", "notes.rewriteMode", "overwrite")
    assert "rewriteMode" not in said(capsys, "status")


def test_outside_of_a_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """There can be no notes."""
    isolated(monkeypatch, tmp_path)
    monkeypatch.chdir(tmp_path)
    assert "there is no git repository here" in said(capsys, "status", code=3)


def test_what_leaves_is_shown_the_first_time(shared: World, capsys: pytest.CaptureFixture[str]) -> None:
    """And nothing leaves before somebody agreed."""
    attest(shared, "x 1-2", "y 3")
    shown = said(capsys, "push", "--dry-run")
    assert "refs/notes/ai: notes on 1 commit\n" in shown
    assert "paths of files and numbers of lines: a.py\n" in shown
    assert "tools: x, y\n" in shown
    assert shown.endswith("No text of a file, no prompt, no time of the day.\n")
    assert shared.git("ls-remote", "origin", "refs/notes/*") == ""
    assert "add --yes" in said(capsys, "push", code=3)
    assert shared.git("ls-remote", "origin", "refs/notes/*") == ""
    assert "tools: x, y\n" in said(capsys, "push", "--yes")
    assert shared.git("ls-remote", "origin", "refs/notes/*").split()[1] == "refs/notes/ai"
    assert said(capsys, "push") == "Nothing to push: origin has all notes.\n"
    shared.commit(b="1\n")
    attest(shared, "x 1", path="b.py")
    assert said(capsys, "push") == "Pushed 1 note to origin.\n"


def test_a_transcript_in_a_note_is_named_before_it_leaves(
    shared: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is not shown itself."""
    records = {
        "prompts": {
            "abcdef1": {"agent_id": {"tool": "x"}, "messages": [{"text": "MARK"}], "human_author": "A <a@b>"}
        }
    }
    shared.git(
        "notes", "--ref", notes.AI, "add", "-F", "-", given="a.py\n  abcdef1 1\n---\n" + json.dumps(records)
    )
    shown = said(capsys, "push", "--dry-run")
    assert "1 of them, by another tool, hold whole conversations" in shown
    assert "persons: A <a@b>\n" in shown
    assert "MARK" not in shown


def test_no_setting_is_written(shared: World, capsys: pytest.CaptureFixture[str]) -> None:
    """No later `git push` takes notes along."""
    before = shared.read(".git/config")
    attest(shared, "x 1")
    said(capsys, "push", "--yes")
    said(capsys, "fetch")
    assert shared.read(".git/config") == before


def test_fetching_into_a_clone_without_notes(
    shared: World, other: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has what is there."""
    attest(shared, "x 1-2")
    said(capsys, "push", "--yes")
    in_clone(other, monkeypatch, "fetch")
    assert capsys.readouterr().out == "refs/notes/ai: 1 note came from origin.\n"
    assert tools(other) == {1: "x", 2: "x"}
    in_clone(other, monkeypatch, "fetch")


def test_both_sides_had_something_to_say(
    shared: World, other: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the same commit and of others: nothing is lost, and both sides come to have the same."""
    base = shared.head
    shared.commit(b=text("1"))
    shared.git("push", "-q", "origin", "main")
    other.git("pull", "-q")
    attest(shared, "x 1")
    attest(shared, "x 1", commit=base)
    said(capsys, "push", "--yes")
    attest(other, "y 2-3", commit=base)
    other.commit(c=text("1"))
    attest(other, "z 1", path="c.py")
    in_clone(other, monkeypatch, "push", "--yes")
    assert "refs/notes/ai: 2 notes came from origin, 1 of them joined with ours.\n" in capsys.readouterr().out
    said(capsys, "fetch")
    assert shared.git("rev-parse", notes.AI) == other.git("rev-parse", notes.AI)
    for clone in (shared, other):
        assert tools(clone, base) == {1: "x", 2: "y", 3: "y"}
    assert tools(other, "HEAD", "c.py") == {1: "z"}
    # A commit that only the other clone has: its note is here all the same.
    assert shared.note(other.head) != ""


def test_notes_that_were_begun_apart(
    shared: World, other: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They have nothing in common, and are joined."""
    attest(shared, "x 1")
    attest(other, "y 2")
    said(capsys, "push", "--yes")
    in_clone(other, monkeypatch, "fetch")
    assert tools(other) == {1: "x", 2: "y"}


def test_a_push_that_is_refused_is_tried_again(
    shared: World, other: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody pushed between our fetch and our push."""
    from assaymark.record import exchanging

    attest(shared, "x 1")
    attest(other, "y 2")
    ask = exchanging.pushed
    asked: list[str] = []

    def late(remote: str, tips: dict[str, str], here: str) -> None:
        asked.append(remote)
        if len(asked) == 1:
            other.git("push", "-q", "origin", f"{notes.AI}:{notes.AI}")
        ask(remote, tips, here)

    monkeypatch.setattr(exchanging, "pushed", late)
    said(capsys, "push", "--yes")
    assert len(asked) == 2
    assert tools(shared) == {1: "x", 2: "y"}
    assert shared.git("ls-remote", "origin", notes.AI).split()[0] == shared.git("rev-parse", notes.AI)


@pytest.mark.parametrize("remote", ["nothing", "--upload-pack=touch ran", "ext::touch ran", "../remote"])
def test_only_configured_remotes_are_asked(
    shared: World, capsys: pytest.CaptureFixture[str], remote: str
) -> None:
    """What was typed becomes neither an option nor an address."""
    run(["notes", "fetch", "--", remote])
    assert "is no remote of this repository; there are origin" in capsys.readouterr().err
    assert not (shared.root / "ran").exists()


def test_a_remote_that_is_a_command_is_not_run(shared: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever the repository's settings allow."""
    shared.git("config", "remote.origin.url", "ext::sh -c 'touch ran'")
    shared.git("config", "protocol.ext.allow", "always")
    assert said(capsys, "fetch", code=2).startswith("Not done: git ls-remote: ")
    assert not (shared.root / "ran").exists()


def branch(world: World) -> str:
    """The commit that main is at, after a branch `side` of two commits with notes was made."""
    world.commit(a=text(*"abcdefgh"))
    world.git("checkout", "-q", "-b", "side")
    world.commit(a=text(*"abcdefgh", "one"))
    attest(world, "x 9")
    world.commit(a=text(*"abcdefgh", "one", "two"), b=text("b"))
    attest(world, "y 10")
    world.git("checkout", "-q", "main")
    return world.commit(a=text("new", *"abcdefgh"))


def test_carry_to_a_squash_merge(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Though main has gone on."""
    before = branch(world)
    world.git("merge", "-q", "--squash", "side")
    world.git("commit", "-q", "-m", "Merge (#7)")
    assert (
        said(capsys, "carry", "--from", f"{before}..side", "--to", "main")
        == "Written: 1 note; 1 commit looked at.\n"
    )
    assert who(world) == "." * 9 + "xy"
    assert (
        said(capsys, "carry", "--from", f"{before}..side", "--to", "main")
        == "Written: 0 notes; 1 commit looked at.\n"
    )


def test_carry_to_a_rebase_merge(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Each commit gets its own."""
    before = branch(world)
    world.git("cherry-pick", "side~1", "side")
    assert (
        said(capsys, "carry", "--from", f"{before}..side", "--to", "main")
        == "Written: 2 notes; 2 commits looked at.\n"
    )
    assert who(world) == "." * 9 + "xy"
    assert tools(world, "HEAD~1") == {10: "x"}


@pytest.mark.parametrize("last", ["one", "two"])
def test_carry_refuses_when_trees_do_not_agree(
    world: World, capsys: pytest.CaptureFixture[str], last: str
) -> None:
    """A line that is another one may be somebody else's."""
    before = branch(world)
    world.commit(a=text("new", *"abcdefgh", last, "other"), b=text("b"))
    said_so = said(capsys, "carry", "--from", f"{before}..side", "--to", "main", code=1)
    assert said_so.startswith(f"Refused: {world.head[:12]} does not change what these 2 commits change")
    assert world.note() == ""


def test_carry_says_what_is_wrong(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """A range that is none, commits that are none, nothing in between, a merge."""
    before = branch(world)
    for spelled, code, words in (
        ("side", 2, "'side' is no range of commits; write BASE..HEAD"),
        ("main..nothing", 2, "git knows no commit 'nothing' here"),
        ("side..side", 1, "there are no commits in"),
    ):
        assert words in said(capsys, "carry", "--from", spelled, "--to", "main", code=code)
    world.git("merge", "-q", "--no-edit", "side")
    assert "is a merge commit" in said(capsys, "carry", "--from", f"{before}..side", "--to", "main", code=1)


def test_write_missing(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """What a commit says of itself is written later too."""
    branch(world)
    world.git("cherry-pick", "-x", "side~1")
    assert said(capsys, "write", "--missing") == "Written: 1 note; 3 commits looked at.\n"
    assert who(world) == "." * 9 + "x"
    assert said(capsys, "write", "--missing", "--last", "1") == "Written: 0 notes; 0 commits looked at.\n"
    assert "give 1 or more" in said(capsys, "write", "--missing", "--last", "0", code=3)
