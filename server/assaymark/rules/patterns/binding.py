"""
What metavariables are bound to.

Invariants:
    An environment is never changed; binding one more metavariable makes a new one.
    A metavariable that is bound twice is bound to the same text, white space and the style of quotes aside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from assaymark.syntax.node import Node
from assaymark.text import Span


class Bound:
    """
    What one metavariable stands for; never changed.

    *text* is read from the source when it is first asked for: most bindings are never looked at.
    *span* is None when it stands nowhere in the source as such.
    """

    __slots__ = ("_text", "nodes", "span")

    def __init__(self, text: str | None, span: Span | None, nodes: tuple[Node, ...]) -> None:
        self._text = text
        self.span = span
        self.nodes = nodes

    @property
    def text(self) -> str:
        if self._text is None:
            self._text = self.nodes[0].text.decode(errors="replace")
        return self._text

    def __repr__(self) -> str:
        return f"Bound({self.text!r}, {self.span})"


Env: TypeAlias = Mapping[str, Bound]
Envs: TypeAlias = Sequence[Env]

EMPTY: Env = {}
NO: Envs = ()


class Hit:
    """
    A place that matches; never changed.

    *node* is the innermost one known to hold all of it.
    """

    __slots__ = ("env", "node", "span")

    def __init__(self, span: Span, env: Env, node: Node) -> None:
        self.span = span
        self.env = env
        self.node = node

    def __repr__(self) -> str:
        return f"Hit({self.span}, {self.env}, {self.node})"


def bound_to(node: Node) -> Bound:
    """The binding to one node."""
    return Bound(None, Span(node.start, node.end), (node,))


def bound_to_row(nodes: Sequence[Node], source: bytes) -> Bound:
    """The binding to some nodes that stand in a row, whose text is *source*."""
    span = Span(nodes[0].start, nodes[-1].end) if nodes else None
    return Bound(source.decode(errors="replace"), span, tuple(nodes))


def extended(env: Env, name: str | None, bound: Bound) -> Envs:
    """The environment with *name* bound; none when it is bound to something else."""
    if name is None:
        return (env,)
    known = env.get(name)
    if known is None:
        return ({**env, name: bound},)
    return (env,) if same(known, bound) else NO


def merged(one: Env, other: Env) -> Env | None:
    """Both environments as one; None when they disagree."""
    if not other or one is other:
        return one
    if not one:
        return other
    for name, bound in other.items():
        known = one.get(name)
        if known is not None and not same(known, bound):
            return None
    return {**other, **one}


def same(one: Bound, other: Bound) -> bool:
    """Whether two bindings say the same."""
    if one.text == other.text:
        return True
    if len(one.text) > _LONG or len(other.text) > _LONG:
        return False
    if not one.nodes or not other.nodes or _open_differently(one.nodes[0].text, other.nodes[0].text):
        return False
    # Two words do not become one by leaving out what is between them, so leaves are compared, not letters.
    return leaves(one.nodes) == leaves(other.nodes)


def _open_differently(one: bytes, other: bytes) -> bool:
    """A cheap answer first: whether both open with a word, and not with the same letter."""
    return one[:1] != other[:1] and one[:1].isalpha() and other[:1].isalpha()


_LONG = 10_000


def leaves(nodes: Sequence[Node]) -> list[bytes]:
    """The texts of the leaves, in order; quotes as one."""
    found: list[bytes] = []
    stack = list(reversed(nodes))
    while stack:
        node = stack.pop()
        children = node.children
        if children:
            stack.extend(reversed(children))
        else:
            text = node.text
            found.append(text.replace(b'"', b"'") if text.endswith((b'"', b"'")) else text)
    return found
