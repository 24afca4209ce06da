"""
What stands under the front matter of a rule page: its sections, and the fences of code that are its tests.

A fence is a whole small file. Most say what a rule finds in it; those called `before` and `after` are the
files of one change:

    ```python before views.py
    ```python after views.py

A file that has only one of the two came or went.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from assaymark.dataclass import dataclass
from assaymark.rules.rule import BadRuleError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FENCE = re.compile(r"^(`{3,}|~{3,})\s*([\w+-]*)\s*(.*)$")
_MARK = re.compile(r"(?:#|//)\s*(flag|miss|noise)\s*$")
_BEFORE, _AFTER = "before", "after"
# How the one file of an example is called, by its language.
_NAMES = {"python": "example.py", "javascript": "example.js"}


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of a page and the text under it, fences included."""

    title: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Example:
    """A fence of code: a whole small file called *path*, and what is expected on its lines (from 1)."""

    code: str
    path: str
    line: int
    flags: frozenset[int]
    misses: frozenset[int]
    noises: frozenset[int]

    @property
    def expected(self) -> frozenset[int]:
        """The lines on which the rule speaks, rightly or not."""
        return self.flags | self.noises


@dataclass(frozen=True, slots=True)
class ChangeExample:
    """The files of one change, by path, as they were and as they are; marks stand in the former."""

    before: Mapping[str, Example]
    after: Mapping[str, Example]


class _Fence(NamedTuple):
    """A fence as it stands: what it is called behind its language, and its lines."""

    language: str
    name: str
    lines: list[str]
    line: int


def sections_of(lines: list[str], first: int) -> tuple[Section, ...]:
    """The sections of a body whose first line is number *first* of its file."""
    inside = {index for index, _ in _fenced(lines)}
    headings = [
        (line.lstrip("#").strip(), index)
        for index, line in enumerate(lines)
        if line.startswith(("# ", "## ")) and index not in inside
    ]
    ends = [index for _, index in headings[1:]] + [len(lines)]
    return tuple(
        Section(title, "\n".join(lines[index + 1 : end]).strip(), first + index)
        for (title, index), end in zip(headings, ends, strict=True)
    )


def examples_of(lines: list[str], first: int) -> tuple[Example, ...]:
    """The Python fences, each a file of its own."""
    return tuple(
        _example(fence, fence.name or _NAMES["python"])
        for fence in _fences(lines, first)
        if fence.language == "python"
    )


def changes_of(lines: list[str], first: int, language: str, path: str) -> tuple[ChangeExample, ...]:
    """The changes that fences called `before` and `after` tell; BadRuleError, naming *path*, for others."""
    found: list[ChangeExample] = []
    before: dict[str, Example] = {}
    after: dict[str, Example] = {}
    for fence in _fences(lines, first):
        if fence.language != language:
            continue
        when, _, name = fence.name.partition(" ")
        name = name.strip() or _NAMES[language]
        if when not in {_BEFORE, _AFTER}:
            raise BadRuleError(Problem(path, fence.line - 1, f"call the fence '{_BEFORE}' or '{_AFTER}'"))
        if when == _BEFORE and after:
            found.append(ChangeExample(before, after))
            before, after = {}, {}
        (before if when == _BEFORE else after)[name] = _example(fence, name)
    if before or after:
        found.append(ChangeExample(before, after))
    return tuple(found)


def _fenced(lines: list[str]) -> Iterator[tuple[int, int]]:
    """The lines inside of fences, each with the line that opens its fence."""
    opened, mark = -1, ""
    for index, line in enumerate(lines):
        found = FENCE.match(line)
        if not mark:
            opened, mark = (index, found[1]) if found else (-1, "")
        elif found and line.strip() == mark:
            mark = ""
        else:
            yield index, opened


def _fences(lines: list[str], first: int) -> list[_Fence]:
    found: dict[int, _Fence] = {}
    for index, opened in _fenced(lines):
        opening = FENCE.match(lines[opened])
        if opening:
            fence = _Fence(opening[2], opening[3].strip(), [], first + index)
            found.setdefault(opened, fence).lines.append(lines[index])
    return list(found.values())


def _example(fence: _Fence, path: str) -> Example:
    marks: dict[str, set[int]] = {"flag": set(), "miss": set(), "noise": set()}
    for number, text in enumerate(fence.lines, 1):
        found = _MARK.search(text)
        if found:
            marks[found[1]].add(number)
    kinds = (frozenset(marks[kind]) for kind in ("flag", "miss", "noise"))
    return Example("\n".join(fence.lines) + "\n", path, fence.line, *kinds)
