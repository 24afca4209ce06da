"""
Where the comments of a chunk stand, and for which lines they hold.

A comment behind code holds for its line, and for the whole statement of which that line is the first or the
last. One that is alone on its line holds as if it stood behind the next line of code; when the chunk has no
more, it is pending for the next chunk, whose first line it is. All that is asked of is the chunk's tree, so
it is the same while the code is broken.

Invariants:
    What stands in a string is no comment.
    The answer is a function of the chunk's bytes.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from assaymark.dataclass import dataclass
from assaymark.regex import regex
from assaymark.suppress.directives import silences_in
from assaymark.suppress.silence import Heard, Placed
from assaymark.syntax import languages

if TYPE_CHECKING:
    from tree_sitter import Node as RawNode

    from assaymark.syntax.cut import Piece


@dataclass(frozen=True, slots=True)
class Comments:
    """
    The comments of a language: their sign, their node's kind, and in which nodes a line end ends a statement.

    *blocks* are the kinds of those nodes: the line ends in them are between statements, or between a header
    and what it heads. Before a line end in one of *closed* no comment can stand.
    """

    sign: bytes
    kind: str
    candidate: re.Pattern[bytes]
    blocks: frozenset[str]
    closed: frozenset[str]


_PYTHON_BLOCKS = """
module block ERROR decorated_definition function_definition class_definition if_statement elif_clause
else_clause for_statement while_statement try_statement except_clause except_group_clause finally_clause
with_statement match_statement case_clause
"""
_WORDS = rb"(?:assaymark:|nosec\b|(?i:noqa)\b|(?i:nosem(?:grep)?)\b)"
_COMMENTS = {
    "python": Comments(
        sign=b"#",
        kind="comment",
        candidate=regex(rb"#[^\r\n]*?" + _WORDS + rb"[^\r\n]*"),
        blocks=frozenset(_PYTHON_BLOCKS.split()),
        closed=frozenset(("string", "line_continuation")),
    )
}
_BLANK = b" \t\f\r\n"


def comment_sign(language: str | None) -> str:
    """What a comment of *language* starts with; nothing when we know of none."""
    known = _COMMENTS.get(language or "")
    return known.sign.decode() if known is not None else ""


def heard(piece: Piece, language: str) -> Heard | None:
    """The silences of *piece*; None when there are none."""
    comments = _COMMENTS.get(language)
    if comments is None:
        return None
    reading = _Reading(piece, comments, language)
    placed: list[Placed] = []
    pending: list[Placed] = []
    target: int | None = None
    next_line: int | None = None
    # From the end, so that a comment in a long run of them need not look for code behind the next one.
    for found in reversed(tuple(comments.candidate.finditer(piece.chunk.data))):
        start = reading.comment_start(found.start(), found.end())
        if start is None:
            continue
        line = piece.chunk.line_of(start)
        target = reading.target(start, line, next_line, target)
        next_line = line
        silences = [
            Placed(one, line, target) for one in silences_in(piece.chunk.data[start : found.end()], start)
        ]
        (pending if target is None else placed).extend(reversed(silences))
    if not placed and not pending:
        return None
    pending.reverse()
    left = tuple(one.silence.moved(-piece.chunk.n_bytes) for one in pending)
    return Heard((*reversed(placed), *pending), left)


def takes_comment(piece: Piece, line: int, language: str) -> bool:
    """Whether a comment can stand at the end of *line*: not in a string, and not behind a backslash."""
    chunk, shift = piece.chunk, len(piece.chunk.prefix)
    if line >= chunk.n_breaks:
        return True
    end = chunk.line_starts[line + 1]
    at = end - 1 + shift
    node = piece.tree.root_node.descendant_for_byte_range(at, at + 1)
    while node is not None:
        if node.type in _COMMENTS[language].closed:
            return False
        node = node.parent
    return not chunk.data[chunk.line_starts[line] : end].rstrip(b"\r\n").endswith(b"\\")


def statements_over(piece: Piece, first: int, last: int, language: str) -> tuple[int, int]:
    """
    The first line of the statement that *first* is in, and the last line of that of *last*.

    Of a statement with a body, only the header counts.
    """
    chunk, shift, blocks = piece.chunk, len(piece.chunk.prefix), _COMMENTS[language].blocks
    while first:
        node = _statement_at_end_of(piece, first - 1, blocks)
        start = first if node is None else chunk.line_of(max(node.start_byte - shift, 0))
        if start >= first:
            break
        first = start
    while last < chunk.n_breaks:
        node = _statement_at_end_of(piece, last, blocks)
        end = last if node is None else chunk.line_of(max(node.end_byte - shift, 0))
        if end <= last:
            break
        last = end
    return first, last


def _statement_at_end_of(piece: Piece, line: int, blocks: frozenset[str]) -> RawNode | None:
    """The statement, or the part of a header, inside which the line end of *line* lies, if it does."""
    at = piece.chunk.line_starts[line + 1] - 1 + len(piece.chunk.prefix)
    node = piece.tree.root_node.descendant_for_byte_range(at, at + 1)
    if node is None or node.type in blocks:
        return None
    while node.parent is not None and node.parent.type not in blocks:
        node = node.parent
    return node


@dataclass(frozen=True)
class _Reading:
    """A chunk whose comments are being read."""

    piece: Piece
    comments: Comments
    language: str

    @cached_property
    def blanked(self) -> bytes:
        """The chunk as the parser was given it: without long runs of comments."""
        chunk = self.piece.chunk
        whole = languages.adapter(self.language).parsable(chunk.prefix + chunk.data)
        return whole[len(chunk.prefix) :]

    def comment_start(self, start: int, end: int) -> int | None:
        """Where the first comment between *start*, a sign of one, and *end* starts; a string holds none."""
        chunk, kind = self.piece.chunk, self.comments.kind
        shift = len(chunk.prefix)
        while 0 <= start < end:
            node = self.piece.tree.root_node.descendant_for_byte_range(start + shift, start + shift + 1)
            if node is None or node.type == kind or self._is_blanked(start):
                return start
            inside = node.end_byte - shift if not node.child_count else 0
            start = chunk.data.find(self.comments.sign, max(start + 1, inside), end)
        return None

    def _is_blanked(self, at: int) -> bool:
        return not self._before(at) and self.blanked[at : at + 1] == b" "

    def _before(self, at: int) -> bytes:
        """What stands before *at* on its line, without blanks."""
        chunk = self.piece.chunk
        return chunk.data[chunk.line_starts[chunk.line_of(at)] : at].strip(_BLANK)

    def target(self, start: int, line: int, next_line: int | None, next_target: int | None) -> int | None:
        """
        The line of code for which the comment at *start* holds; None when there is none behind it.

        The next comment stands on *next_line* and holds for *next_target*.
        """
        chunk = self.piece.chunk
        if self._before(start):
            return line
        for number in range(line + 1, chunk.n_breaks + 1):
            end = chunk.line_starts[number + 1] if number < chunk.n_breaks else chunk.n_bytes
            text = chunk.data[chunk.line_starts[number] : end].strip(_BLANK)
            if text and not text.startswith(self.comments.sign):
                return number
            if number == next_line:
                return next_target
        return None
