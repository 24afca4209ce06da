"""
Edits that were made, remembered for as long as somebody may still say where they come from.

Invariant: what was typed into a change after it was made is not of it.
"""

from __future__ import annotations

from assaymark.dataclass import dataclass
from assaymark.lineage.history import History, Inverse
from assaymark.origin import Arrival, Run, Runs, joined
from assaymark.text import Edit, Span


@dataclass(slots=True)
class Change:
    """An edit that was made, where its bytes stand (see `carry`), and what could be undone before it."""

    version: int
    edit: Edit
    inverse: Inverse
    came: Runs
    before: History
    at: float
    span: Span
    # How many of the edits made after it *span* was carried through already.
    n_carried: int = 0
    explained: bool = False
    touched: bool = False
    # Whether it was looked at what it does to reviews, and what of its lines around it these were taken from.
    is_judged: bool = False
    unread: tuple[Runs, Runs] = ((), ())

    @property
    def came_at_once(self) -> bool:
        """Whether some of it came in without anybody saying whose it is."""
        return any(run.origin.arrival is Arrival.bulk for run in self.came)

    @property
    def has_words(self) -> bool:
        """Whether it brought or took anything but blanks."""
        return bool(self.edit.new.strip() or self.inverse.old.strip())

    @property
    def kept(self) -> tuple[int, int]:
        """How many bytes at its start and its end are whole lines that stood there before."""
        return kept_lines(self.inverse.old, self.edit.new)

    @property
    def fresh(self) -> Span:
        """Where it stands, without what it kept: a line put below another may be spelled with both ends."""
        (head, tail), span = self.kept, self.span
        start = min(span.start + head, span.end)
        return Span(start, max(start, span.end - tail))

    def carry(self, edit: Edit) -> None:
        """Effect: where it stands is moved by an *edit* made after it."""
        span = self.span
        if edit.span.end <= span.start:
            self.span = span.shifted(edit.growth)
        elif edit.span.start < span.end:
            self.touched = True
            start = min(span.start, edit.span.start)
            self.span = Span(start, max(span.end + edit.growth, edit.landed.end))


def where(text: bytes, new: bytes) -> Span | None:
    """Where *text* stands in what came, if that is the only place; line ends may be spelled otherwise."""
    for spelled in (text, text.replace(b"\r\n", b"\n"), text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")):
        at = new.find(spelled)
        if at >= 0:
            return Span(at, at + len(spelled)) if new.find(spelled, at + 1) < 0 else None
    return None


def where_still(now: Runs, came: Runs, runs: Runs) -> Runs:
    """*now*, what still is as it *came* given to the one origin of *runs*; unchanged if they have several."""
    news, olds = {run.origin for run in runs}, {run.origin for run in came}
    if len(news) != 1:
        return now
    new = news.pop()
    return joined([(Run(run.n_bytes, new if run.origin in olds else run.origin),) for run in now])


def narrowed(edit: Edit, old: bytes) -> Edit:
    """*edit*, which replaces *old*, without what stands on either side both before and after."""
    head = n_shared(old, edit.new)
    tail = n_shared(old[head:][::-1], edit.new[head:][::-1])
    span = Span(edit.span.start + head, edit.span.end - tail)
    return Edit(span, edit.new[head : len(edit.new) - tail])


def kept_lines(old: bytes, new: bytes) -> tuple[int, int]:
    """How many bytes stay when *new* replaces *old*: whole lines at the start, and at the end."""
    head = new.rfind(b"\n", 0, n_shared(old, new)) + 1
    at = len(new) - n_shared(old[head:][::-1], new[head:][::-1])
    if at > head and new[at - 1 : at] != b"\n":
        at = new.find(b"\n", at) + 1 or len(new)
    return head, len(new) - at


def n_shared(one: bytes, other: bytes) -> int:
    """How many bytes the two begin with in common."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
