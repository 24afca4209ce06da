"""
Which lines a step of an edit touched, in the text before it and in the text after it.

Invariants:
    A line that came or went as a whole touches no other; a line of which a part came or went is touched.
    Lines are counted from 0, and end as they do for Python.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, TypeAlias

from assaymark.text import starts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assaymark.hooks.placing import Step

# First and last line.
Lines: TypeAlias = "tuple[tuple[int, int], ...]"

_ENDS = (b"\n", b"\r")


def after(step: Step) -> Lines:
    """The lines of the text after *step* that it touched."""
    starts = starts_of(step.after)
    spans = step.ranges or tuple((change.new_start, change.new_end) for change in step.changes)
    gone = _gone(step) if not step.ranges else [b""] * len(spans)
    found = (
        _lines(step.after, starts, start, end, other) for (start, end), other in zip(spans, gone, strict=True)
    )
    return tuple(lines for lines in found if lines is not None)


def before(step: Step) -> Lines:
    """The lines of the text before *step*, where that is known, that it touched."""
    text = step.before
    if text is None:
        return ()
    starts = starts_of(text)
    found = (
        _lines(text, starts, one.start, one.end, step.after[one.new_start : one.new_end])
        for one in step.changes
    )
    return tuple(lines for lines in found if lines is not None)


def spans_of(step: Step) -> Iterator[tuple[int, int]]:
    """The bytes of the text after that came with *step*."""
    yield from step.ranges or ((one.new_start, one.new_end) for one in step.changes)


def _gone(step: Step) -> list[bytes]:
    # Where the text before is not known, what went is not either: as if it had been part of a line.
    text = step.before
    return [b"x" if text is None else text[one.start : one.end] for one in step.changes]


def _lines(text: bytes, starts: list[int], start: int, end: int, other: bytes) -> tuple[int, int] | None:
    """The lines of *text* that bytes *start* to *end* touch, in whose place the other text has *other*."""
    if start == end:
        is_whole = (
            not other
            or (start in {0, *starts[bisect_right(starts, start) - 1 :][:1]} and other.endswith(_ENDS))
            or (text[start : start + 1] in {b"", b"\n", b"\r"} and other.startswith(_ENDS))
        )
        if is_whole:
            return None
    # A line end that comes first belongs to the line before, which is as it was.
    while start < end and text[start : start + 1] in _ENDS:
        start += 1
    if start == end and other == b"":
        return None
    first = bisect_right(starts, start) - 1
    last = bisect_right(starts, max(start, end - 1)) - 1
    return first, last
