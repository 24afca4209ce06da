"""
`assaymark privacy`: what is stored, where, for how long, and what would leave this machine.

Invariants:
    It is made of what the program declares: the kinds of events and their fields, settings, places, limits. A
    test holds the words here to those, so that none is missing and none is of something that is gone.
    It makes and changes nothing.
"""

from __future__ import annotations

import json
import os
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import get_args

from assaymark.cli.cache import DAYS as RESULT_DAYS
from assaymark.cli.cache import place as results_place
from assaymark.cli.leaving import FILE as PUSHED
from assaymark.cli.output import say, style
from assaymark.cli.style import Style, harmless
from assaymark.hooks import intending, sessions, twice
from assaymark.hooks.checking import meeting, opening
from assaymark.hooks.install.change import Record
from assaymark.hooks.install.places import Site, our_site
from assaymark.hooks.shell import snapshot
from assaymark.ledger import connecting, events, merging, spool
from assaymark.ledger.compacting import DAYS as EVENT_DAYS
from assaymark.ledger.secret import KEY
from assaymark.ledger.store import FILE as LEDGER
from assaymark.origin import Origin
from assaymark.record.absence import FILE as INSTALLED
from assaymark.repository.git import GitError, run
from assaymark.repository.notes import AI, BOTH, OURS
from assaymark.repository.place import place_of
from assaymark.repository.remote import copy_of
from assaymark.settings.declared import IN_NOTES
from assaymark.settings.standing import Lookup, Standing, our_places

