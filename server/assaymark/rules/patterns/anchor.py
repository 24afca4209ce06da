"""
The words that every match of a pattern holds.

Invariants:
    Sound: what is required stands in the text of every match. What may be found out by other means (a
    constant, an alias of a module that is followed by a metavariable) requires nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from assaymark.rules.patterns.pattern import (
    Anchor,
    AnyString,
    Arguments,
    Assignment,
    Block,
    Compound,
    Deep,
    Definition,
    Formatted,
    Holding,
    Import,
    Imports,
    Keyword,
    Literal,
    Member,
    Members,
    Meta,
    Operands,
    Parameter,
    Path,
    Pattern,
    Sequence,
    Shape,
    Unordered,
    Word,
)
from assaymark.rules.patterns.table import Table


def anchor_of(pattern: Pattern, table: Table) -> Anchor:
    """What every match of *pattern* holds."""
    words: set[str] = set()
    paths: set[str] = set()
    for node in _required(pattern, table):
        if isinstance(node, Path):
            paths.add(_name_of(node))
        else:
            words.add(node)
    return Anchor(frozenset(words), frozenset(paths), kinds_of(pattern, table))


def kinds_of(pattern: Pattern, table: Table) -> frozenset[str]:
    """The kinds of node that *pattern* may match; none for what is no single node."""
    match pattern:
        case Shape():
            same = {kind for kind, canonical in table.groups.items() if canonical == pattern.kind}
            return frozenset((pattern.kind, *same))
        case Path() | Member():
            return table.atoms
        case AnyString() | Formatted():
            return table.strings
        case Literal():
            return table.literals | {table.signed}
        case Operands():
            return frozenset((pattern.kind,))
        case Unordered():
            return pattern.kinds
        case Assignment():
            return frozenset(table.assignments)
        case Definition():
            return frozenset((pattern.shape.kind, table.decorated))
        case Compound():
            kind = pattern.shape.kind
            return frozenset((kind, *(clause for clause, of in table.continuations.items() if of == kind)))
        case Imports():
            return frozenset(table.imports)
        case Meta():
            return table.expressions
        case _:
            return frozenset()


def _required(pattern: Pattern, table: Table) -> Iterator[str | Path]:
    """Words and paths."""
    stack: list[Pattern] = [pattern]
    while stack:
        node = stack.pop()
        if isinstance(node, Word):
            yield from _words(node)
        elif isinstance(node, Path):
            yield node
        elif isinstance(node, Shape) and node.kind in table.keywords:
            yield table.keywords[node.kind]
        elif isinstance(node, Import):
            yield from _words_of_import(node)
        stack.extend(_parts(node))


def _name_of(path: Path) -> str:
    """Its dotted name up to the first metavariable, where it ends in a dot."""
    words = list(takewhile(lambda part: isinstance(part, Word), path.parts))
    name = ".".join(part.text for part in words if isinstance(part, Word))
    return name if len(words) == len(path.parts) else f"{name}."


def _words(word: Word) -> Iterator[str]:
    # A dotted or relative module may be written with blanks and line breaks between its words.
    yield from (part for part in word.text.split(".") if part and part != "*")


def _words_of_import(node: Import) -> Iterator[str]:
    for part in (node.module, node.name, node.alias):
        if isinstance(part, Word):
            yield from _words(part)


def _parts(pattern: Pattern) -> tuple[Pattern, ...]:
    """The pattern nodes of which each has its match inside every match of *pattern*."""
    match pattern:
        case Deep() | Holding():
            return (pattern.inner,)
        case Member():
            return (pattern.target, pattern.name)
        case Shape() | Formatted():
            return pattern.parts
        case Keyword():
            return (pattern.name, pattern.value)
        case Arguments():
            return (*pattern.items, *pattern.keywords)
        case Operands() | Unordered() | Block() | Members() | Sequence() | Imports():
            return pattern.items
        case Parameter():
            return _given(pattern.name, pattern.type, pattern.default)
        case Assignment():
            return _given(pattern.target, pattern.type, pattern.value)
        case Definition():
            return (pattern.shape, *pattern.decorators)
        case Compound():
            return (pattern.shape, *pattern.clauses)
        case _:
            return ()


def _given(*parts: Pattern | None) -> tuple[Pattern, ...]:
    return tuple([part for part in parts if part is not None])
