"""Roads around a gate on review that an agent may try in a repository: none of them ends with 0."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assaymark.person import Surroundings
from cli_world import World, world

__all__ = ["world"]

FLAW = b"send(a, secret=False)\n"
SILENCED = b"send(a, secret=False)  # assaymark: ignore[send-open] -- fine\n"
GATES = (("--gate",), ("--gate", "--staged"))


@pytest.fixture
def repository(world: World) -> World:
    """A repository with a committed file that has no finding."""
    world.commit(a=b"x = 1\n")
    return world


def put(world: World, files: dict[str, bytes]) -> None:
    """Effect: *files* are there, and those that git takes are staged."""
    for name, content in files.items():
        place = world.here / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    world.git("add", "-A", ".")


def codes(world: World, *more: str) -> set[int]:
    return {world.check(*gate, *more).code for gate in GATES}


@pytest.mark.parametrize(
    "files",
    [
        {"src/pyvenv.cfg": b"", "src/b.py": FLAW},
        {"vendor/b.py": FLAW},
        {"node_modules/b.py": FLAW},
        {"__pycache__/b.py": FLAW},
        {"b.min.py": FLAW},
        {".gitignore": b"b.py\n", "b.py": FLAW},
    ],
    ids=lambda files: next(iter(files)),
)
def test_whatever_git_tracks_is_asked_about(repository: World, files: dict[str, bytes]) -> None:
    """A folder that looks like others' code, or a name that looks minified, hides nothing that is committed."""
    put(repository, files)
    repository.git("add", "-f", next(name for name in files if name.endswith(".py")))
    assert codes(repository) == {1}