# Each kind of event, for people.
KINDS: dict[type, str] = {
    events.Edited: "an edit that was reported",
    events.Saved: "where the bytes of a file came from",
    events.Session: "a conversation with a tool",
    events.Prompted: "that something was asked",
    events.Unread: "a report that was not understood",
    events.Gap: "that something was not recorded",
    events.Outside: "the path of a file elsewhere that an agent wrote",
    events.Committed: "a commit",
    events.Moved: "a file that has another name",
    events.Reviewed: "that lines were read",
    events.Withdrawn: "that this was taken back",
    events.Told: "that an agent was told of a finding",
    events.Fixed: "that this finding was gone afterwards",
    events.Other: "what a newer version recorded",
}
# What their fields hold. An event of a newer version is kept as that wrote it.
FIELDS = {
    "id": "a number",
    "time": "the time",
    "by": "which of our programs saw it",
    "path": "the path in the repository",
    "to": "the new path",
    "origin": "its origin",
    "runs": "how many bytes are of which origin",
    "before": "a keyed hash of the file before",
    "after": "and of it after",
    "digest": "a keyed hash of the file",
    "edits": "which bytes changed",
    "ranges": "which bytes came",
    "cuts": "where something went, or signs changed",
    "n_bytes": "the file's length",
    "lines": "keyed hashes of its lines",
    "lines_before": "keyed hashes of the lines before",
    "call": "the tool's name of the edit",
    "tool": "the tool",
    "session": "its name of the conversation",
    "model": "the model",
    "transcript": "the file in which the tool keeps the conversation",
    "prompt": "the tool's name of what was asked",
    "reference": "a keyed hash of what was asked",
    "what": "the names of its fields",
    "reason": "the reason",
    "commit": "the commit",
    "paths": "its paths",
    "channel": "where that was said (editor, terminal, pull request, trailer)",
    "relation": "whether who asked for the code read it, or another person",
    "who": "the name that git has for who read it",
    "signed": "what was signed, which is all this",
    "signature": "the signature",
    "review": "the number of that",
    "rule": "the rule",
    "fingerprint": "a hash of the rule and of the words that it is about",
    "line": "the line",
    "severity": "the severity",
    "plain": "as it was written",
}
# What an origin is made of.
ORIGIN = {
    "author": "the kind of author (human, AI, tool, unknown)",
    "evidence": "the evidence",
    "tool": "tool",
    "model": "model",
    "session": "the tool's name of the conversation",
    "prompt": "and of what was asked",
    "time": "the time",
    "arrival": "how it came",
    "named": "the agent that a commit names",
    "reviews": "the numbers of the reviews that it was part of",
    "cut": "which tool took something out of its line last, and when",
}
# What is remembered of a file that hooks were installed in.
INSTALLATION = {
    "place": "the file",
    "tool": "whose hooks",
    "scope": "for whom",
    "existed": "whether the file was there",
    "insertions": "what was put in",
    "made": "what it was put into",
    "folders": "folders that were made",
    "kept": "where a script of others is kept",
}
# What notes say, as the setting `notes.include` has it, and what they say in any case.
NOTED = {
    "tool": "the tool",
    "model": "its model",
    "person": "name and address of who committed",
}
ALWAYS_NOTED = (
    "the commit, the paths of its files and the numbers of their lines",
    "the kind of author and the evidence, and that something was taken out",
    "that lines were read: by which way, whether by who asked for them, and what was signed of it",
    "the conversation, as a hash",
    "the day, without the time",
)
_RECORD_STAYS = (
    f"until `assaymark uninstall --all`; `assaymark ledger compact` forgets events of more than {EVENT_DAYS}"
    " days that the note of a commit covers"
)
_NOTES_STAY = "as long as the repository; git keeps notes that were replaced until it tidies up"
_COPIES_STAY = "until `assaymark uninstall --all`; `assaymark notes fetch` and `push` bring them up to date"
_RESULTS = ("by hashes: rule, place, message and fixes of each finding, which can quote words of the code",)
NEVER = "source text, what was asked or answered, who somebody is"
NEVER_NOTED = (
    "a time of day, a path of this machine, the name of a conversation, a person unless notes.include says so"
)
# What lies in the folder of a record, what it holds and how long it stays.
SHELVES = {
    KEY: "the secret that hashes are made with; only its owner can read it",
    LEDGER: "the events, and what they add up to",
    f"{LEDGER}.corrupt-*": "a database that was damaged",
    spool.FOLDER: "events that are not in there yet",
    merging.ASIDE: "lines of it that could not be read",
    connecting.LOCK: "nothing; whoever changes the database holds it",
    sessions.FOLDER: "of each conversation the model, the place of the transcript, a keyed hash of what was"
    " asked; 30 days",
    snapshot.FOLDER: "while a command runs, and at most a day: a copy of git's index, and of changed files"
    " stamps and keyed hashes of their words",
    intending.FOLDER: "edits that were announced, by hashes and ranges; a day",
    opening.FOLDER: "of each conversation what was found in its edits, by path, rule and hash; 30 days",
    meeting.FOLDER: "a socket and its lock, while an editor's server runs: what hooks ask there is not kept",
    twice.FOLDER: "empty marks of what was just told; 10 seconds",
    PUSHED: "hashes of the addresses of remotes for which somebody agreed that notes leave",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that is kept: its place and size, what it holds and never holds, and how long it stays."""

    name: str
    place: str
    n_bytes: int
    holds: tuple[str, ...]
    stays: str
    never: str = ""


def privacy(*, as_json: bool) -> int:
    """The exit code. Effect: prints it."""
    site = our_site(place_of(os.curdir))
    kept = tuple(_kept(site))
    if as_json:
        say([json.dumps(_plain(kept, site), indent=2), "\n"])
    else:
        say(_text(kept, site))
    return 0


def recorded() -> Iterator[str]:
    """What the record of a repository holds: each kind of event, and its fields."""
    for kind in get_args(events.Event):
        said = [FIELDS[name] for name in kind._fields if name not in {"id", "by"}]
        yield f"{KINDS[kind]}: {', '.join(said)}"
    yield f"an origin is {', '.join(ORIGIN[name] for name in Origin.__slots__)}"
    for name, what in SHELVES.items():
        yield f"{name}: {what}"


def noted(include: tuple[str, ...]) -> tuple[str, ...]:
    """What notes say with this setting."""
    return (*ALWAYS_NOTED, *(NOTED[name] for name in IN_NOTES if name in include))


def _kept(site: Site) -> Iterator[Kept]:
    store, installed = site.place.store, os.path.join(site.state, INSTALLED)  # noqa: PTH118 - paths stay strings
    yield Kept("the record of this repository", store, _size(store), tuple(recorded()), _RECORD_STAYS, NEVER)
    holds = tuple(INSTALLATION[field.name] for field in fields(Record))
    yield Kept(
        "installed hooks", installed, _size(installed), (", ".join(holds),), "until they are uninstalled"
    )
    results = results_place()
    if results is not None:
        place = str(results)
        yield Kept(
            "results of checks", place, _size(place), _RESULTS, f"{RESULT_DAYS} days after they were used"
        )
    if site.place.common is not None:
        said, there = noted(_include(site)), site.place.common
        yield Kept("notes on commits", f"{' and '.join(BOTH)} in {there}", 0, said, _NOTES_STAY, NEVER_NOTED)
        copies = " and ".join(copy_of(ref, "") for ref in BOTH)
        yield Kept("notes that remotes had", f"{copies} in {there}", 0, ("what is in theirs",), _COPIES_STAY)


def _include(site: Site) -> tuple[str, ...]:
    """What the setting lets notes say here."""
    return Lookup(Standing(our_places()), site.place.top).at(site.place.top).settings.notes_include


def _pushed(site: Site) -> tuple[str, ...]:
    """Which of git's own settings send notes with every push; none of them is ours."""
    if site.place.common is None:
        return ()
    try:
        out = run(("config", "-z", "--get-regexp", r"^remote\..*\.(push|mirror)$"), site.place.top)
    except GitError:
        return ()
    rows = (row.partition("\n") for row in os.fsdecode(out).split("\0") if row)
    return tuple(f"{name} = {value}" for name, _, value in rows if _sends_notes(name, value))


def _sends_notes(name: str, value: str) -> bool:
    if name.endswith(".mirror"):
        return value.lower() in {"true", "yes", "on", "1", ""}
    source = value.lstrip("+^").partition(":")[0]
    return source.startswith(("refs/notes", "refs/*"))


def _size(place: str) -> int:
    """How many bytes are at *place*, a file or a folder."""
    path = Path(place)
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.lstat().st_size for file in files if file.is_file())


