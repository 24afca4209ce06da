"""Lenses and hovers: what is said over a function, and under a rule's text, of lines that nobody reviewed."""

from __future__ import annotations

from typing import Any

import pytest

from assaymark.dataclass import replace as replaced
from assaymark.origin import Arrival, Author, Cut, Evidence, Origin, unknown
from assaymark.syntax.cut import ParseWork, cut
from assaymark.syntax.functions import function_over
from assaymark.text import Span
from e2e.authors import SHOWS, attribute, editing, hints, lenses, titles
from e2e.inside import PUSHED, URI, Inside, insert, of

TYPED = Origin(Author.human, Evidence.typed)
TWO = """\
import flask


@cached
def load(body):
    first = eval(body)

    return eval(first)


def save(body):
    return eval(body)
"""


def test_a_function_with_a_finding_of_an_agent_has_a_lens() -> None:
    """It counts the findings, and the lines but for blank ones; a function without one has no lens."""
    editor = editing()
    editor.open(TWO)
    assert lenses(editor) == []
    attribute(editor, 4, 7)
    assert titles(editor) == [(3, "2 findings · 3 of 4 lines by AI, not reviewed | Show")]


def test_a_finding_in_a_line_that_somebody_typed_counts_for_nothing() -> None:
    """Though the rest of the function is an agent's."""
    editor = editing()
    editor.open(TWO)
    attribute(editor, 4, 7)
    attribute(editor, 5, 5, TYPED)
    assert titles(editor) == [(3, "1 finding · 2 of 4 lines by AI, not reviewed | Show")]
    attribute(editor, 7, 7, unknown(Arrival.bulk))
    assert lenses(editor) == []


def test_a_finding_in_a_line_that_an_agent_cut_counts() -> None:
    """The lens says that the line was changed, not that it is an agent's."""
    editor = editing()
    editor.open(TWO)
    attribute(editor, 3, 7, TYPED)
    attribute(editor, 5, 5, replaced(TYPED, cut=Cut("claude")))
    assert titles(editor) == [(3, "1 finding · 1 of 4 lines changed by AI, not reviewed | Show")]


def test_an_agents_function_without_a_finding_has_no_lens() -> None:
    """Nothing to say is said by nothing."""
    editor = editing()
    editor.open("def f():\n    return 1\n")
    attribute(editor, 0, 1)
    assert lenses(editor) == []


def test_code_outside_of_functions_has_no_lens() -> None:
    """Its finding is shown like any other."""
    editor = editing()
    editor.open("x = eval(y)\n")
    attribute(editor, 0, 0)
    assert (lenses(editor), editor.lines()) == ([], [0])


def test_the_innermost_function_has_the_lens() -> None:
    """And a method is a function."""
    editor = editing()
    editor.open(
        "class A:\n    def f(self):\n        def g(x):\n            return eval(x)\n        return g\n"
    )
    attribute(editor, 0, 4)
    assert titles(editor) == [(2, "1 finding · 2 of 2 lines by AI, not reviewed | Show")]


def test_a_finding_that_is_not_shown_counts_for_nothing() -> None:
    """Silenced, below the severity that is shown, or held back while it is typed."""
    editor = editing()
    editor.open("def f(x):\n    # assaymark: ignore[eval-code] -- a constant\n    return eval(x)\n")
    attribute(editor, 0, 0)
    attribute(editor, 2, 2)
    assert lenses(editor) == []
    editor = editing(severity="critical")
    editor.open(TWO)
    attribute(editor, 0, 11)
    assert lenses(editor) == []


def test_a_finding_that_was_held_back_brings_its_lens() -> None:
    """The client is told to ask again when the pause is over."""
    editor = editing(typingDelay=500)
    editor.open("def f(x):\n    return eval\n")
    attribute(editor, 0, 1)
    editor.type(1, 15, "(x)")
    assert lenses(editor) == []
    editor.clock.pass_by(0.5)
    assert len(of(editor.new(), "workspace/codeLens/refresh")) == 1
    assert titles(editor) == [(0, "1 finding · 2 of 2 lines by AI, not reviewed | Show")]


