"""Random sessions with real git and real hooks, in which every line says itself who wrote it."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from git_world import World, hooked, isolated, made, who
from test_record_committing import AI, TYPED, change

N_STEPS = 22
N_SESSIONS = int(os.environ.get("ASSAYMARK_SESSIONS", "4"))
FIRST = int(os.environ.get("ASSAYMARK_FIRST_SESSION", "0"))
FILES = ("a.py", "b.py")


class Session:
    """Somebody at work: steps are chosen at random, and a step that git refuses is given up."""

    def __init__(self, world: World, seed: int, patch: pytest.MonkeyPatch) -> None:
        self.world = world
        self.random = random.Random(seed)
        self.patch = patch
        self.n = 0
        self.log: list[str] = []

    def step(self) -> None:
        steps = [
            *[self.edit] * 8,
            *[self.commit] * 4,
            self.commit_one,
            self.amend,
            self.branch,
            self.switch,
            self.rebase,
            self.squash,
            self.merge,
            self.merge_squash,
            self.pick,
            self.reset,
            self.stash,
            self.revert,
            self.rename,
        ]
        chosen = self.random.choice(steps)
        self.log.append(chosen.__name__)
        chosen()

    def git(self, *words: str) -> bool:
        self.log.append(" ".join(words))
        done = self.world.git(*words, check=False, stderr=True)
        return "fatal" not in done and "error" not in done

    def clean(self) -> bool:
        """Whether nothing is in progress or changed. Effect: commits what is changed."""
        self.git("add", "-A")
        self.git("commit", "-q", "-m", f"c{self.n}")
        return self.world.git("status", "--porcelain") == ""

    def edit(self) -> None:
        paths = sorted(file.name for file in self.world.root.glob("*.py"))
        path = self.random.choice(paths)
        lines = self.world.read(path).decode().splitlines()
        at = self.random.randint(0, len(lines))
        gone = self.random.choice([0, 0, 0, 1, 2])
        author = self.random.choice(["ai", "ai", "human", "vim"])
        came = []
        for _ in range(self.random.randint(0 if gone else 1, 3)):
            self.n += 1
            came.append(f"{author} {self.n}" if author == "vim" else f"{author} line {self.n}")
        new = "".join(f"{line}\n" for line in [*lines[:at], *came, *lines[at + gone :]])
        if author == "vim":
            self.world.write(path, new)
        elif new != self.world.read(path).decode():
            change(self.world, path, new, AI if author == "ai" else TYPED)
        self.log.append(f"{path}: {author} {came} at {at}, {gone} gone")

    def commit(self) -> None:
        self.clean()

    def commit_one(self) -> None:
        self.git("commit", "-q", "-m", f"one{self.n}", "a.py")

    def amend(self) -> None:
        if self.commits() > 1:
            self.git("commit", "-q", "-a", "--amend", "-m", f"amended{self.n}")

    def branch(self) -> None:
        if self.clean():
            self.git("checkout", "-q", "-b", f"branch{self.n}")

    def switch(self) -> None:
        if self.clean():
            self.git("checkout", "-q", self.other())

    def rebase(self) -> None:
        if self.clean():
            self.rebased(self.other())

    def squash(self) -> None:
        if self.clean() and self.commits() > 3:
            self.patch.setenv("GIT_SEQUENCE_EDITOR", "sed -i.bak -e '2,$s/^pick/squash/'")
            self.rebased("-i", "HEAD~2")

    def rebased(self, *words: str) -> None:
        self.git("rebase", "-q", *words)
        if any((self.world.root / ".git" / name).exists() for name in ("rebase-merge", "rebase-apply")):
            self.git("rebase", "--abort")

    def merge(self) -> None:
        if self.clean():
            self.git("merge", "-q", "--no-edit", self.other())
            if self.world.git("status", "--porcelain"):
                self.git("merge", "--abort")

    def merge_squash(self) -> None:
        if self.clean():
            self.git("merge", "-q", "--squash", self.other())
            if "UU" in self.world.git("status", "--porcelain") or not self.clean():
                self.git("reset", "-q", "--hard")

    def pick(self) -> None:
        if self.clean():
            self.git("cherry-pick", self.other())
            if self.world.git("status", "--porcelain"):
                self.git("cherry-pick", "--abort")

    def reset(self) -> None:
        if self.clean() and self.commits() > 2:
            self.git("reset", "-q", self.random.choice(["--soft", "--mixed"]), "HEAD~1")

    def stash(self) -> None:
        if self.git("stash", "-q"):
            self.git("stash", "pop", "-q")

    def revert(self) -> None:
        if self.clean() and self.commits() > 2:
            self.git("revert", "--no-edit", "HEAD")
            if self.world.git("status", "--porcelain"):
                self.git("revert", "--abort")

    def rename(self) -> None:
        if self.clean():
            self.git("mv", "b.py", "c.py")
            self.git("commit", "-q", "-m", "there")
            self.git("mv", "c.py", "b.py")
            self.git("commit", "-q", "-m", "and back")

    def other(self) -> str:
        names = self.world.git("for-each-ref", "--format=%(refname:short)", "refs/heads").split()
        return self.random.choice(names)

    def commits(self) -> int:
        return int(self.world.git("rev-list", "--first-parent", "--count", "HEAD"))


def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> tuple[int, int]:
    """How many lines of agents there were, and how many of them are in notes. Fails for any other line."""
    isolated(monkeypatch, tmp_path)
    monkeypatch.setenv("ASSAYMARK_TRACEBACK", "1")
    world = made(tmp_path / "repository")
    for path in FILES:
        world.write(path, "".join(f"old {path} {n}\n" for n in range(6)))
    world.commit()
    hooked(world)
    session = Session(world, seed, monkeypatch)
    for _ in range(N_STEPS):
        session.step()
    session.clean()
    n_lines = n_known = 0
    for name in world.git("for-each-ref", "--format=%(refname:short)", "refs/heads").split():
        for path in world.git("ls-tree", "--name-only", name).split():
            lines = world.git("show", f"{name}:{path}").splitlines()
            marks = who(world, path, name).replace("claude", "c")
            for line, mark in zip(lines, marks, strict=True):
                if mark == "c":
                    assert line.startswith("ai "), (seed, name, path, line, "\n".join(session.log))
                if line.startswith("ai "):
                    n_lines += 1
                    n_known += mark == "c"
                    if mark != "c" and os.environ.get("ASSAYMARK_SHOW"):
                        print(seed, name, path, line, "\n".join(session.log), sep="\n")
    return n_lines, n_known


@pytest.mark.parametrize("seed", range(FIRST, FIRST + N_SESSIONS))
def test_a_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """Whatever somebody does with git, no line of a person is an agent's, and agents' lines are theirs."""
    n_lines, n_known = play(tmp_path, monkeypatch, seed)
    assert n_known == n_lines
