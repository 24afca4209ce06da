"""
Plans carried out: the notes of their commits are made, and written together.

Invariant: what is interrupted, or done twice, leaves notes as doing it once does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.record.committing import marks_of, noted, sources
from assaymark.record.remembering import say_committed
from assaymark.repository.commits import changes, commits, resolved
from assaymark.repository.git import run

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from assaymark.record.committing import Source
    from assaymark.record.marks import Marks
    from assaymark.record.planning import Task
    from assaymark.record.remembering import Ground
    from assaymark.repository.commits import Commit

# Above this a commit would wait for us: so many files or commits.
MOST_FILES = 200
MOST_COMMITS = 20
_AT_ONCE = 50


def fulfilled(tasks: Sequence[Task], ground: Ground, read: Mapping[str, Commit] | None = None) -> int:
    """
    How many notes changed. *read* are commits of *tasks* that were read already.

    Effect: writes the notes. Raises GitError.
    """
    if ground.ledger is None:
        # Then nothing is known but what other commits say.
        tasks = [task for task in tasks if task.made_of or task.reverted]
    n = 0
    for start in range(0, len(tasks), _AT_ONCE):
        n += _fulfilled(tasks[start : start + _AT_ONCE], ground, read or {})
    return n


def n_files(commit: Commit, here: str | None) -> int:
    """How many files *commit* changed; of a merge commit, those in which it has what no parent has."""
    if len(commit.parents) > 1:
        return len(resolved(commit, here))
    trees = (commit.parents[0], commit.id) if commit.parents else ("--root", commit.id)
    out = run(("diff-tree", "-r", "-z", "--no-commit-id", "--name-only", "--no-renames", *trees), here)
    return out.count(b"\0")


def _fulfilled(tasks: Sequence[Task], ground: Ground, read: Mapping[str, Commit]) -> int:
    here = ground.terms.here
    named = {one for task in tasks for one in (task.commit, *task.made_of, *task.reverted)}
    known = {**read, **commits(sorted(named - set(read)), here)}
    made_of = sources([known[one] for one in _each(tasks) if one in known], here)
    by_id = {source.commit.id: source for source in made_of}
    done: dict[str, tuple[Marks, list[Source]]] = {}
    for task in tasks:
        if (commit := known.get(task.commit)) is None:
            continue
        its = [by_id[one] for one in task.made_of if one in by_id]
        older = [known[one] for one in task.reverted if one in known]
        done[commit.id] = (marks_of(commit, changes(commit, here), its, older, ground.terms), its)
    n = noted(done, here)
    if ground.ledger is not None:
        covered = [(commit, marks.lines) for commit, (marks, _) in done.items() if marks.lines]
        say_committed(ground.place.store, covered)
    return n


def _each(tasks: Iterable[Task]) -> list[str]:
    return list(dict.fromkeys(one for task in tasks for one in task.made_of))
