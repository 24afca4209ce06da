"""
`assaymark hooks`: puts the hooks by which tools and git report what they write into their settings, and
takes them out again.

Invariants:
    Nothing is written with --dry-run, nor into files of a project before somebody agreed.
    What is left for the user to do, or was not done, is said. A failure of one tool keeps no other from its
    hooks.
"""

from __future__ import annotations

import contextlib
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Collection, Iterable, Iterator

from assaymark.cli.asking import agreed
from assaymark.cli.differing import difference
from assaymark.cli.output import keep_line_ends, say, style
from assaymark.cli.style import Style, harmless
from assaymark.dataclass import dataclass, replace
from assaymark.hooks.install.change import Change, Record
from assaymark.hooks.install.files import install, uninstall
from assaymark.hooks.install.installing import GIT, NAMES, Plan, planned, planned_away, said
from assaymark.hooks.install.places import Site, our_site
from assaymark.hooks.install.record import records
from assaymark.hooks.install.tool import Scope
from assaymark.hooks.install.tools import BY_NAME
from assaymark.ledger.events import Gap, stamp
from assaymark.ledger.spool import append
from assaymark.repository.place import place_of

WOULD_CHANGE, NOT_DONE = 1, 2
Carried = Callable[[Change, dict[str, Record], str], dict[str, Record]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a plan: *done* are the files that were changed."""

    plan: Plan
    done: tuple[Change, ...] = ()


def hooks(options: Namespace) -> int:
    """The exit code. Effect: does what *options* ask for."""
    site = our_site(place_of(os.curdir))
    match options.action:
        case "install":
            return _install(options, site)
        case "uninstall":
            return _uninstall(options, site)
        case _:
            return _looked(options, site)


def _looked(options: Namespace, site: Site) -> int:
    from assaymark.cli.hooks_live import live
    from assaymark.cli.hooks_status import status
    from assaymark.ledger.store import Unavailable

    try:
        if options.action == "status":
            return status(site, as_json=options.json)
        return live(options.live, site, options.timeout)
    except Unavailable as error:
        complain([str(error)])
        return NOT_DONE


def _install(options: Namespace, site: Site) -> int:
    scope = Scope.project if options.project else Scope.user
    known = records(site.state)
    plans: list[Plan] = []
    for name in _chosen(options.tools, site):
        coming = {plan.tool for plan in plans if not plan.skipped and not plan.problems}
        plans.append(planned(name, scope, site, known, coming))
    if options.dry_run:
        return _shown(plans, site)
    shared = [change for plan in plans if plan.is_shared for change in plan.changes if change.is_one]
    if shared and not agreed(_question(shared, site), yes=options.yes):
        say(["Nothing was written.\n"])
        return 0
    outcomes = carried_out(plans, install, known, site)
    say(_told(outcomes, "installed", site))
    say(_absent(options.tools, site))
    return NOT_DONE if any(outcome.plan.problems for outcome in outcomes) else 0


def _uninstall(options: Namespace, site: Site) -> int:
    scope = Scope.project if options.project else Scope.user if options.user else None
    known = records(site.state)
    plans = [planned_away(name, scope, site, known) for name in _named(options.tools)]
    if options.dry_run:
        return _shown(plans, site)
    outcomes = carried_out(plans, uninstall, known, site)
    _note_taken_out([outcome.plan.tool for outcome in outcomes if outcome.done], site)
    say(_told(outcomes, "uninstalled", site))
    return NOT_DONE if any(outcome.plan.problems for outcome in outcomes) else 0


def _note_taken_out(tools: list[str], site: Site) -> None:
    """Effect: where something is recorded, it is recorded that nothing will be heard of *tools*."""
    # Late: with a database.
    from assaymark.cli.hooks_events import has_record

    if tools and has_record(site.place.store):
        gaps = [Gap(*stamp("cli"), f"the hooks of {tool} were taken out") for tool in tools]
        with contextlib.suppress(OSError):
            append(site.place.store, gaps)


def carried_out(plans: Iterable[Plan], carry: Carried, known: dict[str, Record], site: Site) -> list[Outcome]:
    """What became of *plans*. Effect: carries them out, but for those with a problem."""
    outcomes = []
    for plan in plans:
        done: list[Change] = []
        problems = [f"{problem}; nothing was changed" for problem in plan.problems]
        for change in plan.changes if not plan.problems else ():
            try:
                known = carry(change, known, site.state)
                done += [change] * change.is_one
            except OSError as error:
                problems.append(said(error))
        outcomes.append(Outcome(replace(plan, problems=tuple(problems)), tuple(done)))
    return outcomes


def _named(tools: Collection[str]) -> tuple[str, ...]:
    return NAMES if "all" in tools else tuple(dict.fromkeys(tools))


def _chosen(tools: Collection[str], site: Site) -> tuple[str, ...]:
    """The tools that were named; without names, those that are used here."""
    named = _named(tools)
    if named is not NAMES:
        return named
    return tuple(name for name in named if name == GIT or site.has(BY_NAME[name]))


def _question(shared: list[Change], site: Site) -> str:
    places = ", ".join(harmless(site.shown(change.place)) for change in shared)
    return f"Write to files that everybody in this project gets ({places})?"


def _shown(plans: list[Plan], site: Site) -> int:
    look = style()
    keep_line_ends()
    changes = [change for plan in plans if not plan.problems for change in plan.changes if change.is_one]
    say(piece for change in changes for piece in _diff(change, site, look))
    for plan in plans:
        complain(_problems(plan))
        complain([f"{plan.tool}: {plan.skipped}"] if plan.skipped else [])
    if any(plan.problems for plan in plans):
        return NOT_DONE
    return WOULD_CHANGE if changes else 0


def _diff(change: Change, site: Site, look: Style) -> Iterator[str]:
    name, before, after = site.shown(change.place), change.before, change.after
    if change.record is not None and change.record.kept:
        yield f"kept as {harmless(site.shown(change.record.kept))}: {harmless(name)}\n"
        before = None
    names = ("/dev/null" if before is None else name, "/dev/null" if after is None else name)
    yield from difference(names, _text(before), _text(after), look)


def _text(content: bytes | None) -> str:
    return (content or b"").decode("utf-8", "backslashreplace")


def _told(outcomes: list[Outcome], verb: str, site: Site) -> Iterator[str]:
    look = style()
    for outcome in outcomes:
        plan = outcome.plan
        for line in _lines(outcome, verb, site):
            yield f"{look('path', plan.tool)}{' ' * (9 - len(plan.tool))} {line}\n"
        complain(_problems(plan))


def _lines(outcome: Outcome, verb: str, site: Site) -> Iterator[str]:
    plan = outcome.plan
    if outcome.done:
        places = ", ".join(harmless(site.shown(change.place)) for change in outcome.done)
        yield f"{verb}: {places}"
        yield from map(harmless, plan.notes if verb == "installed" else ())
    elif plan.skipped:
        yield harmless(plan.skipped)
    elif not plan.problems:
        yield "installed already" if verb == "installed" else "nothing to take out"


def _absent(tools: Collection[str], site: Site) -> Iterator[str]:
    if _named(tools) is not NAMES:
        return
    names = [name for name in BY_NAME if not site.has(BY_NAME[name])]
    if names:
        yield f"Not found here: {', '.join(names)}. By name they are installed anyway.\n"


def _problems(plan: Plan) -> list[str]:
    return [f"{plan.tool}: {problem}" for problem in plan.problems]


def complain(lines: Iterable[str]) -> None:
    """Effect: writes *lines* to standard error."""
    if sys.stderr is not None:
        sys.stderr.writelines(f"assaymark: {harmless(line)}\n" for line in lines)
