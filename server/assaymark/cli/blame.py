"""
`assaymark blame`: where each line of a file comes from, which record says so, and whether it was read.

Invariants:
    A line that several wrote is shown as that; what nothing is recorded of is shown as unknown.
    Of persons nothing is said, but in JSON who read a line, at that line.
    Whether a line was read is what a gate would say of it: a statement counts as a whole.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from assaymark.cli.output import say, style
from assaymark.cli.style import Style, harmless
from assaymark.cli.usage import UsageError
from assaymark.dataclass import dataclass
from assaymark.lineage import words
from assaymark.lineage.plain import to_plain
from assaymark.lineage.review_records import key_of
from assaymark.lineage.reviews import Signature, Standing, reviews_of
from assaymark.origin import Author
from assaymark.record.reading import NONE, Line, Recorded
from assaymark.record.standing import Judged, judged
from assaymark.repository.place import Place, place_of
from assaymark.workspace.reading import Unreadable, read
from assaymark.workspace.today import today

if TYPE_CHECKING:
    from assaymark.lineage.reviews import Review

SCHEMA = "assaymark/blame/1"
MOST_BYTES = 50_000_000
_LINE_END = re.compile(r"\r\n|\n|\r")
_RANGE = re.compile(r"(\d*)(?:,(\d*))?")
# As `reviewed` has them.
_WITH_LINES = re.compile(r"(.+):(\d+)[-,](\d+)")
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
    found = judged(place, content)
    first, last = _bounds(wanted.lines, len(found.recorded.lines))
    if wanted.as_json:
        say([json.dumps(_plain(wanted.file, place, found, first, last), indent=2) + "\n"])
    else:
        say(_text(content, found, first, last, style()))
    return 0


def content_of(file: str) -> bytes:
    """What *file* holds. Raises UsageError."""
    if not os.path.lexists(file):
        named = _WITH_LINES.fullmatch(file)
        lines = (
            "" if named is None else f"; lines are named by -L: assaymark blame -L {named[2]},{named[3]} FILE"
        )
        msg = f"there is no file {file!r}{lines}"
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


def _text(content: bytes, found: Judged, first: int, last: int, look: Style) -> Iterator[str]:
    recorded = found.recorded
    texts = _LINE_END.split(content.decode("utf-8", "replace"))
    lines = recorded.lines[first - 1 : last]
    # A file that ends as files do has no line behind its last line end.
    if last == len(recorded.lines) and lines and not texts[-1] and first < last:
        lines = lines[:-1]
    day = today()
    whose = [
        harmless(words.briefly(line.origin, day, is_due=found.at(number) is not Standing.written))
        for number, line in enumerate(lines, first)
    ]
    width = min(max(map(len, whose), default=0), _WIDEST)
    read = [read_in_short(found, first + n, day) for n in range(len(lines))]
    # Where nothing is recorded at all, "not reviewed" at every line would say nothing.
    n_read = max(map(len, read), default=0) if recorded.source != NONE or found.has_reviews else 0
    n_digits = len(str(last))
    for number, (line, who) in enumerate(zip(lines, whose, strict=True), first):
        commit = line.commit[:_N_COMMIT] or "·" * _N_COMMIT
        shown = who if len(who) <= width else f"{who[: width - 1]}…"
        text = harmless(texts[number - 1])
        review = f"  {read[number - first]:<{n_read}}" if n_read else ""
        yield f"{commit}  {look(_looks(line), shown.ljust(width))}{review}  {number:>{n_digits}} │ {text}\n"
    yield from (f"assaymark: {harmless(problem)}\n" for problem in recorded.problems)
    yield f"Recorded in: {_where(recorded)}. {'·' * _N_COMMIT} is not committed.\n"


def read_in_short(found: Judged, number: int, day: int) -> str:
    """Whether line *number* (from 1) was read, for a column; nothing where nobody need read it."""
    standing = found.at(number)
    if standing is Standing.written:
        return ""
    read = reviews_of(found.recorded.lines[number - 1].origin, found.recorded.reviews)
    if standing is Standing.unread or not read:
        return "not reviewed" if standing is Standing.unread else "reviewed"
    return words.review_in_short(read[-1], day)


def _looks(line: Line) -> str:
    return "path" if any(part.origin.author is Author.ai for part in line.origin.parts) else "faint"


def _where(recorded: Recorded) -> str:
    sources = {"ledger": "the ledger", "notes": "git notes"}
    found = [
        said for source, said in sources.items() if any(line.source == source for line in recorded.lines)
    ]
    return " and ".join(found) or "nothing is recorded of this file"


def _plain(file: str, place: Place, found: Judged, first: int, last: int) -> dict[str, object]:
    recorded = found.recorded
    return {
        "schema": SCHEMA,
        "path": place.path or file,
        "source": recorded.source,
        "problems": list(recorded.problems),
        "lines": [plain_line(found, number) for number in range(first, last + 1)],
    }


def plain_line(found: Judged, number: int) -> dict[str, object]:
    """
    Line *number* (from 1) as JSON: its origins in the order in which they begin, which record says so, how it
    stands with it, and its reviews.
    """
    line = found.recorded.lines[number - 1]
    plain: dict[str, object] = {
        "line": number,
        "origins": [{**to_plain(origin), "bytes": n_bytes} for origin, n_bytes, _ in line.origin.parts],
        "source": line.source,
    }
    if line.commit:
        plain["commit"] = line.commit
    plain["standing"] = found.at(number).value
    plain["reviews"] = [_plain_review(one) for one in reviews_of(line.origin, found.recorded.reviews)]
    return plain


def _plain_review(review: Review) -> dict[str, object]:
    return {
        "review": key_of(review.id),
        "channel": review.channel.value,
        "relation": review.relation.value,
        "time": review.time,
        "who": review.who,
        "signature": review.signature.value,
        "claimed": review.signature is not Signature.good,
    }
