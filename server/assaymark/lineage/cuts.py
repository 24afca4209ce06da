"""
Which edits leave nothing that would have to be read, and change a line all the same.

A word that an edit brought has its author, and is read for that. What it took away has none, and a sign is no
word; so of such an edit what is left of the line is to be read (`lineage/reviewed`).

Invariants:
    Blanks are no change of a line, but for those that it begins with: they say in which block it is.
    Where the text before is not known, what went is taken for words.
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
        if not _is_cut(old, new, start < end, is_head=_is_head(after, new_start)):
            continue
        if new:
            yield new_start, new_end
        elif n := _n_line_end(old or b"", after, new_start):
            # Lines that went with the line end before them went as whole ones, too.
            yield new_start + n, new_start + n
        else:
            is_whole = old.endswith(_LINE_ENDS) if old is not None else start in starts and end in starts
            # What a line began with leaves its first byte to tell so.
            is_first = _begins_line(after, new_start) and not is_whole and new_start < len(after)
            yield new_start, new_start + is_first


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
    return not text[max(text.rfind(b"\n", 0, at), text.rfind(b"\r", 0, at)) + 1 : at].strip()


def _begins_line(text: bytes, at: int) -> bool:
    return at == 0 or text[at - 1 : at] in {b"\n", b"\r"}


def _indent(blanks: bytes) -> bytes:
    """What of *blanks* stands on their last line."""
    return blanks.replace(b"\r", b"\n").rpartition(b"\n")[2]
