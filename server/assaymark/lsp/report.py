"""
Diagnostics as JSON, encoded once for each section and joined for each report.

Invariants:
    A section that is the same object as before is not encoded again (sections are equal by identity); when
    it moved, its line numbers are filled in anew.
    The items stand in the order of the text.
    What was not checked is said to be so: it never looks clean.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assaymark.analysis.snapshot import State
from assaymark.finding import Finding, Severity
from assaymark.lsp.wire import Encoding, columns_before
from assaymark.text import Chunk

if TYPE_CHECKING:
    from assaymark.analysis.snapshot import Section, Snapshot
    from assaymark.lsp.pause import Held

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


@dataclass(frozen=True, slots=True)
class Style:
    """How a client wants its diagnostics, and which."""

    encoding: Encoding
    page_of: Callable[[str], str | None]
    shows: Callable[[Finding], bool]


class Sheet:
    """The encoded sections of one document."""

    __slots__ = ("_encoded", "_style")

    def __init__(self, style: Style) -> None:
        self._style = style
        self._encoded: dict[Section, _Encoded] = {}

    def items(self, snapshot: Snapshot, held: Held | None) -> bytes:
        """
        The diagnostics of *snapshot*, but for those that are *held* back, with commas between them.

        Effect: sections that are no longer in the text are forgotten.
        """
        before = self._encoded
        kept: dict[Section, _Encoded] = {}
        parts = [unchecked(snapshot)]
        # Each turn of this loop is paid for at every keystroke.
        for place in snapshot.sections_with_findings():
            section = place.leaf
            encoded = before.get(section)
            if held is not None and held.section is section:
                parts.append(_Encoded(section, self._style, held.findings).at(place.line))
                continue
            if encoded is None:
                encoded = _Encoded(section, self._style, ())
            kept[section] = encoded
            parts.append(encoded.items if encoded.line == place.line else encoded.at(place.line))
        self._encoded = kept
        return b",".join(filter(None, parts))


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
    """A section's diagnostics, but for the number of its first line; *items* are those for *line*."""

    __slots__ = ("_lines", "_template", "items", "line")

    def __init__(self, section: Section, style: Style, skipped: Collection[int]) -> None:
        chunk = section.chunk
        findings = [
            finding
            for index, finding in enumerate(section.findings)
            if index not in skipped and style.shows(finding)
        ]
        self._template = b",".join(_template(chunk, finding, style) for finding in findings)
        self._lines = [
            chunk.line_of(at) for finding in findings for at in (finding.span.start, finding.span.end)
        ]
        self.line, self.items = -1, b""

    def at(self, line: int) -> bytes:
        """The diagnostics of the section when it starts on *line*; they are remembered."""
        self.line, self.items = line, self._template % tuple([line + number for number in self._lines])
        return self.items


def _template(chunk: Chunk, finding: Finding, style: Style) -> bytes:
    page = style.page_of(finding.rule)
    rest = {
        "severity": _LOUDNESS[finding.severity],
        "code": finding.rule,
        **({"codeDescription": {"href": page}} if page else {}),
        "source": SOURCE,
        "message": plain(finding.message),
        "data": {"fingerprint": finding.fingerprint},
    }
    start = _column(chunk, finding.span.start, style.encoding)
    end = _column(chunk, finding.span.end, style.encoding)
    return b'{"range":{"start":{"line":%%d,"character":%d},"end":{"line":%%d,"character":%d}},%b' % (
        start,
        end,
        json.dumps(rest).encode()[1:].replace(b"%", b"%%"),
    )


def _column(chunk: Chunk, offset: int, encoding: Encoding) -> int:
    start = chunk.line_starts[chunk.line_of(offset)]
    # Only what stands before counts, and one character more, in which the offset may lie.
    return columns_before(chunk.data[start : offset + 3], offset - start, encoding)
