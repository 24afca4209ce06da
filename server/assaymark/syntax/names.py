"""
What a name stands for at its place.

Invariants:
    The innermost scope that binds a name answers; a class answers only its own body's statements.
    An import inside a function holds in that function only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from assaymark.dataclass import dataclass
from assaymark.syntax.bindings import Binding, Constant, Expression, Reference

if TYPE_CHECKING:
    from collections.abc import Callable

    from assaymark.syntax.adapter import Adapter
    from assaymark.syntax.node import Node

_DEEPEST = 12
# Where the name and what it is chosen from stand in a chain, by the kind of the grammar.
_CHAINS = {"attribute": ("attribute", "object"), "member_expression": ("property", "object")}


@dataclass(frozen=True, slots=True)
class Resolution:
    """
    What binds a name or the root of a dotted one.

    *paths*, for an import, are the dotted paths that it may stand for: several where a name is imported
    in more than one way.
    """

    kind: Literal["import", "parameter", "variable", "definition", "unbound"]
    paths: tuple[str, ...] = ()


_UNBOUND = Resolution("unbound")


class Names:
    """The names of a view; *look_up* gives the bindings of the module's."""

    def __init__(self, look_up: Callable[[str], tuple[Binding, ...]], adapter: Adapter) -> None:
        self._look_up = look_up
        self._adapter = adapter
        self._resolved: dict[Node, Resolution] = {}
        self._constants: dict[Node, Constant | None] = {}

    def resolve(self, node: Node) -> Resolution:
        """What an identifier, an attribute chain or a dotted name stands for."""
        known = self._resolved.get(node)
        if known is None:
            known = self._resolved[node] = self._resolve(node)
        return known

    def _resolve(self, node: Node) -> Resolution:
        name, _, rest = dotted(node).partition(".")
        if not name:
            return _UNBOUND
        found = self._bindings(name, node)
        paths = {binding.path for binding in found if binding.kind == "import"}
        if not found:
            paths = {f"{star.path}.{name}" for star in self._look_up("*") if star.kind == "star"}
        if paths:
            return Resolution("import", tuple(sorted(f"{path}.{rest}" if rest else path for path in paths)))
        if not found:
            return _UNBOUND
        kinds = {binding.kind for binding in found}
        if "definition" in kinds:
            return Resolution("definition")
        return Resolution("parameter" if "parameter" in kinds else "variable")

    def constant(self, node: Node) -> Constant | None:
        """The value that *node* always has, as far as its text and the bindings of its names tell."""
        if node not in self._constants:
            value = self._adapter.expression(node.raw)
            self._constants[node] = self._value(value, node, 0) if value is not None else None
        return self._constants[node]

    def _value(self, expression: Expression, node: Node, depth: int) -> Constant | None:
        if isinstance(expression, Constant):
            return expression
        if depth > _DEEPEST:
            return None
        if isinstance(expression, Reference):
            found = self._bindings(expression.name, node)
            only = found[0].value if len(found) == 1 and found[0].kind == "constant" else None
            return self._value(only, node, depth + 1) if only is not None else None
        return _joined([self._value(part, node, depth + 1) for part in expression.parts])

    def _bindings(self, name: str, node: Node) -> tuple[Binding, ...]:
        inner: Node = node
        in_function = False
        for scope in node.ancestors():
            if scope.kind in self._adapter.scope_kinds:
                is_class = scope.kind == "class_definition"
                if not (is_class and (in_function or inner.field != "body")):
                    found = scope.viewed.scopes.of.get(scope.raw.id, {}).get(name)
                    if found is not None and not any(binding.kind == "global" for binding in found):
                        return found
                in_function = in_function or not is_class
            inner = scope
        return self._look_up(name)


def dotted(node: Node) -> str:
    """``a.b.c`` for a name or a chain of members that starts with one; empty for anything else."""
    parts: list[str] = []
    while (fields := _CHAINS.get(node.kind)) is not None:
        attribute, inner = node.child(fields[0]), node.child(fields[1])
        if attribute is None or inner is None:
            return ""
        parts.append(attribute.text.decode(errors="replace"))
        node = inner
    if node.kind == "dotted_name":
        parts.append("".join(node.text.decode(errors="replace").split()))
    elif node.kind == "identifier":
        parts.append(node.text.decode(errors="replace"))
    else:
        return ""
    return ".".join(reversed(parts))


def _joined(parts: list[Constant | None]) -> Constant | None:
    values = [part.value for part in parts if part is not None]
    if len(values) < len(parts):
        return None
    if all(isinstance(value, bytes) for value in values):
        return Constant(b"".join(value for value in values if isinstance(value, bytes)))
    if any(isinstance(value, str) for value in values) and not any(
        isinstance(value, bytes) for value in values
    ):
        return Constant("".join(str(value) for value in values))
    numbers = [value for value in values if isinstance(value, int | float)]
    return Constant(sum(numbers)) if len(numbers) == len(values) else None