def test_a_gate_is_about_the_whole_repository(repository: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """From whatever folder somebody asks; who names paths is told that it was about these."""
    put(repository, {"assaymark.toml": b'ignore = ["old-call"]\n'})
    repository.git("commit", "-qm", "settings")
    put(repository, {"b.py": FLAW, "sub/c.py": b"x = 1\n", "vendor/d.py": FLAW})
    monkeypatch.chdir(repository.here / "sub")
    assert codes(repository) == {1}
    whole = repository.run("check", "--gate", "--rules", str(repository.rules), "--format", "json")
    assert whole.json["review_gate"]["loosened"] == ["ignore (assaymark.toml:1)"]
    named = repository.check("--gate", "c.py", "--format", "text")
    assert (named.code, "in lines changed against HEAD, in c.py alone." in named.out) == (0, True)
    assert " alone" not in repository.check("--gate", "..", "--format", "text").out


def test_what_settings_exclude_is_not_asked_about(repository: World) -> None:
    """So who keeps others' code in the repository says so."""
    (repository.here / "assaymark.toml").write_text('exclude = ["vendor"]\n')
    repository.git("add", "-A", ".")
    repository.git("commit", "-qm", "settings")
    put(repository, {"vendor/b.py": FLAW})
    assert codes(repository) == {0}


@pytest.mark.parametrize(
    "more", [{"sub/b.py": SILENCED}, {"sub/b.py": FLAW, "sub/assaymark.toml": b'ignore = ["send-open"]\n'}]
)
def test_a_folder_that_looks_like_a_repository_is_part_of_this_one(
    repository: World, more: dict[str, bytes]
) -> None:
    """What silences there silences no more than elsewhere."""
    put(repository, {"sub/HEAD": b"x\n", "sub/objects/x": b"", "sub/refs/x": b"", **more})
    assert codes(repository) == {1}


def test_an_object_that_stands_for_another_is_not_believed(repository: World) -> None:
    """`git replace` puts no commit in the place of the last one."""
    put(repository, {"b.py": FLAW})
    repository.git("commit", "-qm", "other")
    repository.git("tag", "other")
    repository.git("reset", "-q", "--soft", "HEAD~1")
    repository.git("replace", "HEAD", "other")
    assert codes(repository) == {1}


def test_a_tag_that_is_called_as_a_branch_ends_the_gate(repository: World) -> None:
    repository.git("update-ref", "refs/remotes/origin/main", "HEAD")
    repository.commit(b=FLAW)
    assert repository.check("--gate", "--diff", "origin/main").code == 2
    repository.git("tag", "origin/main")
    ran = repository.check("--gate", "--diff", "origin/main")
    assert (ran.code, "is the name of several commits" in ran.err) == (3, True)
    assert repository.check("--gate", "--diff", "refs/remotes/origin/main").code == 2


@pytest.mark.parametrize("name", ["GIT_DIR", "GIT_WORK_TREE"])
def test_git_that_was_told_of_another_repository_cannot_judge(
    repository: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """There the flaw was committed, so nothing would be new."""
    put(repository, {"b.py": FLAW})
    other = tmp_path / "other"
    repository.git("clone", "-q", ".", str(other))
    monkeypatch.setenv(name, str(other if name == "GIT_WORK_TREE" else other / ".git"))
    ran = repository.check("--gate")
    assert ran.code == 2
    assert ran.err.startswith(f"assaymark: cannot judge review: {name} names another repository than the one")


@pytest.mark.parametrize(
    "content, why",
    [
        (
            "\uff53end(a, secret=False)\n",
            "a.py was not checked in full: not all understood: line 1, where Python reads",
        ),
        ("x = 1\nprint('\uff53')\n\U0001d42cend(a, secret=False)\n", "line 3, where Python reads"),
        (
            "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n",
            "a.py was not checked: Git LFS has its content",
        ),
    ],
)
def test_what_python_reads_otherwise_than_it_is_written_is_no_pass(
    repository: World, content: str, why: str
) -> None:
    put(repository, {"a.py": content.encode()})
    for gate in GATES:
        ran = repository.check(*gate)
        assert (ran.code, why in ran.err) == (2, True)


def test_wide_letters_in_texts_and_comments_are_nothing(repository: World) -> None:
    put(repository, {"a.py": "x = '\uff53end'  # \uff53end\n\u00e9t\u00e9 = 1\n".encode()})
    assert codes(repository) == {0}


def test_a_rule_that_nobody_knows_of_the_author_of_is_not_weakened(repository: World) -> None:
    """In a gate a page of the project counts as it was committed, be the change an agent's or of unknown origin."""
    page = (repository.rules / "python" / "send-open.md").read_bytes()
    mine = page.replace(b"send-open", b"send-mine")
    put(repository, {"rules/python/send-mine.md": mine, "assaymark.toml": b'rules = ["rules"]\n'})
    repository.git("commit", "-qm", "rules")
    put(repository, {"rules/python/send-mine.md": mine.replace(b"send($X", b"never($X"), "a.py": FLAW})
    for gate in GATES:
        assert repository.run("check", *gate, "--select", "send-mine").code == 1
    assert repository.run("check", "--staged", "--select", "send-mine").code == 0


def test_a_line_that_moves_in_a_very_large_change_is_new(repository: World) -> None:
    """Else a flaw of which a file has one already could come a second time."""
    lines = b"".join(b"a%d = 1\n" % number for number in range(2100))
    put(repository, {"b.py": FLAW + lines})
    repository.git("commit", "-qm", "large")
    put(repository, {"b.py": b"x = 1\n" + lines.replace(b"a", b"c") + FLAW + FLAW})
    assert 0 not in codes(repository)


@pytest.mark.parametrize(
    "first_line", [b"#!/usr/bin/env python3", b"#!/usr/bin/pypy", b"#!/usr/bin/env -S uv run --script"]
)
def test_a_staged_script_without_an_ending_is_asked_about(repository: World, first_line: bytes) -> None:
    put(repository, {"tool": first_line + b"\n" + FLAW})
    assert codes(repository) == {1}


NOTEBOOK = (
    b'{"cells": [{"cell_type": "code", "metadata": {}, "outputs": [], "source": ["send(a, secret=False)"]}]}'
)


@pytest.mark.parametrize(
    "files", [{"b.PY": FLAW}, {"b.IPYNB": NOTEBOOK}], ids=lambda files: next(iter(files))
)
def test_an_ending_in_capitals_hides_nothing(repository: World, files: dict[str, bytes]) -> None:
    put(repository, files)
    assert codes(repository) == {1}


def test_a_work_trees_git_directory_is_not_another_ones(
    repository: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another index and another last commit lie there."""
    put(repository, {"b.py": FLAW})
    repository.git("worktree", "add", "-q", str(tmp_path / "other"))
    assert codes(repository) == {1}
    monkeypatch.setenv("GIT_DIR", str(repository.here / ".git" / "worktrees" / "other"))
    assert codes(repository) == {2}
    monkeypatch.setenv("GIT_DIR", str(repository.here / ".git"))
    assert codes(repository) == {1}


@pytest.mark.parametrize(
    "name, value, code",
    [
        ("GIT_INDEX_FILE", "elsewhere", 2),
        ("GIT_INDEX_FILE", ".git/elsewhere", 2),
        ("GIT_INDEX_FILE", "../here/.git/index", 1),
        ("GIT_INDEX_FILE", ".git/next-index-1.lock", 1),
        ("GIT_OBJECT_DIRECTORY", ".git/objects", 2),
        ("GIT_ALTERNATE_OBJECT_DIRECTORIES", ".git/objects", 2),
        ("GIT_SHALLOW_FILE", "/dev/null", 2),
        ("GIT_CEILING_DIRECTORIES", "..", 1),
    ],
)
def test_what_git_was_told_of_elsewhere_does_not_pass(
    repository: World, monkeypatch: pytest.MonkeyPatch, name: str, value: str, code: int
) -> None:
    """The index that git is committing lies in its directory, and counts."""
    put(repository, {"b.py": FLAW})
    for other in ("elsewhere", ".git/elsewhere", ".git/next-index-1.lock"):
        shutil.copy(repository.here / ".git" / "index", repository.here / other)
    monkeypatch.setenv(name, value)
    assert codes(repository) == {code}


def test_git_that_may_not_look_above_this_folder_finds_no_repository(
    repository: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So a gate further in cannot be asked."""
    put(repository, {"sub/b.py": FLAW})
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(repository.here))
    monkeypatch.chdir(repository.here / "sub")
    assert codes(repository) == {3}


@pytest.mark.parametrize("key, value", [("core.worktree", "/"), ("core.useReplaceRefs", "true")])
def test_settings_of_git_in_variables_change_no_answer(
    repository: World, monkeypatch: pytest.MonkeyPatch, key: str, value: str
) -> None:
    """They make another work tree of it, which cannot be judged, or let objects stand for others, or nothing."""
    put(repository, {"b.py": FLAW})
    repository.git("commit", "-qm", "other")
    repository.git("tag", "other")
    repository.git("reset", "-q", "--soft", "HEAD~1")
    repository.git("replace", "HEAD", "other")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", key)
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", value)
    assert 0 not in codes(repository)


@pytest.mark.parametrize(
    "files",
    [
        {"assaymark.toml": b""},
        {"assaymark.toml": b'fail-on = "critical"\n'},
        {"assaymark.toml": b'fail-on = "high"\n'},
        {},
    ],
)
def test_a_stricter_setting_that_goes_holds_until_it_is_gone(
    repository: World, files: dict[str, bytes]
) -> None:
    """Nobody knows who took it away; in the next change it is not there any more."""
    put(repository, {"assaymark.toml": b'fail-on = "medium"\n', "sub/c.py": b"x = 1\n"})
    repository.git("commit", "-qm", "settings")
    (repository.here / "assaymark.toml").unlink()
    put(repository, {"sub/c.py": b"old(b)\n", **files})
    gates = [("check", *gate, "--rules", str(repository.rules)) for gate in GATES]
    assert {repository.run(*gate).code for gate in gates} == {1}
    repository.git("commit", "-qm", "looser")
    put(repository, {"sub/c.py": b"old(b)\nold(c)\n"})
    assert {repository.run(*gate).code for gate in gates} == {0}


@pytest.mark.parametrize("held", [b"", b'level = "default"\n'])
def test_settings_further_in_do_not_take_the_place_of_stricter_ones(repository: World, held: bytes) -> None:
    """The nearest file counts, and nobody knows who put a new one there; in the next change it does."""
    put(repository, {"assaymark.toml": b'fail-on = "medium"\n', "sub/in/c.py": b"x = 1\n"})
    repository.git("commit", "-qm", "settings")
    put(repository, {"sub/assaymark.toml": held, "sub/in/c.py": b"old(b)\n"})
    gates = [("check", *gate, "--rules", str(repository.rules)) for gate in GATES]
    assert {repository.run(*gate).code for gate in gates} == {1}
    repository.git("commit", "-qm", "looser")
    put(repository, {"sub/in/c.py": b"old(b)\nold(c)\n"})
    assert {repository.run(*gate).code for gate in gates} == {0}


def test_whoever_loosened_a_gate_is_named(
    repository: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each file and key, in every format; what somebody else made stricter again is not."""
    monkeypatch.setattr("assaymark.person.surroundings", lambda: Surroundings({}))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "mine"))
    mine = tmp_path / "mine" / "assaymark" / "assaymark.toml"
    mine.parent.mkdir(parents=True)
    mine.write_text('severity = "low"\nignore = ["send-open"]\nfail-on = "critical"\n')
    put(repository, {"assaymark.toml": b'fail-on = "low"\n'})
    repository.git("commit", "-qm", "settings")
    put(repository, {"b.py": FLAW})
    named = f"ignore ({mine}:2)"
    gate = ("check", "--gate", "--rules", str(repository.rules))
    ran = repository.run(*gate, "--format", "json")
    assert (ran.code, ran.json["review_gate"]["loosened"]) == (0, [named])
    assert ran.err == f"assaymark: looser by {named}\n"
    assert f"1 setting makes this check looser: {named}." in repository.run(*gate, "--format", "text").out
    typed = repository.run(*gate, "--select", "old-call", "--format", "csv")
    assert typed.err == f"assaymark: looser by select (--select), {named}\n"


def test_where_an_agent_runs_a_gate_the_users_settings_loosen_nothing(
    repository: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable says where they are; what they make stricter holds."""
    monkeypatch.setattr("assaymark.person.surroundings", lambda: Surroundings({"CLAUDECODE": "1"}))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "mine"))
    mine = tmp_path / "mine" / "assaymark" / "assaymark.toml"
    mine.parent.mkdir(parents=True)
    mine.write_text('ignore = ["send-open"]\nfail-on = "medium"\n')
    put(repository, {"b.py": b"old(b)\n" + FLAW})
    gate = ("check", "--gate", "--rules", str(repository.rules))
    ran = repository.run(*gate, "--format", "json")
    assert (ran.code, ran.json["review_gate"]["blocking"]) == (1, 2)
    why = (
        "Claude Code runs this (CLAUDECODE is set), and what the user's settings are is decided by variables"
    )
    assert ran.json["settings"]["refused"] == [{"name": "ignore", "where": f"{mine}:1", "why": why}]
    put(repository, {"b.py": b"x = 1\n"})
    assert repository.run(*gate).code == 0


def linked(world: World, name: str, target: str) -> None:
    """Effect: a link is there, in the place of whatever was, and staged."""
    (world.here / name).unlink(missing_ok=True)
    (world.here / name).symlink_to(target)
    world.git("add", "-A", ".")


def test_text_that_a_link_makes_code_is_asked_about(repository: World) -> None:
    """A new link to an old text, an old one to a new text, and one that was a file; by the link's name."""
    put(repository, {"b.txt": FLAW})
    repository.git("commit", "-qm", "no code")
    linked(repository, "b.py", "b.txt")
    for gate in GATES:
        assert repository.check(*gate).found == [("send-open", "b.py", 1, 1)]
    repository.git("commit", "-qm", "a link")
    assert codes(repository) == {0}
    put(repository, {"b.txt": FLAW + b"x = 1\n" + FLAW})
    for gate in GATES:
        assert [line for _, _, line, _ in repository.check(*gate).found] == [3]
    repository.git("commit", "-qm", "more")
    linked(repository, "a.py", "sub/../b.py")
    # Who wrote these lines is not in this clone.
    assert codes(repository) == {2}
    assert {repository.check(*gate, "b.py").code for gate in GATES} == {0}


def test_a_link_to_code_is_asked_about_once(repository: World) -> None:
    """By the name of what it leads to, unless that is excluded."""
    (repository.here / "assaymark.toml").write_text('exclude = ["old"]\n')
    repository.git("add", "-A", ".")
    repository.git("commit", "-qm", "settings")
    put(repository, {"c.py": FLAW, "old/d.py": FLAW})
    linked(repository, "b.py", "c.py")
    linked(repository, "d.py", "old/d.py")
    for gate in GATES:
        assert [path for _, path, _, _ in repository.check(*gate).found] == ["c.py", "d.py"]


@pytest.mark.parametrize("target", ["../b.txt", "/dev/null", "nothing.py", "b.py", ".git/config"])
def test_a_link_that_leads_to_nothing_git_has_was_not_checked(repository: World, target: str) -> None:
    """Once: when it came, or leads elsewhere."""
    linked(repository, "b.py", target)
    for gate in GATES:
        ran = repository.check(*gate)
        assert (ran.code, "b.py was not checked: it is a link that leads to nothing" in ran.err) == (2, True)
    repository.git("commit", "-qm", "a link")
    assert codes(repository) == {0}
