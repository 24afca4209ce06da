"""Texts with metavariables, filled in: fixes and messages."""

from __future__ import annotations

import re
from collections.abc import Mapping

from assaymark.rules.patterns.binding import Bound

_META = re.compile(r"\$(?:\.\.\.)?(?:[A-Z_][A-Z_0-9]*|[0-9]+)")


def filled(template: str, bindings: Mapping[str, Bound]) -> str:
    """
    The template with each metavariable replaced by what it stands for; one that is not bound stays as it is.
    """

    def text(match: re.Match[str]) -> str:
        bound = bindings.get(match[0])
        return match[0] if bound is None else bound.text

    return _META.sub(text, template)
