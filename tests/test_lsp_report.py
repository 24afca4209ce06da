"""Diagnostics as JSON: what stands in them, and how often they are encoded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from assaymark.analysis.snapshot import State
from assaymark.finding import Confidence, Finding, Level, Severity
from assaymark.lsp import report
from assaymark.lsp.pause import Held
from assaymark.lsp.report import Sheet, Style, plain
from assaymark.lsp.wire import Encoding
from assaymark.origin import STANDING, Author, Evidence, Origin, Runs, covering
from assaymark.text import Chunk, Place, Span
from e2e.inside import PULLS, Inside, insert


@dataclass(frozen=True, eq=False)
class Leaf:
    chunk: Chunk
    findings: tuple[Finding, ...]
    origins: Runs


@dataclass(frozen=True)
class Shot:
    """A snapshot, as far as a report reads it."""

    places: tuple[Place[Leaf], ...] = ()
    state: State = State.findings
    reason: str = ""
    language: str | None = "python"

    def sections_with_findings(self) -> Iterator[Place[Leaf]]:
        return iter(self.places)


def finding(start: int, end: int, message: str = "bad", severity: Severity = Severity.high) -> Finding:
    return Finding("r", Span(start, end), message, severity, Confidence.high, Level.default, (1,), "f" * 16)


def leaf(text: str, *findings: Finding) -> Leaf:
    content = text.encode()
    return Leaf(Chunk(content), findings, covering(len(content), STANDING))


def style(encoding: Encoding = "utf-16", page: str | None = None) -> Style:
    return Style(encoding, lambda _: page, lambda _: True)


def items(sheet: Sheet, *places: tuple[int, Leaf], held: Held | None = None) -> list[dict[str, Any]]:
    shot = Shot(tuple(Place(section, 0, line, (0, 0)) for line, section in places))
    return json.loads(b"[%b]" % sheet.items(shot, held))


def test_a_diagnostic_says_everything() -> None:
    """Range, severity, code with its page, source, message and fingerprint."""
    section = leaf("x\n  y\n", finding(4, 5, "`y` is 100% bad"))
    assert items(Sheet(style(page="file:///r.md")), (7, section)) == [
        {
            "range": {"start": {"line": 8, "character": 2}, "end": {"line": 8, "character": 3}},
            "severity": 2,
            "code": "r",
            "codeDescription": {"href": "file:///r.md"},
            "source": "assaymark",
            "message": "y is 100% bad.",
            "data": {"fingerprint": "f" * 16},
        }
    ]


def test_a_diagnostic_carries_the_origin_of_its_line() -> None:
    """That of most of the line on which it starts; its message says nothing of it."""
    agent = Origin(Author.ai, Evidence.hook, "claude", "opus", session="s", time=7)
    typed = Origin(Author.human, Evidence.typed)
    section = leaf("xx = 1\nyyyy = 2\n", finding(7, 11))
    runs = (*covering(7, typed), *covering(4, agent), *covering(5, typed))
    (item,) = items(Sheet(style()), (0, replace(section, origins=runs)))
    assert item["data"]["origin"] == {
        "author": "ai",
        "evidence": "hook",
        "tool": "claude",
        "model": "opus",
        "session": "s",
        "time": 7,
    }
    assert item["message"] == "bad."


@pytest.mark.parametrize(
    "severity, loudness",
    [(Severity.critical, 1), (Severity.high, 2), (Severity.medium, 3), (Severity.low, 4)],
)
def test_severities(severity: Severity, loudness: int) -> None:
    """Critical is an error, high a warning, medium information, low a hint."""
    (item,) = items(Sheet(style()), (0, leaf("x\n", finding(0, 1, severity=severity))))
    assert item["severity"] == loudness


@pytest.mark.parametrize("encoding, columns", [("utf-8", (6, 10)), ("utf-16", (3, 5)), ("utf-32", (2, 3))])
def test_columns_in_each_encoding(encoding: Encoding, columns: tuple[int, int]) -> None:
    """What stands before the finding on its line counts, and nothing else."""
    section = leaf("é\n😀é😀y\n", finding(9, 13))
    (item,) = items(Sheet(style(encoding)), (0, section))
    assert (item["range"]["start"]["character"], item["range"]["end"]["character"]) == columns


def test_a_section_is_encoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Moved or not, the same section is only joined; a new one is encoded."""
    encoded = []
    template = report._template
    monkeypatch.setattr(report, "_template", lambda *args: encoded.append(1) or template(*args))
    sheet, section = Sheet(style()), leaf("x\n", finding(0, 1))
    for line in (0, 0, 3):
        (item,) = items(sheet, (line, section))
        assert item["range"]["start"]["line"] == line
    assert len(encoded) == 1
    items(sheet, (0, leaf("x\n", finding(0, 1))), (1, section))
    assert len(encoded) == 2


def test_sections_that_are_gone_are_forgotten() -> None:
    """A sheet is no larger than its text."""
    sheet = Sheet(style())
    items(sheet, (0, leaf("x\n", finding(0, 1))))
    items(sheet)
    assert sheet._encoded == {}


def test_what_is_held_is_left_out() -> None:
    """By its index in its section, and only there."""
    section = leaf("x y\n", finding(0, 1), finding(2, 3))
    sheet = Sheet(style())
    held = Held(section, frozenset([0]))
    assert [item["range"]["start"]["character"] for item in items(sheet, (0, section), held=held)] == [2]
    assert [item["range"]["start"]["character"] for item in items(sheet, (0, section))] == [0, 2]


@pytest.mark.parametrize("state", [State.failed, State.timed_out, State.partial, State.not_analysed])
def test_what_was_not_checked_is_said(state: State) -> None:
    """It never looks clean."""
    (item,) = json.loads(b"[%b]" % Sheet(style()).items(Shot(state=state, reason="because"), None))
    assert item["code"] == "not-checked"
    assert "because" in item["message"]
    assert "This is not a pass" in item["message"]


def test_a_kind_of_file_that_is_not_analysed_has_no_diagnostic() -> None:
    """There is no promise to check it."""
    assert Sheet(style()).items(Shot(state=State.not_analysed, language=None), None) == b""


@pytest.mark.parametrize("message, shown", [("`a` is b", "a is b."), ("a is b.", "a is b."), ("a?", "a?")])
def test_messages_are_plain_sentences(message: str, shown: str) -> None:
    """Diagnostics are not Markdown."""
    assert plain(message) == shown


def test_a_key_encodes_only_the_touched_section(monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the whole server: of a hundred functions with a finding, one is encoded again."""
    editor = Inside(PULLS)
    editor.open("\n\n".join(f"def f{n}(y):\n    return eval(y)\n" for n in range(100)))
    editor.report()
    encoded = []
    template = report._template
    monkeypatch.setattr(report, "_template", lambda *args: encoded.append(1) or template(*args))
    editor.come(editor.change(insert(202, 4, "\n")))
    assert len(editor.report()["items"]) == 100
    assert len(encoded) <= 3
