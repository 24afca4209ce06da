"""What a language tells about its text: where to cut it, and which names its trees bind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from assaymark.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tree_sitter import Node as RawNode

    from assaymark.syntax.bindings import Bindings, Expression, Scopes


# So many bytes of a line decide whether a chunk may start there.
LINE_HEAD = 256


@dataclass(frozen=True, slots=True)
class Defined:
    """
    What a node defines: its own name, without those around it, and where it stands.

    The name stands at *named*, and *body* is where the body starts.
    """

    name: str
    start: int
    end: int
    named: int
    body: int


class Stated(Protocol):
    """The names that some bytes bind at the top; *is_member*: they stand in a class."""

    def __call__(self, data: bytes, *, is_member: bool) -> Bindings | None: ...


@dataclass(frozen=True, slots=True)
class Adapter:
    """
    The table of a language. Every entry is a pure function.

    boundaries   the offsets in some bytes, behind an offset, at which a chunk may start; each is decided by
                 the head of its own line and the one before
    is_closed    whether what follows cannot belong to some bytes, since they leave nothing open
    waits        whether some bytes are nothing without the definition that follows
    closes       after how many of the texts that follow a broken one all that it left open is closed
    members      where a very long unit is cut again, and what is parsed before each part
    parsable     the bytes as the parser is given them: as many, meaning the same, and none that it chokes on
    stated       the names that a chunk binds at the top, where its text tells; None where its tree is needed
    top_level    the names that the statements at the top of a tree bind
    scopes       the names that each scope in a tree binds
    scope_kinds  the kinds of the nodes that are scopes
    expression   the constant that a node may stand for
    defining     the kinds of the nodes that may define something that people call by a name
    defined      what such a node defines, if anything
    """

    boundaries: Callable[[bytes, int], Iterator[int]]
    is_closed: Callable[[bytes], bool]
    waits: Callable[[bytes], bool]
    closes: Callable[[bytes, Iterator[bytes]], int | None]
    members: Callable[[bytes], tuple[bytes, list[int]]]
    parsable: Callable[[bytes], bytes]
    stated: Stated
    top_level: Callable[[RawNode, int], Bindings]
    scopes: Callable[[RawNode, int], Scopes]
    scope_kinds: frozenset[str]
    expression: Callable[[RawNode], Expression | None]
    defining: frozenset[str]
    defined: Callable[[RawNode], Defined | None]
