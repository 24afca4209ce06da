"""
What the pattern language has to know about a grammar: one table per language, and nothing else.

Invariants:
    The rest of the package names no kind of any grammar; another language is a grammar and a table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from assaymark.dataclass import dataclass, field
from assaymark.rules.patterns.pattern import Value

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The kinds of one grammar, by the part that they play in matching."""

    language: str
    # What a pattern's text is skipped by when metavariables are looked for: comments, and strings with their
    # prefix.
    comment: re.Pattern[str]
    string: re.Pattern[str]
    # The value of a literal as written; ValueError when it is none.
    value_of: Callable[[str], Value]
    is_formatted: Callable[[str], bool]

    # Nodes that mean what their only child means.
    wrappers: frozenset[str]
    # Kinds that mean the same in different places.
    groups: Mapping[str, str]
    # Where tokens without a name carry meaning, and which tokens never do.
    operators: frozenset[str]
    # Fields and tokens that match anything when a pattern does not give them.
    optional: Mapping[str, frozenset[str]]
    modifiers: frozenset[str]
    # A keyword that every node of the kind holds.
    keywords: Mapping[str, str]

    identifier: str
    # kind, field of the object, field of the name
    member: tuple[str, str, str]
    dotted: str
    call: str
    arguments: str
    keyword: tuple[str, str, str]
    # Where `target. ... .name` goes on: kind and field
    links: Mapping[str, str]
    splats: frozenset[str]

    strings: frozenset[str]
    string_open: str
    string_content: str
    interpolation: str
    literals: frozenset[str]
    # Expressions of literals that are literals too, such as -1.
    signed: str
    dictionaries: frozenset[str]
    sets: frozenset[str]

    blocks: frozenset[str]
    module: str
    expression_statement: str
    # Statements, clauses and definitions: what may hold blocks.
    compounds: frozenset[str]
    # Kinds whose last children are clauses, and those clauses.
    clauses: Mapping[str, frozenset[str]]
    # A clause that is a statement in itself: `elif` is an `if` in an `else`.
    continuations: Mapping[str, str]
    otherwise: str
    # In these clauses a name that is given to what is caught may be left out of the pattern: clause and
    # wrapper.
    named_clauses: Mapping[str, str]

    assignments: Mapping[str, tuple[str, str]]
    functions: frozenset[str]
    classes: frozenset[str]
    bodies: str
    decorated: str
    decorator: str
    parameters: frozenset[str]
    typed_parameters: frozenset[str]
    # Statements and the field of their module; where the names stand.
    imports: Mapping[str, str | None]
    aliased: tuple[str, str, str]
    star: str
    unordered: frozenset[str]
    commutative: Mapping[str, str]
    # Kinds of two operands and an operator whose grouping does not matter.
    associative: frozenset[str]

    expressions: frozenset[str]
    # Identifiers at these places (kind and field of the parent) are no expressions.
    names: frozenset[tuple[str, str]]
    name_parents: frozenset[str]

    # Derived.
    atoms: frozenset[str] = field(init=False)
    reserved: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "atoms", frozenset((self.identifier, self.member[0])))
        object.__setattr__(self, "reserved", frozenset(self.keywords.values()))

    def canonical(self, kind: str) -> str:
        """The kind that stands for all that mean the same."""
        return self.groups.get(kind, kind)

    def optional_of(self, kind: str) -> frozenset[str]:
        return self.optional.get(kind, _NONE)

    def comments(self, text: str) -> Iterator[str]:
        """The comments in a piece of code."""
        # Most pieces have none, and strings need not be told from them there.
        at = 0 if self.comment.search(text) else len(text)
        while at < len(text):
            found = (regex.search(text, at) for regex in (self.comment, self.string))
            first = min((match for match in found if match), key=lambda match: match.start(), default=None)
            if first is None:
                return
            if first.re.pattern == self.comment.pattern:
                yield first[0]
            at = first.end()
