"""What commits held of a file at a time that is past."""

from __future__ import annotations

from pathlib import Path

import pytest

from assaymark.repository.earlier import contents_then
from assaymark.repository.place import place_of
from git_world import World, isolated


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    isolated(monkeypatch, tmp_path)
    root = tmp_path / "repository"
    root.mkdir()
    world = World(root)
    world.git("init", "-q", "-b", "main")
    return world


def committed(world: World, monkeypatch: pytest.MonkeyPatch, path: str, text: str, moment: int) -> None:
    monkeypatch.setenv("GIT_COMMITTER_DATE", f"{moment} +0000")
    world.write(path, text)
    world.git("add", "-A")
    world.git("commit", "-q", "-m", text)


def then(world: World, path: str, moment: int, after: bytes = b"") -> list[bytes]:
    common = place_of(world.here).common
    assert common is not None
    return contents_then(common, path, moment, lambda content: content == after)


def test_it_is_what_head_held_at_that_moment(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not what it holds now; before the log begins, nothing is known."""
    committed(world, monkeypatch, "é a.py", "one", 1_000_000_000)
    committed(world, monkeypatch, "é a.py", "two", 1_000_000_010)
    assert then(world, "é a.py", 999_999_999) == []
    assert then(world, "é a.py", 1_000_000_009) == [b"one"]
    assert then(world, "é a.py", 1_000_000_099) == [b"two"]
    assert then(world, "other.py", 1_000_000_099) == []
    assert then(world, "é a.py\nHEAD", 1_000_000_099) == []


def test_a_commit_of_that_very_second_may_be_later(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is, where it holds what was written."""
    committed(world, monkeypatch, "a.py", "one", 1_000_000_000)
    committed(world, monkeypatch, "a.py", "two", 1_000_000_010)
    assert then(world, "a.py", 1_000_000_010, b"two") == [b"one"]
    assert then(world, "a.py", 1_000_000_010, b"three") == [b"two"]
    assert then(world, "a.py", 1_000_000_011, b"two") == [b"two"]


def test_every_work_tree_is_asked(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """And a hook's environment, in which git names its folder from another, leads nowhere else."""
    committed(world, monkeypatch, "a.py", "one", 1_000_000_000)
    world.git("worktree", "add", "-q", "-b", "other", str(tmp_path / "other"))
    committed(World(tmp_path / "other"), monkeypatch, "a.py", "two", 1_000_000_010)
    monkeypatch.setenv("GIT_DIR", ".git")
    assert then(world, "a.py", 1_000_000_099) == [b"one", b"two"]
