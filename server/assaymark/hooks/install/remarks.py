"""What there is to know about the hooks of a tool, once they are installed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from assaymark.hooks.install import codex
from assaymark.hooks.install.change import is_off
from assaymark.hooks.install.files import content
from assaymark.hooks.install.jsonc import NotReadableError, parsed
from assaymark.hooks.install.places import Site
from assaymark.hooks.install.tool import Scope, Tool
from assaymark.hooks.install.tools import BY_NAME


def remarks(
    tool: Tool, scope: Scope, site: Site, settings: tuple[str, bytes | None], others: Sequence[str]
) -> Iterator[str]:
    """
    What the user of *tool* has to know or to do.

    *settings*: the place of the file, and what it held. *others*: tools whose hooks it runs too.
    """
    place, before = settings
    for path in _switched_off(tool, before):
        yield f"hooks are switched off: {path} in {site.shown(place)}"
    other = os.path.join(os.path.dirname(place), codex.OTHER_FILE)  # noqa: PTH118, PTH120
    raw = content(other) if tool.name == codex.CODEX.name else None
    if raw is not None and is_off(raw):
        yield f"hooks are switched off: features.hooks in {site.shown(other)}"
    then = (tool.then_shared or tool.then) if scope is Scope.project else tool.then
    if then:
        yield then
    for name in others:
        yield f"{tool.title} may run the hooks of {BY_NAME[name].title} too; an edit is recorded once"


def _switched_off(tool: Tool, before: bytes | None) -> Iterator[str]:
    """The members of settings that switch hooks off."""
    try:
        root = parsed((before or b"").decode("utf-8-sig"))
    except (NotReadableError, UnicodeDecodeError):
        return
    for path, off in tool.switches:
        value = root
        for key in path:
            value = value.get(key) if value is not None else None
        if value is not None and value.plain is off:
            yield ".".join(path)
