"""
A pattern's text as source that the language's own parser understands.

Invariants:
    `$X`, `$...X`, `...` and `<... e ...>` became identifiers and calls; every other byte outside formatted
    strings stands as it was written, and no line was added or removed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from assaymark.rules.patterns.table import Table

DOTS = "__dots__"
DEEP = "__deep__"
_META = "__meta_"
_MANY = "__many_"
_NAME = r"[A-Z_][A-Z_0-9]*"
_SPECIAL = re.compile(
    rf"(?P<many>\$\.\.\.(?P<many_name>{_NAME}))|(?P<meta>\$(?P<meta_name>{_NAME}))(?![A-Za-z0-9])"
    r"|(?P<open><\.\.\.)|(?P<close>\.\.\.>)|(?P<dots>\.\.\.)|(?P<dollar>\$)"
)
_AFTER_FROM = re.compile(r"\bfrom\s*$")
_BEFORE_ITEM = re.compile(r"[{,]\s*$")
_AFTER_ITEM = re.compile(r"\s*[,}]")
_INTERPOLATED = re.compile(r"\{[^{}]*\}")
_WHOLE_META = re.compile(rf"\$({_NAME})\Z")


class BadPattern(Exception):
    """A pattern's text that is none, and what to write instead."""


def sources(text: str, table: Table) -> Iterator[str]:
    """
    Readings of the pattern *text*, the likelier first: one that parses is meant.

    They differ in what `...` stands for between braces: an element of a set, or an entry of a dictionary.

    Raises BadPattern.
    """
    # A YAML block that is indented as a whole is still flush with the margin.
    # Late: patterns are compiled seldom.
    import textwrap

    text = textwrap.dedent(text.expandtabs()).strip("\n").rstrip()
    yield _replaced(text, table, "")
    if "{" in text:
        yield _replaced(text, table, "**")


def meta_name(identifier: str) -> str | None:
    """
    The metavariable, `$X`, that the identifier stands for, "" for `$_`; None when it is an ordinary one.
    """
    if not identifier.startswith(_META):
        return None
    name = identifier[len(_META) : -2]
    return "" if name == "_" else f"${name}"


def many_name(identifier: str) -> str | None:
    """`$...X`, or "" for `...`; None when the identifier is an ordinary one."""
    if identifier == DOTS:
        return ""
    if not identifier.startswith(_MANY):
        return None
    name = identifier[len(_MANY) : -2]
    return "" if name == "_" else f"$...{name}"


def meta_in_string(content: str) -> str | None:
    """The metavariable that is all of a string's content."""
    found = _WHOLE_META.match(content)
    return f"${found[1]}" if found else None


def _replaced(text: str, table: Table, entry: str) -> str:
    return _outside_strings(text, table, lambda part, before, after: _code(part, before, after, entry))


def _outside_strings(text: str, table: Table, convert: Callable[[str, str, str], str]) -> str:
    """The text with *convert* applied to what is neither comment nor string, given what stands around it."""
    parts: list[str] = []
    at = 0
    while at < len(text):
        stop, end = _next_literal(text, at, table)
        literal = text[stop:end]
        if table.is_formatted(literal):
            literal = _INTERPOLATED.sub(lambda match: convert(match[0], "", ""), literal)
        parts.extend([convert(text[at:stop], text[:at], text[stop:]), literal])
        at = end
    return "".join(parts)


def _next_literal(text: str, at: int, table: Table) -> tuple[int, int]:
    """Where the next comment or string starts and ends."""
    found = [match for match in (table.comment.search(text, at), table.string.search(text, at)) if match]
    first = min(found, key=lambda match: match.start(), default=None)
    return first.span() if first else (len(text), len(text))


def _code(part: str, before: str, after: str, entry: str) -> str:
    def one(match: re.Match[str]) -> str:
        return _identifier(match, before + part[: match.start()], part[match.end() :] + after, entry)

    return _SPECIAL.sub(one, part)


def _identifier(match: re.Match[str], before: str, after: str, entry: str) -> str:
    if match["meta"]:
        return f"{_META}{match['meta_name']}__"
    if match["open"]:
        return f"{DEEP}("
    if match["close"]:
        return ")"
    if match["dollar"]:
        msg = "`$` opens a metavariable, whose name is written in capitals: `$X`"
        raise BadPattern(msg)
    if match["dots"] and _AFTER_FROM.search(before):
        return "..."
    name = f"{_MANY}{match['many_name']}__" if match["many"] else DOTS
    return f"{entry}{name}" if _is_item(before, after) else name


def _is_item(before: str, after: str) -> bool:
    return _innermost(before) == "{" and bool(_BEFORE_ITEM.search(before) and _AFTER_ITEM.match(after))


def _innermost(before: str) -> str:
    """The bracket that is open at the end of *before*."""
    depth = 0
    for character in reversed(before):
        if character in ")]}":
            depth += 1
        elif character in "([{":
            if depth == 0:
                return character
            depth -= 1
    return ""
