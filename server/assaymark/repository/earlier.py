"""
What commits held of a file at a time that is past: those that HEAD was at then, of each work tree.

Invariants:
    Git's log of HEAD says where it was; without one, nothing is said. The work tree is not read.
    Git is started once, and not at all where that log does not reach back.
"""
# Paths stay strings, as everywhere in this room.
# ruff: noqa: PTH118, PTH208

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from assaymark.repository.git import GitError, run
from assaymark.repository.history import steps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_MOST_TREES = 16


def contents_then(common: str, path: str, moment: int, is_later: Callable[[bytes], bool]) -> list[bytes]:
    """
    What HEAD held at *path* at *moment* (seconds), in each work tree of the git directory *common*.

    Of what HEAD came to in that very second, what *is_later* is left out.
    """
    trees = [list(_commits(folder, moment)) for folder in _folders(common)]
    names = [f"{commit}:{path}" for tree in trees for commit, _ in tree]
    held = iter(_held(names, common))
    found = [[(next(held), is_then) for _, is_then in tree] for tree in trees]
    firsts = (
        next((one for one, is_then in tree if one is not None and not (is_then and is_later(one))), None)
        for tree in found
    )
    return [one for one in firsts if one is not None]


def _held(names: Sequence[str], common: str) -> Iterator[bytes | None]:
    """What each of *names* holds; None for what is not there, or no file."""
    asked = "".join(":\n" if "\n" in name else f"{name}\n" for name in names)
    said = b""
    if names:
        with contextlib.suppress(GitError):
            # Within a hook of git's, the environment names another folder to look from.
            options = (f"--git-dir={common}", "cat-file", "--batch")
            said = run(options, common, asked.encode("utf-8", "surrogateescape"))
    for _ in names:
        head, _, said = said.partition(b"\n")
        facts = head.rsplit(b" ", 2)
        size = int(facts[2]) if len(facts) == 3 and facts[2].isdigit() else -1
        yield said[:size] if size >= 0 and facts[1] == b"blob" else None
        said = said[size + 1 :]


def _commits(folder: str, moment: int) -> Iterator[tuple[str, bool]]:
    """Where HEAD was at *moment*, and before that whither it went in that very second, the last first."""
    for step in steps(folder):
        if step.moment <= moment:
            yield step.new, step.moment == moment
        if step.moment < moment:
            return


def _folders(common: str) -> list[str]:
    """The git directories of the work trees."""
    try:
        others = sorted(os.listdir(os.path.join(common, "worktrees")))
    except OSError:
        others = []
    return [common, *(os.path.join(common, "worktrees", name) for name in others[:_MOST_TREES])]
