"""
`assaymark notes`: the notes of commits looked at, written, and exchanged with other machines.

Invariants:
    Only `fetch` and `push` speak to another machine, and only to a remote that is configured.
    What leaves for the first time is shown, and somebody agreed to it.
"""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Iterable, Iterator

from assaymark.cli.asking import agreed
from assaymark.cli.leaving import is_known, known_from_now, summary
from assaymark.cli.output import say
from assaymark.cli.style import harmless
from assaymark.cli.usage import UsageError
from assaymark.record import carrying, exchanging, missing
from assaymark.record.fulfilling import fulfilled
from assaymark.record.remembering import Ground, exactly, ground
from assaymark.repository import notes as noted
from assaymark.repository import remote as elsewhere
from assaymark.repository.commits import listed
from assaymark.repository.git import GitError, run
from assaymark.repository.objects import commit_id

REFUSED, NOT_DONE = 1, 2
_LAST = 50


def notes(options: Namespace) -> int:
    """The exit code. Effect: does what was asked for."""
    actions = {"status": _status, "fetch": _fetch, "push": _push, "carry": _carry, "write": _write}
    try:
        with ground(os.curdir) as its:
            if its.place.common is None:
                msg = "there is no git repository here, so there are no notes"
                raise UsageError(msg)
            code = actions[options.action](options, its)
            say(f"assaymark: {harmless(one)}\n" for one in its.complaints)
            return code
    except carrying.Refused as error:
        say([f"Refused: {harmless(str(error))}.\n"])
        return REFUSED
    except GitError as error:
        say([f"Not done: {harmless(str(error))}.\n"])
        return NOT_DONE


def _status(_options: Namespace, its: Ground) -> int:
    here = its.place.top
    tips = noted.tips(noted.BOTH, here)
    notes_of = {ref: noted.every(tip.id, here) if tip.id else {} for ref, tip in tips.items()}
    say(f"{ref}: {_n(len(found), 'note')}\n" for ref, found in notes_of.items())
    try:
        last = listed([commit_id("HEAD", here)], [], here, _LAST)
    except GitError:
        last = []
    n_with = sum(1 for commit in last if any(commit in found for found in notes_of.values()))
    say([f"Of the last {_n(len(last), 'commit')}, {n_with} {'has' if n_with == 1 else 'have'} a note.\n"])
    say(_elsewhere(notes_of, here))
    say(_damaging(here))
    return 0


def _fetch(options: Namespace, its: Ground) -> int:
    remote = _remote(options, its)
    say(_came(exchanging.fetched_and_merged(remote, its.place.top), remote))
    return 0


def _push(options: Namespace, its: Ground) -> int:
    here, remote = its.place.top, _remote(options, its)
    there = elsewhere.fetched(remote, noted.BOTH, here)
    leaving = exchanging.leaving(there, here)
    if not any(leaving.values()):
        say([f"Nothing to push: {harmless(remote)} has all notes.\n"])
        return 0
    is_first = not is_known(its.place.store, remote, here)
    if is_first or options.dry_run:
        say(summary(leaving, remote))
    if options.dry_run:
        return 0
    if is_first and not agreed(f"Push these notes to {harmless(remote)}?", yes=options.yes):
        say(["Nothing was pushed.\n"])
        return 0
    came = exchanging.sent(remote, here)
    known_from_now(its.place.store, remote, here)
    if news := [one for one in came if one.n_came]:
        say(_came(news, remote))
    n = sum(len(found) for found in leaving.values())
    say([f"Pushed {_n(n, 'note')} to {harmless(remote)}.\n"])
    return 0


def _carry(options: Namespace, its: Ground) -> int:
    here = its.place.top
    start, end = (commit_id(name, here) for name in carrying.resolved_range(options.made_of))
    tasks = carrying.carried(start, end, commit_id(options.to, here), here)
    return _written(fulfilled(tasks, its), len(tasks))


def _write(options: Namespace, its: Ground) -> int:
    here = its.place.top
    if options.last < 1:
        msg = f"--last {options.last} is no number of commits; give 1 or more"
        raise UsageError(msg)
    several = missing.without_note(commit_id("HEAD", here), options.last, here)
    return _written(fulfilled(missing.tasks(several), exactly(its)), len(several))


def _written(n: int, n_commits: int) -> int:
    say([f"Written: {_n(n, 'note')}; {_n(n_commits, 'commit')} looked at.\n"])
    return 0


def _remote(options: Namespace, its: Ground) -> str:
    """The remote that is meant. Raises UsageError: what is none is not asked, whatever it is."""
    here = its.place.top
    known = elsewhere.remotes(here)
    if options.remote is None:
        usual = elsewhere.usual(here)
        if usual is not None:
            return usual
        msg = "this branch has no remote; name one" + (f" of {', '.join(known)}" if known else "")
        raise UsageError(msg)
    if options.remote not in known:
        there = f"there are {', '.join(known)}" if known else "there is none"
        msg = f"{options.remote!r} is no remote of this repository; {there}"
        raise UsageError(msg)
    return str(options.remote)


def _came(merged: Iterable[exchanging.Merged], remote: str) -> Iterator[str]:
    several = list(merged)
    if not several:
        yield f"{harmless(remote)} has no notes that are not here.\n"
    for one in several:
        joined = f", {one.n_joined} of them joined with ours" if one.n_joined else ""
        yield f"{one.ref}: {_n(one.n_came, 'note')} came from {harmless(remote)}{joined}.\n"


def _elsewhere(notes_of: dict[str, dict[str, tuple[str, str]]], here: str) -> Iterator[str]:
    """What each remote lacked when it was last asked."""
    for remote in elsewhere.remotes(here):
        copies = {ref: elsewhere.copy_of(ref, remote) for ref in notes_of}
        tips = noted.tips(list(copies.values()), here)
        if all(tip.id is None for tip in tips.values()):
            yield f"{harmless(remote)}: not asked yet, and nothing was pushed there.\n"
            continue
        n = 0
        for ref, found in notes_of.items():
            tip = tips[copies[ref]].id
            theirs = noted.every(tip, here) if tip is not None else {}
            n += sum(1 for commit, (_, blob) in found.items() if theirs.get(commit, ("", ""))[1] != blob)
        yield f"{harmless(remote)}: {_n(n, 'note')} not there, as of the last time.\n"


def _damaging(here: str) -> Iterator[str]:
    """What git is told to do with notes of rewritten commits that would damage ours, without our hook."""
    refs = _configured("notes.rewriteRef", here)
    if not any(ref in {*noted.BOTH, "refs/notes/*", "refs/*"} for ref in refs):
        return
    mode = (_configured("notes.rewriteMode", here) or ["concatenate"])[-1]
    if mode.lower() in {"concatenate", "cat_sort_uniq"}:
        yield (
            f"notes.rewriteRef includes our notes, and notes.rewriteMode is {harmless(mode)}: git makes one"
            " text of two\nnotes, which our hook mends. Better: git config notes.rewriteMode overwrite\n"
        )


def _configured(name: str, here: str) -> list[str]:
    try:
        return run(("config", "--get-all", name), here).decode("utf-8", "replace").split("\n")[:-1]
    except GitError:
        return []


def _n(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
