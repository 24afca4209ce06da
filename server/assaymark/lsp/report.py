"""
Diagnostics as JSON, encoded once for each section and joined for each report.

Invariants:
    A section that is the same object as before is not encoded again (sections are equal by identity); when
    it moved, its line numbers are filled in anew.
    The items stand in the order of the text.
    A step of a finding that stands in another section is looked up for each report: it may have moved.
    What was not checked is said to be so: it never looks clean.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from assaymark.analysis.snapshot import State
from assaymark.dataclass import dataclass
from assaymark.finding import Finding, Severity
from assaymark.lineage.lines import line_origin
from assaymark.lineage.plain import PlainOrigin, to_plain
from assaymark.lsp.wire import Encoding, columns_before, position_of
from assaymark.origin import STANDING
from assaymark.text import Chunk, Place, Span

if TYPE_CHECKING:
    from assaymark.analysis.snapshot import Section, Snapshot
    from assaymark.lsp.known import Known
    from assaymark.lsp.pause import Held
    from assaymark.workspace.baseline import Baseline

SOURCE = "assaymark"

_ERROR, _WARNING, _INFORMATION, _HINT = 1, 2, 3, 4
_LOUDNESS = {
    Severity.critical: _ERROR,
    Severity.high: _WARNING,
    Severity.medium: _INFORMATION,
    Severity.low: _HINT,
}
_UNCHECKED = {
    State.partial: (_HINT, "only a part of this file was checked"),
    State.failed: (_INFORMATION, "this file was not checked"),
    State.timed_out: (_INFORMATION, "this file was not checked"),
    State.not_analysed: (_INFORMATION, "this file was not checked"),
}


_NONE: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Style:
    """
    How a client wants its diagnostics, and which.

    *relates* says that it shows the steps of a finding; they are in the document *uri*, or in a cell of a
    notebook when that is empty.
    """

    encoding: Encoding
    page_of: Callable[[Finding], str | None]
    shows: Callable[[Finding], bool]
    relates: bool = False
    uri: str = ""


class Sheet:
    """The encoded sections of one text."""

    __slots__ = ("_encoded", "_known", "_style", "shows")

    def __init__(self, style: Style, known: Known | None = None) -> None:
        self._style = style
        self._known = known
        self.shows = style.shows
        self._encoded: dict[Section, _Encoded] = {}

    @property
    def baseline(self) -> Baseline | None:
        """The baseline that hides some of its findings."""
        return None if self._known is None else self._known.baseline

    def hidden(self, snapshot: Snapshot) -> Mapping[Section, frozenset[int]]:
        """By section, the numbers of its findings that are known, and so not shown."""
        return {} if self._known is None else self._known.hidden(snapshot)

    def items(self, snapshot: Snapshot, held: Held | None) -> bytes:
        """
        The diagnostics of *snapshot*, but for those that are *held* back, with commas between them.

        Effect: sections that are no longer in the text are forgotten.
        """
        parts = [unchecked(snapshot)]
        # Each turn of this loop is paid for at every keystroke.
        for line, encoded in self._sections(snapshot, held):
            parts.append(encoded.items if encoded.line == line else encoded.at(line))
        return b",".join(filter(None, parts))

    def items_by_cell(
        self, snapshot: Snapshot, held: Held | None, cells: Sequence[tuple[str, int]]
    ) -> list[bytes]:
        """
        The diagnostics of each of *cells*, which are given by URI and first line, as `items` gives all.

        What was not checked is said in the first cell.
        """
        starts = [start for _, start in cells]
        parts: list[list[bytes]] = [[] for _ in cells]
        if cells:
            parts[0].append(unchecked(snapshot))
        for line, encoded in self._sections(snapshot, held) if cells else ():
            for template, lines in encoded.each(line):
                number = bisect_right(starts, lines[0]) - 1
                parts[number].append(template % _in_cells(lines, cells, starts, number))
        return [b",".join(filter(None, some)) for some in parts]

    def _sections(self, snapshot: Snapshot, held: Held | None) -> Iterator[tuple[int, _Encoded]]:
        """The sections with findings and their first lines. Effect: the others are forgotten at the end."""
        kept: dict[Section, _Encoded] = {}
        hidden = self.hidden(snapshot)
        for place in snapshot.sections_with_findings():
            section = place.leaf
            if held is not None and held.section is section:
                skipped = held.findings.union(hidden.get(section, ()))
                yield place.line, _Encoded(place, snapshot, self._style, skipped)
                continue
            encoded, skipped = self._encoded.get(section), hidden.get(section, _NONE)
            if encoded is None or encoded.skipped != skipped:
                encoded = _Encoded(place, snapshot, self._style, skipped)
            if not encoded.is_far:
                kept[section] = encoded
            yield place.line, encoded
        self._encoded = kept


def unchecked(snapshot: Snapshot) -> bytes:
    """The diagnostic that says that *snapshot* was not checked, or only in part; nothing when it was."""
    if snapshot.state not in _UNCHECKED or snapshot.language is None:
        return b""
    loudness, message = _UNCHECKED[snapshot.state]
    return not_checked(f"{message} ({snapshot.reason}). This is not a pass.", loudness)


def not_checked(message: str, loudness: int = _INFORMATION) -> bytes:
    """A diagnostic at the start of the file."""
    start = {"line": 0, "character": 0}
    item = {
        "range": {"start": start, "end": start},
        "severity": loudness,
        "code": "not-checked",
        "source": SOURCE,
        "message": message,
    }
    return json.dumps(item).encode()


def plain(message: str) -> str:
    """*message* without its Markdown and as a sentence, as diagnostics are shown."""
    text = message.replace("`", "")
    return text if text.endswith((".", "!", "?", ":")) else text + "."


class _Encoded:
    """
    A section's diagnostics, but for the numbers of lines; *items* are those when it starts on *line*.

    It *is_far* when a step of a finding stands in another section.
    """

    __slots__ = ("_each", "_lines", "_template", "is_far", "items", "line", "skipped")

    def __init__(
        self, place: Place[Section], snapshot: Snapshot, style: Style, skipped: frozenset[int]
    ) -> None:
        self.skipped = skipped
        points = _Points(place, snapshot, style.encoding)
        findings = [
            finding
            for index, finding in enumerate(place.leaf.findings)
            if index not in skipped and style.shows(finding)
        ]
        self._each = [
            (_template(points, finding, style), _lines(points, finding, style)) for finding in findings
        ]
        self._template = b",".join(template for template, _ in self._each)
        self._lines = [number for _, lines in self._each for number in lines]
        self.is_far = points.is_far
        self.line, self.items = -1, b""

    def at(self, line: int) -> bytes:
        """The diagnostics of the section when it starts on *line*; they are remembered."""
        self.line, self.items = line, self._template % tuple([line + number for number in self._lines])
        return self.items

    def each(self, line: int) -> Iterator[tuple[bytes, list[int]]]:
        """Each diagnostic of the section when it starts on *line*, and the lines that are missing in it."""
        for template, lines in self._each:
            yield template, [line + number for number in lines]


class _Points:
    """Lines, from the section's first, and columns of the bytes of a section, and of others of its text."""

    __slots__ = ("_encoding", "_place", "_snapshot", "is_far")

    def __init__(self, place: Place[Section], snapshot: Snapshot, encoding: Encoding) -> None:
        self._place = place
        self._snapshot = snapshot
        self._encoding = encoding
        self.is_far = False

    def line(self, offset: int) -> int:
        chunk = self._place.leaf.chunk
        if 0 <= offset <= chunk.n_bytes:
            return chunk.line_of(offset)
        self.is_far = True
        return self._snapshot.text.line_of(offset + self._place.start) - self._place.line

    def origin(self, offset: int) -> PlainOrigin:
        """Of the line of a byte of the section; empty when nothing is known of it."""
        chunk, runs = self._place.leaf.chunk, self._place.leaf.origins
        # As nearly always one origin is that of all lines.
        origin = runs[0].origin if len(runs) == 1 else line_origin(chunk, runs, chunk.line_of(offset)).first
        return {} if origin is None or origin == STANDING else to_plain(origin)

    def column(self, offset: int) -> int:
        chunk = self._place.leaf.chunk
        if 0 <= offset <= chunk.n_bytes:
            return _column(chunk, offset, self._encoding)
        return position_of(self._snapshot.text, offset + self._place.start, self._encoding).column


