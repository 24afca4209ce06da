"""
`assaymark blame`: where each line of a file comes from, and which record says so.

Invariants:
    A line that several wrote is shown as that; what nothing is recorded of is shown as unknown.
    Of persons nothing is said.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from assaymark.cli.output import say, style
from assaymark.cli.style import Style, harmless
from assaymark.cli.usage import UsageError
from assaymark.dataclass import dataclass
from assaymark.lineage import words
from assaymark.lineage.plain import to_plain
from assaymark.origin import Author
from assaymark.record.reading import Line, Recorded, of_file
from assaymark.repository.place import Place, place_of
from assaymark.workspace.reading import Unreadable, read
from assaymark.workspace.today import today

if TYPE_CHECKING:
    from assaymark.lineage.lines import LineOrigin

SCHEMA = "assaymark/blame/1"
MOST_BYTES = 50_000_000
_LINE_END = re.compile(r"\r\n|\n|\r")
_RANGE = re.compile(r"(\d*)(?:,(\d*))?")
_WIDEST = 44
_N_COMMIT = 8


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was typed after `blame`: the *lines* as `12`, `12,40`, `12,` or `,40`."""

    file: str
    lines: str | None = None
    as_json: bool = False


def blame(wanted: Wanted) -> int:
    """The exit code. Effect: prints the lines. Raises UsageError."""
    content = content_of(wanted.file)
    place = place_of(wanted.file)
    recorded = of_file(place, content)
    first, last = _bounds(wanted.lines, len(recorded.lines))
    if wanted.as_json:
        say([json.dumps(_plain(wanted.file, place, recorded, first, last), indent=2) + "\n"])
    else:
        say(_text(content, recorded, first, last, style()))
    return 0


def content_of(file: str) -> bytes:
    """What *file* holds. Raises UsageError."""
    if not os.path.lexists(file):
        msg = f"there is no file {file!r}"
        raise UsageError(msg)
    raw = read(file, MOST_BYTES)
    if isinstance(raw, Unreadable):
        msg = f"{file} cannot be read: {raw.reason}"
        raise UsageError(msg)
    return raw


def _bounds(spelled: str | None, n_lines: int) -> tuple[int, int]:
    """The first and the last line that is wanted, from 1. Raises UsageError."""
    if spelled is None:
        return 1, n_lines
    found = _RANGE.fullmatch(spelled)
    if found is None or spelled in {"", ","}:
        msg = f"-L takes lines as 12, 12,40, 12, or ,40; not {spelled!r}"
        raise UsageError(msg)
    first = int(found[1] or 1)
    last = first if found[2] is None else int(found[2] or n_lines)
    if not 1 <= first <= last or first > n_lines:
        msg = f"-L {spelled}: the file has the lines 1 to {n_lines}"
        raise UsageError(msg)
    return first, min(last, n_lines)


def _text(content: bytes, recorded: Recorded, first: int, last: int, look: Style) -> Iterator[str]:
    texts = _LINE_END.split(content.decode("utf-8", "replace"))
    lines = recorded.lines[first - 1 : last]
    # A file that ends as files do has no line behind its last line end.
    if last == len(recorded.lines) and lines and not texts[-1] and first < last:
        lines = lines[:-1]
    day = today()
    whose = [_whose(line.origin, day) for line in lines]
    width = min(max(map(len, whose), default=0), _WIDEST)
    n_digits = len(str(last))
    for number, (line, who) in enumerate(zip(lines, whose, strict=True), first):
        commit = line.commit[:_N_COMMIT] or "·" * _N_COMMIT
        shown = who if len(who) <= width else f"{who[: width - 1]}…"
        text = harmless(texts[number - 1])
        yield f"{commit}  {look(_looks(line), shown.ljust(width))}  {number:>{n_digits}} │ {text}\n"
    yield from (f"assaymark: {harmless(problem)}\n" for problem in recorded.problems)
    yield f"Recorded in: {_where(recorded)}. {'·' * _N_COMMIT} is not committed.\n"


def _whose(line: LineOrigin, day: int) -> str:
    return harmless(words.briefly(line, day))


def _looks(line: Line) -> str:
    return "path" if any(part.origin.author is Author.ai for part in line.origin.parts) else "faint"


def _where(recorded: Recorded) -> str:
    sources = {"ledger": "the ledger", "notes": "git notes"}
    found = [
        said for source, said in sources.items() if any(line.source == source for line in recorded.lines)
    ]
    return " and ".join(found) or "nothing is recorded of this file"


def _plain(file: str, place: Place, recorded: Recorded, first: int, last: int) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "path": place.path or file,
        "source": recorded.source,
        "problems": list(recorded.problems),
        "lines": list(_plain_lines(recorded.lines[first - 1 : last], first)),
    }


def _plain_lines(lines: Sequence[Line], first: int) -> Iterator[dict[str, object]]:
    for number, line in enumerate(lines, first):
        yield plain_line(number, line)


def plain_line(number: int, line: Line) -> dict[str, object]:
    """A line as JSON: its origins in the order in which they begin, and which record says so."""
    plain: dict[str, object] = {
        "line": number,
        "origins": [{**to_plain(origin), "bytes": n_bytes} for origin, n_bytes, _ in line.origin.parts],
        "source": line.source,
    }
    if line.commit:
        plain["commit"] = line.commit
    return plain
