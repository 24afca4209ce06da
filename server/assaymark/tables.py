"""
Dictionaries with known keys that cost nothing to define: an agent waits for what `typing` makes of a class.

Invariant: to who checks types a class is what `typing.TypedDict` makes; else it is a `dict`.
"""

from __future__ import annotations

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import TypedDict as TypedDict  # noqa: PLC0414 - a name of this module
else:
    TypedDict = dict