def test_show_leads_to_the_finding() -> None:
    """Also when it has moved; one that is gone leads nowhere."""
    editor = editing()
    editor.open(TWO)
    attribute(editor, 4, 7)
    command = lenses(editor)[0]["command"]
    editor.come(editor.change(insert(0, 0, "# new\n")))
    reply, (shown,) = run(editor, command)
    place = {"start": {"line": 6, "character": 12}, "end": {"line": 6, "character": 22}}
    assert shown == {"uri": URI, "selection": place, "takeFocus": True}
    assert reply == {"uri": URI, "selection": place}
    editor.open("x = 1\n")
    assert run(editor, command) == (None, [])


def run(editor: Inside, command: dict[str, Any]) -> tuple[object, list[Any]]:
    """The answer to a command, and what the client was asked to show."""
    request = editor.ask(
        "workspace/executeCommand", {"command": command["command"], "arguments": command["arguments"]}
    )
    came = editor.come(request)
    (reply,) = [one for one in came if one.get("id") == request["id"]]
    return reply["result"], of(came, "window/showDocument")


def test_who_cannot_be_led_is_not_offered_to() -> None:
    """The lens says what it says, and the command's answer holds the place."""
    editor = Inside({"textDocument": SHOWS["textDocument"]})
    editor.open(TWO)
    attribute(editor, 4, 7)
    assert titles(editor) == [(3, "2 findings · 3 of 4 lines by AI, not reviewed")]


def test_quiet_leaves_no_lens_and_no_hint() -> None:
    """And a change of the setting while running is told."""
    editor = editing()
    editor.open(TWO)
    attribute(editor, 4, 7)
    assert (len(titles(editor)), len(hints(editor))) == (1, 1)
    editor.clock.pass_by(5)
    editor.new()
    came = editor.notify("workspace/didChangeConfiguration", {"settings": {"assaymark": {"quiet": True}}})
    assert len(of(came, "workspace/codeLens/refresh")) == len(of(came, "workspace/inlayHint/refresh")) == 1
    assert (lenses(editor), hints(editor)) == ([], [])


def test_a_cell_has_the_lenses_of_its_functions() -> None:
    """Counted from its first line, and named by its own URI."""
    editor = Inside({**SHOWS, "notebookDocument": {"synchronization": {}}})
    cells = {"cell:1": "x = 1\n", "cell:2": "y = 2\ndef f(x):\n    return eval(x)\n"}
    book = {"uri": "file:///n.ipynb", "notebookType": "jupyter-notebook", "version": 1}
    editor.notify(
        "notebookDocument/didOpen",
        {
            "notebookDocument": {**book, "cells": [{"kind": 2, "document": uri} for uri in cells]},
            "cellTextDocuments": [
                {"uri": uri, "languageId": "python", "version": 1, "text": text}
                for uri, text in cells.items()
            ],
        },
    )
    attribute(editor, 3, 4, uri="cell:2")
    assert titles(editor, "cell:1") == []
    assert titles(editor, "cell:2") == [(1, "1 finding · 2 of 2 lines by AI, not reviewed | Show")]
    _, (shown,) = run(editor, lenses(editor, "cell:2")[0]["command"])
    assert (shown["uri"], shown["selection"]["start"]) == ("cell:2", {"line": 2, "character": 11})


def test_who_is_pushed_to_hears_of_an_origin() -> None:
    """The diagnostics come again when what they carry is different, and only then."""
    editor = Inside(PUSHED)
    editor.open("x = 1\ny = eval(x)\n")
    assert of(attribute(editor, 0, 0), "textDocument/publishDiagnostics") == []
    (report,) = of(attribute(editor, 1, 1), "textDocument/publishDiagnostics")
    assert report["diagnostics"][0]["data"]["origin"]["tool"] == "claude"


