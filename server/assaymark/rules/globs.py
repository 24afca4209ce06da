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
    return any_glob((pattern,))


@lru_cache(maxsize=1024)
def any_glob(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """
    Several path globs as one pattern; of none, what names nothing.

    Raises re.error.
    """
    anchored = "|".join(map(_body, (pattern for pattern in patterns if pattern.startswith("/"))))
    anywhere = "|".join(map(_body, (pattern for pattern in patterns if not pattern.startswith("/"))))
    starts = [f"^(?:{anchored})"] * bool(anchored) + [f"(?:^|/)(?:{anywhere})"] * bool(anywhere)
    # Every path is searched, with most of these at most of its places: what they share is looked for once.
    return re.compile(f"(?:{'|'.join(starts) or '(?!)'})(?:/|$)", re.DOTALL)


def _body(pattern: str) -> str:
    return "".join(map(_meaning, _GLOB_PIECES.findall(pattern.strip("/"))))


def _meaning(piece: str) -> str:
    if len(piece) > 1 and piece.startswith("["):
        body = piece[1:-1].replace("\\", "\\\\")
        return f"[^{body[1:]}]" if body[0] == "!" and body[1:] else f"[{body}]"
    return _MEANINGS.get(piece) or re.escape(piece)
