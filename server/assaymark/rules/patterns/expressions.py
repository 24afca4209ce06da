"""Reading expressions: members, calls, literals, strings, displays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assaymark.rules.patterns import scan
from assaymark.rules.patterns.pattern import (
    AnyString,
    Arguments,
    Deep,
    Formatted,
    Fragment,
    Keyword,
    Literal,
    Many,
    Member,
    Operands,
    Path,
    Pattern,
    Shape,
    Token,
    Unordered,
)
from assaymark.rules.patterns.reading import Reading, declared, shape
from assaymark.rules.patterns.scan import BadPattern
from assaymark.rules.patterns.significant import significant
from assaymark.rules.patterns.written import Written


def member(reading: Reading, node: Written) -> Pattern:
    _, object_field, name_field = reading.table.member
    target, name = node.child(object_field), node.child(name_field)
    if target is None or name is None:
        return shape(reading, node)
    inner = target.child(name_field) if target.kind == node.kind else None
    if inner is not None and inner.text == scan.DOTS:
        before = target.child(object_field)
        return Member(reading.build(before or target), declared(name), hops=True)
    built = reading.build(target)
    if isinstance(built, Path):
        return Path((*built.parts, declared(name)))
    return Member(built, declared(name), hops=False)


def call(reading: Reading, node: Written) -> Pattern:
    children = significant(reading.table, node.kind, node.children, frozenset())
    if len(children) != 2:
        return shape(reading, node)
    if children[0].text == scan.DEEP:
        inside = children[1].named_children
        if len(inside) != 1:
            msg = "`<... e ...>` holds one expression"
            raise BadPattern(msg)
        return Deep(reading.build(inside[0]))
    given = reading.build(children[1])
    arguments = given if isinstance(given, Arguments) else Arguments((given,), ())
    return Shape(node.kind, (reading.build(children[0]), arguments))


def literal(reading: Reading, node: Written) -> Pattern:
    table = reading.table
    if node.kind in table.strings:
        special = _string(reading, node)
        if special is not None:
            return special
    try:
        value = table.value_of(node.text)
    except ValueError:
        return shape(reading, node) if node.children else Token(node.text)
    return Literal(value, reading.propagated)


def _string(reading: Reading, node: Written) -> Pattern | None:
    """What is no mere value: `"..."`, `"$X"` and formatted strings."""
    table = reading.table
    if table.is_formatted(node.text):
        return _formatted(reading, node)
    content = [child.text for child in node.children if child.kind == table.string_content]
    if len(content) != 1:
        return None
    if content[0] == "...":
        return AnyString(None, reading.propagated)
    if content[0].startswith("=~/"):
        msg = 'a regular expression in a string is not understood; write "$X" and metavariable-regex'
        raise BadPattern(msg)
    meta = scan.meta_in_string(content[0])
    return None if meta is None else AnyString(None if meta == "$_" else meta, reading.propagated)


def _formatted(reading: Reading, node: Written) -> Pattern:
    parts: list[Pattern] = []
    for child in node.children:
        if child.kind == reading.table.string_content:
            parts.append(Many(None) if child.text == "..." else Fragment(child.text))
        elif child.kind == reading.table.interpolation and child.named_children:
            parts.append(reading.build(child.named_children[0]))
    return Formatted(tuple(parts))


def arguments(reading: Reading, node: Written) -> Arguments:
    built = [reading.build(child) for child in node.named_children]
    items = tuple([item for item in built if not isinstance(item, Keyword)])
    keywords = tuple([item for item in built if isinstance(item, Keyword)])
    return Arguments(items, keywords, tuple(_cuts(built)))


def _cuts(built: Sequence[Pattern]) -> Iterator[tuple[int, int]]:
    """Where a keyword, the first of several, stands between two ellipses that have names."""
    n_items = n_keywords = 0
    for index, item in enumerate(built):
        if not isinstance(item, Keyword):
            n_items += 1
            continue
        behind = next((other for other in built[index:] if not isinstance(other, Keyword)), None)
        if index and _is_named(built[index - 1]) and _is_named(behind):
            yield n_items, n_keywords
        n_keywords += 1


def _is_named(item: Pattern | None) -> bool:
    return isinstance(item, Many) and item.name is not None


def keyword(reading: Reading, node: Written) -> Pattern:
    _, name_field, value_field = reading.table.keyword
    name, value = node.child(name_field), node.child(value_field)
    if name is None or value is None:
        return shape(reading, node)
    return Keyword(declared(name), reading.build(value))


def dictionary(reading: Reading, node: Written) -> Pattern:
    kinds = frozenset((node.kind,))
    # `{...}` alone says neither set nor dictionary.
    if [child.text for child in node.named_children] == [scan.DOTS]:
        kinds = reading.table.dictionaries | reading.table.sets
    return unordered(reading, node, kinds)


def unordered(reading: Reading, node: Written, kinds: frozenset[str]) -> Unordered:
    built = [_entry(reading, child) for child in node.named_children]
    items = tuple([item for item in built if not isinstance(item, Many)])
    is_open = len(items) < len(built) or not kinds & (reading.table.dictionaries | reading.table.sets)
    return Unordered(kinds, items, is_open)


def _entry(reading: Reading, node: Written) -> Pattern:
    """An entry of a display; `**...`, which stands for `...` there, is unwrapped."""
    inner = node.named_children
    if not inner and (many := scan.many_name(node.text)) is not None:
        return Many(many or None)
    if len(inner) == 1 and (many := scan.many_name(inner[0].text)) is not None and not node.child("key"):
        return Many(many or None)
    return reading.build(node)


def operands(reading: Reading, node: Written) -> Operands | None:
    """`a + ... + b`; None when no ellipsis is among the operands."""
    found: list[Written] = []
    kind, operator = node.kind, node.children[1].text
    while node.kind == kind and len(node.children) == 3 and node.children[1].text == operator:
        found.append(node.children[2])
        node = node.children[0]
    built = [reading.build(operand) for operand in (node, *reversed(found))]
    return Operands(kind, operator, tuple(built)) if any(isinstance(item, Many) for item in built) else None
