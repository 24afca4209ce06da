"""
What an edit does to the reviews of the lines that it changed.

Invariants:
    What a person did at the keys leaves the rest of a line read; what may be an agent's does not.
    Something that was only taken away was taken at the keys, and blanks were put in there, unless it shows
    that the file changed on the disk: `may_be_outside` says whom to look after.
    When a signal says later that it was a person, a formatter or a tool of theirs, the rest is read again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.analysis.attributing import runs_between
from assaymark.lineage.reviewed import has_reviews, is_doubted, unreviewed, with_reviews_of
from assaymark.origin import Runs, n_bytes_of
from assaymark.text import Span

if TYPE_CHECKING:
    from assaymark.analysis.snapshot import Section
    from assaymark.desk import Desk
    from assaymark.lineage.changes import Change
    from assaymark.text import Text


def is_doubtful(change: Change) -> bool:
    """Whether nobody is known to have looked at what *change* brought."""
    return change.has_words and any(is_doubted(run.origin) for run in change.came)


def void(desk: Desk, uri: str, change: Change) -> None:
    """Effect: the rest of the lines of *change* is not read; `restore` takes that back."""
    entry = desk.at(uri)
    if entry is None:
        return
    before, behind = around(entry.snapshot.text, change.fresh)
    if has_reviews(before) or has_reviews(behind):
        change.unread = (before, behind)
        _put(desk, uri, change, unreviewed(before), unreviewed(behind))


def restore(desk: Desk, uri: str, change: Change) -> None:
    """Effect: what was read around *change* until it came is read again, as far as it still stands there."""
    (before, behind), change.unread = change.unread, ((), ())
    entry = desk.at(uri)
    if entry is None or change.touched or not (before or behind):
        return
    now = around(entry.snapshot.text, change.fresh)
    if (n_bytes_of(now[0]), n_bytes_of(now[1])) == (n_bytes_of(before), n_bytes_of(behind)):
        _put(desk, uri, change, with_reviews_of(now[0], before), with_reviews_of(now[1], behind))


def may_be_outside(desk: Desk, uri: str, change: Change) -> bool:
    """
    Whether *change* only took something away, or put blanks in, of lines that were read: somebody else may
    have, on the disk. Blanks count there, since they decide which block a line belongs to.
    """
    entry = desk.at(uri)
    if entry is None or change.explained or (change.span.length and change.has_words):
        return False
    return any(map(has_reviews, around(entry.snapshot.text, change.fresh)))


def around(text: Text[Section], span: Span) -> tuple[Runs, Runs]:
    """What stands before and behind *span* on the lines that an edit which landed there changed."""
    start, end = span.start, span.end
    first, last = text.line_of(start), text.line_of(max(start, end - 1))
    is_head = text.line_span(first).start == start
    if start == end:
        first = text.line_of(start - 1) if is_head and start else first
    elif not is_head and end < text.n_bytes and text.line_span(text.line_of(end)).start == end:
        last = text.line_of(end)
    before = Span(min(text.line_span(first).start, start), start)
    behind = Span(end, max(text.line_span(last).end, end))
    return runs_between(text, before), runs_between(text, behind)


def _put(desk: Desk, uri: str, change: Change, before: Runs, behind: Runs) -> None:
    span = change.fresh
    desk.attribute(uri, Span(span.start - n_bytes_of(before), span.start), before)
    desk.attribute(uri, Span(span.end, span.end + n_bytes_of(behind)), behind)
