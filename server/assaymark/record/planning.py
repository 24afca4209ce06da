"""
Which notes are to be written after what git did, and of which commits the new ones are made.

Invariants:
    A plan names commits and nothing else; making it reads git's own files and writes nothing.
    While a rebase is under way nothing is planned: its end says what became of what, and an end that is an
    abort says nothing.
"""

from __future__ import annotations

from assaymark.repository import history, notes
from assaymark.repository.commits import commits, listed
from assaymark.repository.objects import ids_among
from assaymark.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from assaymark.repository.commits import Commit

# The most commits that a reset took back, or a rebase made, that are looked at.
_MOST_UNDONE = 50
_MOST_REBASED = 5000
# The most notes among which the commit is looked for that was picked.
_MOST_NOTED = 5000


class Task(NamedTuple):
    """Write the note of *commit*, which is made of others (the oldest first) or takes others back."""

    commit: str
    made_of: tuple[str, ...] = ()
    reverted: tuple[str, ...] = ()


def after_commit(commit: Commit, folder: str, here: str | None) -> list[Task]:
    """The plan after *commit* was made; *folder* is the git directory of the work tree *here*."""
    if history.is_rebasing(folder):
        return []
    steps = history.steps(folder)
    undone = history.left_behind(steps, commit.parents)
    taken_back = listed(undone, commit.parents, here, _MOST_UNDONE) if undone else []
    picked = history.picked(folder, commit.message)
    if not picked and steps and "cherry-pick" in steps[0].why.partition(":")[0]:
        picked = _alike(commit, here)
    made_of = [one for one in dict.fromkeys([*taken_back, *picked]) if one != commit.id]
    return [Task(commit.id, tuple(made_of), tuple(history.reverted(commit.message)))]


def after_rewrite(kind: str, rows: Iterable[str], folder: str, here: str | None) -> list[Task]:
    """The plan after `amend` or `rebase`; *rows* are `<old> <new>`, as git's post-rewrite hook is told."""
    if kind == "amend" and history.is_rebasing(folder):
        return []
    made: dict[str, list[str]] = {}
    for row in rows:
        several = ids_among(row.split()[:2])
        if len(several) == 2:
            made.setdefault(several[1], []).append(several[0])
    start = history.onto(folder) if kind == "rebase" else None
    if start is None:
        return [Task(new, tuple(olds)) for new, olds in made.items()]
    return _with_parts(made, listed(made, [start], here, _MOST_REBASED))


def after_merge_message(folder: str, here: str | None) -> list[Commit]:
    """The commits that a `merge --squash` has just brought into the index, the oldest first."""
    return list(commits(history.squashed(folder), here).values())


def _alike(commit: Commit, here: str | None) -> list[str]:
    """The commits with a note that *commit* can be a copy of: their change was written by the same, then."""
    tips = notes.tips(notes.BOTH, here)
    noted = {one for tip in tips.values() if tip.id is not None for one in notes.every(tip.id, here)}
    if len(noted) > _MOST_NOTED:
        return []
    return [
        one.id
        for one in commits(sorted(noted - {commit.id}), here).values()
        if (one.author, one.written) == (commit.author, commit.written)
        and one.message.partition("\n")[0] == commit.message.partition("\n")[0]
    ]


def _with_parts(made: dict[str, list[str]], order: Sequence[str]) -> list[Task]:
    """Commits that git does not say the origin of are parts of what the next one was made of."""
    tasks = [Task(new, tuple(olds)) for new, olds in made.items() if new not in order]
    parts: list[str] = []
    for commit in order:
        parts.append(commit)
        if commit in made:
            tasks += [Task(part, tuple(made[commit])) for part in parts]
            parts = []
    return tasks
