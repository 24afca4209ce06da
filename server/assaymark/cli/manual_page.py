"""
Help as a page: synopsis, description, options in groups, examples, and tables; as wide as the terminal.

Invariants:
    A line is not wider than the terminal, unless it is a command to type, which is never broken.
    An example's comment stands beside it where there is room, and before it where there is none.
"""

from __future__ import annotations

import argparse
import shutil
import textwrap
from collections.abc import Iterator

from assaymark.cli.manual import Page, Rows

_WIDEST, _NARROWEST = 110, 40
_INDENT = "  "
# Where the second column of a table or of the options starts, at most.
_COLUMN = 26
# The longest command that decides where the comments of examples start.
_COMMAND = 50


def manual_page(parser: argparse.ArgumentParser, page: Page) -> str:
    """The help of *parser*, which *page* is about."""
    width = max(min(shutil.get_terminal_size().columns, _WIDEST), _NARROWEST)
    sections = [
        "usage: " + "\n       ".join(page.synopsis) + "\n",
        *(textwrap.fill(paragraph, width) + "\n" for paragraph in _paragraphs(page)),
        _options(parser, width),
        _titled("examples", _examples(page.examples, width)),
        *(_titled(title, _table(rows, width)) for title, rows in _tables(parser, page)),
    ]
    return "\n".join(section for section in sections if section)


def _tables(parser: argparse.ArgumentParser, page: Page) -> Iterator[tuple[str, Rows]]:
    # Whatever takes a level says what the levels are.
    if any("--level" in action.option_strings for action in parser._actions):  # noqa: SLF001
        from assaymark.cli.levels import levels

        yield "levels", levels()
    yield from page.tables.items()


def _paragraphs(page: Page) -> list[str]:
    return page.description.strip().split("\n\n")


def _options(parser: argparse.ArgumentParser, width: int) -> str:
    formatter = argparse.RawDescriptionHelpFormatter(parser.prog, max_help_position=_COLUMN, width=width)
    commands = ""
    # argparse tells nobody else.
    for group in parser._action_groups:  # noqa: SLF001
        actions = group._group_actions  # noqa: SLF001
        if actions and isinstance(actions[0], argparse._SubParsersAction):  # noqa: SLF001
            briefs = tuple((str(one.dest), one.help or "") for one in actions[0]._choices_actions)  # noqa: SLF001
            commands = _titled(group.title or "", _table(briefs, width)) + "\n"
            continue
        formatter.start_section(group.title)
        formatter.add_arguments(actions)
        formatter.end_section()
    return commands + formatter.format_help()


def _titled(title: str, lines: Iterator[str]) -> str:
    return f"{title}:\n" + "".join(f"{line}\n" for line in lines)


def _table(rows: Rows, width: int) -> Iterator[str]:
    column = min(max(len(left) for left, _ in rows) + 2, _COLUMN)
    for left, right in rows:
        lines = textwrap.wrap(
            right, max(width - column - len(_INDENT), _NARROWEST // 2), break_on_hyphens=False
        )
        if len(left) + 2 > column:
            yield _INDENT + left
            left = ""  # noqa: PLW2901, what is left to write
        for line in lines:
            yield f"{_INDENT}{left:{column}}{line}"
            left = ""  # noqa: PLW2901


def _examples(rows: Rows, width: int) -> Iterator[str]:
    """Commands, with what each does behind a `#`, so that a line can be copied whole."""
    column = max((len(command) for command, _ in rows if len(command) <= _COMMAND), default=_COMMAND)
    room = width - column - len(_INDENT) - 4
    for command, comment in rows:
        if room < _NARROWEST // 2:
            yield from textwrap.wrap(
                f"# {comment}", width - 2, initial_indent=_INDENT, subsequent_indent="  # "
            )
            yield _INDENT + command
            continue
        first, *more = textwrap.wrap(comment, room)
        beside = f"{_INDENT}{command:{column}}  # {first}"
        if len(beside) > width:
            yield _INDENT + command
            beside = f"{_INDENT}{'':{column}}  # {first}"
        yield beside
        yield from (f"{_INDENT}{'':{column}}  # {line}" for line in more)
