"""
What a settings file may not loosen: that which an agent wrote and nobody has reviewed.

Who wrote which bytes, and what was reviewed, is told by whoever can look it up (`Doubts`): this floor knows
no records. A file says what it says twice then: with all of its lines, and without those in doubt. The latter
may loosen; the former counts as far as it is stricter.

Invariants:
    Of a list only the items in doubt are left out; of anything else the whole value, and of a list from
    which lines went.
    A key or the header of a table in doubt puts all in doubt that stands under it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from assaymark.dataclass import replace
from assaymark.settings.layer import Doubt, Entry, Given

if TYPE_CHECKING:
    from assaymark.settings.spelling import Bytes

# What tells nothing of a setting: blanks, and what stands around values.
_SIGNS = b" \t\r\n,[]{}\"'="


class Doubtful(NamedTuple):
    """
    Bytes of a file that are not to loosen anything, and why not; empty where lines went that stood there.

    *whose* completes "a setting …": `that Claude Code wrote on 14 Nov and nobody has reviewed`.
    """

    start: int
    end: int
    whose: str


# What of a file (by its absolute path) with this content is in doubt.
Doubts = Callable[[str, bytes], Sequence[Doubtful]]


def no_doubts(_place: str, _raw: bytes) -> Sequence[Doubtful]:
    """Nothing is in doubt: nobody can look it up."""
    return ()


def with_doubts(given: Given, raw: bytes, section: str, doubtful: Sequence[Doubtful]) -> Given:
    """*given*, which the file *raw* says in its table *section*, with what of it is in doubt."""
    found: dict[str, list[Doubt]] = {}
    for name, doubt in _found(raw, section, doubtful):
        for setting in given.entries:
            if setting == name or not name or setting.startswith(f"{name}."):
                found.setdefault(setting, []).append(doubt)
    if not found:
        return given
    sure = {name: _without(entry, found.get(name, ())) for name, entry in given.entries.items()}
    entries = {name: entry for name, entry in sure.items() if entry is not None}
    return replace(given, sure=entries, doubts={name: tuple(several) for name, several in found.items()})


def _without(entry: Entry, doubts: Sequence[Doubt]) -> Entry | None:
    """*entry* without its items in doubt; None when it is so as a whole."""
    if not doubts:
        return entry
    left_out = {doubt.item for doubt in doubts}
    if None in left_out or not isinstance(entry.value, tuple):
        return None
    kept = tuple(one for number, one in enumerate(entry.value) if number not in left_out)
    return replace(entry, value=kept) if kept else None


def _found(raw: bytes, section: str, doubtful: Sequence[Doubtful]) -> Iterator[tuple[str, Doubt]]:
    """What is in doubt, by the name of the setting; "" is all of them."""
    # Late: most settings loosen nothing.
    from assaymark.settings.spelling import statements

    if raw.startswith(b"\xef\xbb\xbf"):
        raw = raw.replace(b"\xef\xbb\xbf", b"   ", 1)
    for statement in statements(raw):
        name = _within(section, statement.name)
        if name is None:
            continue
        parts: list[tuple[int | None, Bytes]] = [(None, span) for span in statement.spelled]
        start, end = statement.spelled[-1][0], statement.value[1]
        for gap in (one for one in doubtful if start < one.start == one.end < end):
            yield name, Doubt(raw.count(b"\n", 0, gap.start) + 1, gap.whose)
        parts += enumerate(statement.items) if statement.items else [(None, statement.value)]
        for item, span in parts:
            whose = _whose(raw, span, doubtful)
            if whose:
                yield name, Doubt(raw.count(b"\n", 0, span[0]) + 1, whose, item)


def _within(section: str, name: str) -> str | None:
    """*name* as it is called in *section*; "" when it holds the section, None when it is of another."""
    if not section:
        return name
    if f"{section}.".startswith(f"{name}."):
        return ""
    return name.removeprefix(f"{section}.") if name.startswith(f"{section}.") else None


def _whose(raw: bytes, span: Bytes, doubtful: Sequence[Doubtful]) -> str:
    """Why *span* is in doubt; "" when it is not."""
    for one in doubtful:
        inside = raw[max(one.start, span[0]) : min(one.end, span[1])]
        if one.start < span[1] and span[0] < one.end and inside.translate(None, _SIGNS):
            return one.whose
    return ""
