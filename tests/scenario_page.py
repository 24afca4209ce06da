"""
Scenarios as pages: what happens, step by step, and what each line's origin is then.

The format is told in scenarios/README.md. Reading refuses what it does not know, naming file and line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "scenarios"
BAR = "│"
# What an expectation can be about.
VIEWS = ("editor", "blame", "note", "review")

_SHORT = "Falls short:"
_WORD = re.compile(r'(?:[^\s"]|"(?:[^"\\]|\\.)*")+')
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_SETTING = re.compile(r"[a-z_]+=")
_FENCE = re.compile(r"```(\w*)[ ]*(.*)")


class Unreadable(Exception):
    """A page that is not written as the format wants it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens: its words, the settings among them, its line, and the lines under it that began with a bar."""

    where: str
    words: tuple[str, ...]
    said: dict[str, str]
    raw: str
    body: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of an expectation: its origins, its text, and which part of it is of which origin."""

    origins: str
    text: str
    ruler: str | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """What a view of something must show."""

    where: str
    view: str
    subject: str
    lines: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A heading with its steps and expectations."""

    where: str
    page: str
    title: str
    parts: tuple[Step | Expected, ...]
    # What is known to come out otherwise, and why: it must, until somebody mends it and takes the line away.
    falls_short: str = ""

    @property
    def name(self) -> str:
        return f"{self.page}: {self.title}"


def scenarios(folder: Path = FOLDER) -> list[Scenario]:
    """All scenarios of all pages of *folder*."""
    pages = sorted(page for page in folder.glob("*.md") if page.name != "README.md")
    return [one for page in pages for one in read(page.read_text(encoding="utf-8"), page.name)]


def read(text: str, page: str) -> list[Scenario]:
    """The scenarios of the page named *page*. Raises Unreadable."""
    found: list[Scenario] = []
    title, at, parts, short = "", 0, list[Step | Expected](), ""
    for number, kind, content in _blocks(text, page):
        if kind == "##":
            found += _scenario(page, at, title, parts, short)
            title, at, parts, short = content[0], number, [], ""
        elif kind == _SHORT:
            short = content[0]
        elif not title:
            msg = (
                f"{page}:{number}: a fence stands before the first scenario; write `## What happens` above it"
            )
            raise Unreadable(msg)
        else:
            parts += _part(page, number, kind, content)
    return [*found, *_scenario(page, at, title, parts, short)]


def _scenario(page: str, at: int, title: str, parts: list[Step | Expected], short: str) -> Iterator[Scenario]:
    if not title:
        return
    if not any(isinstance(part, Expected) or part.words[0] in {"says", "fails"} for part in parts):
        msg = f"{page}:{at}: `{title}` expects nothing; add a fence such as ```editor app.py"
        raise Unreadable(msg)
    yield Scenario(f"{page}:{at}", page.removesuffix(".md"), title, tuple(parts), short)


def _blocks(text: str, page: str) -> Iterator[tuple[int, str, list[str]]]:
    """Headings and fences, with the number of their first line."""
    lines = text.split("\n")
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        if line.startswith("## "):
            yield number, "##", [line.removeprefix("## ").strip()]
        elif line.startswith(_SHORT):
            yield number, _SHORT, [line.removeprefix(_SHORT).strip()]
        elif line.startswith("```"):
            first = number
            while number < len(lines) and lines[number] != "```":
                number += 1
            if number == len(lines):
                msg = f"{page}:{first}: the fence is not closed; end it with ``` on a line of its own"
                raise Unreadable(msg)
            yield first, line, lines[first:number]
            number += 1


def _part(page: str, number: int, opening: str, lines: list[str]) -> Iterator[Step | Expected]:
    fence = _FENCE.fullmatch(opening)
    kind, subject = (fence[1], fence[2].strip()) if fence else ("", "")
    if kind == "steps":
        yield from _steps(page, number, lines)
    elif kind in VIEWS and subject:
        yield Expected(f"{page}:{number}", kind, subject, tuple(_shown(page, number, lines)))
    else:
        known = ", ".join(f"`{view} FILE`" for view in VIEWS)
        msg = f"{page}:{number}: `{opening}` is no fence of a scenario; there are `steps`, {known}"
        raise Unreadable(msg)


def _steps(page: str, number: int, lines: list[str]) -> Iterator[Step]:
    at = 0
    while at < len(lines):
        line, where = lines[at].rstrip(), f"{page}:{number + at + 1}"
        at += 1
        body: list[str] = []
        while at < len(lines) and lines[at].startswith("|"):
            body.append(lines[at][1:].removeprefix(" "))
            at += 1
        if line and not line.startswith("#"):
            text = "".join(f"{one}\n" for one in body) if body else None
            words = _words(line, where)
            said = dict(_spoken(word).split("=", 1) for word in words if _SETTING.match(word))
            spoken = tuple(_spoken(word) for word in words if not _SETTING.match(word))
            yield Step(where, spoken, said, line, text)


def _spoken(word: str) -> str:
    return _QUOTED.sub(lambda found: str(json.loads(found[0])), word)


def _words(line: str, where: str) -> list[str]:
    words = _WORD.findall(line)
    if _QUOTED.sub("", line).count('"'):
        msg = f"{where}: a quote is not closed: {line}"
        raise Unreadable(msg)
    return words


def _shown(page: str, number: int, lines: list[str]) -> Iterator[Shown]:
    drawn: Shown | None = None
    for offset, line in enumerate(lines, 1):
        origins, bar, text = line.partition(BAR)
        if not bar:
            msg = f"{page}:{number + offset}: `{BAR}` is missing between the origins and the line: {line}"
            raise Unreadable(msg)
        # A line of numbers under a line of several origins says which bytes are whose.
        if drawn is not None and "," in drawn.origins and not origins.strip() and _is_ruler(text):
            yield Shown(drawn.origins, drawn.text, text.removeprefix(" ").rstrip())
            drawn = None
            continue
        if drawn is not None:
            yield drawn
        drawn = Shown(" ".join(origins.split()), text.removeprefix(" ").rstrip())
    if drawn is not None:
        yield drawn


def _is_ruler(text: str) -> bool:
    return bool(re.fullmatch(r"[ \d]*\d[ \d]*", text))
