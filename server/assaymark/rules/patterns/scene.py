"""
What is matched: a view, its language's table, and what was found out about it so far.

Invariants:
    What a scene remembers follows from its view alone, so a scene may be shared by every rule that looks at
    the view.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeAlias

from assaymark.dataclass import dataclass, field
from assaymark.rules.patterns.binding import NO, Bound, Env, Envs, Hit, bound_to, bound_to_row, extended
from assaymark.rules.patterns.formula import Formula
from assaymark.rules.patterns.pattern import Anchor, Pattern
from assaymark.rules.patterns.significant import significant
from assaymark.rules.patterns.table import Table
from assaymark.syntax.names import dotted
from assaymark.syntax.node import Node
from assaymark.syntax.view import View
from assaymark.text import Span


class Exhausted(Exception):
    """The limit of steps is reached."""


class Counter(Protocol):
    """What counts the steps of matching, and ends it."""

    def step(self, n_steps: int = 1) -> None:
        """
        Count *n_steps*.

        Raises Exhausted when that is more than the limit.
        """


# Statements, and where each of them is.
Row: TypeAlias = tuple[Sequence[Node], Mapping[Node, int]]
Matchers: TypeAlias = Mapping[type, Callable[..., Envs]]


@dataclass(slots=True, eq=False)
class Scene:
    """One view, looked at by patterns. *matchers* says what matches each kind of pattern node."""

    view: View
    table: Table
    work: Counter
    matchers: Matchers
    spellings: dict[Node, str] = field(default_factory=dict)
    rooted: dict[tuple[int, Node], Envs] = field(default_factory=dict)
    parts: dict[tuple[Node, frozenset[str]], list[Node]] = field(default_factory=dict)
    found: dict[int, list[Node]] = field(default_factory=dict)
    holders: dict[int, dict[Node, list[Node]]] = field(default_factory=dict)
    rows: dict[tuple[Node, bool], Row] = field(default_factory=dict)
    # Numbers of patterns are identities: what is remembered by one must live on.
    kept: dict[int, Pattern] = field(default_factory=dict)

    # The hits of formulas that filter.
    hits: dict[int, tuple[Formula, list[Hit]]] = field(default_factory=dict)

    named: dict[str, bool] = field(default_factory=dict)
    held: dict[int, tuple[Anchor, bool]] = field(default_factory=dict)
    counts: dict[bytes, int] = field(default_factory=dict)
    lowered: bytes | None = None

    @property
    def has_stars(self) -> bool:
        """
        Whether some import brings in all names of a module.

        Effect: the view has looked that up, so that it is asked again when there is one.
        """
        stars = self.view.facts.bindings.get("*", ())
        self.view.looked_up["*"] = stars
        return bool(stars)

    def count(self, word: bytes) -> int:
        """About how often *word* is in the view."""
        known = self.counts.get(word)
        if known is None:
            known = self.counts[word] = sum(text.count(word) for _, text in self.view.regions())
        return known

    def mentions(self, texts: frozenset[str]) -> bool:
        """
        Whether one of the lower-case *texts* is in the view, in whatever case; true when there are none.
        """
        if self.lowered is None:
            self.lowered = b"".join(text for _, text in self.view.regions()).lower()
        lowered = self.lowered
        return not texts or any(text.encode() in lowered for text in texts)

    def number(self, pattern: Pattern) -> int:
        """The number that *pattern* is remembered by."""
        number = id(pattern)
        self.kept[number] = pattern
        return number

    def at(self, pattern: Pattern, node: Node, env: Env) -> Envs:
        """Every environment, *env* extended, in which *pattern* matches *node*."""
        self.work.step()
        if node.start == node.end and node.is_missing:
            return NO
        if node.kind in self.table.wrappers:
            node = self.core(node)
        return self.matchers[type(pattern)](self, pattern, node, env)

    def spelled(self, node: Node) -> str:
        """`a.b.c` for a name or a chain of members that opens with one; empty for anything else."""
        known = self.spellings.get(node)
        if known is None:
            known = self.spellings[node] = dotted(node)
        return known

    def core(self, node: Node) -> Node:
        """What *node* means: wrappers such as brackets mean what they hold."""
        wrappers = self.table.wrappers
        while node.kind in wrappers:
            inner = [child for child in node.children if child.named]
            if len(inner) != 1:
                break
            node = inner[0]
        return node

    def significant(self, node: Node, given: frozenset[str]) -> list[Node]:
        """The children of *node* that carry meaning."""
        key = (node, given)
        known = self.parts.get(key)
        if known is None:
            known = self.parts[key] = self._significant(node, given)
        return known

    def _significant(self, node: Node, given: frozenset[str]) -> list[Node]:
        kind = node.kind
        # A field's name is dear to find, and few kinds have optional ones.
        if kind in self.table.optional:
            return significant(self.table, kind, node.children, given)
        modifiers = self.table.modifiers & given
        if kind in self.table.operators or modifiers:
            return [
                child
                for child in node.children
                if child.named
                or child.kind in modifiers
                or (kind in self.table.operators and child.kind not in _BRACKETS)
            ]
        return [child for child in node.children if child.named]

    def whole(self, node: Node) -> bool:
        """Whether no token of *node* itself is missing."""
        return not node.has_error or not any(child.is_missing for child in node.children)

    def bind(self, env: Env, name: str | None, node: Node) -> Envs:
        """The environment with *name* bound to *node*."""
        return (env,) if name is None else extended(env, name, bound_to(node))

    def bind_row(self, env: Env, name: str | None, nodes: Sequence[Node]) -> Envs:
        """The environment with *name* bound to *nodes*, which stand in a row."""
        if name is None:
            return (env,)
        source = b", ".join(self.view.text(Span(run[0].start, run[-1].end)) for run in self._runs(nodes))
        return extended(env, name, bound_to_row(nodes, source))

    def _runs(self, nodes: Sequence[Node]) -> Sequence[Sequence[Node]]:
        """*nodes* cut where another argument, which the pattern names, stands between them."""
        block = nodes[0].parent if nodes else None
        if block is None or block.kind != self.table.arguments:
            return (nodes,) if nodes else ()
        given = block.named_children
        first = given.index(nodes[0])
        if given[first : first + len(nodes)] == tuple(nodes):
            return (nodes,)
        runs = [[nodes[0]]]
        for node in nodes[1:]:
            if given[given.index(runs[-1][-1]) + 1] is node:
                runs[-1].append(node)
            else:
                runs.append([node])
        return runs

    def bind_text(self, env: Env, name: str | None, text: str, node: Node) -> Envs:
        """The environment with *name* bound to a text that *node* stands for."""
        return extended(env, name, Bound(text, Span(node.start, node.end), (node,)))


_BRACKETS = frozenset(["(", ")", "[", "]", "{", "}", ","])
