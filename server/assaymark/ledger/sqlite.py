"""
SQLite without what `sqlite3` adds to it, which is dates: a commit waits for what is imported.

Invariant: what is named here are the very objects of `sqlite3`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3 as sqlite3  # noqa: PLC0414 - a name of this module
else:
    try:
        import _sqlite3 as sqlite3
    except ImportError:
        import sqlite3  # noqa: F401 - a name of this module
