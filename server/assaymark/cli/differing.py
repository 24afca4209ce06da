"""
The difference of two texts, as a unified diff that people read and `git apply` and `patch -p1` take.

Invariants:
    A terminal gets no control character of a file; a program gets the lines as they are.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from assaymark.cli.style import Style, harmless

_ROLES = {"+": "good", "-": "gone", "@": "low"}
_NO_LINE_END = "\\ No newline at end of file\n"


def difference(names: tuple[str, str], before: str, after: str, look: Style) -> Iterator[str]:
    """The pieces of a diff from *before* to *after*, under the *names* that the two have."""
    # A tab ends a name that has blanks in it, for patch.
    first, second = (f"{name}\t" if " " in name else name for name in map(harmless, names))
    old, new = (_with_ends(text.split("\n")) for text in (before, after))
    for line in difflib.unified_diff(old, new, first, second):
        yield from _written(line, look)


def _with_ends(lines: list[str]) -> list[str]:
    """The lines of a text with their line ends; the last one has none where the text ends without."""
    *whole, last = lines
    return [f"{line}\n" for line in whole] + [last] * bool(last)


def _written(line: str, look: Style) -> Iterator[str]:
    text, end = line.removesuffix("\n"), "\n"
    if look.is_terminal or look.colour:
        text = harmless(text.removesuffix("\r").rstrip("\t"))
    is_name = line.startswith(("--- ", "+++ "))
    role = "path" if is_name else _ROLES.get(line[:1], "")
    yield (look(role, text) if role else text) + end
    if not line.endswith("\n"):
        yield _NO_LINE_END
