"""
JSON as people write it (comments, trailing commas, any layout), read with the place of everything.

Invariants:
    Nothing is normalised: a value is the span of text that spells it, so whoever edits changes only what is
    meant.
    What cannot be read is named with its line, never with its text.
"""

from __future__ import annotations

import json
import re

from assaymark.dataclass import dataclass

_BLANK = re.compile(r"(?:[ \t\r\n]+|//[^\r\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\\r\n]|\\.)*"')
_WORD = re.compile(r"-?[0-9][-+.0-9eE]*|true|false|null")
_DEEPEST = 200


class NotReadableError(Exception):
    """The text is no JSON; the message says from which line on, and why."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value and where it stands. *comma*: a comma stands behind the last of its items or members."""

    start: int
    end: int
    plain: object = None
    items: tuple[Value, ...] | None = None
    members: tuple[Member, ...] | None = None
    comma: bool = False

    def get(self, key: str) -> Value | None:
        """The value of the member *key*; of several the last, as every reader of JSON has it."""
        found = [member.value for member in self.members or () if member.key == key]
        return found[-1] if found else None

    @property
    def parts(self) -> tuple[tuple[int, int], ...]:
        """The spans of the items, or of the members with their keys."""
        if self.members is not None:
            return tuple((member.start, member.value.end) for member in self.members)
        return tuple((item.start, item.end) for item in self.items or ())


@dataclass(frozen=True, slots=True)
class Member:
    """A key, where it starts, and its value."""

    key: str
    start: int
    value: Value


def parsed(text: str) -> Value | None:
    """
    The value that *text* holds; None where it holds nothing but blanks and comments. Raises
    NotReadableError.
    """
    at = after_blank(text, 0)
    if at == len(text):
        return None
    value = _value(text, at, 0)
    end = after_blank(text, value.end)
    if end < len(text):
        raise _wrong(text, end, "there is something behind the end")
    return value


def after_blank(text: str, at: int) -> int:
    """Where the blanks and comments that begin at *at* end."""
    found = _BLANK.match(text, at)
    return found.end() if found is not None else at


def _value(text: str, at: int, depth: int) -> Value:
    if depth > _DEEPEST:
        raise _wrong(text, at, "it is nested too deeply")
    match text[at : at + 1]:
        case "{":
            return _object(text, at, depth)
        case "[":
            return _array(text, at, depth)
        case '"':
            end = _string_end(text, at)
            return Value(at, end, _loaded(text, at, end))
        case _:
            word = _WORD.match(text, at)
            if word is None:
                raise _wrong(text, at, "a value is missing")
            return Value(at, word.end(), _loaded(text, at, word.end()))


def _object(text: str, at: int, depth: int) -> Value:
    members: list[Member] = []
    place, comma = after_blank(text, at + 1), False
    while text[place : place + 1] != "}":
        if members and not comma:
            raise _wrong(text, place, "a comma is missing")
        start, end = place, _string_end(text, place)
        colon = after_blank(text, end)
        if text[colon : colon + 1] != ":":
            raise _wrong(text, colon, "a colon is missing")
        value = _value(text, after_blank(text, colon + 1), depth + 1)
        members.append(Member(str(_loaded(text, start, end)), start, value))
        place, comma = _after_comma(text, value.end)
    return Value(at, place + 1, members=tuple(members), comma=comma)


def _array(text: str, at: int, depth: int) -> Value:
    items: list[Value] = []
    place, comma = after_blank(text, at + 1), False
    while text[place : place + 1] != "]":
        if items and not comma:
            raise _wrong(text, place, "a comma is missing")
        items.append(_value(text, place, depth + 1))
        place, comma = _after_comma(text, items[-1].end)
    return Value(at, place + 1, items=tuple(items), comma=comma)


def _after_comma(text: str, at: int) -> tuple[int, bool]:
    place = after_blank(text, at)
    if text[place : place + 1] != ",":
        return place, False
    return after_blank(text, place + 1), True


def _string_end(text: str, at: int) -> int:
    found = _STRING.match(text, at)
    if found is None:
        raise _wrong(text, at, "a string is missing, or does not end")
    return found.end()


def _loaded(text: str, start: int, end: int) -> object:
    try:
        # Control characters occur in files that other programs wrote.
        loaded: object = json.loads(text[start:end], strict=False)
    except ValueError:
        raise _wrong(text, start, "it is not spelled as JSON spells values") from None
    return loaded


def _wrong(text: str, at: int, why: str) -> NotReadableError:
    line = len(re.findall(r"\r\n|\r|\n", text[:at])) + 1
    return NotReadableError(f"line {line}: {why}")
