"""Where the editor's changes come from: typed, pasted, accepted, undone, formatted, or unknown."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assaymark.analysis.attributing import runs_of
from assaymark.origin import Author, Evidence, Origin, covering
from assaymark.text import Span
from e2e.inside import BEGIN, PULLS, URI, Inside, insert, of, replace

AGENT = Origin(Author.ai, Evidence.hook, tool="claude")


def told(editor: Inside, uri: str = URI) -> list[tuple[str, str]]:
    """The text in parts, each with who wrote it and what that rests on (or how it came)."""
    text = editor.session.read(uri).snapshot.text
    found, at, whole = [], 0, text.whole().decode()
    for n_bytes, origin in runs_of(text):
        why = origin.arrival.value if origin.arrival else origin.evidence.value
        found.append((whole[at : at + n_bytes], f"{origin.author.value}:{why}"))
        at += n_bytes
    return found


def opened(text: str, origin: Origin = AGENT, uri: str = URI) -> Inside:
    """An editor with *text*, all of which is of *origin*."""
    editor = Inside(PULLS)
    editor.open(text, uri)
    size = len(text.encode())
    editor.session.desk.attribute(uri, Span(0, size), covering(size, origin))
    return editor


def report(editor: Inside, kind: str, **said: Any) -> list[Any]:
    return editor.notify("assaymark/origin", {"uri": URI, "kind": kind, **said})


def test_what_is_typed_is_typed_and_nothing_else_changes() -> None:
    """One character at a time, inside an agent's line."""
    editor = opened("x = load(body)\n")
    editor.type(0, 9, "my_")
    assert told(editor) == [("x = load(", "ai:hook"), ("my_", "human:typed"), ("body)\n", "ai:hook")]


def test_what_comes_at_once_is_unknown_however_it_looks() -> None:
    """Nobody reported it; that is no evidence of anything."""
    editor = opened("")
    editor.come(editor.change(insert(0, 0, "def f():\n    return 1\n")))
    assert told(editor) == [("def f():\n    return 1\n", "unknown:bulk")]


def test_an_editor_that_sends_all_of_it_changes_the_lines_that_differ() -> None:
    """At each key. The line on which something was typed is of unknown origin, since more may have come."""
    editor = opened("import os\nx = load(body)\ny = 1\n")
    editor.come(editor.change({"text": "import os\nx = load(my_body)\ny = 1\n"}))
    editor.come(editor.change({"text": "import os\nx = load(my_body)\ny = 1\n"}))
    assert told(editor) == [
        ("import os\n", "ai:hook"),
        ("x = load(my_body)\n", "unknown:bulk"),
        ("y = 1\n", "ai:hook"),
    ]


_SOME_LINES = st.lists(
    st.sampled_from(
        ("import yaml\n", "def f(x):\n", "    yaml.load(x)\n", "    eval(x)\r\n", "\n", "\r", '"""', "x")
    )
).map("".join)


@given(_SOME_LINES, st.lists(_SOME_LINES, min_size=1, max_size=3))
def test_sending_all_of_it_equals_opening_it(first: str, texts: list[str]) -> None:
    """Text and findings, one change after the other and several at once."""
    editor, again = Inside(PULLS), Inside(PULLS)
    editor.open(first)
    editor.come(editor.change(*({"text": text} for text in texts)), editor.change({"text": texts[0]}))
    again.open(texts[0])
    assert editor.session.read(URI).snapshot.text.whole() == texts[0].encode()
    found, fresh = (
        [(one["range"], one["code"], one["data"]["fingerprint"]) for one in where.report()["items"]]
        for where in (editor, again)
    )
    assert found == fresh


def test_a_burst_is_as_many_keys_as_it_has_changes() -> None:
    """An editor may send several keys at once."""
    editor = opened("")
    editor.come(editor.change(insert(0, 0, "a"), insert(0, 1, "b")), editor.change(insert(0, 2, "c")))
    assert told(editor) == [("abc", "human:typed")]


