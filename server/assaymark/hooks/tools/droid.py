"""Droid, by Factory: like Claude Code, with mixed spellings."""

from __future__ import annotations

from assaymark.hooks.fields import Fields
from assaymark.hooks.report import Reading
from assaymark.hooks.tools.dialect import Dialect
from assaymark.hooks.tools.dialect import read as read_dialect

DIALECT = Dialect(
    "droid",
    edits=frozenset(("edit", "multiedit")),
    writes=frozenset(("write", "create")),
    patches=frozenset(("applypatch",)),
    shells=frozenset(("execute", "bash")),
)


def read(fields: Fields) -> Reading:
    """What Droid says in *fields*."""
    return read_dialect(DIALECT, fields)
