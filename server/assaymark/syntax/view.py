"""
Some chunks of a text, seen as one tree: what a rule is asked about.

Invariants:
    The children of the module are the top-level statements of the chunks, in their order.
    What a view answers is a function of the chunks' bytes and of the facts that it looked up.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING

from tree_sitter import Query, QueryCursor

from assaymark.syntax import languages
from assaymark.syntax.bindings import Binding, Scopes
from assaymark.syntax.cut import ParseWork, Piece, cut
from assaymark.syntax.facts import Facts, aliases_of, facts_of
from assaymark.syntax.names import Names
from assaymark.syntax.node import Node
from assaymark.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WORD = re.compile(rb"[A-Za-z_\x80-\xff][0-9A-Za-z_\x80-\xff]*")
_WORD_BYTES = rb"0-9A-Za-z_\x80-\xff"


class Count:
    """The nodes whose children were asked for."""

    __slots__ = ("n_nodes",)

    def __init__(self) -> None:
        self.n_nodes = 0


class Viewed:
    """A chunk in a view: where it starts there, and its part of the tree."""

    __slots__ = ("_scopes", "base", "count", "language", "offset", "piece", "root")

    def __init__(self, piece: Piece, base: int, language: str, count: Count) -> None:
        self.piece = piece
        self.base = base
        self.language = language
        self.count = count
        self.offset = base - len(piece.chunk.prefix)
        self.root = Node(piece.tree.root_node, self, None)
        self._scopes: Scopes | None = None

    @property
    def scopes(self) -> Scopes:
        if self._scopes is None:
            read = languages.adapter(self.language).scopes
            self._scopes = read(self.piece.tree.root_node, len(self.piece.chunk.prefix))
        return self._scopes


class Module(Node):
    """The root of several trees: its children are theirs."""

    __slots__ = ()

    def __init__(self, parts: Sequence[Viewed]) -> None:
        super().__init__(parts[0].root.raw, parts[0], None)
        self.end = parts[-1].root.end
        children: list[Node] = []
        for part in parts:
            for child in part.root.children:
                child.parent = self
                children.append(child)
            part.root = self
        self._children = tuple(children)

    @property
    def text(self) -> bytes:
        return b"".join(part.raw.text or b"" for part in self.children)


class View:
    """
    The chunks that are looked at, with the facts of their whole file.

    *looked_up* collects the module-level names that were asked for, with what they were bound to.
    """

    def __init__(self, pieces: Sequence[Piece], facts: Facts, language: str) -> None:
        self.language = language
        self.facts = facts
        self.count = Count()
        self.looked_up: dict[str, tuple[Binding, ...]] = {}
        self._parts: list[Viewed] = []
        base = 0
        for piece in pieces:
            self._parts.append(Viewed(piece, base, language, self.count))
            base += piece.chunk.n_bytes
        self._bases = [part.base for part in self._parts]
        self.module: Node = self._parts[0].root if len(self._parts) == 1 else Module(self._parts)
        self._words: frozenset[bytes] | None = None
        self._found: dict[bytes, list[Node]] = {}
        self._aliases: dict[str, frozenset[bytes]] | None = None
        self.names = Names(self._look_up, languages.adapter(language))

    @property
    def words(self) -> frozenset[bytes]:
        if self._words is None:
            self._words = frozenset().union(*(words_of(part.piece.chunk.data) for part in self._parts))
        return self._words

    def _look_up(self, name: str) -> tuple[Binding, ...]:
        # A look-up that found nothing is recorded too: the import that would have
        # answered it may be typed next.
        found = self.looked_up[name] = self.facts.bindings.get(name, ())
        return found

    def text(self, span: Span) -> bytes:
        """The bytes of *span*; a span starts and ends in viewed chunks."""
        return b"".join(
            part.piece.chunk.data[max(span.start - part.base, 0) : max(span.end - part.base, 0)]
            for part in self._parts
        )

    def regions(self) -> Iterator[tuple[Span, bytes]]:
        for part in self._parts:
            yield Span(part.base, part.base + part.piece.chunk.n_bytes), part.piece.chunk.data

    def occurrences(self, word: bytes) -> list[Node]:
        """The leaves, and the parts of strings, in which *word* stands as a whole word."""
        found = self._found.get(word)
        if found is None:
            found = []
            for part in self._parts:
                for hit in _whole_word(word).finditer(part.piece.chunk.data):
                    node = _leaf(part.base + hit.start(), part.base + hit.end(), self.module)
                    if node is not None and (not found or found[-1] is not node):
                        found.append(node)
            self._found[word] = found
        return found

    def of_kinds(self, kinds: frozenset[str]) -> list[Node]:
        """Every node of these kinds, in document order. Dear: for what no word leads to."""
        found: list[Node] = []
        for part in self._parts:
            cursor = QueryCursor(_kinds_query(self.language, kinds))
            raws = cursor.captures(part.piece.tree.root_node).get("node", [])
            for raw in sorted(raws, key=lambda raw: (raw.start_byte, -raw.end_byte)):
                if raw.start_byte >= len(part.piece.chunk.prefix):
                    node = _wrapped(
                        raw.start_byte + part.offset, raw.end_byte + part.offset, raw.type, self.module
                    )
                    if node is not None and (not found or found[-1] is not node):
                        found.append(node)
        return found

    def aliases(self, path: str) -> frozenset[bytes]:
        """The local names that an import binds to exactly *path*."""
        if self._aliases is None:
            self._aliases = self._local_aliases()
        return self.facts.aliases.get(path, frozenset()) | self._aliases.get(path, frozenset())

    def _local_aliases(self) -> dict[str, frozenset[bytes]]:
        table: dict[str, frozenset[bytes]] = {}
        for part in self._parts:
            if b"import" in part.piece.chunk.data:
                for bindings in part.scopes.of.values():
                    for path, names in aliases_of(bindings).items():
                        table[path] = table.get(path, frozenset()) | names
        return table


def words_of(data: bytes) -> frozenset[bytes]:
    """Every word of *data*, those of strings and comments included."""
    return frozenset(WORD.findall(data))


def view_of_source(source: bytes, language: str = "python") -> View:
    """
    A whole text as one view, cut as every text is.

    Raises Unavailable when nothing provides the grammar.
    """
    pieces = cut(source, language, ParseWork())
    return View(pieces, facts_of(pieces, language), language)


@lru_cache(maxsize=4096)
def _whole_word(word: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"(?<![%b])%b(?![%b])" % (_WORD_BYTES, re.escape(word), _WORD_BYTES))


@lru_cache(maxsize=256)
def _kinds_query(language: str, kinds: frozenset[str]) -> Query:
    names = " ".join(
        f"({kind})" if kind[:1].isalpha() or kind[:1] == "_" else f'"{kind}"' for kind in sorted(kinds)
    )
    return Query(languages.grammar(language), f"[{names}] @node")


def _leaf(start: int, end: int, module: Node) -> Node | None:
    """The innermost node over these bytes; None in a comment or between nodes."""
    node = _descended(start, end, module)
    if node is None or (
        node.children and node.kind not in ("string_content", "string", "concatenated_string")
    ):
        return None
    return node


def _descended(start: int, end: int, module: Node) -> Node | None:
    node = module
    while True:
        children = node.children
        # The children stand in order: the last one that starts at or before is the only candidate.
        index = bisect_right(children, start, key=_start) - 1
        if index < 0 or children[index].end < end:
            return node if node is not module else None
        node = children[index]
        if not node.children:
            return node


def _start(node: Node) -> int:
    return node.start


def _wrapped(start: int, end: int, kind: str, module: Node) -> Node | None:
    """The node object of these bytes and this kind: the outermost one."""
    node = module
    while True:
        children = node.children
        index = bisect_right(children, start, key=_start) - 1
        while index > 0 and children[index].start == children[index].end == start != end:
            index -= 1
        if index < 0 or children[index].end < end:
            return None
        node = children[index]
        if node.start == start and node.end == end and node.kind == kind:
            return node