def _text(kept: tuple[Kept, ...], site: Site) -> Iterator[str]:
    look = style()
    yield "Everything stays on this machine until somebody types `assaymark notes push`.\n"
    for one in kept:
        size = f", {one.n_bytes:,} bytes" if one.n_bytes else ""
        yield f"\n{look('path', one.name[:1].upper() + one.name[1:])}\n"
        yield f"  where  {harmless(site.shown(one.place))}{size}\n"
        yield _wrapped("stays", one.stays, look.width)
        for n, line in enumerate(one.holds):
            yield _wrapped("holds" if not n else "", line, look.width)
        if one.never:
            yield _wrapped("never", one.never, look.width)
    if site.place.common is not None:
        yield from _leaves(site, look)


def _wrapped(title: str, text: str, width: int) -> str:
    return textwrap.fill(text, width, initial_indent=f"  {title:5}  ", subsequent_indent=" " * 11) + "\n"


def _leaves(site: Site, look: Style) -> Iterator[str]:
    yield f"\n{look('path', 'What would be pushed')}\n"
    include = ", ".join(_include(site)) or "nothing"
    yield f"  `assaymark notes push` sends the notes above and nothing else (notes.include: {include}).\n"
    yield f"  {AI} may also hold what git-ai and others wrote; {OURS} is ours alone.\n"
    pushed = _pushed(site)
    for line in pushed:
        yield f"  git push sends notes too, which somebody set: {harmless(line)}\n"
    if not pushed:
        yield "  git push sends none of them.\n"


def _plain(kept: tuple[Kept, ...], site: Site) -> dict[str, object]:
    rows = [
        {
            "name": one.name,
            "place": one.place,
            "bytes": one.n_bytes,
            "holds": list(one.holds),
            "stays": one.stays,
            "never": one.never,
        }
        for one in kept
    ]
    return {
        "kept": rows,
        "notes_include": list(_include(site)),
        "pushed_by_git": list(_pushed(site)),
    }
