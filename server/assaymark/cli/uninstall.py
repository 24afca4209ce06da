"""
`assaymark uninstall --all`: every hook out, and, when somebody agrees, what was recorded deleted.

Invariants:
    Nothing is deleted that nobody agreed to. What stays is said, with what would delete it.
    Only what is ours is deleted: the folders of records, our notes, and copies of notes that remotes have.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from assaymark.cli.asking import agreed
from assaymark.cli.hooks import NOT_DONE, carried_out, complain
from assaymark.cli.output import say
from assaymark.cli.style import harmless
from assaymark.hooks.install.change import Record
from assaymark.hooks.install.files import uninstall as take_out
from assaymark.hooks.install.installing import GIT, NAMES, Plan, away_everywhere, planned_away, said
from assaymark.hooks.install.places import Site, our_site
from assaymark.hooks.install.record import records
from assaymark.repository.git import GitError, run
from assaymark.repository.notes import AI, BOTH, OURS
from assaymark.repository.place import place_of
from assaymark.repository.remote import copy_of


def uninstall(*, yes: bool) -> int:
    """The exit code. Effect: takes out all hooks, and deletes what is recorded if that is agreed to."""
    site = our_site(place_of(os.curdir))
    known = records(site.state)
    stores = _stores(site, known)
    outcomes = carried_out(_plans(site, known), take_out, known, site)
    done = [change for outcome in outcomes for change in outcome.done]
    say(f"taken out: {harmless(site.shown(change.place))}\n" for change in done)
    problems = [problem for outcome in outcomes for problem in outcome.plan.problems]
    complain(problems)
    can_ask = yes or (sys.stdin is not None and sys.stdin.isatty())
    for store in stores:
        problems += _delete_store(store, yes=yes) if can_ask else _stays(store)
    for what, refs in _notes(site):
        problems += _delete_notes(what, refs, site, yes=yes) if can_ask else _stays(what)
    say(_left(site))
    return NOT_DONE if problems else 0


def _plans(site: Site, known: dict[str, Record]) -> Iterator[Plan]:
    """All that is remembered, and what stands here without being remembered."""
    try:
        yield Plan("all", tuple(away_everywhere(known)))
    except OSError as error:
        yield Plan("all", problems=(said(error),))
    for name in NAMES:
        plan = planned_away(name, None, site, {})
        yield Plan(
            name,
            tuple(change for change in plan.changes if change.place not in known),
            problems=plan.problems,
        )


def _stores(site: Site, known: dict[str, Record]) -> list[str]:
    """
    The folders of records that there are: of this repository, and of those that hooks were installed in.
    """
    places = [site.place, *(place_of(place) for place, record in known.items() if record.tool == GIT)]
    return sorted({place.store for place in places if Path(place.store).is_dir()})


def _delete_store(store: str, *, yes: bool) -> list[str]:
    """What went wrong. Effect: asks, and deletes the record in *store*."""
    if not agreed(f"Delete what is recorded in {harmless(store)}?", yes=yes):
        return _stays(store)
    try:
        shutil.rmtree(store)
    except OSError as error:
        complain([said(error)])
        return [said(error)]
    say([f"deleted: {harmless(store)}\n"])
    return []


def _notes(site: Site) -> Iterator[tuple[str, list[str]]]:
    """The notes that can be deleted, by what they are called: our own, and copies of what remotes have."""
    if _refs(OURS, site):
        yield OURS, [OURS]
    for ref in BOTH:
        copies = _refs(copy_of(ref, ""), site)
        if copies:
            yield copy_of(ref, "*"), copies


def _delete_notes(what: str, refs: list[str], site: Site, *, yes: bool) -> list[str]:
    """What went wrong. Effect: asks, and deletes these notes of the repository here."""
    if not agreed(f"Delete the notes in {what} of this repository?", yes=yes):
        return _stays(what)
    try:
        for ref in refs:
            run(("update-ref", "-d", ref), site.place.top)
    except GitError as error:
        complain([str(error)])
        return [str(error)]
    say([f"deleted: {harmless(what)}\n"])
    return []


def _stays(what: str) -> list[str]:
    say([f"left as it is: {harmless(what)}\n"])
    return []


def _left(site: Site) -> Iterator[str]:
    if _refs(AI, site):
        yield f"left as it is: {AI}, where others write too; to delete it: git update-ref -d {AI}\n"
    yield "The program itself is removed by what installed it: pipx, uv or pip.\n"


def _refs(ref: str, site: Site) -> list[str]:
    """The refs that there are: *ref*, or those below it."""
    if site.place.common is None:
        return []
    try:
        return os.fsdecode(run(("for-each-ref", "--format=%(refname)", ref), site.place.top)).splitlines()
    except GitError:
        return []
