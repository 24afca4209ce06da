"""
What an edit does to the reviews of the lines that it changed, and where it is a cut.

Invariants:
    What a person did at the keys leaves the rest of a line read; what may be an agent's does not.
    Something that was only taken away was taken at the keys, and blanks were put in there, unless it shows
    that the file changed on the disk: `may_be_outside` says whom to look after.
    When a signal says later that it was a person, a formatter or a tool of theirs, the rest is read again,
    and uncut; so it is when the edit is undone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.analysis.attributing import runs_between
from assaymark.lineage.changes import narrowed
from assaymark.lineage.cuts import has_word, is_cut, is_respelled
from assaymark.lineage.reviewed import (
    has_reviews,
    is_doubted,
    may_be_cut,
    unreviewed,
    with_cut,
    with_cuts_as_in,
    with_marks_of,
)
from assaymark.origin import Cut, Run, Runs, joined, n_bytes_of
from assaymark.text import Span

if TYPE_CHECKING:
    from assaymark.analysis.snapshot import Section
    from assaymark.desk import Desk
    from assaymark.lineage.changes import Change
    from assaymark.text import Text


def is_doubtful(change: Change) -> bool:
    """Whether nobody is known to have looked at what *change* brought."""
    return change.has_words and any(is_doubted(run.origin) for run in change.came)


def swaps_signs(change: Change) -> bool:
    """Whether *change* gave signs for others, not for layout: to take signs, or put some in, is a key's."""
    old, new, _ = _narrowed(change)
    return bool(old.strip() and new.strip()) and not (has_word(new) or is_respelled(old, new))


def cuts(desk: Desk, uri: str, change: Change) -> bool:
    """Whether *change* is a cut, by whomever it is."""
    entry = desk.at(uri)
    if entry is None:
        return False
    text, (old, new, n_same) = entry.snapshot.text, _narrowed(change)
    start = change.span.start + n_same
    head = Span(min(text.line_span(text.line_of(start)).start, start), start)
    return is_cut(old, new, is_head=not text.slice(head).strip())


def void(desk: Desk, uri: str, change: Change, by: Cut | None = None) -> bool:
    """
    Whether there is something to restore. Effect: the rest of the lines of *change* is not read, and cut *by*
    somebody; `restore` takes that back.
    """
    entry = desk.at(uri)
    if entry is None:
        return False
    text, span = entry.snapshot.text, change.fresh
    before, behind = around(text, span)
    is_whole = not span.length and text.line_span(text.line_of(span.start)).start == span.start
    if by is not None:
        old = change.inverse.old
        went = old[change.kept[0] : len(old) - change.kept[1]]
        by = by._replace(between=is_whole and went.endswith((b"\n", b"\r")))
    # What a line began with went from no line before it.
    is_between = by is not None and by.between
    after = _noted(before, None if is_whole and not is_between else by), _noted(behind, by)
    # A record may tell later that it was an agent's cut, of which more is noted.
    if after == (before, behind) and by is None:
        return False
    if not any(change.unread):
        change.unread = (before, behind)
    _put(desk, uri, span, *after)
    return True


def restore(desk: Desk, uri: str, change: Change, *, is_read: bool = True) -> None:
    """
    Effect: what stood around *change* until it came is uncut again, and read where it *is_read*, as far as it
    still stands there.
    """
    (before, behind), change.unread = change.unread, ((), ())
    entry = desk.at(uri)
    if entry is None or change.touched or not (before or behind):
        return
    now = around(entry.snapshot.text, change.fresh)
    if (n_bytes_of(now[0]), n_bytes_of(now[1])) == (n_bytes_of(before), n_bytes_of(behind)):
        olds = (_as_then(one, then, is_read=is_read) for one, then in zip(now, (before, behind), strict=True))
        _put(desk, uri, change.fresh, *olds)


def bring_back(desk: Desk, uri: str, change: Change) -> None:
    """Effect: now that *change* was undone, what stands around its place is as it was before it."""
    entry, (before, behind), (head, tail) = desk.at(uri), change.unread, change.kept
    span = Span(change.edit.span.start + head, change.edit.span.end - tail)
    whole = Span(span.start - n_bytes_of(before), span.end + n_bytes_of(behind))
    if entry is None or whole.start < 0 or whole.end > entry.snapshot.text.n_bytes:
        return
    text = entry.snapshot.text
    is_start = text.line_span(text.line_of(whole.start)).start == whole.start
    if is_start and text.line_span(text.line_of(max(whole.end - 1, 0))).end == whole.end:
        now = runs_between(text, Span(whole.start, span.start)), runs_between(text, Span(span.end, whole.end))
        _put(desk, uri, span, _as_then(now[0], before), _as_then(now[1], behind))


def may_be_outside(desk: Desk, uri: str, change: Change) -> bool:
    """
    Whether *change* only took something away, or put blanks in, of lines of which that would be noted:
    somebody else may have, on the disk. Blanks count there, since they say which block a line belongs to.
    """
    entry = desk.at(uri)
    if entry is None or change.explained or (change.span.length and change.has_words):
        return False
    return any(has_reviews(runs) or may_be_cut(runs) for runs in around(entry.snapshot.text, change.fresh))


def _narrowed(change: Change) -> tuple[bytes, bytes, int]:
    """What really went in *change*, what came for it, and how many bytes before that are the same."""
    old, narrow = change.inverse.old, narrowed(change.edit, change.inverse.old)
    n_same = narrow.span.start - change.edit.span.start
    return old[n_same : n_same + narrow.span.length], narrow.new, n_same


def _noted(runs: Runs, by: Cut | None) -> Runs:
    runs = unreviewed(runs)
    return runs if by is None else joined([(Run(n, with_cut(origin, by)),) for n, origin in runs])


def _as_then(now: Runs, then: Runs, *, is_read: bool = True) -> Runs:
    uncut = with_cuts_as_in(now, then)
    return with_marks_of(uncut, then) if is_read else uncut


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


def _put(desk: Desk, uri: str, span: Span, before: Runs, behind: Runs) -> None:
    """Effect: what stands right before and behind *span* is of these origins."""
    desk.attribute(uri, Span(span.start - n_bytes_of(before), span.start), before)
    desk.attribute(uri, Span(span.end, span.end + n_bytes_of(behind)), behind)
