"""The values of JavaScript's literals."""

from __future__ import annotations

import re

_ESCAPED = re.compile(r"\\(?:\r\n|[^ux]|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|u\{[0-9A-Fa-f]{1,6}\})", re.DOTALL)
_SIGNS = {
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "b": "\b",
    "f": "\f",
    "v": "\v",
    "0": "\0",
    "\n": "",
    "\r\n": "",
    "\r": "",
}
_NAMED = {"true": True, "false": False, "null": None}


def value_of(text: str) -> str | int | float | bool | None:
    """The value of the literal *text*; ValueError when it is none."""
    if text in _NAMED:
        return _NAMED[text]
    if len(text) > 1 and text[0] in "\"'" and text[-1] == text[0]:
        return _ESCAPED.sub(_meant, text[1:-1])
    plain = text.replace("_", "")
    try:
        return int(plain, 0) if plain.isalnum() and not _is_octal(plain) else float(plain)
    except ValueError:
        msg = f"{text!r} is no literal"
        raise ValueError(msg) from None


def _is_octal(text: str) -> bool:
    return len(text) > 1 and text.isdigit() and text.startswith("0")


def _meant(match: re.Match[str]) -> str:
    escaped = match[0][1:]
    if escaped[0] in "xu" and len(escaped) > 1:
        return chr(min(int(escaped[1:].strip("{}"), 16), 0x10FFFF))
    return _SIGNS.get(escaped, escaped)
