"""The last commit's changes, asked for ahead, are those that its trees say; git stays there to read objects."""

from __future__ import annotations

from pathlib import Path

import pytest

from assaymark.repository import git, latest, notes, objects
from assaymark.repository.commits import Commit, changes, commits, head
from assaymark.repository.latest import changes_of, looking
from git_world import World, isolated, made

here_only = pytest.mark.skipif(not latest.CAN_START, reason="nothing is asked ahead here")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    isolated(monkeypatch, tmp_path)
    return made(tmp_path / "repository")


def last(world: World) -> Commit:
    commit = head(world.here)
    assert commit is not None
    return commit


def no_more_git(monkeypatch: pytest.MonkeyPatch) -> None:
    """Effect: no git can be started any more."""
    monkeypatch.setattr(git, "program", lambda: None)


@here_only
def test_it_is_what_is_asked_later(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a first commit, and of one with new, changed, renamed and removed files; no other git is asked."""
    for files in ({"a": "1\n2\n3\n", "b": "x\n" * 20, "c": "1"}, {"a": "1\nnew\n3\n", "d": "d"}):
        if (world.root / "b.py").exists():
            world.git("mv", "b.py", "e.py")
            world.git("rm", "-q", "c.py")
        world.commit(**files)
        commit = last(world)
        said = changes(commit, world.here)
        with monkeypatch.context() as patched, looking(world.here) as looks:
            no_more_git(patched)
            # A renamed file is two.
            assert changes_of(commit, world.here, looks) == (3 if "b" in files else 5, said)


def test_head_that_moved_on(world: World) -> None:
    """Then the commit is asked for by its id; so is a merge, and one without a change."""
    world.commit(a="1\n")
    commit = last(world)
    world.commit(a="1\n2\n")
    with looking(world.here) as looks:
        assert changes_of(commit, world.here, looks) == (1, changes(commit, world.here))
    world.git("checkout", "-qb", "side", "HEAD~1")
    world.commit(b="b\n")
    world.git("merge", "-q", "--no-edit", "main" if "main" in world.git("branch") else "master")
    world.commit()
    for name in ("HEAD~1", "HEAD"):
        world.git("checkout", "-q", name)
        with looking(world.here) as looks:
            assert changes_of(last(world), world.here, looks) == (0, ())


def test_too_many_files(world: World) -> None:
    """Only their number is said."""
    for n in range(latest.MOST_FILES + 1):
        world.write(f"f{n}.py", f"{n}\n" * 50)
    world.commit()
    with looking(world.here) as looks:
        assert changes_of(last(world), world.here, looks) == (201, ())
        assert changes_of(last(world), world.here, None) == (201, ())


@here_only
def test_git_stays_to_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One git answers everything, also of what was written after it was started."""
    world.commit(a="a" * 200_000, b="b")
    with objects.reading(world.here), objects.reading(world.here):
        world.commit(c="c")
        with monkeypatch.context() as patched:
            no_more_git(patched)
            names = ["HEAD:a.py", "HEAD:none.py", "HEAD:c.py", "a\nb", "", "HEAD:b.py", "HEAD^{tree}"]
            found = objects.texts(names * 300, world.here, 1 << 20)
            assert found == [b"a" * 200_000, None, b"c", None, None, b"b", None] * 300
            assert last(world).message == "x\n"
    assert not objects.is_reading(world.here)


def test_what_is_too_large_is_not_read(world: World) -> None:
    """What is asked for with it is; git is started once more for that."""
    world.commit(a="a" * 3_000_000, b="b", c="c" * 101)
    names = ["HEAD:b.py", "HEAD:a.py", "HEAD:c.py", "HEAD:b.py"]
    with objects.reading(world.here):
        assert objects.texts(names, world.here, 100) == [b"b", None, None, b"b"]
    assert objects.texts(names, world.here, 100) == [b"b", None, None, b"b"]
    ids = [commit.id for commit in commits([world.head], world.here).values()]
    assert ids == [world.head]


def test_by_two_processes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where git cannot be kept waiting, it is started to look and to read, and says the same."""
    world.commit(a="a" * 3000, b="b", c="")
    names = ["HEAD:b.py", "HEAD:a.py", "HEAD:none.py", "HEAD:c.py", "HEAD^{tree}"]
    here = objects.read(names, world.here, 100)
    for module in (git, latest, objects):
        monkeypatch.setattr(module, "CAN_START", False)
    with objects.reading(world.here), looking(world.here) as looks:
        assert looks is None
        assert objects.read(names, world.here, 100) == here
        assert changes_of(last(world), world.here, looks)[0] == 3
        with pytest.raises(git.GitError, match="git cat-file: "):
            git.run(("cat-file", "blob", "HEAD"), world.here)


@here_only
def test_a_git_that_ended(world: World, tmp_path: Path) -> None:
    """What it said is what is said, at every question."""
    (tmp_path / "none").mkdir()
    with objects.reading(str(tmp_path / "none")):
        for _ in range(2):
            with pytest.raises(git.GitError, match="this folder is not a git repository"):
                objects.texts(["HEAD"], str(tmp_path / "none"), 10)


def test_tips_are_where_they_are(world: World) -> None:
    """Whichever git says it, in a file of their own or packed; a branch of that name is none of them."""
    world.commit(a="1")
    world.git("branch", notes.OURS)
    with objects.reading(world.here):
        assert {tip.id for tip in notes.tips(notes.BOTH, world.here).values()} == {None}
        world.git("notes", "--ref", notes.AI, "add", "-m", "x")
        asked = notes.tips(notes.BOTH, world.here)
        world.git("pack-refs", "--all")
        assert notes.tips(notes.BOTH, world.here) == asked
    assert notes.tips(notes.BOTH, world.here) == asked
    assert asked[notes.AI].id == world.git("rev-parse", notes.AI)
    assert asked[notes.AI].time > 0
