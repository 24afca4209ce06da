"""
Matching values: literals, what is known to have a value, and strings.

Invariants:
    Values are equal when their types are too: `1` is not `True`, `"a"` is not `b"a"`.
"""

from __future__ import annotations

from assaymark.rules.patterns.binding import NO, Bound, Env, Envs, extended
from assaymark.rules.patterns.pattern import AnyString, Formatted, Fragment, Literal
from assaymark.rules.patterns.rows import in_row
from assaymark.rules.patterns.scene import Matchers, Scene
from assaymark.syntax.node import Node
from assaymark.text import Span


def _literal(scene: Scene, pattern: Literal, node: Node, env: Env) -> Envs:
    if not pattern.propagated and node.kind not in scene.table.literals and node.kind != scene.table.signed:
        return NO
    constant = scene.view.names.constant(node)
    if constant is None or type(constant.value) is not type(pattern.value):
        return NO
    return (env,) if constant.value == pattern.value else NO


def _any_string(scene: Scene, pattern: AnyString, node: Node, env: Env) -> Envs:
    if not pattern.propagated and not _is_one_string(scene, node):
        return NO
    constant = scene.view.names.constant(node)
    if constant is None or not isinstance(constant.value, str | bytes):
        return NO
    return (
        (env,) if pattern.name is None else extended(env, pattern.name, _content(scene, node, constant.value))
    )


def _is_one_string(scene: Scene, node: Node) -> bool:
    """Whether it is written between one pair of quotes, so that what it holds stands there as it is."""
    children = node.children
    if not children or children[0].kind != scene.table.string_open:
        return False
    return sum(child.kind == scene.table.string_content for child in children) <= 1


def _content(scene: Scene, node: Node, value: str | bytes) -> Bound:
    """What stands between the quotes; of anything but one string, the value."""
    if _is_one_string(scene, node):
        children = node.children
        contents = [child for child in children if child.kind == scene.table.string_content]
        if contents:
            inside = contents[0]
            return Bound(inside.text.decode(errors="replace"), Span(inside.start, inside.end), (inside,))
        return Bound("", Span(children[0].end, children[0].end), ())
    text = value if isinstance(value, str) else value.decode(errors="replace")
    return Bound(text, Span(node.start, node.end), (node,))


def _formatted(scene: Scene, pattern: Formatted, node: Node, env: Env) -> Envs:
    if node.kind not in scene.table.strings:
        return NO
    strings = [child for child in node.named_children if child.kind in scene.table.strings] or [node]
    if not any(scene.table.is_formatted(_opening(scene, string)) for string in strings):
        return NO
    return in_row(
        scene, pattern.parts, [part for string in strings for part in _formatted_parts(scene, string)], env
    )


def _opening(scene: Scene, string: Node) -> str:
    first = string.children[0] if string.children else string
    return first.text.decode(errors="replace") if first.kind == scene.table.string_open else ""


def _formatted_parts(scene: Scene, string: Node) -> list[Node]:
    """The text parts, and the expressions that are interpolated."""
    found = []
    for child in string.children:
        if child.kind == scene.table.string_content:
            found.append(child)
        elif child.kind == scene.table.interpolation and child.named_children:
            found.append(child.named_children[0])
    return found


def _fragment(scene: Scene, pattern: Fragment, node: Node, env: Env) -> Envs:
    is_text = node.kind == scene.table.string_content
    return (env,) if is_text and node.text.decode(errors="replace") == pattern.text else NO


MATCHERS: Matchers = {Literal: _literal, AnyString: _any_string, Formatted: _formatted, Fragment: _fragment}
