"""
Texts with metavariables, filled in: fixes and messages.

Invariants:
    A message is filled with what metavariables mean, a fix with what is written where they stand.
    A fix is made only when all that its template takes over can be written there, and no comment is lost.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assaymark.regex import regex
from assaymark.rules.patterns.tables import table_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assaymark.rules.patterns.binding import Bound
    from assaymark.rules.patterns.table import Table
    from assaymark.syntax.view import View
    from assaymark.text import Span

_NAME = r"\$(?:\.\.\.)?(?:[A-Z_][A-Z_0-9]*|[0-9]+)"
_META = regex(_NAME)
_CHAIN = regex(rf"{_NAME}(?:\.{_NAME})*")
_MANY = regex(r"\$\.\.\.[A-Z_][A-Z_0-9]*")

_KEYWORD = regex(r"\b(\w+)=(?!=)")


def filled(template: str, bindings: Mapping[str, Bound]) -> str:
    """
    The template with each metavariable replaced by what it stands for; one that is not bound stays as it is.
    """

    def text(match: re.Match[str]) -> str:
        bound = bindings.get(match[0])
        return match[0] if bound is None else bound.text

    return _META.sub(text, template)


def rewritten(template: str, bindings: Mapping[str, Bound], span: Span, view: View) -> str | None:
    """
    What stands in the place of *span* once the template is written there; None where it cannot be.

    A name that an import resolved is taken over as it is written: what it stands for may be a name that the
    file does not have.
    """
    if _gives_twice(template, bindings, table_of(view.language)):
        return None
    template = _without_empty(template, bindings)
    parts: list[str] = []
    last = 0
    for match in _CHAIN.finditer(template):
        text = _written(match[0], bindings, view)
        if text is None:
            return None
        parts += (template[last : match.start()], text)
        last = match.end()
    new = "".join((*parts, template[last:]))
    comments = table_of(view.language).comments(view.text(span).decode(errors="replace"))
    return new if all(comment in new for comment in comments) else None


def _gives_twice(template: str, bindings: Mapping[str, Bound], table: Table) -> bool:
    """Whether a keyword argument that the template writes is among those that an ellipsis brings along."""
    kind, name_field, _ = table.keyword
    brought = [node for name in _MANY.findall(template) if name in bindings for node in bindings[name].nodes]
    names = [node.child(name_field) for node in brought if node.kind == kind]
    written = {name.encode() for name in _KEYWORD.findall(template)} if names else set()
    return any(name is not None and name.text in written for name in names)


def _without_empty(template: str, bindings: Mapping[str, Bound]) -> str:
    """The template without the ellipses that stand for nothing, and the commas beside them."""
    for name in _MANY.findall(template):
        bound = bindings.get(name)
        if bound is not None and bound.span is None:
            row = rf"(?:(?<=[(\[{{])|(,\s*)){re.escape(name)}(?![A-Z_0-9])(?:(\s*,\s*)|(?=[)\]}}]))"
            template = re.sub(row, lambda match: ", " if match[1] and match[2] else "", template)
    return template


def _written(chain: str, bindings: Mapping[str, Bound], view: View) -> str | None:
    """What is written for `$A.$B`; None when one of them stands nowhere as such."""
    names = _META.findall(chain)
    bounds = [bound for name in names if (bound := bindings.get(name)) is not None]
    spans = {bound.span for bound in bounds}
    if 1 < len(names) == len(bounds) and len(spans) == 1 and len(bounds[0].nodes) == 1:
        # `$MODULE.$NAME` that an import made one name is that name.
        return bounds[0].nodes[0].text.decode(errors="replace")
    texts = {name: _one(bindings[name], view) for name in names if name in bindings}
    if None in texts.values():
        return None
    return _META.sub(lambda match: texts.get(match[0]) or match[0], chain)


def _one(bound: Bound, view: View) -> str | None:
    if bound.span is None:
        return None
    text = view.text(bound.span).decode(errors="replace")
    if bound.text == text or len(bound.nodes) > 1:
        return bound.text
    # Only a name that stands for just this path may stand in its place.
    is_alias = bound.nodes and bound.text in view.names.resolve(bound.nodes[0]).paths
    return text if is_alias else None