@pytest.mark.parametrize("first", ["change", "report"])
@pytest.mark.parametrize(
    "named",
    [
        {"version": 2, "text": "return 1\n"},
        {"text": "return 1\n"},
        {"version": 2, "range": {"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 0}}},
        {"version": 2},
    ],
)
def test_an_accepted_suggestion_is_an_agents(first: str, named: dict[str, Any]) -> None:
    """The report comes just before or just after the change, and names it by text, range or version."""
    editor = opened("")
    if first == "report":
        report(editor, "accept", tool="copilot", **named)
    editor.come(editor.change(insert(0, 0, "return 1\n")))
    if first == "change":
        report(editor, "accept", tool="copilot", **named)
    assert told(editor) == [("return 1\n", "ai:accept")]
    assert runs_of(editor.session.read(URI).snapshot.text)[0].origin == Origin(
        Author.ai, Evidence.accept, tool="copilot", time=BEGIN
    )


def test_a_report_of_a_part_of_a_change_is_about_that_part() -> None:
    """What else came with it stays unknown."""
    editor = opened("")
    editor.come(editor.change(insert(0, 0, "import os\nreturn 1\n")))
    report(editor, "accept", text="return 1\n")
    assert told(editor) == [("import os\n", "unknown:bulk"), ("return 1\n", "ai:accept")]


def test_what_was_typed_into_it_before_the_report_stays_typed() -> None:
    """Typing goes on while the report is under way."""
    editor = opened("")
    editor.come(editor.change(insert(0, 0, "return 1\n")))
    editor.type(0, 7, "x")
    report(editor, "accept", version=2, text="return 1\n")
    assert told(editor) == [("return ", "ai:accept"), ("x", "human:typed"), ("1\n", "ai:accept")]


def test_a_report_explains_no_other_change() -> None:
    """Another version, or another text, is another change."""
    editor = opened("")
    editor.come(editor.change(insert(0, 0, "one = 1\n")))
    report(editor, "accept", version=3, text="two = 2\n")
    editor.come(editor.change(insert(1, 0, "six = 6\n")))
    assert told(editor) == [("one = 1\nsix = 6\n", "unknown:bulk")]


def test_a_report_whose_change_never_comes_is_forgotten_and_counted() -> None:
    """After five seconds the same text is another change."""
    editor = opened("")
    report(editor, "accept", text="return 1\n")
    editor.clock.pass_by(5.1)
    editor.come(editor.change(insert(0, 0, "return 1\n")))
    assert told(editor) == [("return 1\n", "unknown:bulk")]
    assert editor.session.arrivals.n_unmatched == 1


def test_a_change_that_is_long_past_is_not_explained() -> None:
    """A report is about what just happened."""
    editor = opened("")
    editor.come(editor.change(insert(0, 0, "return 1\n")))
    editor.clock.pass_by(5.1)
    report(editor, "accept", text="return 1\n")
    assert told(editor) == [("return 1\n", "unknown:bulk")]


def test_pasted_lines_that_stood_here_keep_their_origin() -> None:
    """Copied or cut, within an open document or between two."""
    other = "file:///project/app/other.py"
    editor = opened("import os\n")
    editor.open("", other)
    editor.come(editor.change(insert(0, 0, "import os\n"), uri=other))
    editor.notify("assaymark/origin", {"uri": other, "kind": "paste", "version": editor.version})
    assert told(editor, other) == [("import os\n", "ai:hook")]


def test_cut_lines_keep_their_origin_where_they_are_pasted() -> None:
    """A line that moves is not new."""
    editor = opened("a = 1\nb = 2\n")
    editor.come(editor.change(replace(0, 0, 1, 0, "")))
    editor.come(editor.change(insert(1, 0, "a = 1\n")))
    report(editor, "paste", version=3)
    assert told(editor) == [("b = 2\na = 1\n", "ai:hook")]


@pytest.mark.parametrize("text", ["elsewhere = 1\n", "a"])
def test_pasted_text_that_is_not_known_is_unknown(text: str) -> None:
    """From elsewhere, or less than a line, which may stand anywhere."""
    editor = opened("a = 1\n")
    editor.come(editor.change(insert(1, 0, text)))
    report(editor, "paste", version=2)
    assert told(editor)[-1] == (text, "unknown:pasted")


def test_pasted_text_that_stood_in_two_places_is_unknown() -> None:
    """It may be the one or the other."""
    editor = opened("a = 1\n")
    editor.type(1, 0, "a = 1\n")
    editor.come(editor.change(insert(2, 0, "a = 1\n")))
    report(editor, "paste", version=editor.version)
    assert told(editor)[-1] == ("a = 1\n", "unknown:pasted")


_LINES = [f"{name} = {name}()\n" for name in "abcdef"]


def _with_line_put(lines: tuple[int, int], at: int, wider: tuple[int, int]) -> Inside:
    """Six lines, each of another origin, after a copy of some was put before line *at* and reported.

    The edit is spelled with so many bytes more on either side.
    """
    text = "".join(_LINES)
    editor = opened(text)
    size = len(_LINES[0])
    for number in range(len(_LINES)):
        origin = covering(size, Origin(Author.ai, Evidence.hook, tool=f"tool-{number}"))
        editor.session.desk.attribute(URI, Span(number * size, (number + 1) * size), origin)
    start, end = max(at * size - wider[0], 0), min(at * size + wider[1], len(text))
    new = text[start : at * size] + "".join(_LINES[slice(*lines)]) + text[at * size : end]
    editor.come(editor.change(replace(*divmod(start, size), *divmod(end, size), new)))
    report(editor, "paste", version=2)
    return editor


@pytest.mark.parametrize("at", [2, 3])
def test_a_line_put_right_beside_itself_keeps_its_origin(at: int) -> None:
    """Above or below; as an editor spells it that begins at the end of the line before."""
    editor = _with_line_put((2, 3), at, (1, 0))
    runs = runs_of(editor.session.read(URI).snapshot.text)
    assert [run.origin.tool for run in runs] == [f"tool-{number}" for number in range(6)]
    assert [run.n_bytes for run in runs] == [8, 8, 16, 8, 8, 8]


@given(st.data())
def test_a_paste_is_the_same_however_its_edit_is_spelled(data: st.DataObject) -> None:
    """With more around it, whole lines or parts. What begins as the lines below do may be either of them."""
    first = data.draw(st.integers(0, 5))
    lines = first, data.draw(st.integers(first + 1, 6))
    # Put into itself, it stands nowhere else any more.
    at = data.draw(st.integers(0, 6).filter(lambda at: not lines[0] < at < lines[1]))
    wider = data.draw(st.tuples(st.integers(0, 30), st.just(0) if at == first else st.integers(0, 30)))
    editor, least = _with_line_put(lines, at, wider), _with_line_put(lines, at, (0, 0))
    texts = [one.session.read(URI).snapshot.text for one in (editor, least)]
    assert texts[0].whole() == texts[1].whole()
    assert runs_of(texts[0]) == runs_of(texts[1])


def test_a_paste_below_a_line_that_was_read_leaves_it_read() -> None:
    """Also where the edit is spelled from the end of that line on, and of a text that nobody knows."""
    editor = opened("")
    origin = Origin(Author.ai, Evidence.hook, reviews=("one",))
    editor.come(editor.change(insert(0, 0, "a = 1\nb = 2\n")))
    editor.session.desk.attribute(URI, Span(0, 12), covering(12, origin))
    editor.come(editor.change(replace(0, 5, 1, 0, "\nelsewhere = 1\n")))
    report(editor, "paste", version=editor.version)
    runs = runs_of(editor.session.read(URI).snapshot.text)
    assert [(run.n_bytes, run.origin.reviews) for run in runs] == [(6, ("one",)), (14, ()), (6, ("one",))]


def test_text_that_is_typed_or_inserted_is_never_looked_up() -> None:
    """Only the editor's word makes it a paste."""
    editor = opened("import os\n")
    editor.come(editor.change(insert(1, 0, "import os\n")))
    assert told(editor)[-1] == ("import os\n", "unknown:bulk")


def test_undoing_brings_text_back_with_its_origin_and_redoing_too() -> None:
    """Whoever undoes writes nothing."""
    editor = opened("x = load(body)\ny = 1\n")
    editor.come(editor.change(replace(0, 0, 1, 0, "")))
    editor.come(editor.change(insert(0, 0, "x = load(body)\n")))
    report(editor, "undo", version=3)
    assert told(editor) == [("x = load(body)\ny = 1\n", "ai:hook")]
    editor.come(editor.change(insert(1, 0, "z = 2\n")))
    editor.come(editor.change(replace(1, 0, 2, 0, "")))
    report(editor, "undo", version=5)
    editor.come(editor.change(insert(1, 0, "z = 2\n")))
    report(editor, "redo", version=6)
    assert told(editor) == [
        ("x = load(body)\n", "ai:hook"),
        ("z = 2\n", "unknown:bulk"),
        ("y = 1\n", "ai:hook"),
    ]


def test_several_keys_undone_at_once_are_several_origins() -> None:
    """The editor takes back a word; its letters were of two origins."""
    editor = opened("abcdef\n")
    editor.type(0, 3, "x")
    for _ in range(3):
        editor.come(editor.change(replace(0, 2, 0, 3, "")))
    editor.come(editor.change(insert(0, 2, "cxd")))
    report(editor, "undo", version=editor.version)
    assert told(editor) == [("abc", "ai:hook"), ("x", "human:typed"), ("def\n", "ai:hook")]


def test_a_formatter_changes_no_origin() -> None:
    """What it adds is its own."""
    editor = opened("x=load( body )\n")
    editor.come(editor.change(replace(0, 0, 1, 0, "x = load(\n    body,\n)\n")))
    report(editor, "format", version=2, tool="ruff")
    assert told(editor) == [
        ("x = load(\n    body", "ai:hook"),
        (",\n", "tool:accept"),
        (")\n", "ai:hook"),
    ]


def test_a_rename_changes_no_origin() -> None:
    """In every place of one change."""
    editor = opened("total = 1\nprint(total)\n")
    editor.come(editor.change(replace(1, 6, 1, 11, "the_sum"), replace(0, 0, 0, 5, "the_sum")))
    report(editor, "rename", version=2)
    assert told(editor) == [("the_sum = 1\nprint(the_sum)\n", "ai:hook")]


def test_a_fix_of_our_own_is_known_for_one() -> None:
    """The client needs to report nothing; what the fix leaves standing stays whose it was."""
    editor = opened("import yaml\nyaml.load(body)\n")
    params = {
        "textDocument": {"uri": URI},
        "range": {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 1}},
        "context": {"diagnostics": [], "only": ["quickfix"]},
    }
    actions = editor.request("textDocument/codeAction", params)["result"]
    fix = next(action for action in actions if "safe_load" in action["title"])
    edit = fix.get("edit") or editor.request("codeAction/resolve", fix)["result"]["edit"]
    (changed,) = edit["documentChanges"]
    changes = [{"range": one["range"], "text": one["newText"]} for one in changed["edits"]]
    editor.come(editor.change(*changes))
    parts = told(editor)
    assert "".join(text for text, _ in parts) == "import yaml\nyaml.safe_load(body)\n"
    assert ("safe_load", "tool:accept") in parts
    assert {why for _, why in parts} == {"ai:hook", "tool:accept"}


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "accept"},
        {
            "kind": "accept",
            "range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}},
        },
        {"kind": "guess", "version": 2},
        {"kind": "accept", "version": 2, "evidence": "commit"},
        {"kind": "accept", "version": 2, "model": "m\n" * 3},
        {"kind": "accept", "version": 2, "tool": "t" * 300},
    ],
)
def test_a_report_that_says_too_little_is_refused(said: dict[str, Any]) -> None:
    """With its reason; it attributes nothing."""
    editor = opened("")
    editor.come(editor.change(insert(0, 0, "return 1\n")))
    came = editor.notify("assaymark/origin", {"uri": URI, **said})
    assert "assaymark/origin was ignored" in of(came, "window/logMessage")[0]["message"]
    assert told(editor) == [("return 1\n", "unknown:bulk")]


