"""
Where what a tool wrote stands in the file: from its words to bytes.

What the tool says counts first: the whole text before, where it gives that. Else the file on the disk is
taken for the text after, and the edit is undone in it. A place that is not sure is not claimed.

Invariants:
    A step's text after is its text before with its changes made, byte for byte.
    New text that could stand at several places is placed nowhere, and that is said.
"""

from __future__ import annotations

from assaymark.hooks.pieces import Draft, changes_of, draft, replaced
from assaymark.hooks.report import Replaced, Whole
from assaymark.lineage.narrowing import Change, changes
from assaymark.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from assaymark.hooks.report import Change as Told
    from assaymark.hooks.report import Point, Wrote

_BOM = b"\xef\xbb\xbf"
_SEVERAL = "what was written stands at several places, and which is not known"
_NOWHERE = "what was written is not in the file"


class Step(NamedTuple):
    """
    A file's text before and after, and what changed; *theirs*: a person made this change.

    Without a text before, what came are *ranges* of the text after. *cuts* are told where the text before was
    known once, and is not kept.
    """

    before: bytes | None
    after: bytes
    changes: tuple[Change, ...] = ()
    ranges: tuple[tuple[int, int], ...] = ()
    theirs: bool = False
    cuts: tuple[tuple[int, int], ...] | None = None


class Placed(NamedTuple):
    """The steps of a change, one after the other, and what could not be placed: empty when all was."""

    steps: tuple[Step, ...]
    missed: str = ""


class NoPlaceError(Exception):
    """A replacement cannot be placed; the text says why."""


def placed(wrote: Wrote, disk: bytes | None) -> Placed:
    """Where *wrote* stands, in a file of which *disk* is the content now; None where there is none."""
    if wrote.meddled:
        return _placed_with_theirs(wrote, disk)
    try:
        return _placed(wrote, disk)
    except NoPlaceError as error:
        return Placed((), str(error))


def intended(wrote: Wrote, disk: bytes | None) -> Step | None:
    """What *wrote* would make of *disk*; None where it could not be made there."""
    for spelled in (_plain, _with_crlf):
        try:
            return _known(_made(disk or b"", wrote.change, spelled))
        except NoPlaceError:
            continue
    return None


def _placed(wrote: Wrote, disk: bytes | None) -> Placed:
    if wrote.original is not None:
        found = _from_original(wrote.original, wrote.change, _after_of(wrote, disk))
        if found is not None:
            return Placed((found,))
    if isinstance(wrote.change, Whole):
        return Placed((_whole(wrote.change, disk),))
    if disk is None:
        raise NoPlaceError(_NOWHERE)
    ahead = _not_yet(wrote.change, disk) if wrote.pending else None
    return Placed((ahead,)) if ahead is not None else _undone(wrote.change, disk)


def _after_of(wrote: Wrote, disk: bytes | None) -> bytes | None:
    """The text after, for choosing among spellings: the disk's, else as the tool tells it."""
    if disk is not None:
        return disk
    return None if wrote.final is None else _encoded(wrote.final)


def _from_original(original: str, change: Told, after: bytes | None) -> Step | None:
    """
    The change made to the text before that a tool told.

    Tools tell it with plain line ends and without a byte order mark; the spelling that leads to *after* is
    the one that stood in the file.
    """
    first: Draft | None = None
    for spelled in _SPELLINGS:
        try:
            made = _made(spelled(original), change, spelled)
        except NoPlaceError:
            continue
        if after is None or made.after == after:
            return _known(made)
        first = first or made
    return None if first is None else _known(first)


def _known(made: Draft) -> Step:
    return Step(made.before, made.after, changes_of(made))


def _made(before: bytes, change: Told, spelled: _Spelling) -> Draft:
    """*before* with *change* made. Raises NoPlaceError where that is not possible, or in several ways."""
    if isinstance(change, Whole):
        after = spelled(change.content)
        return replaced(draft(before), 0, len(before), after)
    text = draft(before)
    at = 0
    for piece in change:
        text, at = _with(text, piece, spelled, at if piece.whole else 0)
    return text


