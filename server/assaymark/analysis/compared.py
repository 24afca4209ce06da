"""
One of the two texts of a change, as rules about what was removed look at it.

Invariants:
    Nothing is cut, parsed or matched before somebody asks for it.
    What is found is counted by scope, so that where in the text the scope stands does not matter.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, TypeAlias

from assaymark.dataclass import dataclass, field
from assaymark.rules.patterns.match import Work, matches
from assaymark.syntax.cut import ParseWork, Piece, cut
from assaymark.syntax.facts import Facts, facts_of
from assaymark.syntax.following import following
from assaymark.syntax.outline import Outline, outline_of
from assaymark.syntax.view import View
from assaymark.syntax.words import words_of
from assaymark.text import LINE_END, Span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assaymark.rules.compiled import Compiled
    from assaymark.rules.patterns.match import Match

_MAX_STEPS = 2_000_000
_BLANKS = re.compile(rb"\s+")
_TOKENS = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Hit:
    """What a pattern matches: in which scope and on which line (from 1), and its text without any blanks."""

    match: Match
    scope: str
    line: int
    text: bytes


# By the names of scopes.
Hits: TypeAlias = "Mapping[str, Sequence[Hit]]"


@dataclass(frozen=True, eq=False)
class Side:
    """
    A text in *language*: what was, or what is. An empty one is a file that was not there, or is gone.

    *part* is given where it is some chunks of a text, with the facts of all.
    """

    path: str
    content: bytes
    language: str
    part: tuple[Sequence[Piece], Facts] | None = None
    _hits: dict[str, Hits] = field(default_factory=dict)
    _given_up: list[str] = field(default_factory=list)

    @cached_property
    def pieces(self) -> Sequence[Piece]:
        return cut(self.content, self.language, ParseWork()) if self.part is None else self.part[0]

    @cached_property
    def facts(self) -> Facts:
        return facts_of(self.pieces, self.language) if self.part is None else self.part[1]

    def without(self, other: Side) -> Side:
        """The chunks that *other* does not have as they are here."""
        kept = Counter(map(_chunk, other.pieces))
        kept.subtract(map(_chunk, self.pieces))
        changed = [piece for piece in self.pieces if kept[_chunk(piece)]]
        return Side(
            self.path, b"".join(piece.chunk.data for piece in changed), self.language, (changed, self.facts)
        )

    @cached_property
    def view(self) -> View:
        return View(self.pieces, self.facts, self.language)

    @cached_property
    def outline(self) -> Outline:
        return outline_of(self.pieces, self.language)

    @property
    def is_blank(self) -> bool:
        return not self.content.strip()

    def hits(self, compiled: Compiled | None) -> Hits:
        """What the formula matches, by scope; nothing without one."""
        if compiled is None or self.is_blank:
            return {}
        known = self._hits.get(compiled.text)
        if known is None:
            found: dict[str, list[Hit]] = {}
            work = Work(limit=_MAX_STEPS)
            for match in matches(compiled.formula, self.view, work):
                hit = self._hit(match)
                found.setdefault(hit.scope, []).append(hit)
            known = self._hits[compiled.text] = found
            self._given_up.extend([compiled.text] if work.exhausted else ())
        return known

    @property
    def is_given_up(self) -> bool:
        """Whether looking for a pattern ended before the text did."""
        return bool(self._given_up)

    @property
    def is_understood(self) -> bool:
        """Whether the grammar understands all of it that was parsed."""
        return not any(piece.is_parsed and piece.tree.root_node.has_error for piece in self.pieces)

    def text(self, scope: str) -> bytes:
        """What stands in *scope*, decorators and nested definitions included."""
        return b"\n".join(self.content[span.start : span.end] for span in self.outline.spans(scope))

    def guarded(self, hit: Hit) -> tuple[bytes, bytes]:
        """The statement that holds *hit*, and what it guards: blank where nothing is behind it."""
        at, start = 0, hit.match.span.start
        for piece in self.pieces:
            end = at + piece.chunk.n_bytes
            if start < end:
                span = Span(start - at, max(min(hit.match.span.end, end) - at, start - at))
                found = following(piece, span, self.language)
                data = piece.chunk.data
                return (b"", b"") if found is None else (_at(data, found.statement), _at(data, found.guarded))
            at = end
        return b"", b""

    def words(self, scope: str) -> frozenset[bytes]:
        """The words that stand in *scope*."""
        return words_of(self.text(scope))

    def n_times(self, code: str, scope: str) -> int:
        """How often *code* stands in *scope* as whole words, however it is broken into lines."""
        return len(_spelled(code).findall(self.text(scope)))

    def n_uses(self, name: str, scope: str) -> int:
        """How often the function or class *name* is named in *scope*; not as something of another object."""
        own = rf"(?:(?<![\w.])|\b(?:self|cls|this|super\(\))\s*\.\s*){re.escape(name)}(?!\w)"
        return len(re.findall(own.encode(), self.text(scope)))

    def heads_around(self, scope: str) -> frozenset[bytes]:
        """The words over the bodies of the scopes around *scope*: of a class, what it inherits from."""
        heads = (span for outer in self.outline.around(scope) for span in self.outline.heads(outer))
        return frozenset().union(*(words_of(self.content[span.start : span.end]) for span in heads))

    def lines(self, scope: str) -> Counter[bytes]:
        """The lines of *scope*, those that say nothing and the indentation left out."""
        return Counter(lines_of(self.text(scope)))

    def line_of(self, scope: str) -> int | None:
        """The line on which the name of *scope* stands; None for what stands in no definition."""
        named = next((one.named for one in self.outline.scopes if one.name == scope), None)
        return None if named is None else self._line(named)

    def _hit(self, match: Match) -> Hit:
        start = match.span.start
        text = _BLANKS.sub(b"", self.content[start : match.span.end])
        return Hit(match, self.outline.at(start), self._line(start), text)

    def _line(self, byte: int) -> int:
        return len(LINE_END.findall(self.content, 0, byte)) + 1


def lines_of(code: bytes) -> list[bytes]:
    """The lines of *code* that say something, without their indentation."""
    return [line for line in map(bytes.strip, LINE_END.split(code)) if len(line) > 1]


def _at(data: bytes, span: Span) -> bytes:
    return data[span.start : span.end]


def _chunk(piece: Piece) -> tuple[bytes, bytes]:
    return piece.chunk.prefix, piece.chunk.data


@lru_cache(maxsize=256)
def _spelled(code: str) -> re.Pattern[bytes]:
    """*code* between whatever blanks, and not as a part of a longer name."""
    tokens = r"\s*".join(re.escape(token) for token in _TOKENS.findall(code))
    return re.compile(rf"(?<![\w.]){tokens}(?!\w)".encode())
