"""
A text while it is edited: what of it is still the text before, and what is new.

Invariant: the parts of the text before stand in their old order, so a change is what lies between them.
"""

from __future__ import annotations

from assaymark.lineage.narrowing import Change, changes
from assaymark.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias


class Old(NamedTuple):
    """Bytes *start* to *end* of the text before."""

    start: int
    end: int


Part: TypeAlias = "Old | bytes"


class Draft(NamedTuple):
    """The text *before*, and what it has become."""

    before: bytes
    after: bytes
    parts: tuple[Part, ...]


def draft(before: bytes) -> Draft:
    """The draft of *before* that nothing has changed."""
    return Draft(before, before, (Old(0, len(before)),) if before else ())


def replaced(text: Draft, start: int, end: int, new: bytes) -> Draft:
    """*text* after bytes *start* to *end* of what it has become gave way to *new*."""
    after = text.after[:start] + new + text.after[end:]
    middle: tuple[Part, ...] = (new,) if new else ()
    return Draft(text.before, after, (*_cut(text.parts, 0, start), *middle, *_cut(text.parts, end, None)))


def changes_of(text: Draft) -> tuple[Change, ...]:
    """What changed, narrowed to what really did."""
    found: list[Change] = []
    at = new_at = n_new = 0
    for part in (*text.parts, Old(len(text.before), len(text.before))):
        if not isinstance(part, Old):
            n_new += len(part)
            continue
        found += _narrowed(text, Change(at, part.start, new_at, new_at + n_new))
        new_at += n_new + part.end - part.start
        at, n_new = part.end, 0
    return tuple(found)


def _narrowed(text: Draft, wide: Change) -> list[Change]:
    start, end, new_start, new_end = wide
    within = changes(text.before[start:end], text.after[new_start:new_end])
    return [Change(start + a, start + b, new_start + c, new_start + d) for a, b, c, d in within]


def _cut(parts: tuple[Part, ...], start: int, end: int | None) -> tuple[Part, ...]:
    """The parts of what the text has become from byte *start* to byte *end*, None for its end."""
    found: list[Part] = []
    at = 0
    for part in parts:
        n_bytes = part.end - part.start if isinstance(part, Old) else len(part)
        first, last = max(start - at, 0), n_bytes if end is None else min(end - at, n_bytes)
        if first < last:
            found.append(
                Old(part.start + first, part.start + last) if isinstance(part, Old) else part[first:last]
            )
        at += n_bytes
    return tuple(found)