def _in_cells(
    lines: Sequence[int], cells: Sequence[tuple[str, int]], starts: Sequence[int], number: int
) -> tuple[int | bytes, ...]:
    """*lines* as lines of their cells: those of the finding, then the cell and the lines of each step."""
    # What ends at the end of a cell ends there, and not at the start of the next.
    values: list[int | bytes] = [line - starts[number] for line in lines[:2]]
    for start, end in zip(lines[2::2], lines[3::2], strict=True):
        at = bisect_right(starts, start) - 1
        values += (json.dumps(cells[at][0]).encode(), start - starts[at], end - starts[at])
    return tuple(values)


def _lines(points: _Points, finding: Finding, style: Style) -> list[int]:
    spans = [finding.span, *(step.span for step in finding.trace if style.relates)]
    return [points.line(at) for span in spans for at in (span.start, span.end)]


def _template(points: _Points, finding: Finding, style: Style) -> bytes:
    origin = points.origin(finding.span.start)
    page = style.page_of(finding)
    rest = {
        "severity": _LOUDNESS[finding.severity],
        "code": finding.rule,
        **({"codeDescription": {"href": page}} if page else {}),
        "source": SOURCE,
        "message": plain(finding.message),
        "data": {"fingerprint": finding.fingerprint, **({"origin": origin} if origin else {})},
    }
    encoded = json.dumps(rest).encode()[1:-1].replace(b"%", b"%%")
    related = _related(points, finding, style) if style.relates and finding.trace else b""
    return b'{"range":%b%b,%b}' % (_range(points, finding.span), related, encoded)


def _range(points: _Points, span: Span) -> bytes:
    return b'{"start":{"line":%%d,"character":%d},"end":{"line":%%d,"character":%d}}' % (
        points.column(span.start),
        points.column(span.end),
    )


def _related(points: _Points, finding: Finding, style: Style) -> bytes:
    """The steps of *finding*, each a place and what happens there."""
    uri = json.dumps(style.uri).encode().replace(b"%", b"%%") if style.uri else b"%b"
    steps = (
        b'{"location":{"uri":%b,"range":%b},"message":%b}'
        % (uri, _range(points, step.span), json.dumps(plain(step.message)).encode().replace(b"%", b"%%"))
        for step in finding.trace
    )
    return b',"relatedInformation":[%b]' % b",".join(steps)


def _column(chunk: Chunk, offset: int, encoding: Encoding) -> int:
    start = chunk.line_starts[chunk.line_of(offset)]
    # Only what stands before counts, and one character more, in which the offset may lie.
    return columns_before(chunk.data[start : offset + 3], offset - start, encoding)
