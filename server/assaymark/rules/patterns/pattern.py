"""
The pattern tree: what a pattern text says, as frozen plain data.

Invariants:
    A tree holds texts, numbers and other pattern nodes only, so that plain.py can store it.
    Nothing in it is of one language but the kinds of its grammar.
    It is never deeper than MAX_DEPTH, so that matching recurses no deeper than that.
"""

from __future__ import annotations

from typing import TypeAlias

from assaymark.rules.patterns.record import record

MAX_DEPTH = 60

Value: TypeAlias = str | bytes | int | float | bool | None


@record
class Meta:
    """`$X`: any one thing, the same wherever it stands; without a name (`$_`) anything."""

    name: str | None


@record
class Many:
    """`...` or `$...X`: any number of things in a row."""

    name: str | None


@record
class Deep:
    """`<... inner ...>`: something that holds *inner* at any depth."""

    inner: Pattern


@record
class Word:
    """An identifier, or a dotted module name, as it is spelled."""

    text: str


@record
class Path:
    """`subprocess.run`: what the name stands for after imports; the first part is a word."""

    parts: tuple[Word | Meta, ...]


@record
class Member:
    """`target.name`, or with *hops* `target. ... .name`."""

    target: Pattern
    name: Word | Meta
    hops: bool


@record
class Literal:
    """A value; when *propagated*, any expression that is known to have it."""

    value: Value
    propagated: bool


@record
class AnyString:
    """`"..."` or `"$X"`: a string; when *propagated*, any expression that is known to be one."""

    name: str | None
    propagated: bool


@record
class Fragment:
    """Literal text inside a formatted string, as it is written."""

    text: str


@record
class Formatted:
    """A formatted string: fragments, `...` and what is interpolated."""

    parts: tuple[Pattern, ...]


@record
class Token:
    """An operator or another token that carries meaning."""

    text: str


@record
class Shape:
    """
    A node of *kind* with these parts, in order. *given* names its optional fields and tokens that the pattern
    has.
    """

    kind: str
    parts: tuple[Pattern, ...]
    given: frozenset[str] = frozenset()
    commutative: bool = False


@record
class Operands:
    """Operands joined by one operator, `...` among them, however they are grouped."""

    kind: str
    operator: str
    items: tuple[Pattern, ...]


@record
class Keyword:
    """`name=value` in a call."""

    name: Word | Meta
    value: Pattern


@record
class Arguments:
    """
    What a call is given: *items* in order, *keywords* in any order.

    *cuts* are the places between two named ellipses where a keyword stands: the number of items before it,
    and its own among the keywords.
    """

    items: tuple[Pattern, ...]
    keywords: tuple[Keyword, ...]
    cuts: tuple[tuple[int, int], ...] = ()


@record
class Unordered:
    """A node of one of *kinds* that has each of *items*, in any order; when *open*, also others."""

    kinds: frozenset[str]
    items: tuple[Pattern, ...]
    open: bool


@record
class Parameter:
    """A parameter; a type or default that the pattern does not give may be anything."""

    name: Pattern
    type: Pattern | None
    default: Pattern | None


@record
class Assignment:
    """`target = value`, also with a type, in a chain of assignments or as `:=`."""

    target: Pattern
    type: Pattern | None
    value: Pattern | None


@record
class Definition:
    """A function or class; *decorators* are some of those that it has, in any order."""

    shape: Shape
    decorators: tuple[Pattern, ...]


@record
class Compound:
    """A statement with clauses (`else`, `except`); clauses that the pattern does not give may be there."""

    shape: Shape
    clauses: tuple[Shape, ...]


@record
class Import:
    """
    One imported name. Without *name*: a module, or something in it; with it: `from module import name`.

    A name that is the word `*` is a star import.
    """

    module: Word | Meta
    name: Word | Meta | None
    alias: Word | Meta | None


@record
class Imports:
    """An import statement that brings in each of *items*."""

    items: tuple[Import, ...]


@record
class Anchor:
    """
    What every match of a pattern holds: by this, places to try it are found.

    Each of *words* stands in it; for each of *paths*, its last name or a name that an import binds to it
    does. A path that ends in a dot (`subprocess.`, of `subprocess.$RUN`) is that of all below it. It is a
    node of one of *kinds*; a sequence has none.
    """

    words: frozenset[str]
    paths: frozenset[str]
    kinds: frozenset[str]


@record
class Holding:
    """A statement that is *inner*, or has it in its expressions (not in the statements nested in it)."""

    inner: Pattern
    anchor: Anchor


@record
class Block:
    """The body of a compound statement."""

    items: tuple[Pattern, ...]


@record
class Members:
    """The body of a class: each of *items* is a member; others may be there."""

    items: tuple[Pattern, ...]


@record
class Sequence:
    """
    Statements that follow one another in some block; never inside another pattern node. Each has its anchor.
    """

    items: tuple[Pattern, ...]
    anchors: tuple[Anchor, ...]


Pattern: TypeAlias = (
    Meta
    | Many
    | Deep
    | Word
    | Path
    | Member
    | Literal
    | AnyString
    | Fragment
    | Formatted
    | Token
    | Shape
    | Operands
    | Keyword
    | Arguments
    | Unordered
    | Parameter
    | Assignment
    | Definition
    | Compound
    | Import
    | Imports
    | Holding
    | Block
    | Members
    | Sequence
)
