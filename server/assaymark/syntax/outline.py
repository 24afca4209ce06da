"""
The scopes of a text, by the names that people call them by: `Account.close`, `app.get('/users')`.

Invariants:
    A name is a function of the text alone, and says nothing of where in the text the scope stands.
    Definitions of one name, such as a property and its setter, are one scope of several spans.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from tree_sitter import Query, QueryCursor

from assaymark.dataclass import dataclass
from assaymark.syntax import languages
from assaymark.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from assaymark.syntax.adapter import Defined
    from assaymark.syntax.cut import Piece

# What stands in no definition.
MODULE = "<module>"


@dataclass(frozen=True, slots=True)
class Scope:
    """One definition: its qualified name, its bytes in the text, where its own name and its body start."""

    name: str
    span: Span
    named: int
    body: int


@dataclass(frozen=True, slots=True)
class Outline:
    """The scopes of a text of *n_bytes*, those around others before them."""

    scopes: tuple[Scope, ...]
    n_bytes: int

    @property
    def names(self) -> frozenset[str]:
        return frozenset(scope.name for scope in self.scopes) | {MODULE}

    def at(self, byte: int) -> str:
        """The name of the innermost scope around *byte*."""
        around = (scope.name for scope in reversed(self.scopes) if scope.span.start <= byte < scope.span.end)
        return next(around, MODULE)

    def around(self, name: str) -> tuple[str, ...]:
        """The names of the scopes around the one called *name*; what stands in no definition is the last."""
        outer = sorted((one for one in self.names if name.startswith(f"{one}.")), key=len, reverse=True)
        return () if name == MODULE else (*outer, MODULE)

    def spans(self, name: str) -> tuple[Span, ...]:
        """Where the scope called *name* stands."""
        if name == MODULE:
            return (Span(0, self.n_bytes),)
        return tuple(scope.span for scope in self.scopes if scope.name == name)

    def heads(self, name: str) -> tuple[Span, ...]:
        """What stands over the bodies of the scope called *name*: decorators, bases, parameters."""
        return tuple(Span(one.span.start, one.body) for one in self.scopes if one.name == name)


def outline_of(pieces: Iterable[Piece], language: str) -> Outline:
    """The outline of the text that is cut into *pieces*."""
    scopes: list[Scope] = []
    at = 0
    for piece in pieces:
        scopes += _scopes(piece, language, at)
        at += piece.chunk.n_bytes
    return Outline(tuple(scopes), at)


def _scopes(piece: Piece, language: str, at: int) -> Iterator[Scope]:
    n_prefix = len(piece.chunk.prefix)
    around: list[tuple[str, int]] = []
    for one in _defined(piece, language):
        while around and around[-1][1] <= one.start:
            around.pop()
        name = f"{around[-1][0]}.{one.name}" if around else one.name
        around.append((name, one.end))
        # What stands in the prefix stands where the piece starts.
        start, end, named, body = (
            max(byte - n_prefix, 0) + at for byte in (one.start, one.end, one.named, one.body)
        )
        yield Scope(name, Span(start, end), named, body)


def _defined(piece: Piece, language: str) -> list[Defined]:
    """What the tree of the piece defines, in the order of the text, what is around first."""
    adapter = languages.adapter(language)
    cursor = QueryCursor(_query(language, adapter.defining))
    found = (adapter.defined(raw) for raw in cursor.captures(piece.tree.root_node).get("node", []))
    return sorted((one for one in found if one is not None), key=lambda one: (one.start, -one.end))


@lru_cache
def _query(language: str, kinds: frozenset[str]) -> Query:
    return Query(languages.grammar(language), f"[{' '.join(f'({kind})' for kind in sorted(kinds))}] @node")
