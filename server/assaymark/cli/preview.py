"""
`check --fix --dry-run`: what the fixes would change, as a unified diff that `git apply` and `patch -p1` take.

Invariants:
    Nothing is written, and the fixes are the ones that `--fix` would make: judged by the same code.
    Standard output is the diff and nothing else; what is to be said beside it goes to standard error.
    A terminal gets no control character of a file; a program gets the lines as they are.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence

from assaymark.cli.differing import difference
from assaymark.cli.fixing import Store, Wanted, fixed
from assaymark.cli.output import keep_line_ends, say, style
from assaymark.cli.report import Report
from assaymark.cli.style import Style
from assaymark.cli.terminal import preview_summary
from assaymark.dataclass import dataclass
from assaymark.workspace.reading import Unreadable, decoded
from assaymark.workspace.walking import File

WOULD_CHANGE, NOT_DONE = 1, 2


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
    return difference((f"a/{rewrite.path}", f"b/{rewrite.path}"), rewrite.before, rewrite.after, look)
