"""
The report, to standard output or into a file.

Invariants:
    A file is written whole or not at all.
    A reader that goes away changes neither the exit code nor causes a traceback.
"""

from __future__ import annotations

import errno
import io
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from assaymark.cli.style import Style
from assaymark.cli.usage import UsageError
from assaymark.dataclass import dataclass

# Not at run time: who asks for help only need not wait for the analysis to be imported.
if TYPE_CHECKING:
    from assaymark.cli.report import Report

# What a pipe says whose reader is gone; Windows says EINVAL.
_GONE = frozenset((errno.EPIPE, errno.EINVAL, errno.ESHUTDOWN))


class NotWrittenError(Exception):
    """The report could not be delivered."""


@dataclass(frozen=True, slots=True)
class Target:
    """A format, and the file that a report in it goes to; without one, standard output."""

    form: str
    file: str | None = None


def write(
    report: Report,
    code: int,
    targets: Sequence[Target],
    content: Callable[[str], bytes],
    *,
    show_silenced: bool = False,
) -> None:
    """
    Write *report*, which ends with the exit *code*, to every one of *targets*.

    Effect: writes the files, and then standard output: the report, or its summary when that went into files
    alone. *content* tells what a checked file holds. Raises UsageError or NotWrittenError.
    """
    files = [target for target in targets if target.file is not None]
    for target in files:
        _store(target.file or "", _pieces(report, code, target.form, content, Style()))
    written = [f"Written: {target.file}\n" for target in files]
    shown = [target.form for target in targets if target.file is None]
    for form in shown:
        if form == "csv":
            keep_line_ends()
        if form == "text" and show_silenced:
            from assaymark.cli.silenced import as_text

            say(as_text(report, style()))
        say(_pieces(report, code, form, content, style() if form == "text" else Style()))
    if not shown:
        from assaymark.cli.terminal import summary

        say((*summary(report, style()), *written))
    elif shown == ["text"]:
        say(written)


def _store(file: str, pieces: Iterable[str]) -> None:
    """Effect: writes *file*, whole or not at all. Raises UsageError."""
    # Late: most reports go to standard output.
    from assaymark.workspace.writing import replace

    text = "".join(pieces)
    try:
        replace(os.path.abspath(file), text.encode("utf-8", "backslashreplace"))  # noqa: PTH100
    except OSError as error:
        msg = f"cannot write {file}: {(error.strerror or type(error).__name__).lower()}"
        raise UsageError(msg) from error


def keep_line_ends() -> None:
    """Effect: standard output no longer puts the platform's line ends in the place of those of a format."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(newline="")


def say(pieces: Iterable[str]) -> None:
    """
    Write *pieces* to standard output, as far as somebody reads them.

    Raises NotWrittenError when they cannot be delivered though somebody wants them.
    """
    out = sys.stdout
    if out is None:
        return
    encoding = out.encoding or "utf-8"
    try:
        for piece in pieces:
            out.write(piece.encode(encoding, "backslashreplace").decode(encoding))
        out.flush()
    except OSError as error:
        # What is still buffered would be tried again, and complained about, at the end of the process.
        sys.stdout = None
        if error.errno not in _GONE:
            msg = f"the report could not be written: {(error.strerror or '').lower()}"
            raise NotWrittenError(msg) from error


def style() -> Style:
    """How standard output is written to: in colour on a terminal, unless NO_COLOR says otherwise."""
    out = sys.stdout
    is_terminal = out is not None and out.isatty() and os.environ.get("TERM") != "dumb"
    wants_colour = (is_terminal or bool(os.environ.get("FORCE_COLOR"))) and not os.environ.get("NO_COLOR")
    if wants_colour and os.name == "nt":
        # Effect on older Windows consoles: they begin to understand colours.
        os.system("")  # noqa: S605
    width = shutil.get_terminal_size((100, 24)).columns if is_terminal else 100
    bar = _bar(getattr(out, "encoding", None) or "utf-8")
    return Style(colour=wants_colour, bar=bar, width=max(width, 40), is_terminal=is_terminal)


def _bar(encoding: str) -> str:
    try:
        "│".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return "|"
    return "│"


def _pieces(
    report: Report, code: int, form: str, content: Callable[[str], bytes], look: Style
) -> Iterator[str]:
    # Late: only the format that was asked for is imported.
    match form:
        case "json":
            from assaymark.cli.as_json import as_json

            return as_json(report)
        case "sarif":
            from assaymark.cli.as_sarif import as_sarif

            return as_sarif(report, code)
        case "github":
            from assaymark.cli.as_github import as_github

            return as_github(report)
        case "gitlab":
            from assaymark.cli.as_gitlab import as_gitlab

            return as_gitlab(report)
        case "junit":
            from assaymark.cli.as_junit import as_junit

            return as_junit(report)
        case "csv":
            from assaymark.cli.as_csv import as_csv

            return as_csv(report)
        case "statistics":
            from assaymark.cli.statistics import as_statistics

            return as_statistics(report, look)
        case _:
            from assaymark.cli.terminal import as_text

            return as_text(report, content, look)
