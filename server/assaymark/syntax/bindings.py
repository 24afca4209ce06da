"""
What names are bound to: imports, constants, definitions, and what is only known to vary.

Invariants:
    The bindings of a scope are a function of its syntax alone; where they stand does not matter.
    A name with more than one binding is no constant.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from assaymark.dataclass import dataclass

Value = str | bytes | int | float | bool | None
BindingKind = Literal["import", "star", "constant", "definition", "parameter", "variable", "global"]


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that is known without running anything."""

    value: Value


@dataclass(frozen=True, slots=True)
class Reference:
    """The value of a name, wherever that is bound."""

    name: str


@dataclass(frozen=True, slots=True)
class Joined:
    """Text put together from parts."""

    parts: tuple[Expression, ...]


Expression = Constant | Reference | Joined


@dataclass(frozen=True, slots=True)
class Binding:
    """
    One way in which a name gets its value.

    *path* is the dotted path of an import (of the module, for a star import); *value* the expression of
    a constant.
    """

    kind: BindingKind
    path: str = ""
    value: Expression | None = None


Bindings = Mapping[str, tuple[Binding, ...]]


@dataclass(frozen=True, slots=True)
class Scopes:
    """The bindings of each scope of a tree, by the identity of the scope's node; the top of the tree is 0."""

    of: Mapping[int, Bindings]


def merged(before: Bindings, removed: Bindings, added: Bindings) -> tuple[Bindings, frozenset[str]]:
    """*before* without *removed* and with *added*, and the names whose bindings came out different."""
    if not before:
        return added, frozenset(added)
    changed = {name for name in {*removed, *added} if removed.get(name) != added.get(name)}
    if not changed:
        return before, frozenset()
    after = dict(before)
    for name in changed:
        left = list(before.get(name, ()))
        for binding in removed.get(name, ()):
            left.remove(binding)
        left = sorted((*left, *added.get(name, ())), key=repr)
        if left:
            after[name] = tuple(left)
        else:
            after.pop(name, None)
    return after, frozenset(name for name in changed if after.get(name) != before.get(name))
