r"""
Which lines of a text differ from an older one.

Invariants:
    Line ends do not count: a text that only went from `\n` to `\r\n` has not changed.
    Every new text of a line is found; in very large changes a line that only moved may count as old, but
    for who is strict: to them every line of such a change is new.
"""

from __future__ import annotations

import difflib
import re

from assaymark.dataclass import dataclass

_LINE_END = re.compile(rb"\r\n|\n|\r")
# Beyond this many pairs of lines the exact answer is dear: a line that the old text has at all counts as old.
_MOST_PAIRS = 4_000_000


@dataclass(frozen=True, slots=True)
class Changes:
    """
    Changed lines, and the lines (both from 1) after which something was taken away.

    *taken* are those of the latter after which it was more than blank lines.
    """

    lines: frozenset[int]
    gaps: frozenset[int]
    taken: frozenset[int] = frozenset()

    def touch(self, first: int, last: int) -> bool:
        """Whether something between the lines *first* and *last*, both included, is different."""
        return any(number in self.lines for number in range(first, last + 1)) or any(
            number in self.gaps for number in range(first, last)
        )


def changes(old: bytes, new: bytes, *, strict: bool = False) -> Changes:
    """How the lines of *new* differ from those of *old*."""
    before, after = _LINE_END.split(old), _LINE_END.split(new)
    start = _n_equal(before, after)
    end = _n_equal(before[start:][::-1], after[start:][::-1])
    before, after = before[start : len(before) - end], after[start : len(after) - end]
    if len(before) * len(after) > _MOST_PAIRS:
        known = set() if strict else set(before)
        return Changes(
            frozenset(start + at for at, line in enumerate(after, 1) if line not in known), frozenset()
        )
    return _exact(before, after, start)


def _exact(before: list[bytes], after: list[bytes], start: int) -> Changes:
    lines: set[int] = set()
    gaps: dict[int, bool] = {}
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, old_first, old_last, first, last in matcher.get_opcodes():
        if tag == "delete":
            gaps[start + first] = any(line.strip() for line in before[old_first:old_last])
        elif tag != "equal":
            lines.update(range(start + first + 1, start + last + 1))
    taken = frozenset(line for line, is_taken in gaps.items() if is_taken)
    return Changes(frozenset(lines), frozenset(gaps), taken)


def _n_equal(one: list[bytes], other: list[bytes]) -> int:
    n = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        n += 1
    return n
