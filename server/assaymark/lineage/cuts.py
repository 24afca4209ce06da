"""
Which edits leave nothing that would have to be read, and change a line all the same.

A word that an edit brought has its author, and is read for that. What it took away has none, and a sign is no
word; so of such an edit what is left of the line is to be read (`lineage/reviewed`). Where nothing is left of
it, the lines around are; and what it led to, a line below a header or a decorator, in any case.

Invariants:
    Blanks are no change of a line, but for those that it begins with: they say in which block it is.
    Where the text before is not known, what went is taken for words, and led to nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from assaymark.lineage.narrowing import Change

# What is of no word.
_MARKS = bytes(byte for byte in range(128) if not (chr(byte).isalnum() or chr(byte) == "_"))
_LINE_ENDS = (b"\r\n", b"\n", b"\r")
# What formatters put elsewhere, or spell otherwise.
_LAYOUT = b" \t\r\n\x0b\x0c()[]{},;\"'\\"


def has_word(piece: bytes) -> bool:
    """Whether anything of *piece* is of a word."""
    return bool(piece.translate(None, _MARKS))


def cuts(
    before: bytes | None, after: bytes, changes: Iterable[Change], starts: Collection[int] = ()
) -> Iterator[tuple[int, int]]:
    """
    Where those of the *changes* from *before* to *after* stand that are cuts.

    Empty where whole lines went, or what no line begins with. *starts*, where the lines of *before* begin,
    tell whole lines where that is not known.
    """
    for start, end, new_start, new_end in changes:
        old, new = None if before is None else before[start:end], after[new_start:new_end]
        is_whole = old.endswith(_LINE_ENDS) if old is not None else start in starts and end in starts
        gone_at = None if new else _gone_at(old or b"", after, new_start, is_whole=is_whole)
        if _is_cut(old, new, start < end, is_head=_is_head(after, new_start)):
            yield from _left(after, new_start, new_end) if gone_at is None else _gap(after, gone_at, gone_at)
        if before is not None and _may_lead(before[start:end], new) and leads_on(_within(before, start, end)):
            yield from _led_to(
                after, *(_lines(after, new_start, new_end) if gone_at is None else (gone_at,) * 2)
            )


def _may_lead(old: bytes, new: bytes) -> bool:
    """Whether *new* in the place of *old* may change what lines lead to: not if it only put lines between."""
    return bool(old.strip() or (new.strip() and new.strip(b"\r\n") == new))


def _gone_at(old: bytes, after: bytes, at: int, *, is_whole: bool) -> int | None:
    """Where *old*, of which nothing is left, stood before the line that now begins there; None within one."""
    if n := _n_line_end(old, after, at):
        # Lines that went with the line end before them went as whole ones, too.
        return at + n
    return at if _begins_line(after, at) and (is_whole or at == len(after)) else None


def _left(after: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """What from *start* to *end* is left of lines; the ends of these where that is nothing to read."""
    # What a line began with leaves its first byte to tell so.
    yield start, end + (start == end and _begins_line(after, start))
    first, last = _lines(after, start, end)
    if not has_word(after[first:last]):
        yield from _gap(after, first, last)


def _gap(after: bytes, first: int, last: int) -> Iterator[tuple[int, int]]:
    """The places beside the lines around those from *first* to *last*: blank ones are passed over."""
    at = first
    while at and after[at - 1 : at].isspace():
        at -= 1
    first = _lines(after, at - 1, at)[1] if at else first
    last = _line_start(after, _next(after, last))
    yield first, first
    if first < last:
        yield last, last


def _led_to(after: bytes, first: int, last: int) -> Iterator[tuple[int, int]]:
    """The first byte of what stands behind the lines from *first* to *last*, if they do not lead to it."""
    if not leads_on(after[first:last]):
        place = _next(after, last)
        if place < len(after):
            yield place, place + 1


def leads_on(lines: bytes) -> bool:
    """Whether *lines* say something of what stands behind: a decorator, the header of a block or a table."""
    several = [line.partition(b"#")[0].strip() for line in lines.splitlines()]
    last = next(filter(None, reversed(several)), b"")
    if last.endswith(b":") or last.startswith(b"@"):
        return True
    if not has_word(last):
        return any(line.startswith(b"@") for line in several)
    return last.startswith(b"[") and last.endswith(b"]") and b"," not in last


def _is_cut(old: bytes | None, new: bytes, took: bool, *, is_head: bool) -> bool:  # noqa: FBT001
    return took if old is None and took else is_cut(old or b"", new, is_head=is_head)


def is_cut(old: bytes, new: bytes, *, is_head: bool) -> bool:
    """Whether an edit that gave *new* for *old* is a cut; *is_head*: only blanks stand before it."""
    if old.strip():
        return True
    if new.strip():
        return not has_word(new)
    return is_head and _indent(old) != _indent(new)


def is_respelled(old: bytes, new: bytes) -> bool:
    """Whether *new* is *old* but for what formatters change."""
    return old.translate(None, _LAYOUT) == new.translate(None, _LAYOUT)


def _n_line_end(old: bytes, after: bytes, at: int) -> int:
    """How long the line end at *at* is, where *old*, which stood before it, began with one like it."""
    same = (len(one) for one in _LINE_ENDS if old.startswith(one) and after.startswith(one, at))
    return next(same, 0)


def _is_head(text: bytes, at: int) -> bool:
    return not text[_line_start(text, at) : at].strip()


def _lines(text: bytes, start: int, end: int) -> tuple[int, int]:
    """From where to where the lines go of which something stands from *start* to *end*."""
    last = max(start, end - 1)
    line_feed = text.find(b"\n", last)
    # The carriage return before a line feed ends no line by itself.
    carriage = text.find(b"\r", last, len(text) if line_feed < 0 else max(line_feed - 1, last))
    end_of_line = max(line_feed, carriage) if carriage < 0 or line_feed < 0 else carriage
    return _line_start(text, start), end_of_line + 1 if end_of_line >= 0 else len(text)


def _next(text: bytes, at: int) -> int:
    """Where from *at* on something stands that is no blank."""
    while text[at : at + 1].isspace():
        at += 1
    return at


def _within(text: bytes, start: int, end: int) -> bytes:
    first, last = _lines(text, start, end)
    return text[first:last]


def _line_start(text: bytes, at: int) -> int:
    return max(text.rfind(b"\n", 0, at), text.rfind(b"\r", 0, at)) + 1


def _begins_line(text: bytes, at: int) -> bool:
    return at == 0 or text[at - 1 : at] in {b"\n", b"\r"}


def _indent(blanks: bytes) -> bytes:
    """What of *blanks* stands on their last line."""
    return blanks.replace(b"\r", b"\n").rpartition(b"\n")[2]
