"""
Path globs, as the `paths` of rules and the settings write them.

Invariant: separators are `/`, and paths are relative to the top of the project.
"""

from __future__ import annotations

import re
from functools import lru_cache

from assaymark.regex import regex

# One piece of a glob, and what it means in a regular expression over a whole path.
_GLOB_PIECES = regex(r"\*\*/|\*\*|\*|\?|\[[^\]/]+\]|.", re.DOTALL)
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


def named(patterns: tuple[str, ...], path: str) -> bool:
    """
    Whether one of *patterns* names *path*.

    Raises re.error.
    """
    # Most paths hold nothing of what is asked for, and seeing that takes less than to make the expression.
    return any(_may_name(one, path) for one in patterns) and any_glob(patterns).search(path) is not None


def _may_name(pattern: str, path: str) -> bool:
    literals = (piece.strip("/") for piece in pattern.replace("?", "*").split("*"))
    return "[" in pattern or all(piece in path for piece in literals)


def _body(pattern: str) -> str:
    return "".join(map(_meaning, _GLOB_PIECES.findall(pattern.strip("/"))))


def _meaning(piece: str) -> str:
    if len(piece) > 1 and piece.startswith("["):
        body = piece[1:-1].replace("\\", "\\\\")
        return f"[^{body[1:]}]" if body[0] == "!" and body[1:] else f"[{body}]"
    return _MEANINGS.get(piece) or re.escape(piece)
