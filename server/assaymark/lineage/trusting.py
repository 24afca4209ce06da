"""
Whose lines may loosen the guard: anybody's, but what an agent wrote or changed only once it was read.

Invariants:
    What makes a check stricter is nobody's question: this is asked of what loosens alone.
    What is left of a line that an agent cut is the agent's here, whoever wrote it: less of a path or of a
    comment is more that it takes in.
    Whose origin is unknown may, unless it is asked about lines for which unknown counts as an agent's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

from assaymark.lineage.lines import gaps
from assaymark.origin import Author, Cut, Origin, Runs, sliced

if TYPE_CHECKING:
    from assaymark.lineage.reviews import Reviews
    from assaymark.text import Span

# Whether what is of an origin may loosen the guard.
MayLoosen: TypeAlias = Callable[[Origin], bool]

# From where to where bytes of a file (of its place and content) may loosen nothing, and whose they are, as in
# "that Claude Code wrote on 14 Nov and nobody has reviewed". Empty where lines went.
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
    """Everybody may but who is *doubted*, as its author or as who cut it; they once it was read."""

    def may(origin: Origin) -> bool:
        return _author(origin) not in doubted or bool(origin.reviews and reviews().valid(origin.reviews))

    return may


def no_agent(origin: Origin) -> bool:
    """Everybody but an agent may: no review is known."""
    return _author(origin) is not Author.ai


def in_doubt(data: bytes, runs: Runs, span: Span) -> tuple[Origin, ...]:
    """The origins in *span* of *data*, which *runs* cover, that are no person's and no tool's of theirs."""
    found: dict[Origin, None] = {}
    at = span.start
    for n_bytes, origin in sliced(runs, span.start, span.end):
        if _is_asked(origin, data[at : at + n_bytes]):
            found[origin] = None
        at += n_bytes
    return tuple(found)


def refused(origins: Iterable[Origin], may_loosen: MayLoosen) -> Origin | None:
    """The first of *origins* that may not loosen anything, an agent's before what is unknown."""
    several = sorted(origins, key=lambda origin: _author(origin) is not Author.ai)
    return next((origin for origin in several if not may_loosen(origin)), None)


def doubtful(data: bytes, runs: Runs, may_loosen: MayLoosen) -> Iterator[tuple[int, int, Origin]]:
    """
    The bytes of *data* that may loosen nothing, blanks aside: from where to where, and whose.

    Where lines went between others it is an empty place, and one of those.
    """
    at = 0
    for n_bytes, origin in runs:
        if _is_asked(origin, data[at : at + n_bytes]) and not may_loosen(origin):
            yield at, at + n_bytes, origin
        at += n_bytes
    for gap in gaps(data, runs):
        if not any(map(may_loosen, gap.beside)):
            yield gap.at, gap.at, gap.beside[0]


def _author(origin: Origin) -> Author:
    """Whose it is here: of what was cut, theirs who did that."""
    if origin.cut is None or origin.author is Author.ai:
        return origin.author
    return Author.ai if origin.cut.tool else Author.unknown


def _is_asked(origin: Origin, piece: bytes) -> bool:
    """Whether *origin* decides what *piece*, which is of it, may do."""
    is_cut = origin.cut is not None and not origin.cut.between
    return (is_cut or origin.author in _DOUBTED) and bool(piece.strip(_BLANKS))


def whose(origin: Origin, today: int) -> str:
    """*origin* behind what it made: `that Claude Code wrote on 14 Nov and nobody has reviewed`."""
    if origin.cut is not None:
        cut = origin.cut
        gone, did = ("beside which", "took lines away") if cut.between else ("that", "changed")
        return f"{gone} {_who(cut)} {did}{_when(cut, today)} and nobody has reviewed"
    if origin.author is Author.unknown:
        return "of unknown origin, which nobody has reviewed"
    return f"that {_who(origin)} wrote{_when(origin, today)} and nobody has reviewed"


def sentence(what: str, origin: Origin, today: int) -> str:
    """Why *what*, as in "this comment", is not honoured."""
    if origin.cut is not None:
        cut = origin.cut
        did = "took lines away beside" if cut.between else "changed"
        return f"{_who(cut)} {did} {what}{_when(cut, today)}, and nobody has reviewed it"
    if origin.author is Author.unknown:
        return f"nobody knows who wrote {what}, and nobody has reviewed it"
    return f"{_who(origin)} wrote {what}{_when(origin, today)}, and nobody has reviewed it"


def _who(origin: Origin | Cut) -> str:
    # Late: who is asked whether something may loosen mostly finds that it may.
    from assaymark.lineage.words import name_of

    return name_of(origin.tool) or ("an AI" if isinstance(origin, Origin) else "somebody unknown")


def _when(origin: Origin | Cut, today: int) -> str:
    from assaymark.lineage.words import day_of

    return "" if origin.time is None else f" on {day_of(origin.time, today)}"