@pytest.mark.parametrize(
    "text, at, expected",
    [
        ("def f():\n    x = 1\n", "x = 1", "def f():\n    x = 1"),
        ("@a\n@b\nasync def f():\n    x = 1\n", "x = 1", "@a\n@b\nasync def f():\n    x = 1"),
        ("class A:\n    @a\n    def f(self): x = 1\n", "x = 1", "@a\n    def f(self): x = 1"),
        ("def f(x=1): pass\n", "x=1", "def f(x=1): pass"),
        ("@a(x=1)\ndef f(): pass\n", "x=1", None),
        ("x = lambda: 1\n", "1", None),
        ("x = 1\n", "x = 1", None),
    ],
)
def test_the_function_around_a_place(text: str, at: str, expected: str | None) -> None:
    """With its decorators; what stands in those is outside."""
    content = text.encode()
    (piece,) = cut(content, "python", ParseWork())
    start = text.index(at)
    found = function_over(piece, Span(start, start + len(at)), "python")
    assert (None if found is None else text[found.start : found.end]) == expected


def test_a_member_of_a_long_class_is_counted_from_its_own_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is parsed before it stands at no offset of the text."""
    monkeypatch.setattr("assaymark.syntax.cut.LONG_UNIT", 60)
    editor = editing()
    members = "".join(f"    def f{number}(self, x):\n        return eval(x)\n\n" for number in range(4))
    editor.open(f"class A:\n{members}")
    attribute(editor, 7, 8)
    assert titles(editor) == [(7, "1 finding · 2 of 2 lines by AI, not reviewed | Show")]


# Hover


def hovered(editor: Inside, line: int, column: int) -> str | None:
    position = {"line": line, "character": column}
    params = {"textDocument": {"uri": URI}, "position": position}
    result = editor.request("textDocument/hover", params)["result"]
    return None if result is None else result["contents"]["value"]


def test_a_hover_says_where_the_line_comes_from() -> None:
    """In one line, under the rule's text."""
    editor = editing()
    editor.open(TWO)
    attribute(editor, 5, 5)
    text = hovered(editor, 5, 14) or ""
    assert text.splitlines()[-3:-1] == ["---", ""]
    assert text.splitlines()[-1].startswith("Line 6: Claude Code, claude-opus-4-6, 14 Nov")
    assert text.endswith("Evidence: its edit hook. Not reviewed.")


def test_what_is_unknown_is_said_to_be() -> None:
    """A finding in a line of which nothing is known."""
    editor = editing()
    editor.open("x = eval(y)\n")
    assert (hovered(editor, 0, 5) or "").endswith(
        "Line 1: origin unknown (it was there before recording began)."
    )


def test_a_hover_elsewhere_is_silent() -> None:
    """Also on an agent's line: its hint says the same, and other servers answer there."""
    editor = editing()
    editor.open(TWO)
    attribute(editor, 0, 11)
    assert hovered(editor, 0, 3) is None


def test_a_quiet_hover_speaks_of_the_rule_alone() -> None:
    """The setting `quiet`."""
    editor = editing(quiet=True)
    editor.open(TWO)
    attribute(editor, 5, 5)
    text = hovered(editor, 5, 14) or ""
    assert "eval-code" in text
    assert "Line 6" not in text


def test_origins_reencode_their_section_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is learnt of one function leaves the diagnostics of the others as they are; the client hears of it."""
    from assaymark.lsp import report

    editor = editing()
    editor.open("def f(x):\n    return eval(x)\n\n\n" * 20)
    editor.report()
    encoded: list[int] = []
    encode = report._Encoded

    def counted(place: Any, *rest: Any) -> Any:
        encoded.append(place.line)
        return encode(place, *rest)

    monkeypatch.setattr(report, "_Encoded", counted)
    came = attribute(editor, 41, 41)
    assert len(of(came, "workspace/diagnostic/refresh")) == 1
    items = editor.report()["items"]
    assert encoded == [40]
    assert [item["data"].get("origin", {}).get("tool") for item in items] == [
        *[None] * 10,
        "claude",
        *[None] * 9,
    ]
