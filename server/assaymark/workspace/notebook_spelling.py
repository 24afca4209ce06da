"""
Where a notebook's JSON spells the sources of its code cells.

Invariants:
    The cells are those of `notebook.cells_of`, in the same order.
    Nothing is guessed: what is told was read by the JSON reader of Python, which also read the cells.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from assaymark.dataclass import dataclass

_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class String:
    """Where a string is spelled, quotes included, and the UTF-8 that it says."""

    start: int
    end: int
    says: bytes


@dataclass(frozen=True, slots=True)
class Spelling:
    """The value of a cell's source, which starts at *start*: one string, or the strings of a list."""

    start: int
    strings: tuple[String, ...]
    is_list: bool


def spellings(text: str) -> tuple[Spelling, ...]:
    """The sources of the code cells of the notebook *text*, which is one."""
    return tuple(
        _spelling(text, cell)
        for at in _lists_of_cells(text)
        for cell in _items(text, at)
        if text[cell] == "{" and _is_code(text, cell)
    )


def _lists_of_cells(text: str) -> Iterator[int]:
    top = dict(_members(text, text.index("{")))
    if "cells" in top:
        yield from (at for at in (top["cells"],) if text[at] == "[")
    elif "worksheets" in top and text[top["worksheets"]] == "[":
        for sheet in _items(text, top["worksheets"]):
            held = dict(_members(text, sheet)) if text[sheet] == "{" else {}
            yield from (held[key] for key in ("cells",) if key in held and text[held[key]] == "[")


def _is_code(text: str, cell: int) -> bool:
    kind = dict(_members(text, cell)).get("cell_type")
    return kind is not None and _DECODER.raw_decode(text, kind)[0] == "code"


def _spelling(text: str, cell: int) -> Spelling:
    members = dict(_members(text, cell))
    at = members.get("source", members.get("input"))
    if at is None or text[at] not in '"[':
        return Spelling(cell if at is None else at, (), is_list=False)
    if text[at] == '"':
        return Spelling(at, (_string(text, at),), is_list=False)
    strings = tuple(_string(text, item) for item in _items(text, at) if text[item] == '"')
    return Spelling(at, strings, is_list=True)


def _string(text: str, at: int) -> String:
    said, end = _DECODER.raw_decode(text, at)
    return String(at, end, said.encode("utf-8", "replace"))


def _members(text: str, at: int) -> Iterator[tuple[str, int]]:
    """The keys of the object at *at*, and where their values start."""
    at = _skipped(text, at + 1)
    while text[at] != "}":
        key, at = _DECODER.raw_decode(text, at)
        value = _skipped(text, _skipped(text, at) + 1)
        yield key, value
        at = _next(text, value)


def _items(text: str, at: int) -> Iterator[int]:
    """Where the items of the list at *at* start."""
    at = _skipped(text, at + 1)
    while text[at] != "]":
        yield at
        at = _next(text, at)


def _next(text: str, value: int) -> int:
    """Where what follows the value at *value* starts: the next one, or what closes."""
    at = _skipped(text, _DECODER.raw_decode(text, value)[1])
    return _skipped(text, at + 1) if text[at] == "," else at


def _skipped(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
