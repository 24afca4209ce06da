"""Kiro, from 1.0 on. Earlier builds send nothing, and leave standard input open."""

from __future__ import annotations

from assaymark.hooks.fields import Fields
from assaymark.hooks.report import Reading
from assaymark.hooks.tools.dialect import Dialect
from assaymark.hooks.tools.dialect import read as read_dialect

DIALECT = Dialect(
    "kiro",
    edits=frozenset(("strreplace", "fswrite", "write")),
    writes=frozenset(("fscreate", "create")),
    # It appends to what is there: the text alone does not say that.
    inexact=frozenset(("fsappend",)),
    shells=frozenset(("executebash", "shell", "executecommand")),
)


def read(fields: Fields) -> Reading:
    """What Kiro says in *fields*."""
    return read_dialect(DIALECT, fields)
