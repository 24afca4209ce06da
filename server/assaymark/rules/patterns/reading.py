"""
What a pattern is read with, and the parts of it that are read alike wherever they stand.

Invariants:
    Metavariables and ellipses are found where the grammar lets an identifier stand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from assaymark.dataclass import dataclass
from assaymark.rules.patterns import scan
from assaymark.rules.patterns.pattern import Many, Meta, Pattern, Shape, Word
from assaymark.rules.patterns.significant import significant
from assaymark.rules.patterns.table import Table
from assaymark.rules.patterns.written import Written


@dataclass(frozen=True, slots=True)
class Reading:
    """
    The language and the options of a pattern.

    *imports* says which dotted path a name of it stands for; *builds* makes the pattern of any node.
    """

    table: Table
    propagated: bool
    commutative: frozenset[str]
    imports: Mapping[str, str]
    builds: Callable[[Reading, Written], Pattern]

    def build(self, node: Written) -> Pattern:
        """The pattern of *node*."""
        return self.builds(self, node)


def placeholder(identifier: str) -> Meta | Many | None:
    meta = scan.meta_name(identifier)
    if meta is not None:
        return Meta(meta or None)
    many = scan.many_name(identifier)
    return None if many is None else Many(many or None)


def declared(node: Written) -> Word | Meta:
    """What stands where a name is declared or chosen: nothing is looked up."""
    found = placeholder(node.text)
    return Meta(found.name) if isinstance(found, (Meta, Many)) else Word("".join(node.text.split()))


def shape(reading: Reading, node: Written) -> Shape:
    table = reading.table
    given = given_in(table, node)
    children = significant(table, node.kind, node.children, given)
    parts = tuple([_part(reading, child) for child in children])
    return Shape(table.canonical(node.kind), parts, given, node.kind in reading.commutative)


def _part(reading: Reading, node: Written) -> Pattern:
    part = reading.build(node)
    # A body that is one expression cannot be none or two.
    return Meta(None) if part == Many(None) and node.field == "body" else part


def given_in(table: Table, node: Written) -> frozenset[str]:
    """The optional fields and tokens that the pattern has."""
    fields = {child.field for child in node.children if child.field} & table.optional_of(node.kind)
    return frozenset(fields | {child.kind for child in node.children if child.kind in table.modifiers})
