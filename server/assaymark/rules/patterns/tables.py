"""Which table belongs to which language."""

from __future__ import annotations

from assaymark.rules.patterns.python import PYTHON
from assaymark.rules.patterns.table import Table

_TABLES = {"python": PYTHON}


def table_of(language: str) -> Table:
    """
    The table of *language*.

    Raises KeyError for a language whose patterns are not understood yet.
    """
    return _TABLES[language]
