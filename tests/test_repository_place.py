"""Where things stand: work trees, git directories and the folder of the ledger, in real repositories."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from assaymark.repository.place import place_of, state_folder

GIT = ("git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main")


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(
        (*GIT, "-c", "protocol.file.allow=always", *arguments), cwd=folder, check=True, capture_output=True
    )


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one commit of `app/load.py`."""
    top = (tmp_path / "repository").resolve()
    (top / "app").mkdir(parents=True)
    (top / "app" / "load.py").write_bytes(b"a = 1\n")
    git(top, "init", "-q")
    git(top, "add", ".")
    git(top, "commit", "-qm", "one")
    return top


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's state folder, for this test alone."""
    folder = tmp_path / "state"
    monkeypatch.setenv("LOCALAPPDATA" if sys.platform == "win32" else "XDG_STATE_HOME", str(folder))
    return folder


def test_a_file_in_a_repository(repository: Path) -> None:
    """A file has the path from the top of its work tree; the store is in the git directory."""
    place = place_of(str(repository / "app" / "load.py"))
    assert place == (str(repository), str(repository / ".git"), place.store, "app/load.py")
    assert place.store == str(repository / ".git" / "assaymark")


def test_what_is_not_there_has_a_place_too(repository: Path) -> None:
    """A file, and its folder, may yet be made."""
    assert place_of(str(repository / "new" / "x.py")).path == "new/x.py"


def test_the_top_and_the_git_directory_have_no_path(repository: Path) -> None:
    """They are no files of the work tree; they have the same store."""
    for inside in (".", ".git", ".git/config", ".git/refs/heads/main"):
        place = place_of(str(repository / inside))
        assert (place.path, place.store) == (None, str(repository / ".git" / "assaymark"))


def test_work_trees_share_one_store(repository: Path) -> None:
    """A further work tree has a top of its own, and the same git directory and store."""
    other = repository.parent / "other"
    git(repository, "worktree", "add", "-q", str(other))
    place = place_of(str(other / "app" / "load.py"))
    assert (place.top, place.path) == (str(other), "app/load.py")
    assert place.store == place_of(str(repository)).store


def test_a_submodule_has_a_store_of_its_own(repository: Path) -> None:
    """Its `.git` is a file that names a git directory inside the other one."""
    whole = repository.parent / "whole"
    whole.mkdir()
    git(whole, "init", "-q")
    git(whole, "submodule", "-q", "add", str(repository), "part")
    place = place_of(str(whole / "part" / "app" / "load.py"))
    assert (place.top, place.path) == (str(whole / "part"), "app/load.py")
    assert place.store == str(whole / ".git" / "modules" / "part" / "assaymark")


def test_a_bare_repository_and_a_shallow_clone(repository: Path) -> None:
    """A bare one has a store and no paths; a shallow one is like any other."""
    folder = repository.parent
    git(folder, "clone", "-q", "--bare", str(repository), "bare")
    git(folder, "clone", "-q", "--depth=1", repository.as_uri(), "shallow")
    assert place_of(str(folder / "bare")) == (
        str(folder / "bare"),
        str(folder / "bare"),
        str(folder / "bare" / "assaymark"),
        None,
    )
    assert place_of(str(folder / "bare" / "HEAD")).path is None
    assert place_of(str(folder / "shallow" / "app" / "load.py")).path == "app/load.py"


def test_without_git_the_store_is_the_users(tmp_path: Path, state: Path) -> None:
    """The folder of the file is the top, and the store lies in the state folder under a hash of that."""
    place = place_of(str(tmp_path / "x.py"))
    assert (place.top, place.common, place.path) == (str(tmp_path.resolve()), None, "x.py")
    assert Path(place.store).parent == state / "assaymark"
    assert place_of(str(tmp_path / "y.py")).store == place.store
    assert place_of(str(tmp_path / "sub" / "y.py")).store != place.store


@pytest.mark.parametrize("broken", ["gitdir: ../nowhere", "nothing", "", "gitdir:", "gitdir: \xff\0"])
def test_a_broken_git_file_counts_as_none(tmp_path: Path, broken: str) -> None:
    """Git would refuse it too; things are remembered all the same."""
    (tmp_path / ".git").write_text(broken, "latin-1")
    assert place_of(str(tmp_path / "x.py"))[:2] == (str(tmp_path.resolve()), None)


def test_a_path_does_not_leave_by_dots_or_links(repository: Path) -> None:
    """What a link in the work tree leads to outside of it has no path; what it leads to inside has that one."""
    outside = repository.parent / "outside"
    outside.mkdir()
    (outside / "x.py").write_bytes(b"")
    (repository / "link.py").symlink_to(outside / "x.py")
    (repository / "folder").symlink_to(outside)
    (repository / "same.py").symlink_to("app/load.py")
    place = place_of(str(repository))
    assert place.inside("app/load.py") == place.inside(str(repository / "same.py")) == "app/load.py"
    for path in ("../outside/x.py", "link.py", "folder/x.py", str(outside / "x.py"), "/etc/passwd", "..", ""):
        assert place.inside(path) is None, path
    assert place_of(str(repository / "link.py"))[::3] == (str(repository), None)
    assert place_of(str(repository / "folder" / "x.py"))[::3] == (str(repository), None)


def test_a_folder_that_is_reached_by_a_link(repository: Path) -> None:
    """A link from elsewhere into a repository is one more name of what is there."""
    link = repository.parent / "link"
    link.symlink_to(repository / "app")
    assert place_of(str(link / "load.py"))[::3] == (str(repository), "app/load.py")


@pytest.mark.parametrize("name", ["x\0.py", "\0", "a\n/b.py", "x" * 5000, "\udcff.py", "a/../../../../x"])
def test_hostile_names_raise_nothing(repository: Path, name: str) -> None:
    """A name that no disk can hold has no path; a strange one that it can hold is kept."""
    place = place_of(f"{repository}/{name}")
    assert place.path is None or "\0" not in place.path
    assert place_of(str(repository)).inside(name) == place.path or name.startswith("a/..")


def test_a_store_that_leads_elsewhere_is_not_used(repository: Path, state: Path) -> None:
    """An unpacked archive cannot make us write into a folder of its choice."""
    (repository / ".git" / "assaymark").symlink_to(repository.parent)
    assert Path(place_of(str(repository)).store).parent == state / "assaymark"


def test_a_git_directory_that_cannot_be_written(
    repository: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All work trees of it share a store in the user's state folder."""
    real = os.access
    # Whoever runs the tests may be allowed everything.
    monkeypatch.setattr(os, "access", lambda path, mode: ".git" not in Path(path).parts and real(path, mode))
    place = place_of(str(repository / "app"))
    assert Path(place.store).parent == state / "assaymark"
    assert place.common == str(repository / ".git")


def test_state_folders() -> None:
    """The platform's custom; a relative path in the environment counts as none."""
    assert state_folder({"XDG_STATE_HOME": "/s"}, "/h", "linux") == "/s/assaymark"
    assert state_folder({"XDG_STATE_HOME": "s"}, "/h", "linux") == "/h/.local/state/assaymark"
    assert state_folder({}, "/h", "darwin") == "/h/Library/Application Support/assaymark"
