"""
The table of JavaScript: one chunk for a file, names as they are spelled.

It is read to compare two texts of a file, never while one is typed, so nothing is gained by cutting it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.syntax.adapter import Adapter
from assaymark.syntax.bindings import Constant, Scopes
from assaymark.syntax.javascript.definitions import DEFINING, defined
from assaymark.syntax.javascript.values import value_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node as RawNode

    from assaymark.syntax.bindings import Bindings

LITERALS = frozenset(("false", "null", "number", "string", "true"))


def _boundaries(_: bytes, __: int) -> Iterator[int]:
    return iter(())


def _is_closed(_: bytes) -> bool:
    return True


def _waits(_: bytes) -> bool:
    return False


def _closes(_: bytes, __: Iterator[bytes]) -> int | None:
    return None


def _members(_: bytes) -> tuple[bytes, list[int]]:
    return b"", []


def _as_it_is(data: bytes) -> bytes:
    return data


def _stated(data: bytes, *, is_member: bool) -> Bindings:  # noqa: ARG001 - the adapter's protocol
    return {}


def _nothing(_: RawNode, __: int) -> Bindings:
    return {}


def _scopes(_: RawNode, __: int) -> Scopes:
    return Scopes({0: {}})


def _expression(node: RawNode) -> Constant | None:
    if node.type not in LITERALS:
        return None
    try:
        return Constant(value_of((node.text or b"").decode(errors="replace")))
    except ValueError:
        return None


ADAPTER = Adapter(
    boundaries=_boundaries,
    is_closed=_is_closed,
    waits=_waits,
    closes=_closes,
    members=_members,
    parsable=_as_it_is,
    stated=_stated,
    top_level=_nothing,
    scopes=_scopes,
    scope_kinds=frozenset(),
    expression=_expression,
    defining=DEFINING,
    defined=defined,
)
