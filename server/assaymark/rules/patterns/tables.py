"""Which table belongs to which language."""

from __future__ import annotations

from assaymark.rules.patterns.python import PYTHON
from assaymark.rules.patterns.table import Table


def table_of(language: str) -> Table:
    """
    The table of *language*.

    Raises KeyError for a language whose patterns are not understood yet.
    """
    if language == "python":
        return PYTHON
    if language == "javascript":
        # Late: only changes of it are compared.
        from assaymark.rules.patterns.javascript import JAVASCRIPT

        return JAVASCRIPT
    raise KeyError(language)
