"""
`assaymark ledger`: looks after what is remembered of where code comes from.

Invariant: it is about the repository of the current folder, and says which file that is.
"""

from __future__ import annotations

import os
import time
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from assaymark.cli.output import say
from assaymark.cli.style import harmless
from assaymark.cli.usage import UsageError
from assaymark.ledger.compacting import compact
from assaymark.ledger.exchanging import NotOurs, exported, imported
from assaymark.ledger.journal import journal_of
from assaymark.ledger.store import FILE, Ledger, Unavailable, opened
from assaymark.ledger.verifying import Verdict, verified
from assaymark.repository.git import GitError
from assaymark.repository.notes import BOTH, every, tips
from assaymark.repository.place import Place, place_of

WRONG = 2


def ledger(options: Namespace) -> int:
    """The exit code. Effect: as the action says. Raises UsageError."""
    place = place_of(str(Path.cwd()))
    if options.action == "verify":
        return _verify(place.store)
    try:
        with opened(place.store) as found:
            code = _done(options, place, found)
            say(f"{harmless(notice)}\n" for notice in found.notices)
            return code
    except (Unavailable, NotOurs) as error:
        say([f"{harmless(str(error))}\n"])
        return WRONG


def _done(options: Namespace, place: Place, found: Ledger) -> int:
    match options.action:
        case "compact":
            say(_compacted(place, found))
        case "export":
            _export(found, options.output)
        case _:
            say(_imported(found, options.file))
    return 0


def _verify(store: str) -> int:
    verdict = verified(store)
    say(_shown(verdict))
    return WRONG if verdict.problems else 0


def _shown(verdict: Verdict) -> Iterator[str]:
    yield from (f"{harmless(fact)}\n" for fact in verdict.facts)
    for wrong, remedy in verdict.problems:
        yield f"{harmless(wrong)}\n  remedy: {harmless(remedy)}\n"
    n_problems = len(verdict.problems)
    yield f"{_n(n_problems, 'problem')}.\n" if n_problems else "No problems.\n"


def _compacted(place: Place, found: Ledger) -> Iterator[str]:
    commits = _with_notes(place)
    freed = compact(found, int(time.time()), commits.__contains__)
    yield (
        f"{harmless(found.file)}: {_n(freed.n_events, 'event')} and {_n(freed.n_states, 'state')} gone,"
        f" {freed.n_before:,} bytes before, {freed.n_after:,} now.\n"
    )
    if not commits:
        yield "No commit here has a note, so nothing that is old was covered by one.\n"


def _with_notes(place: Place) -> set[str]:
    """The commits with a note. Where git does not answer there are none."""
    try:
        found = tips(BOTH, place.common).values() if place.common else ()
        return {commit for tip in found if tip.id for commit in every(tip.id, place.common)}
    except GitError:
        return set()


def _export(found: Ledger, output: str | None) -> None:
    if output is None:
        say(exported(found))
        return
    # Late: most exports go to standard output.
    from assaymark.workspace.writing import replace

    try:
        replace(os.path.abspath(output), "".join(exported(found)).encode())  # noqa: PTH100 - paths stay strings
    except OSError as error:
        msg = f"cannot write {output}: {(error.strerror or type(error).__name__).lower()}"
        raise UsageError(msg) from error
    say([f"Written: {harmless(output)}\n"])


def _imported(found: Ledger, file: str) -> Iterator[str]:
    try:
        taken = imported(found, file)
    except OSError as error:
        msg = f"cannot read {file}: {(error.strerror or type(error).__name__).lower()}"
        raise UsageError(msg) from error
    yield f"{_n(taken.n_events, 'event')} and {_n(taken.n_states, 'state')} imported that were not known.\n"
    if taken.n_unread:
        yield f"{_n(taken.n_unread, 'line')} not understood, and left out.\n"


def facts_of_place(folder: str) -> tuple[str, str]:
    """What `doctor` says of the ledger of *folder*, and what is wrong with it."""
    store = place_of(folder).store
    file = Path(store, FILE)
    journal = journal_of(store)
    if not file.exists():
        return f"none yet, {store}", ""
    said = f"{file.stat().st_size:,} bytes, {store}; journal {journal.mode}: {journal.reason}"
    verdict = verified(store)
    problems = [f"{wrong}; {remedy}" for wrong, remedy in verdict.problems]
    return said, "; ".join(problems)


def _n(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
