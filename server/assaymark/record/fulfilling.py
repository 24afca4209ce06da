"""
Plans carried out: the notes of their commits are made, and written together.

Invariant: what is interrupted, or done twice, leaves notes as doing it once does.
"""

from __future__ import annotations

from assaymark.record.committing import marks_of, noted, sources
from assaymark.record.remembering import say_committed
from assaymark.repository.commits import changes, commits
from assaymark.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from assaymark.record.committing import Source
    from assaymark.record.marks import Marks
    from assaymark.record.planning import Task
    from assaymark.record.remembering import Ground
    from assaymark.repository.commits import Change, Commit
    from assaymark.repository.git import Meanwhile

# Above this somebody would wait for us.
MOST_COMMITS = 20
_AT_ONCE = 50


class Read(NamedTuple):
    """A commit that was read already, with what it changed."""

    commit: Commit
    changes: Sequence[Change]


def fulfilled(tasks: Sequence[Task], ground: Ground, read: Mapping[str, Read] | None = None) -> int:
    """
    How many notes changed. *read* are commits of *tasks*, by id.

    Effect: writes the notes; while git writes the last, the ledger is closed, which takes as long. Raises
    GitError.
    """
    if ground.ledger is None:
        # Then nothing is known but what other commits say.
        tasks = [task for task in tasks if task.made_of or task.reverted]
    n = 0
    for start in range(0, len(tasks), _AT_ONCE):
        is_last = start + _AT_ONCE >= len(tasks)
        meanwhile = ground.close if is_last else lambda: None
        n += _fulfilled(tasks[start : start + _AT_ONCE], ground, read or {}, meanwhile)
    return n


def _fulfilled(tasks: Sequence[Task], ground: Ground, read: Mapping[str, Read], meanwhile: Meanwhile) -> int:
    here = ground.terms.here
    named = {one for task in tasks for one in (task.commit, *task.made_of, *task.reverted)}
    known = {**{one: its.commit for one, its in read.items()}, **commits(sorted(named - set(read)), here)}
    made_of = sources([known[one] for one in _each(tasks) if one in known], here)
    by_id = {source.commit.id: source for source in made_of}
    done: dict[str, tuple[Marks, list[Source]]] = {}
    for task in tasks:
        if (commit := known.get(task.commit)) is None:
            continue
        its = [by_id[one] for one in task.made_of if one in by_id]
        older = [known[one] for one in task.reverted if one in known]
        changed = read[commit.id].changes if commit.id in read else changes(commit, here)
        done[commit.id] = (marks_of(commit, changed, its, older, ground.terms), its)
    n = noted(done, here, meanwhile)
    if ground.ledger is not None:
        covered = [(commit, marks.lines) for commit, (marks, _) in done.items() if marks.lines]
        say_committed(ground.place.store, covered)
    return n


def _each(tasks: Iterable[Task]) -> list[str]:
    return list(dict.fromkeys(one for task in tasks for one in task.made_of))
