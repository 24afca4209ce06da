"""
Whose lines may loosen the guard: anybody's, but an agent's only once somebody has reviewed them.

Invariants:
    What makes a check stricter is nobody's question: this is asked of what loosens alone.
    Whose origin is unknown may, unless it is asked about lines for which unknown counts as an agent's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

from assaymark.origin import Author, Origin, Runs, sliced

if TYPE_CHECKING:
    from assaymark.lineage.reviews import Reviews
    from assaymark.text import Span

# Whether what is of an origin may loosen the guard.
MayLoosen: TypeAlias = Callable[[Origin], bool]

# From where to where bytes of a file (of its place and content) may loosen nothing, and whose they are, as in
# "that Claude Code wrote on 14 Nov and nobody has reviewed".
Doubts: TypeAlias = "Callable[[str, bytes], Sequence[tuple[int, int, str]]]"

# Whose lines are in doubt where not even unknown ones count as an agent's.
AGENTS = frozenset((Author.ai,))
_BLANKS = b" \t\r\n\x0b\x0c"
_DOUBTED = frozenset((Author.ai, Author.unknown))


def no_doubts(_place: str, _raw: bytes) -> Sequence[tuple[int, int, str]]:
    """Nothing is in doubt: nobody can look it up."""
    return ()


def anybody(_: Origin) -> bool:
    """Nobody asked who it was: everybody may."""
    return True


def once_read(reviews: Callable[[], Reviews], doubted: frozenset[Author] = AGENTS) -> MayLoosen:
    """Everybody may but whose author is *doubted*, and those once a review of theirs holds in *reviews*."""

    def may(origin: Origin) -> bool:
        return origin.author not in doubted or bool(origin.reviews and reviews().valid(origin.reviews))

    return may


def no_agent(origin: Origin) -> bool:
    """Everybody but an agent may: no review is known."""
    return origin.author is not Author.ai


def in_doubt(data: bytes, runs: Runs, span: Span) -> tuple[Origin, ...]:
    """The origins in *span* of *data*, which *runs* cover, that are no person's and no tool's of theirs."""
    found: dict[Origin, None] = {}
    at = span.start
    for n_bytes, origin in sliced(runs, span.start, span.end):
        if origin.author in _DOUBTED and data[at : at + n_bytes].strip(_BLANKS):
            found[origin] = None
        at += n_bytes
    return tuple(found)


def refused(origins: Iterable[Origin], may_loosen: MayLoosen) -> Origin | None:
    """The first of *origins* that may not loosen anything, an agent's before what is unknown."""
    several = sorted(origins, key=lambda origin: origin.author is not Author.ai)
    return next((origin for origin in several if not may_loosen(origin)), None)


def doubtful(data: bytes, runs: Runs, may_loosen: MayLoosen) -> Iterator[tuple[int, int, Origin]]:
    """The bytes of *data* that may loosen nothing, blanks aside: from where to where, and whose."""
    at = 0
    for n_bytes, origin in runs:
        if origin.author in _DOUBTED and data[at : at + n_bytes].strip(_BLANKS) and not may_loosen(origin):
            yield at, at + n_bytes, origin
        at += n_bytes


def whose(origin: Origin, today: int) -> str:
    """*origin* behind what it made: `that Claude Code wrote on 14 Nov and nobody has reviewed`."""
    if origin.author is Author.unknown:
        return "of unknown origin, which nobody has reviewed"
    return f"that {_wrote(origin, today)} and nobody has reviewed"


def sentence(what: str, origin: Origin, today: int) -> str:
    """Why *what*, as in "this comment", is not honoured."""
    if origin.author is Author.unknown:
        return f"nobody knows who wrote {what}, and nobody has reviewed it"
    return f"{_wrote(origin, today, what)}, and nobody has reviewed it"


def _wrote(origin: Origin, today: int, what: str = "") -> str:
    # Late: who is asked whether something may loosen mostly finds that it may.
    from assaymark.lineage.words import day_of, name_of

    who = name_of(origin.tool) or "an AI"
    when = "" if origin.time is None else f" on {day_of(origin.time, today)}"
    return f"{who} wrote{f' {what}' if what else ''}{when}"
