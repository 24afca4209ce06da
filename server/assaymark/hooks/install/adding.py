"""
Values put into JSON that somebody else wrote, in the layout that it has.

Invariants:
    The result is the old text with insertions: comments, order, indentation, line ends and the end of the
    file stay.
    What is there already is not put in again.

There are packages that do this: one carries a JavaScript engine, the others lay the text out anew (2026-11).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TypeAlias

from assaymark.dataclass import dataclass
from assaymark.hooks.install.insertion import Insertion, inserted
from assaymark.hooks.install.jsonc import NotReadableError, Value, parsed

Path: TypeAlias = tuple[str, ...]

_INDENT = re.compile(r"[\r\n]([ \t]+)[^ \t\r\n]")
_LINE_END = re.compile(r"\r\n|\r|\n")
_BLANKS = " \t\r\n"


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a text is laid out: its line end, one step of indentation, and whether it has several lines."""

    end: str
    unit: str
    spread: bool


@dataclass(frozen=True, slots=True)
class Addition:
    """
    *value* is to be a further item of the list at *path*, or what stands at *path* where nothing does.

    *listed* tells which. Objects and the list are made where they are missing.
    """

    path: Path
    value: object
    listed: bool = True


def added(text: str, addition: Addition) -> tuple[Insertion, ...]:
    """What makes the *addition* to *text*. Raises NotReadableError."""
    root = parsed(text)
    if root is None:
        return (_whole(text, _nested(addition.path, addition)),)
    holder, rest = _deepest(root, addition)
    if not rest:
        return tuple(_appended(text, holder, None, addition.value)) if addition.listed else ()
    return tuple(_appended(text, holder, rest[0], _nested(rest[1:], addition)))


def missing(text: str, addition: Addition) -> Iterator[Path]:
    """The paths of what has to be made for *addition*. Raises NotReadableError."""
    root = parsed(text)
    rest = addition.path if root is None else _deepest(root, addition)[1]
    done = len(addition.path) - len(rest)
    yield from (addition.path[: n + 1] for n in range(done, len(addition.path)))


def applied(text: str, additions: tuple[Addition, ...]) -> tuple[str, tuple[Insertion, ...]]:
    """*text* with all *additions*, and the insertions that made it. Raises NotReadableError."""
    made: list[Insertion] = []
    for addition in additions:
        new = added(text, addition)
        text = inserted(text, new)
        made += new
    return text, tuple(made)


def _deepest(root: Value, addition: Addition) -> tuple[Value, Path]:
    """
    The last value on the way to the addition's place that there is, and the keys that are missing behind
    it.
    """
    value, path = root, addition.path
    for depth, key in enumerate(path):
        if value.members is None:
            raise _unfit(path[:depth], "object")
        below = value.get(key)
        if below is None:
            return value, path[depth:]
        value = below
    if addition.listed and value.items is None:
        raise _unfit(path, "list")
    return value, ()


def _unfit(path: Path, kind: str) -> NotReadableError:
    return NotReadableError(f"{'.'.join(path) or 'the file'} is not the {kind} that it has to be")


def _nested(keys: Path, addition: Addition) -> object:
    value: object = [addition.value] if addition.listed else addition.value
    for key in reversed(keys):
        value = {key: value}
    return value


def _whole(text: str, value: object) -> Insertion:
    look = _layout(text)
    before = look.end if text and not text.endswith(("\n", "\r")) else ""
    return Insertion(len(text), before + _spelled(None, value, look, "") + look.end)


def _appended(text: str, holder: Value, key: str | None, value: object) -> Iterator[Insertion]:
    look = _layout(text)
    body = text[holder.start + 1 : holder.end - 1]
    is_spread = _LINE_END.search(body) is not None if holder.parts else look.spread
    if not is_spread:
        yield _flat(text, holder, _spelled(key, value, None, ""))
        return
    outer = _margin(text, holder.start)
    margin = _margin_of_parts(text, holder, outer + look.unit)
    # Behind the last item and the comments that follow it.
    at = holder.start + 1 + len(body.rstrip(_BLANKS))
    if holder.parts and not holder.comma:
        yield Insertion(holder.parts[-1][1], ",")
        at += 1
    shift = 1 if holder.parts and not holder.comma else 0
    is_open = _LINE_END.search(text[at - shift : holder.end - 1]) is not None
    last = "" if is_open else look.end + outer
    yield Insertion(at, look.end + margin + _spelled(key, value, look, margin) + last)


def _flat(text: str, holder: Value, new: str) -> Insertion:
    """In one line."""
    if not holder.parts:
        return Insertion(holder.end - 1, new)
    last = holder.parts[-1][1]
    if not holder.comma:
        return Insertion(last, f", {new}")
    at = holder.start + 1 + len(text[holder.start + 1 : holder.end - 1].rstrip(_BLANKS))
    return Insertion(at, f" {new}")


def _spelled(key: str | None, value: object, look: _Layout | None, margin: str) -> str:
    name = "" if key is None else f"{json.dumps(key)}: "
    if look is None:
        return name + json.dumps(value, ensure_ascii=False)
    lines = json.dumps(value, ensure_ascii=False, indent=look.unit).split("\n")
    return name + (look.end + margin).join(lines)


def _layout(text: str) -> _Layout:
    end, indent = _LINE_END.search(text), _INDENT.search(text)
    whole = text.strip()
    spread = _LINE_END.search(whole) is not None or whole in {"", "{}"}
    return _Layout(end[0] if end else "\n", indent[1] if indent else "  ", spread)


def _margin(text: str, at: int) -> str:
    """The blanks that the line of *at* begins with."""
    line = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
    return text[line : line + len(text[line:]) - len(text[line:].lstrip(" \t"))]


def _margin_of_parts(text: str, holder: Value, otherwise: str) -> str:
    for start, _ in reversed(holder.parts):
        line = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
        if not text[line:start].strip(" \t"):
            return text[line:start]
    return otherwise
