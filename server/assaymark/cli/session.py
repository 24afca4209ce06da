"""
`assaymark session`: what an agent did to the code in one conversation, the worst first.

Invariants:
    It shows what `record/card` says, in every format the same.
    It ends with 1 where something high is left that nobody has reviewed or undone, else with 2 where not all
    was compared, else with 0.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import TYPE_CHECKING

from assaymark.analysis.advance import opened
from assaymark.cli.output import say, style
from assaymark.cli.progress import progress
from assaymark.cli.style import Style, harmless
from assaymark.cli.terms import Terms
from assaymark.cli.usage import UsageError
from assaymark.dataclass import dataclass
from assaymark.finding import Severity
from assaymark.lineage.trusting import once_read
from assaymark.lineage.words import day_of, name_of
from assaymark.record.card import Card, Item, card
from assaymark.record.card_plain import plain
from assaymark.record.conversations import Conversation, NoConversation, chosen, conversations, together
from assaymark.record.gathering import gathered
from assaymark.repository.place import place_of
from assaymark.settings.loosening import loosened
from assaymark.workspace.project import rule_path
from assaymark.workspace.today import today

if TYPE_CHECKING:
    from assaymark.analysis.snapshot import Snapshot
    from assaymark.origin import Runs
    from assaymark.settings.standing import Standing

_SINCE = re.compile(r"(\d+)\s*([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_MOST_UNREAD = 20
# So long files are compared; and each takes as long as a check of so many bytes.
SECONDS = 10.0
_LIKE_BYTES = 500_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was typed after `session`: which one, or *since* when all; as what."""

    standing: Standing
    which: str = "last"
    since: str | None = None
    format: str = "text"
    lists: bool = False


def session(wanted: Wanted) -> int:
    """The exit code. Effect: prints the card, or the list of sessions. Raises UsageError."""
    place = place_of(os.curdir)
    if not os.path.isdir(place.store):  # noqa: PTH112 - paths stay strings
        msg = "nothing is recorded here; `assaymark hooks install` has agents report what they write"
        raise UsageError(msg)
    # Late: SQLite is not needed where nothing was ever recorded.
    from assaymark.ledger.store import Unavailable
    from assaymark.ledger.store import opened as opened_ledger

    try:
        with opened_ledger(place.store) as ledger:
            several = conversations(ledger, _from(wanted.since))
            if wanted.lists:
                say(_listed(several))
                return 0
            one = _one(several, wanted)
            terms, reviews = Terms(wanted.standing), ledger.reviews()
            may_loosen = once_read(lambda: reviews)

            def analysed(file: str, content: bytes, runs: Runs) -> Snapshot:
                asked = terms.asked(file)
                return opened(
                    content,
                    rule_path(file),
                    asked.rules,
                    asked.settings.limits,
                    today=today(),
                    foreign=asked.settings.foreign_comments,
                    origins=runs,
                    may_loosen=may_loosen,
                )

            files = gathered(place, ledger, one, analysed)
            with progress(len(files), len(files) * _LIKE_BYTES, "Comparing") as tell:
                found = card(one, files, terms.rules(), reviews, loosened, _budget(tell))
    except Unavailable as problem:
        raise UsageError(str(problem)) from problem
    say(_FORMATS[wanted.format](found))
    if any(item.severity >= Severity.high for item in found.items):
        return 1
    return 2 if found.left_out else 0


def _budget(tell: Callable[[int], None]) -> Callable[[str], bool]:
    """What says whether there is time for another file. Effect: it tells how many were begun."""
    until, begun = time.monotonic() + SECONDS, count()

    def goes_on(_: str) -> bool:
        tell(next(begun))
        return time.monotonic() < until

    return goes_on


def _one(several: list[Conversation], wanted: Wanted) -> Conversation:
    try:
        newest = chosen(several, wanted.which)
    except NoConversation as problem:
        raise UsageError(str(problem)) from problem
    return together(several) if wanted.since is not None and wanted.which == "last" else newest


def _from(since: str | None) -> int:
    """The time in seconds since 1970 that `2h` means now. Raises UsageError."""
    if since is None:
        return 0
    found = _SINCE.fullmatch(since.strip())
    if found is None:
        msg = f"--since takes a time as 30m, 2h, 3d or 1w; not {since!r}"
        raise UsageError(msg)
    return int(time.time()) - int(found[1]) * _SECONDS[found[2]]


