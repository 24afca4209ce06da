"""
Regular expressions that are compiled when they are first searched for.

Compiling all that stand in the modules of a check takes longer than reading the file that is checked, and of
an ordinary file a third of them is never asked.

Invariant: what `regex` makes is asked like what `re.compile` makes; it complains when it is asked. The `re`
of a match is another object, with the same `pattern`.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False


class _Regex:
    """Stands for a pattern, and has of it what was asked for."""

    def __init__(self, pattern: str | bytes, flags: int = 0) -> None:
        self._of = (pattern, flags)

    def __getattr__(self, name: str) -> object:
        # Asked once for each name: from then on it is found without this.
        found = getattr(re.compile(*self._of), name)  # type: ignore[type-var]
        setattr(self, name, found)
        return found


# To who checks types, it is what it stands for.
if TYPE_CHECKING:
    regex = re.compile
else:
    regex = _Regex
