"""Findings in the statement that is being typed wait for a pause; all others are shown at once."""

from __future__ import annotations

import pytest

from e2e.inside import PULLS, PUSHED, URI, Inside, insert, of, published, replace

START = "def f(y):\n    pass\n\n\ndef g(y):\n    pass\n"
TYPED = "eval(y)"
HALF_A_SECOND = 0.5


def editor_at(capabilities: dict[str, object], text: str = START, **options: object) -> Inside:
    editor = Inside(capabilities, initializationOptions=options)
    editor.open(text)
    return editor


def test_what_appears_in_the_typed_statement_waits_for_a_pause() -> None:
    """Published with the newest version after 500 ms of quiet."""
    editor = editor_at(PUSHED)
    assert editor.type(1, 8, f"; {TYPED}") == []
    editor.clock.pass_by(HALF_A_SECOND)
    assert published(editor.new()) == [(editor.version, [1])]


def test_each_key_starts_the_pause_again() -> None:
    """Typing on in the statement keeps it waiting."""
    editor = editor_at(PUSHED)
    editor.type(1, 8, f"; {TYPED}")
    editor.clock.pass_by(0.4)
    assert editor.type(1, 17, " ") == []
    editor.clock.pass_by(0.4)
    assert editor.new() == []
    editor.clock.pass_by(0.1)
    assert published(editor.new()) == [(editor.version, [1])]


@pytest.mark.parametrize("elsewhere", [insert(5, 8, " "), insert(1, 17, "\n    ")])
def test_typing_that_moves_on_shows_it_at_once(elsewhere: dict[str, object]) -> None:
    """A key in another statement, or the line end that ends this one."""
    editor = editor_at(PUSHED)
    editor.type(1, 8, f"; {TYPED}")
    assert published(editor.come(editor.change(elsewhere))) == [(editor.version, [1])]


def test_what_is_pasted_is_judged_at_once() -> None:
    """No pause for text that came in bulk, on one line or on many."""
    for text in (TYPED, f"x = {TYPED}\n    z = {TYPED}"):
        editor = editor_at(PUSHED)
        assert published(editor.come(editor.change(insert(1, 4, text))))[0][0] == 2


def test_a_whole_new_text_is_judged_at_once() -> None:
    """An editor that sends everything does not say what was typed."""
    editor = editor_at(PUSHED)
    assert published(editor.come(editor.change({"text": f"{TYPED}\n"}))) == [(2, [0])]


def test_what_disappears_is_withdrawn_at_once() -> None:
    """Also in the statement that is being typed."""
    editor = editor_at(PUSHED, f"{TYPED}\n")
    assert published(editor.come(editor.change(replace(0, 3, 0, 4, "")))) == [(2, [])]


def test_a_finding_that_was_shown_stays_while_its_statement_is_edited() -> None:
    """No flicker: the finding moves with the text."""
    editor = editor_at(PUSHED, f"{TYPED}\n")
    assert published(editor.come(editor.change(insert(0, 6, "y")))) != []
    assert published(editor.come(editor.change(insert(0, 0, " ")))) != []
    assert [
        item["code"] for item in of(editor.sent, "textDocument/publishDiagnostics")[-1]["diagnostics"]
    ] == ["eval-code"]


def test_what_appears_elsewhere_is_shown_at_once() -> None:
    """The last letter of an import decides about lines that nobody is typing on."""
    editor = editor_at(PUSHED, "import yam as y\ny.load(x)\n")
    assert published(editor.sent) == [(1, [])]
    assert published(editor.type(0, 10, "l")) == [(2, [1])]


def test_a_pulling_client_is_refreshed_after_the_pause() -> None:
    """Held back from every report until then."""
    editor = editor_at(PULLS)
    editor.type(1, 8, f"; {TYPED}")
    before = editor.report()
    assert before["items"] == []
    editor.clock.pass_by(HALF_A_SECOND)
    assert len(of(editor.new(), "workspace/diagnostic/refresh")) == 1
    assert [item["range"]["start"]["line"] for item in editor.report(before["resultId"])["items"]] == [1]


def test_saving_is_a_pause() -> None:
    """Whoever saves wants to know."""
    editor = editor_at(PUSHED)
    editor.type(1, 8, f"; {TYPED}")
    came = editor.notify("textDocument/didSave", {"textDocument": {"uri": URI}})
    assert published(came) == [(editor.version, [1])]


def test_zero_switches_the_pause_off() -> None:
    """Every key is judged at once."""
    editor = editor_at(PUSHED, typingDelay=0)
    assert published(editor.type(1, 8, f"; {TYPED}")) == [(editor.version, [1])]


def test_the_pause_is_a_setting() -> None:
    """In milliseconds."""
    editor = editor_at(PUSHED, typingDelay=2000)
    editor.type(1, 8, f"; {TYPED}")
    editor.clock.pass_by(1.9)
    assert editor.new() == []
    editor.clock.pass_by(0.1)
    assert published(editor.new()) == [(editor.version, [1])]


def test_some_characters_at_once_are_typed_too() -> None:
    """An editor that waits before it sends joins what a person typed; a pair may close itself."""
    editor = editor_at(PUSHED, "eval\n")
    assert editor.come(editor.change(insert(0, 4, "()"))) == []
    assert editor.come(editor.change(insert(0, 5, "y+z"))) == []
    editor.clock.pass_by(HALF_A_SECOND)
    assert published(editor.new()) == [(3, [0])]


def test_a_burst_of_keys_is_typing() -> None:
    """Keys that arrive together are still keys."""
    editor = editor_at(PUSHED)
    keys = [editor.change(insert(1, 8 + at, key)) for at, key in enumerate(f"; {TYPED}")]
    assert editor.come(*keys) == []


def test_a_statement_of_many_lines_is_one_statement() -> None:
    """The finding spans the line with the caret, wherever it starts."""
    editor = editor_at(PUSHED, "import subprocess\nsubprocess.run(\n    cmd,\n    shell=Tru\n)\n")
    assert editor.type(3, 13, "e") == []
    editor.clock.pass_by(HALF_A_SECOND)
    assert published(editor.new()) == [(2, [1])]


def test_hover_and_fixes_wait_too() -> None:
    """What is not shown is not offered."""
    editor = editor_at(PULLS)
    editor.type(1, 8, f"; {TYPED}")
    where = {"textDocument": {"uri": URI}, "position": {"line": 1, "character": 12}}
    assert editor.request("textDocument/hover", where)["result"] is None


def test_a_closed_document_is_not_published_after_its_pause() -> None:
    """Its timer went with it."""
    editor = editor_at(PUSHED)
    editor.type(1, 8, f"; {TYPED}")
    editor.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
    editor.clock.pass_by(HALF_A_SECOND)
    assert editor.new() == []