def _with(text: Draft, piece: Replaced, spelled: _Spelling, at: int) -> tuple[Draft, int]:
    """*text* with *piece* replaced, and where what comes next may stand."""
    old, new = _within(spelled, piece.old), _within(spelled, piece.new)
    if piece.everywhere and old:
        places = _places(text.after, old)
        for number, place in enumerate(places):
            start = place + number * (len(new) - len(old))
            text = replaced(text, start, start + len(old), new)
        if not places:
            raise NoPlaceError(_NOWHERE)
        return text, 0
    start = _only(text.after, old, piece, at)
    return replaced(text, start, start + len(old), new), start + len(new)


def _whole(change: Whole, disk: bytes | None) -> Step:
    """A file of which all was written, and of which nothing is known before: lines that stood there before
    are told apart by who keeps their hashes.
    """
    content = next((one for one in (s(change.content) for s in _SPELLINGS) if one == disk), None)
    after = _encoded(change.content) if content is None else content
    return Step(None, after, ranges=((0, len(after)),) if after else ())


def _undone(pieces: tuple[Replaced, ...], disk: bytes) -> Placed:
    """
    The edit undone in what is on the disk, from its last piece to its first.

    Where it cannot be undone as a whole, the pieces that stand at one place only are claimed, and the text
    before is unknown.
    """
    for spelled in (_plain, _with_crlf):
        try:
            return Placed((_reversed(_back(pieces, disk, spelled)),))
        except NoPlaceError:
            continue
    found = [_alone(piece, disk) for piece in pieces]
    spans = sorted(span for spans in found if spans is not None for span in spans)
    missed = "" if None not in found else _why_missed(pieces, disk)
    return Placed((Step(None, disk, ranges=tuple(spans)),) if spans or not missed else (), missed)


def _why_missed(pieces: tuple[Replaced, ...], disk: bytes) -> str:
    is_several = any(len(_places(disk, _encoded(piece.new))) > 1 for piece in pieces)
    return _SEVERAL if is_several else _NOWHERE


def _back(pieces: tuple[Replaced, ...], disk: bytes, spelled: _Spelling) -> Draft:
    """*disk* with the pieces taken back."""
    text = draft(disk)
    for number in range(len(pieces) - 1, -1, -1):
        piece = pieces[number]
        old, new = _within(spelled, piece.old), _within(spelled, piece.new)
        if not new:
            msg = "what was deleted leaves no trace"
            raise NoPlaceError(msg)
        if piece.everywhere and len(_places(text.after, new)) > 1:
            raise NoPlaceError(_SEVERAL)
        start = _only(text.after, new, piece, 0)
        text = replaced(text, start, start + len(new), old)
    return text


def _reversed(text: Draft) -> Step:
    """The step that leads back from what *text* has become to what it was before."""
    found = tuple(Change(c, d, a, b) for a, b, c, d in changes_of(text))
    return Step(text.after, text.before, found)


def _not_yet(pieces: tuple[Replaced, ...], disk: bytes) -> Step | None:
    """The step, where *disk* is still the text before: what gives way stands there, outside of the new."""
    if not all(piece.old for piece in pieces):
        return None
    for spelled in (_plain, _with_crlf):
        try:
            made = _made(disk, pieces, spelled)
        except NoPlaceError:
            continue
        if not any(_inside_new(disk, piece, spelled) for piece in pieces):
            return _known(made)
    return None


def _inside_new(disk: bytes, piece: Replaced, spelled: _Spelling) -> bool:
    """Whether the only place of what gives way is in text as the piece writes it: then it was written."""
    new = _within(spelled, piece.new)
    return piece.old in piece.new and new in disk


def _alone(piece: Replaced, disk: bytes) -> list[tuple[int, int]] | None:
    """What of *piece* is new, where it stands at one place of *disk*; None where it does not."""
    for spelled in (_plain, _with_crlf):
        old, new = _within(spelled, piece.old), _within(spelled, piece.new)
        if not new:
            return []
        places = _places(disk, new)
        if len(places) == 1:
            return [(places[0] + one.new_start, places[0] + one.new_end) for one in _came(old, new)]
    return None