def _listed(several: list[Conversation]) -> Iterator[str]:
    if not several:
        yield "No agent's session is recorded here.\n"
    for one in several:
        files = f"{len(one.touched)} file{'' if len(one.touched) == 1 else 's'}"
        yield f"{harmless(one.session)}  {_title(one)}, {files}\n"


def _title(one: Conversation) -> str:
    name, day = name_of(one.tool) or "an AI", day_of(one.last, today())
    return harmless(", ".join(filter(None, [name, one.model, day])))


def _text(found: Card) -> Iterator[str]:
    look, one = style(), found.conversation
    n_files = len(found.files)
    yield f"Session {harmless(one.session) or '(without a name)'}: {_title(one)}\n"
    yield f"{n_files} file{'' if n_files == 1 else 's'} written, {_fixed(found)}.{_told(one)}\n"
    if not found.items:
        yield "\nNothing that needs a look was found: no finding, no guard and no test gone.\n"
    for item in found.items:
        yield from _item(item, look)
    yield from _unread(found, look)
    yield from (f"assaymark: {harmless(problem)}\n" for problem in found.problems)


def _fixed(found: Card) -> str:
    n = len(found.fixed)
    return f"{n} finding{'' if n == 1 else 's'} fixed" if n else "no finding fixed"


def _told(one: Conversation) -> str:
    """What its hooks told the agent, and what came of it."""
    if not one.told:
        return ""
    n, n_fixed = len(one.told), sum(one.told.values())
    findings = f"{n} finding{'' if n == 1 else 's'}"
    return f" The agent was told of {findings}, {n_fixed} of which {'was' if n_fixed == 1 else 'were'} fixed."


def _item(item: Item, look: Style) -> Iterator[str]:
    at = item.path if item.line is None else f"{item.path}:{item.line}"
    rule = f"  {item.rule}" if item.rule else ""
    severity = look(item.severity.name, item.severity.name)
    yield f"\n{look('path', harmless(at))}  {severity}  {item.kind.value}{rule}\n"
    yield f"  {harmless(_said(item))}\n"


def _said(item: Item) -> str:
    return f"{item.text}; who: {item.who}" if item.who else item.text


def _unread(found: Card, look: Style) -> Iterator[str]:
    if not found.n_unread:
        yield "\nEvery line of it that is left has been reviewed.\n"
        return
    n = found.n_unread
    yield f"\n{n} line{'' if n == 1 else 's'} nobody has reviewed:\n"
    for run in found.unread[:_MOST_UNREAD]:
        lines = f"{run.first}" if run.first == run.last else f"{run.first}-{run.last}"
        yield f"  {look('path', harmless(f'{run.path}:{lines}'))}\n"
    if len(found.unread) > _MOST_UNREAD:
        yield f"  … and {len(found.unread) - _MOST_UNREAD} more places\n"
    yield "Once read: assaymark reviewed FILE:FIRST-LAST, or all of it: assaymark reviewed --session\n"


def _markdown(found: Card) -> Iterator[str]:
    one = found.conversation
    n_files = len(found.files)
    written = f"{n_files} file{'' if n_files == 1 else 's'} written"
    yield f"# Session {_escaped(one.session)}\n\n"
    yield f"{_escaped(_title(one))}. {written}, {_fixed(found)}.{_told(one)}\n"
    if found.items:
        yield "\n| where | severity | what | |\n|---|---|---|---|\n"
    for item in found.items:
        at = item.path if item.line is None else f"{item.path}:{item.line}"
        what = f"{item.kind.value}{f' ({item.rule})' if item.rule else ''}"
        yield f"| `{_escaped(at)}` | {item.severity.value} | {what} | {_escaped(_said(item))} |\n"
    if found.unread:
        yield f"\n## {found.n_unread} lines nobody has reviewed\n\n"
        yield from (f"- `{_escaped(run.path)}:{run.first}-{run.last}`\n" for run in found.unread)
    yield from (f"\n> {_escaped(problem)}\n" for problem in found.problems)


def _escaped(text: str) -> str:
    """*text* that ends no cell and no code, and starts nothing."""
    return re.sub(r"([|<>\[\]*_#])", r"\\\1", harmless(text).replace("`", "'"))


def _json(found: Card) -> Iterator[str]:
    yield json.dumps(plain(found), indent=2) + "\n"


_FORMATS = {"text": _text, "json": _json, "markdown": _markdown}
