"""
What git's hooks run: after a commit, after a rewriting, after a merge.

Invariants:
    Git is never held up: what would take long is done by a process of its own, and said.
    Nothing that goes wrong here fails what git did: one line on standard error, and exit code 0.
"""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from assaymark.record.planning import Task
    from assaymark.record.remembering import Ground
    from assaymark.repository.child import Child

PROGRAMS = ("git-post-commit", "git-post-rewrite", "git-post-merge")
# What the process is called that does what takes long: it reads a plan.
LATER = "git-later"


def main(name: str, arguments: Sequence[str]) -> int:
    """The exit code, 0. Effect: does what the hook *name* is there for."""
    try:
        said = _programs()[name](arguments)
    except (Exception, KeyboardInterrupt) as error:
        if os.environ.get("ASSAYMARK_TRACEBACK"):
            raise
        # A hook of git must not fail: whatever it was, the commit stands.
        text = str(error) if type(error).__name__ in {"GitError", "Moved", "Unavailable"} else ""
        why = text or type(error).__name__
        said = f"the note was not written: {why}. Later: assaymark notes write --missing"
    if said and sys.stderr is not None:
        sys.stderr.write(f"assaymark: {' '.join(said.split())}\n")
    return 0


def _programs() -> dict[str, Callable[[Sequence[str]], str]]:
    return {
        "git-post-commit": _post_commit,
        "git-post-rewrite": _post_rewrite,
        "git-post-merge": _post_merge,
        LATER: _later,
    }


def _post_commit(_arguments: Sequence[str]) -> str:
    from assaymark.repository.history import git_folder, is_rebasing
    from assaymark.repository.latest import looking
    from assaymark.repository.objects import reading
    from assaymark.repository.place import place_of

    here = place_of(os.curdir).top
    if is_rebasing(git_folder(here)):
        # Its end says what became of what.
        return ""
    # Git looks while we import the rest.
    with looking(here) as looks, reading(here):
        return _committed(here, looks)


def _committed(here: str, looks: Child | None) -> str:
    from assaymark.record.fulfilling import Read, fulfilled
    from assaymark.record.planning import after_commit
    from assaymark.record.remembering import ground, is_recorded
    from assaymark.repository.commits import head
    from assaymark.repository.latest import MOST_FILES, changes_of
    from assaymark.repository.notes import writing
    from assaymark.repository.place import place_of

    # Git gets ready to write while we look what there is to say.
    with writing(here) if is_recorded(place_of(here)) else nullcontext(), ground(here) as its:
        commit = head(here)
        if commit is None:
            return ""
        tasks = after_commit(commit, its.folder, here)
        if not tasks or (its.ledger is None and not any(tasks[0][1:])):
            return _complaint(its)
        n, changed = changes_of(commit, here, looks)
        if n > MOST_FILES:
            return _detached(tasks, f"{n:,} files changed")
        fulfilled(tasks, its, {commit.id: Read(commit, changed)})
        return _complaint(its)


def _post_rewrite(arguments: Sequence[str]) -> str:
    from assaymark.record.fulfilling import MOST_COMMITS
    from assaymark.record.planning import after_rewrite
    from assaymark.record.remembering import ground

    rows = sys.stdin.read().splitlines() if sys.stdin is not None else []
    with ground(os.curdir) as its:
        kind = arguments[0] if arguments else "rebase"
        tasks = after_rewrite(kind, rows, its.folder, its.terms.here)
        if len(tasks) > MOST_COMMITS:
            return _detached(tasks, f"{len(tasks):,} commits were rewritten")
        return _fulfilled(tasks, its)


def _post_merge(arguments: Sequence[str]) -> str:
    # Only what was squashed is back in the work tree; another merge changes nobody's origin.
    if list(arguments[:1]) != ["1"]:
        return ""
    from assaymark.record.planning import after_merge_message
    from assaymark.record.remembering import ground
    from assaymark.record.returning import returned

    with ground(os.curdir) as its:
        returned(after_merge_message(its.folder, its.terms.here), its)
        return _complaint(its)


def _later(_arguments: Sequence[str]) -> str:
    import json

    from assaymark.record.planning import Task
    from assaymark.record.remembering import ground

    rows = json.load(sys.stdin)
    with ground(os.curdir) as its:
        tasks = [Task(commit, tuple(made_of), tuple(reverted)) for commit, made_of, reverted in rows]
        return _fulfilled(tasks, its)


def _fulfilled(tasks: Sequence[Task], its: Ground) -> str:
    from assaymark.record.fulfilling import fulfilled

    fulfilled(tasks, its)
    return _complaint(its)


def _complaint(its: Ground) -> str:
    return its.complaints[0] if its.complaints else ""


def _detached(tasks: Sequence[Task], why: str) -> str:
    """What to say. Effect: starts a process that nobody waits for."""
    import json
    import subprocess

    # -P: what lies in the current folder is the project's, and is not imported.
    started = subprocess.Popen(
        [sys.executable, "-P", "-m", "assaymark.hooks.git", LATER],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    if started.stdin is not None:
        with started.stdin as plan:
            plan.write(json.dumps(tasks).encode())
    return f"{why}; the notes are written in the background"
