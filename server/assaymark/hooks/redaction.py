"""
A payload without what it says, for a bug report: every text gives way to its length and kind.

Invariants:
    Keys that look like names stay, and so do flags, and the names of events and tools; numbers become 0.
    No other text of the payload is in the result.
"""

from __future__ import annotations

import re

from assaymark.hooks.fields import plain_name
from assaymark.hooks.outline import key_shown

_NAMES = frozenset(
    (
        "agentactionname",
        "event",
        "eventname",
        "hookeventname",
        "hookname",
        "permissionmode",
        "resulttype",
        "source",
        "tool",
        "toolname",
        "type",
    )
)
_VERSIONS = frozenset(("cursorversion", "clineversion", "version"))
_WORD = re.compile(r"[A-Za-z][\w.:-]{0,47}\Z", re.ASCII)
_VERSION = re.compile(r"\d[\w.+-]{0,31}\Z", re.ASCII)
_PATH = re.compile(r"(?:[A-Za-z]:|~|\.{1,2})?[/\\]|file://")
_DEEPEST = 40


def redacted(value: object, key: str = "", depth: int = 0) -> object:
    """*value*, which stands under *key*, without what it says."""
    if isinstance(value, dict):
        if depth > _DEEPEST:
            return {}
        return {
            _key(number, str(name)): redacted(item, str(name), depth + 1)
            for number, (name, item) in enumerate(value.items())
        }
    if isinstance(value, list):
        return [] if depth > _DEEPEST else [redacted(item, key, depth + 1) for item in value]
    if isinstance(value, str):
        return _text(value, plain_name(key))
    return value if value is None or isinstance(value, bool) else 0


def _key(number: int, key: str) -> str:
    # Two keys that do not look like names stay two.
    return f"?{number}" if key_shown(key) == "?" else key


def _text(text: str, name: str) -> str:
    if (name in _NAMES and _WORD.match(text)) or (name in _VERSIONS and _VERSION.match(text)):
        return text
    return f"<{_kind(text)}, {len(text)} characters, {text.count(chr(10))} line ends>"


def _kind(text: str) -> str:
    if _PATH.match(text) and "\n" not in text:
        return "path"
    if "\r\n" in text:
        return "text with CR LF"
    if any(ord(sign) < 32 and sign not in "\t\r\n" for sign in text):
        return "text with control characters"
    return "text" if text.isascii() else "text beyond ASCII"
