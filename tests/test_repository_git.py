"""What git is asked, and that a repository cannot make it run anything."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from assaymark.repository import git, objects


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in {"AUTHOR": "A", "COMMITTER": "A"}.items():
        monkeypatch.setenv(f"GIT_{name}_NAME", value)
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "a@example.org")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    root = tmp_path / "repository"
    root.mkdir()
    run(root, "init", "-q", "-b", "main", ".")
    return root


def run(root: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True)


def commit(root: Path, **files: str) -> None:
    write(root, **files)
    run(root, "add", "-A")
    run(root, "commit", "-q", "-m", "x")


def write(root: Path, **files: str) -> None:
    for name, content in files.items():
        (root / f"{name}.py").write_text(content, encoding="utf-8")


def test_staged_is_what_the_next_commit_changes(repository: Path) -> None:
    """Changed and new files, as the index holds them; neither deleted nor unchanged ones, nor what is not added."""
    commit(repository, same="1", changed="1", gone="1")
    write(repository, changed="2", new="3")
    (repository / "gone.py").unlink()
    run(repository, "add", "-A")
    write(repository, changed="not staged")
    blobs = git.staged(str(repository))
    held = objects.contents((blob.id for blob in blobs), str(repository), 1000)
    assert {Path(blob.place).name: held[blob.id] for blob in blobs} == {"changed.py": b"2", "new.py": b"3"}


def test_staged_before_the_first_commit(repository: Path) -> None:
    """Everything in the index is new."""
    write(repository, a="1")
    run(repository, "add", "-A")
    assert [Path(blob.place).name for blob in git.staged(str(repository))] == ["a.py"]


def test_names_with_anything_in_them(repository: Path) -> None:
    """Spaces, quotes, line ends and letters of all kinds."""
    names = ["a b.py", "q\"'.py", "ü.py", "-c.py"] + (
        ["n\nl.py", "t\t.py"] if sys.platform != "win32" else []
    )
    for name in names:
        (repository / name).write_text("1", encoding="utf-8")
    run(repository, "add", "-A")
    assert {Path(blob.place).name for blob in git.staged(str(repository))} == set(names)
    run(repository, "commit", "-q", "-m", "x")
    assert {Path(place).name for place in git.at("HEAD", str(repository))} == set(names)


def test_at_names_the_files_of_a_commit(repository: Path) -> None:
    """With the object ids that their content has, from a folder below the top too."""
    (repository / "below").mkdir()
    commit(repository, a="1")
    found = git.at("main", str(repository / "below"))
    place = os.path.realpath(repository / "a.py")
    assert found == {place: git.blob_id(b"1", found[place])}


@pytest.mark.parametrize("reference", ["nowhere", "--output=x", "-h", "HEAD~9", "main..main", ""])
def test_what_is_no_reference_is_refused(repository: Path, reference: str) -> None:
    """An option is none, nor is a range."""
    commit(repository, a="1")
    with pytest.raises(git.GitError, match="does not know"):
        git.at(reference, str(repository))
    assert not (repository / "x").exists()


def test_outside_of_a_repository(tmp_path: Path) -> None:
    """That is what is wrong, and git's words are not."""
    with pytest.raises(git.GitError, match=r"^this folder is not a git repository, nor in one$"):
        git.staged(str(tmp_path))


def test_a_repository_of_somebody_else(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container: what git says last is what to type."""
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(
        git.GitError, match=r"dubious ownership.*; if you trust it: git config --global --add"
    ):
        git.staged(str(repository))


def test_before_the_first_commit(repository: Path) -> None:
    """HEAD is nothing then."""
    with pytest.raises(git.GitError, match=r"^there is no commit here yet$"):
        git.at("HEAD", str(repository))


def test_without_git(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A git in the current folder is none."""
    (tmp_path / "git").write_text("#!/bin/sh\ntouch ran\n", encoding="utf-8")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", os.pathsep.join(["", "."]))
    with pytest.raises(git.GitError, match="not found on PATH"):
        git.staged(str(tmp_path))
    assert git.version() is None
    assert not (tmp_path / "ran").exists()


def test_too_large_and_missing_contents(repository: Path) -> None:
    """A content over the limit is not read; an object that is not there is left out."""
    commit(repository, a="12345")
    (blob,) = git.at("HEAD", str(repository)).values()
    missing = "0" * len(blob)
    held = objects.contents([blob, missing], str(repository), 4)
    assert held == {blob: None}


@pytest.mark.skipif(sys.platform == "win32", reason="the traps are shell scripts")
def test_a_repository_cannot_have_anything_run(repository: Path) -> None:
    """Monitor, filters, text conversion, external diff, pager, hooks and remotes of its configuration stay unused."""
    trap = repository.parent / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {repository.parent}/ran\ncat\n", encoding="utf-8")
    trap.chmod(0o755)
    commit(repository, a="1")
    write(repository, a="2", b="3")
    run(repository, "add", "-A")
    (repository / ".gitattributes").write_text("* filter=f diff=d\n", encoding="utf-8")
    settings = ("core.fsmonitor", "filter.f.clean", "filter.f.smudge", "filter.f.process", "diff.d.textconv")
    for name in (
        *settings,
        "diff.d.command",
        "diff.external",
        "core.pager",
        "core.sshCommand",
        "core.editor",
    ):
        run(repository, "config", name, str(trap))
    run(repository, "config", "core.hooksPath", str(repository.parent))
    run(repository, "config", "remote.origin.url", f"ext::{trap}")
    run(repository, "config", "protocol.ext.allow", "always")
    run(repository, "config", "remote.origin.promisor", "true")
    run(repository, "config", "extensions.partialClone", "origin")
    write(repository, a="4")
    here = str(repository)
    blobs = git.staged(here)
    objects.contents((*(blob.id for blob in blobs), "1" * len(blobs[0].id)), here, 1000)
    git.at("HEAD", here)
    assert not (repository.parent / "ran").exists()
