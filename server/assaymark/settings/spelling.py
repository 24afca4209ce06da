"""
How a settings file spells what it says: the bytes of each key, of its value, and of the items of a list.

Invariants:
    It is asked of files that a TOML parser has taken, and does not judge them again.
    Offsets are bytes. What it cannot tell apart is one statement, never none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

# Comments count as blanks; strings first, so that what stands in them is no sign.
_TOKEN = re.compile(
    rb'"""(?:[^"\\]|\\.|"{1,2}(?!"))*"{3,5}'
    rb"|'''(?:[^']|'{1,2}(?!'))*'{3,5}"
    rb'|"(?:[^"\\\n]|\\.)*"'
    rb"|'[^'\n]*'"
    rb"|#[^\n]*|[ \t\r]+|\n|[\[\]{},=]|[^\s\[\]{},=#\"']+",
    re.DOTALL,
)

Bytes = tuple[int, int]


class Statement(NamedTuple):
    """
    A key and its value, with the table that it stands in.

    *name* is the key's whole name with dots, *spelled* the bytes of the statement with those of its table's
    header, *value* those of the value and *items* those of its items where it is a list.
    """

    name: str
    spelled: tuple[Bytes, ...]
    value: Bytes
    items: tuple[Bytes, ...] = ()


class _Token(NamedTuple):
    text: bytes
    start: int
    end: int


def statements(raw: bytes) -> Iterator[Statement]:
    """The statements of *raw*, in its order."""
    table = ""
    header: tuple[Bytes, ...] = ()
    for line in _logical_lines(raw):
        first, last = line[0].start, line[-1].end
        if line[0].text == b"[":
            table, header = (
                _name([token for token in line if token.text not in {b"[", b"]"}]),
                ((first, last),),
            )
            continue
        at = next((number for number, token in enumerate(line) if token.text == b"="), None)
        if at is None or at + 1 >= len(line):
            continue
        name = _name(line[:at])
        value = line[at + 1 :]
        spelled = (*header, (first, value[0].start))
        yield Statement(f"{table}.{name}" if table else name, spelled, (value[0].start, last), _items(value))


def _logical_lines(raw: bytes) -> Iterator[list[_Token]]:
    """The tokens of each header and each key with its value, without blanks and comments."""
    tokens: list[_Token] = []
    depth = 0
    for found in _TOKEN.finditer(raw):
        text = found[0]
        depth += (text in (b"[", b"{")) - (text in (b"]", b"}"))
        if text == b"\n" and depth <= 0:
            if tokens:
                yield tokens
            tokens, depth = [], 0
        elif not text.isspace() and not text.startswith(b"#"):
            tokens.append(_Token(text, found.start(), found.end()))
    if tokens:
        yield tokens


def _name(tokens: list[_Token]) -> str:
    text = b"".join(token.text for token in tokens).decode("utf-8", "replace")
    return re.sub(r"""["'\s]""", "", text)


def _items(value: list[_Token]) -> tuple[Bytes, ...]:
    """The items of the list that *value* is; none when it is none."""
    if value[0].text != b"[":
        return ()
    items: list[Bytes] = []
    depth, start, end = 0, -1, -1
    for token in value[1:]:
        if depth == 0 and token.text in (b",", b"]"):
            if start >= 0:
                items.append((start, end))
            start = -1
            continue
        depth += (token.text in (b"[", b"{")) - (token.text in (b"]", b"}"))
        start = token.start if start < 0 else start
        end = token.end
    return tuple(items)
