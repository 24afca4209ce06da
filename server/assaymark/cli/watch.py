"""
`check --watch`: a check, and then one of every file that is saved, until Ctrl-C.

Invariants:
    What is looked at is what a check would look at now: ignore files, new files and files that went included.
    Nothing that happens to a file ends it, and nothing that was on the screen is taken away.
    What was saved while a check ran is checked next.
"""

# Paths stay strings, as the watcher and the walk have them.
# ruff: noqa: PTH100, PTH112, PTH120, PTH122, PTH206

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator

import watchfiles

from assaymark.cli.check import CLEAN, Options, contents, report_on, subject_of
from assaymark.cli.output import say, style
from assaymark.cli.report import Checked, Report
from assaymark.cli.style import harmless
from assaymark.cli.subject import Subject
from assaymark.cli.terminal import as_text, totals
from assaymark.cli.terms import Terms
from assaymark.cli.usage import UsageError
from assaymark.dataclass import dataclass, field, replace
from assaymark.settings.places import is_settings_file
from assaymark.workspace.ignoring import with_separator
from assaymark.workspace.walking import Walked, is_left_out, is_of_interest

# A burst of changes (a checkout, a formatter) is one: at most so long, and until it rests for that long.
_BURST_MS, _REST_MS = 800, 50
# How often it looks whether it is to end; nothing is looked at then.
_TURN_MS = 100
_MOST_NAMED = 5


@dataclass(slots=True)
class _Watch:
    """What is known of the files, by path, and with what they are checked."""

    options: Options
    terms: Terms
    known: dict[str, Checked] = field(default_factory=dict)


def watch(options: Options) -> int:
    """
    The exit code, once nobody reads any more; an interrupt is passed on.

    Effect: checks, writes what it finds, and waits for changes. Raises UsageError before the first check.
    """
    state = _Watch(options, Terms(options.standing))
    about = subject_of(options, state.terms)
    state.terms.groups(about.walked.files)
    bursts = _bursts(options, state.terms)
    # The first turn of the watcher is its start: from here on no change is missed.
    try:
        next(bursts)
    except OSError as error:
        msg = f"these folders cannot be watched ({error}); with WATCHFILES_FORCE_POLLING=1 they are looked at"
        raise UsageError(msg) from error
    about = subject_of(options, state.terms)
    _check(state, about, about)
    for changed in bursts:
        if changed:
            _look(state, changed)
        if sys.stdout is None:
            break
    return CLEAN


def matters(place: str, folders: Iterable[str]) -> bool:
    """Whether a change at *place*, inside one of the watched *folders*, can change what a check finds."""
    inside = next(
        (place.removeprefix(top) for top in map(with_separator, folders) if place.startswith(top)), ""
    )
    *above, name = inside.split(os.sep)
    if any(is_left_out(folder) for folder in above):
        return False
    # A name without an ending may be a script's, or a folder's that came or went with all that is in it.
    suffix = os.path.splitext(name)[1]
    return not suffix or is_of_interest(name) or is_settings_file(name) or os.path.isdir(place)


def _bursts(options: Options, terms: Terms) -> Iterator[set[str]]:
    """The places that changed, burst by burst; nothing when it only is the watcher's turn."""
    extra = _extra(terms)
    roots = [*(os.path.abspath(place) for place in options.paths or (".",)), *extra]
    # An editor may put a new file in the place of a file, so its folder is what is watched.
    folders = sorted({place if os.path.isdir(place) else os.path.dirname(place) for place in roots})
    for changes in watchfiles.watch(
        *folders,
        watch_filter=lambda _, place: place.startswith(extra) or matters(place, folders),
        debounce=_BURST_MS,
        step=_REST_MS,
        rust_timeout=_TURN_MS,
        yield_on_timeout=True,
        recursive=any(os.path.isdir(place) for place in roots),
        ignore_permission_denied=True,
    ):
        yield {place for _, place in changes}


def _extra(terms: Terms) -> tuple[str, ...]:
    return tuple(os.path.abspath(place) for place in terms.here.rules)


def _look(state: _Watch, changed: set[str]) -> None:
    """Effect: checks what of *changed* is to be checked, and writes what came of it."""
    try:
        everything = _with_rules(state, changed)
        about = subject_of(state.options, state.terms)
    except (UsageError, OSError) as error:
        say([f"{error}\n"])
        return
    unread = tuple(one for one in about.walked.failed if one[0] not in state.known)
    gone = sorted(state.known.keys() - _paths(about))
    for path in gone:
        del state.known[path]
    files = tuple(
        file
        for file in about.walked.files
        if everything or file.place in changed or file.path not in state.known
    )
    if files or gone or unread:
        _name(
            [
                *(file.path for file in files),
                *(path for path, _ in unread),
                *(f"{path} (gone)" for path in gone),
            ]
        )
        _check(state, replace(about, walked=Walked(files, unread, {}, {})), about)


def _paths(about: Subject) -> set[str]:
    return {file.path for file in about.walked.files} | {path for path, _ in about.walked.failed}


def _name(names: list[str]) -> None:
    some = ", ".join(map(harmless, names[:_MOST_NAMED]))
    more = f" and {len(names) - _MOST_NAMED:,} more" if len(names) > _MOST_NAMED else ""
    say([f"\n{style()('path', 'Changed:')} {some}{more}\n"])


def _with_rules(state: _Watch, changed: set[str]) -> bool:
    """
    Whether the rules or the settings changed too.

    Effect: settings are looked up again, and rules read again when it is they. Raises UsageError.
    """
    decisive = any(place.startswith(_extra(state.terms)) or is_settings_file(place) for place in changed)
    if decisive:
        state.terms = Terms(state.options.standing)
    return decisive


def _check(state: _Watch, some: Subject, whole: Subject) -> None:
    """Effect: checks *some* of the *whole*, keeps and writes what it found, and how things stand."""
    look = style()
    if some.walked.files or some.walked.failed:
        report = report_on(some, state.terms, state.options, time.monotonic())
        state.known |= {file.path: file for file in report.files}
        say(as_text(report, contents(whole, state.terms), look))
    known = tuple(state.known.values())
    standing = totals(Report(known, state.terms.rules(), {}, {}, state.terms.here.gate, 0))
    say([look("faint", f"In all {standing}. Watching; Ctrl-C ends it.") + "\n"])
