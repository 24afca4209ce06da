r"""
`check --fix --dry-run`: what the fixes would change, as a unified diff that `git apply` and `patch -p1` take.

Invariants:
    Nothing is written, and the fixes are the ones that `--fix` would make: judged by the same code.
    Standard output is the diff and nothing else; what is to be said beside it goes to standard error.
    A terminal gets no control character of a file; a program gets the lines as they are.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from assaymark.cli.fixing import Store, Wanted, fixed
from assaymark.cli.output import keep_line_ends, say, style
from assaymark.cli.report import Report
from assaymark.cli.style import Style, harmless
from assaymark.cli.terminal import preview_summary
from assaymark.workspace.reading import Unreadable, decoded
from assaymark.workspace.walking import File

WOULD_CHANGE, NOT_DONE = 1, 2
_ROLES = {"+": "good", "-": "gone", "@": "low"}
_NO_LINE_END = "\\ No newline at end of file\n"


@dataclass(frozen=True, slots=True)
class _Rewrite:
    """What a file holds, and what it would hold."""

    path: str
    before: str
    after: str


def preview(report: Report, files: Sequence[File], wanted: Callable[[Store], Wanted]) -> int:
    """
    The exit code: 2 when something was not checked, 1 when something would change.

    Effect: writes the diff to standard output, and a summary to standard error.
    """
    rewrites: list[_Rewrite] = []

    def collect(file: File, raw: bytes, stored: bytes) -> None:
        rewrites.append(_Rewrite(file.path, _shown(raw), _shown(stored)))

    after = fixed(report, files, wanted(collect))
    look = style()
    keep_line_ends()
    say(line for rewrite in rewrites for line in _lines(rewrite, look))
    if sys.stderr is not None:
        sys.stderr.writelines(preview_summary(after))
    if report.failed or report.rules.problems:
        return NOT_DONE
    return WOULD_CHANGE if rewrites else 0


def _shown(raw: bytes) -> str:
    source = decoded(raw, "python")
    if isinstance(source, Unreadable):
        return raw.decode("utf-8", "backslashreplace")
    return source.mark.decode() + source.content.decode()


def _lines(rewrite: _Rewrite, look: Style) -> Iterator[str]:
    path = harmless(rewrite.path)
    # A tab ends a name that has blanks in it, for patch.
    end = "\t" if " " in path else ""
    before, after = (text.split("\n") for text in (rewrite.before, rewrite.after))
    for line in difflib.unified_diff(
        _with_ends(before), _with_ends(after), f"a/{path}{end}", f"b/{path}{end}"
    ):
        yield from _written(line, look)


def _with_ends(lines: list[str]) -> list[str]:
    """The lines of a text with their line ends; the last one has none where the text ends without."""
    *whole, last = lines
    return [f"{line}\n" for line in whole] + [last] * bool(last)


def _written(line: str, look: Style) -> Iterator[str]:
    text, end = line.removesuffix("\n"), "\n"
    if look.is_terminal or look.colour:
        text = harmless(text.removesuffix("\r").rstrip("\t"))
    is_name = line.startswith(("--- ", "+++ "))
    role = "path" if is_name else _ROLES.get(line[:1], "")
    yield (look(role, text) if role else text) + end
    if not line.endswith("\n"):
        yield _NO_LINE_END