def _came(old: bytes, new: bytes) -> Iterator[Change]:
    return (one for one in changes(old, new) if one.new_start < one.new_end)


def _only(text: bytes, wanted: bytes, piece: Replaced, at: int) -> int:
    """The one place of *wanted*. Raises NoPlaceError where there is none, or several."""
    if piece.at is not None:
        start = _offset(text, piece.at)
        if start is not None and text.startswith(wanted, start):
            return start
    if piece.last and not piece.old:
        return _at_end(text, wanted)
    if not wanted:
        if not text:
            return 0
        raise NoPlaceError(_SEVERAL)
    places = _lines_at(text, wanted, at) if piece.whole else _places(text, wanted)
    if len(places) > 1 and piece.last:
        places = places[-1:]
    if len(places) != 1:
        raise NoPlaceError(_SEVERAL if places else _NOWHERE)
    return places[0]


def _at_end(text: bytes, wanted: bytes) -> int:
    start = len(text) - len(wanted)
    if start < 0 or text[start:] != wanted:
        raise NoPlaceError(_NOWHERE)
    return start


def _places(text: bytes, wanted: bytes) -> list[int]:
    """Where *wanted* stands, without overlaps."""
    found: list[int] = []
    at = text.find(wanted) if wanted else -1
    while at >= 0:
        found.append(at)
        at = text.find(wanted, at + len(wanted))
    return found


def _lines_at(text: bytes, wanted: bytes, at: int) -> list[int]:
    """Where the whole lines *wanted* stand from *at* on; the last line of a text may lack its end."""
    found = [place for place in _places(text, wanted) if place >= at]
    return [place for place in found if place == 0 or text[place - 1 : place] == b"\n"]


def _offset(text: bytes, point: Point) -> int | None:
    """The byte of a place as editors count it; None where there is none."""
    start = 0
    for _ in range(point.line - 1):
        start = text.find(b"\n", start) + 1
        if not start:
            return None
    end = text.find(b"\n", start)
    line = text[start : len(text) if end < 0 else end]
    if line.isascii():
        return start + point.column - 1 if 1 <= point.column <= len(line) + 1 else None
    units = line.decode("utf-8", "replace").encode("utf-16-le")[: 2 * (point.column - 1)]
    return start + len(units.decode("utf-16-le", "replace").encode())


def _placed_with_theirs(wrote: Wrote, disk: bytes | None) -> Placed:
    """
    A proposal that a person changed: the model's step to the proposal, and the person's from there.

    Where the proposal is not known, nothing of it is surely the model's.
    """
    try:
        found = _placed(wrote, disk)
        if not found.steps:
            return found
        whole = found.steps[0]
        if whole.before is None or wrote.proposed is None or wrote.original is None:
            return Placed((whole._replace(theirs=True),))
        first = _from_original(wrote.original, wrote.proposed, whole.after)
    except NoPlaceError as error:
        return Placed((), str(error))
    if first is None or first.before != whole.before:
        return Placed((whole._replace(theirs=True),))
    second = Step(first.after, whole.after, changes(first.after, whole.after), theirs=True)
    return Placed((first, second) if second.changes else (first,))


def _encoded(text: str) -> bytes:
    # A lone surrogate is no text that a file can hold; it must not end the hook.
    return text.encode("utf-8", "surrogatepass")


class _Spelling(NamedTuple):
    """How a tool's text stands in a file."""

    bom: bool
    crlf: bool

    def __call__(self, text: str) -> bytes:
        content = _within(self, text)
        return _BOM + content if self.bom and not content.startswith(_BOM) else content


def _within(spelled: _Spelling, text: str) -> bytes:
    """A part of a text, which has no byte order mark."""
    content = _encoded(text)
    return content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") if spelled.crlf else content


_plain, _with_crlf = _Spelling(bom=False, crlf=False), _Spelling(bom=False, crlf=True)
_SPELLINGS = (_plain, _with_crlf, _Spelling(bom=True, crlf=False), _Spelling(bom=True, crlf=True))