def test_a_change_of_the_settings_forgets_no_origin() -> None:
    """Everything is judged anew, and written by whom it was."""
    editor = opened("x = 1\n")
    editor.notify("workspace/didChangeConfiguration", {"settings": {"assaymark": {"level": "pedantic"}}})
    assert told(editor) == [("x = 1\n", "ai:hook")]


def test_a_cell_of_a_notebook_is_attributed_like_a_file() -> None:
    """By the text that came."""
    editor = Inside(PULLS)
    notebook, cell = "file:///project/n.ipynb", "vscode-notebook-cell:/project/n.ipynb#1"
    editor.notify(
        "notebookDocument/didOpen",
        {
            "notebookDocument": {
                "uri": notebook,
                "notebookType": "jupyter-notebook",
                "version": 1,
                "cells": [{"kind": 2, "document": cell}],
            },
            "cellTextDocuments": [{"uri": cell, "languageId": "python", "version": 1, "text": "a = 1\n"}],
        },
    )
    content = {"document": {"uri": cell, "version": 2}, "changes": [insert(1, 0, "b = 2\n")]}
    change = {
        "notebookDocument": {"uri": notebook, "version": 2},
        "change": {"cells": {"textContent": [content]}},
    }
    editor.notify("notebookDocument/didChange", change)
    editor.notify("assaymark/origin", {"uri": cell, "kind": "accept", "version": 2, "text": "b = 2\n"})
    assert told(editor, notebook)[-1] == ("b = 2\n", "ai:accept")
