"""
Path globs, as the `paths` of rules and the settings write them.

Invariant: separators are `/`, and paths are relative to the top of the project.
"""

from __future__ import annotations

import re
from functools import lru_cache

# One piece of a glob, and what it means in a regular expression over a whole path.
_GLOB_PIECES = re.compile(r"\*\*/|\*\*|\*|\?|\[[^\]/]+\]|.", re.DOTALL)
_MEANINGS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


@lru_cache(maxsize=1024)
def glob(pattern: str) -> re.Pattern[str]:
    """
    A path glob as a pattern: it names a file or a folder at any depth, unless it starts with `/`.

    Raises re.error.
    """
    start = "^" if pattern.startswith("/") else "(?:^|/)"
    pieces = _GLOB_PIECES.findall(pattern.strip("/"))
    return re.compile(start + "".join(map(_meaning, pieces)) + "(?:/|$)", re.DOTALL)


def _meaning(piece: str) -> str:
    if len(piece) > 1 and piece.startswith("["):
        body = piece[1:-1].replace("\\", "\\\\")
        return f"[^{body[1:]}]" if body[0] == "!" and body[1:] else f"[{body}]"
    return _MEANINGS.get(piece) or re.escape(piece)
