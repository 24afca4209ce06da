"""
Some chunks of a text, seen as one tree: what a rule is asked about.

Invariants:
    The children of the module are the top-level statements of the chunks, in their order.
    What a view answers is a function of the chunks' bytes and of the facts that it looked up.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from tree_sitter import Query, QueryCursor

from assaymark.syntax import languages
from assaymark.syntax.bindings import Binding, Scopes
from assaymark.syntax.cut import ParseWork, Piece, cut
from assaymark.syntax.facts import Facts, aliases_of, facts_of
from assaymark.syntax.names import Names
from assaymark.syntax.node import Node
from assaymark.syntax.words import DIGITS, IN_WORDS, TO_WORDS
from assaymark.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node as RawNode

# A word in one of these is found in it, whatever else it is made of.
_TEXTS = frozenset({"string_content", "string", "concatenated_string"})


class Count:
    """The nodes whose children were asked for."""

    __slots__ = ("n_nodes",)

    def __init__(self) -> None:
        self.n_nodes = 0


class Viewed:
    """A chunk in a view: where it starts there, and its part of the tree."""

    __slots__ = ("_last", "_nodes", "_scopes", "base", "count", "language", "offset", "piece", "root")

    def __init__(self, piece: Piece, base: int, language: str, count: Count) -> None:
        self.piece = piece
        self.base = base
        self.language = language
        self.count = count
        self.offset = base - len(piece.chunk.prefix)
        self._nodes: dict[int, Node] = {}
        self._scopes: Scopes | None = None
        self.root = self._last = self.node(piece.tree.root_node)

    def node(self, raw: RawNode) -> Node:
        """The one node of the view that stands for *raw*."""
        found = self._nodes.get(raw.id)
        if found is None:
            found = self._nodes[raw.id] = Node(raw, self)
        return found

    def reached(self, start: int, end: int, wanted: int | None = None) -> Node:
        """
        The innermost node over these bytes of the view, or the one over them whose identity is *wanted*.

        It climbs from the node that was reached last and descends from there: the places that are asked
        for in a row are near each other, and from the root each would cost its depth.
        """
        node = self._last
        while not (node.start <= start and end <= node.end) and node.parent is not None:
            node = node.parent
        top = node.raw if node.parent is not None else self.piece.tree.root_node
        cursor = top.walk()
        while node.raw.id != wanted and cursor.goto_first_child_for_byte(start - self.offset) is not None:
            raw = cursor.node
            if raw is None or raw.start_byte + self.offset > start or raw.end_byte + self.offset < end:
                break
            node = self.node(raw).under(node)
        self._last = node
        return node

    def put_under(self, module: Node) -> None:
        """Effect: *module* stands in the place of the tree's own root."""
        self._nodes[self.piece.tree.root_node.id] = module
        self.root = self._last = module

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
        super().__init__(parts[0].piece.tree.root_node, parts[0])
        self.end = parts[-1].root.end
        self._parent = None
        self._children = tuple(child.under(self) for part in parts for child in part.root.children)
        for part in parts:
            part.put_under(self)

    @property
    def text(self) -> bytes:
        return b"".join(child.text for child in self.children)


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
            self._words = frozenset().union(*(part.piece.words for part in self._parts))
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
                for start, is_whole in _hits(word, part.piece.chunk.data):
                    first = part.base + start
                    node = _leaf(part, first, first + len(word))
                    exact = node is not None and (node.start, node.end) == (first, first + len(word))
                    if node is not None and (is_whole or exact) and (not found or found[-1] is not node):
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
                    start, end = raw.start_byte + part.offset, raw.end_byte + part.offset
                    node = part.reached(start, end, raw.id)
                    found.append(node if node.raw.id == raw.id else part.node(raw))
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


def view_of_source(source: bytes, language: str = "python") -> View:
    """
    A whole text as one view, cut as every text is.

    Raises Unavailable when nothing provides the grammar.
    """
    pieces = cut(source, language, ParseWork())
    return View(pieces, facts_of(pieces, language), language)


def _hits(word: bytes, data: bytes) -> Iterator[tuple[int, bool]]:
    """Where *word* starts in *data*, and whether it is a whole run; else it may be a name in an odd one."""
    start = data.find(word)
    while start >= 0:
        end = start + len(word)
        before, behind = data[max(start - 1, 0) : start], data[end : end + 1]
        is_whole = not before.translate(TO_WORDS).strip() and not behind.translate(TO_WORDS).strip()
        if is_whole or _is_odd_beside(data, start, end):
            yield start, is_whole
        start = data.find(word, start + 1)


def _is_odd_beside(data: bytes, start: int, end: int) -> bool:
    """Whether the run around these bytes starts with a digit or is not ASCII."""
    first = start
    while first and data[first - 1] in IN_WORDS:
        first -= 1
    return data[first] in DIGITS or not (data[first:end].isascii() and data[end : end + 1].isascii())


@lru_cache(maxsize=256)
def _kinds_query(language: str, kinds: frozenset[str]) -> Query:
    names = " ".join(
        f"({kind})" if kind[:1].isalpha() or kind[:1] == "_" else f'"{kind}"' for kind in sorted(kinds)
    )
    return Query(languages.grammar(language), f"[{names}] @node")


def _leaf(part: Viewed, start: int, end: int) -> Node | None:
    """The innermost node over these bytes; None in a comment or between nodes."""
    node = part.reached(start, end)
    inner = node.raw.child_count and node.kind not in _TEXTS
    return None if inner or (node.raw.is_extra and not node.is_error) else node
