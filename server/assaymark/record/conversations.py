"""
What the ledger knows of conversations with agents: which there were, and which files each touched.

Invariants:
    The newest comes first; a conversation that wrote nothing is none.
    Of what was written outside of the repository only the path is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assaymark.dataclass import dataclass, field
from assaymark.ledger.events import Edited, Fixed, Outside, Session, Told
from assaymark.origin import Author

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assaymark.ledger.store import Ledger


class Touched(NamedTuple):
    """
    A file that a conversation wrote: from when on, and how often.

    *before* is the digest of the file before the first edit, *after* that behind the last one; None where
    nobody knows it. *alone*: each edit began with what the one before had left.
    """

    path: str
    time: int
    before: str | None
    n_edits: int = 1
    after: str | None = None
    alone: bool = True


@dataclass(slots=True)
class Conversation:
    """A conversation with a *tool*; grows while it is read, and only then. Times in seconds since 1970."""

    tool: str
    session: str
    first: int
    last: int
    model: str = ""
    touched: dict[str, Touched] = field(default_factory=dict)
    outside: dict[str, None] = field(default_factory=dict)
    # What the agent was told of, by path, rule and fingerprint: whether it was gone at the next look.
    told: dict[tuple[str, str, str], bool] = field(default_factory=dict)


class NoConversation(Exception):
    """There is none such; the text says what there is."""


def conversations(ledger: Ledger, since: int = 0) -> list[Conversation]:
    """Those that wrote something at or after *since*, the newest first. Raises Unavailable."""
    found: dict[tuple[str, str], Conversation] = {}
    models: dict[tuple[str, str], str] = {}
    for event in ledger.events(since=since):
        if isinstance(event, Session) and event.model:
            models[event.tool, event.session] = event.model
        elif isinstance(event, Edited) and event.origin.author is Author.ai:
            one = _at(found, event.origin.tool, event.origin.session, event.time)
            one.model = event.origin.model or one.model
            first = Touched(event.path, event.time, event.before, 0, event.before)
            one.touched[event.path] = _more(one.touched.get(event.path, first), event.before, event.after)
        elif isinstance(event, Outside):
            _at(found, event.tool, event.session, event.time).outside[event.path] = None
        elif isinstance(event, (Told, Fixed)):
            its = _at(found, event.tool, event.session, event.time)
            its.told[event.path, event.rule, event.fingerprint] = isinstance(event, Fixed)
    for key, one in found.items():
        one.model = one.model or models.get(key, "")
    wrote = (one for one in found.values() if one.touched or one.outside)
    return sorted(wrote, key=lambda one: one.last, reverse=True)


def chosen(several: Sequence[Conversation], wanted: str) -> Conversation:
    """The one that *wanted* names: `last`, or the start of its id. Raises NoConversation."""
    if not several:
        msg = "no agent's session is recorded here; `assaymark hooks status` says which hooks are installed"
        raise NoConversation(msg)
    if wanted == "last":
        return several[0]
    found = [one for one in several if one.session.startswith(wanted)]
    if len({(one.tool, one.session) for one in found}) == 1:
        return found[0]
    said = "no" if not found else "more than one"
    known = ", ".join(one.session[:12] for one in several[:5])
    msg = f"{said} session starts with {wanted!r}; the last ones are {known}"
    raise NoConversation(msg)


def together(several: Sequence[Conversation]) -> Conversation:
    """All of *several* as one; at least one is needed."""
    newest = several[0]
    whole = Conversation(newest.tool, newest.session, min(one.first for one in several), newest.last)
    whole.model = newest.model
    for one in reversed(several):
        for path, touched in one.touched.items():
            known = whole.touched.get(path, touched._replace(n_edits=0, after=touched.before))
            more = _more(known, touched.before, touched.after, touched.n_edits)
            whole.touched[path] = more._replace(alone=more.alone and touched.alone)
        whole.outside |= one.outside
        whole.told |= one.told
    return whole


def _more(known: Touched, before: str | None, after: str | None, n_edits: int = 1) -> Touched:
    """*known*, and then *n_edits* more."""
    alone = known.alone and before is not None and before == known.after
    return known._replace(n_edits=known.n_edits + n_edits, after=after, alone=alone)


def _at(found: dict[tuple[str, str], Conversation], tool: str, session: str, time: int) -> Conversation:
    one = found.setdefault((tool, session), Conversation(tool, session, time, time))
    one.first, one.last = min(one.first, time), max(one.last, time)
    return one
