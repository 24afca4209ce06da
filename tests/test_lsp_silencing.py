"""In the editor: silencing with a reason, explaining, and what a baseline hides."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assaymark.workspace.baseline import written
from e2e.inside import PULLS, URI, Inside, Message, insert

SNIPPETS = PULLS | {
    "workspace": PULLS["workspace"] | {"workspaceEdit": {"documentChanges": True, "snippetEditSupport": True}}
}
SHOWS = PULLS | {"window": {"showDocument": {"support": True}}}
IGNORE = "# assaymark: ignore[eval-code] -- "


def edit(able: Message | None = None, **options: Any) -> Inside:
    chosen = {"select": ["eval-code", "os-shell-call", "ignore-*"], "level": "strict"}
    return Inside(able or PULLS, initializationOptions={"typingDelay": 0, **chosen, **options})


def actions(editor: Inside, line: int = 0, character: int = 1) -> list[Message]:
    place = {"line": line, "character": character}
    asked = {
        "textDocument": {"uri": URI},
        "range": {"start": place, "end": place},
        "context": {"diagnostics": []},
    }
    return editor.request("textDocument/codeAction", asked)["result"]


def edits_of(action: Message) -> list[Message]:
    edit = action["edit"]
    return (
        edit["documentChanges"][0]["edits"]
        if "documentChanges" in edit
        else next(iter(edit["changes"].values()))
    )


def silenced(text: str, line: int, character: int = 1) -> str:
    """*text* after the finding at that place was silenced."""
    editor = edit()
    editor.open(text)
    (action,) = (one for one in actions(editor, line, character) if one["title"].startswith("Silence"))
    assert (action["title"], action["kind"]) == ("Silence eval-code with a reason…", "quickfix")
    (change,) = edits_of(action)
    lines = text.splitlines(keepends=True) or [""]
    start, end = change["range"]["start"], change["range"]["end"]
    offset = sum(map(len, lines[: start["line"]])) + start["character"]
    to = sum(map(len, lines[: end["line"]])) + end["character"]
    return text[:offset] + change["newText"] + text[to:]


@pytest.mark.parametrize(
    "text, line, expected",
    [
        ("eval(x)\n", 0, f"eval(x)  {IGNORE}reason\n"),
        ("eval(x)", 0, f"eval(x)  {IGNORE}reason"),
        ("eval(x)   \n", 0, f"eval(x)  {IGNORE}reason\n"),
        ("eval(x)  # why\n", 0, f"eval(x)  # why  {IGNORE}reason\n"),
        ("if x:\n    eval(x)\r\n", 1, f"if x:\n    eval(x)  {IGNORE}reason\r\n"),
        ("f(\n eval(x),\n)\n", 1, f"f(\n eval(x),  {IGNORE}reason\n)\n"),
        ("if x:\n    y = 1 + \\\n      2\n", 1, ""),
        ("if x:\n    eval(x) + \\\n      2\n", 1, f"if x:\n    {IGNORE}reason\n    eval(x) + \\\n      2\n"),
        ('if x:\n    eval(x + """\n""")\n', 1, f'if x:\n    {IGNORE}reason\n    eval(x + """\n""")\n'),
        ('y = f"""\n{eval(x)}\n"""\n', 1, f'{IGNORE}reason\ny = f"""\n{{eval(x)}}\n"""\n'),
    ],
)
def test_the_comment_goes_where_it_holds(text: str, line: int, expected: str) -> None:
    """Behind the line; above the statement, as far indented, where a line ends in a string or a backslash."""
    if not expected:
        editor = edit()
        editor.open(text)
        assert actions(editor, line) == []
        return
    assert silenced(text, line, 5 if text.startswith("if") else 2) == expected


def test_a_client_with_snippets_gets_a_field_for_the_reason() -> None:
    editor = edit(SNIPPETS)
    editor.open("eval(x)\n")
    (action,) = (one for one in actions(editor) if one["title"].startswith("Silence"))
    (change,) = edits_of(action)
    assert change["snippet"] == {"kind": "snippet", "value": f"  {IGNORE}${{1:reason}}"}


def test_the_edit_is_made_when_the_action_is_chosen() -> None:
    """For the text as it is then; and the action names the diagnostic that it is about."""
    resolving = {
        "codeActionLiteralSupport": {},
        "dataSupport": True,
        "resolveSupport": {"properties": ["edit"]},
    }
    editor = edit(PULLS | {"textDocument": PULLS["textDocument"] | {"codeAction": resolving}})
    editor.open("eval(x)\n")
    items = editor.report()["items"]
    place = items[0]["range"]
    asked = {"textDocument": {"uri": URI}, "range": place, "context": {"diagnostics": items}}
    offered = editor.request("textDocument/codeAction", asked)["result"]
    (action,) = (one for one in offered if one["title"].startswith("Silence"))
    assert (action["diagnostics"], "edit" in action) == (items, False)
    editor.come(editor.change(insert(0, 0, "x = 1\n")))
    (change,) = edits_of(editor.request("codeAction/resolve", action)["result"])
    assert change["range"]["start"] == {"line": 1, "character": 7}
    editor.come(editor.change(insert(1, 0, "# ")))
    assert "error" in editor.request("codeAction/resolve", action)


def test_the_word_that_stands_for_the_reason_is_none() -> None:
    """The finding is silenced at once, and what is missing is said until it is written."""
    editor = edit()
    editor.open(silenced("eval(x)\n", 0))
    assert [one["code"] for one in editor.report()["items"]] == ["ignore-without-reason"]


def test_what_is_said_of_comments_cannot_be_silenced() -> None:
    editor = edit()
    editor.open("x = 1  # assaymark: ignore[evil-code] -- x\n")
    assert actions(editor, character=30) == []


def test_a_rule_is_explained_where_the_client_shows_documents() -> None:
    editor = edit(SHOWS)
    editor.open("eval(x)\n")
    (action,) = (one for one in actions(editor) if one["title"] == "Explain eval-code")
    assert action["command"]["command"] == "assaymark.explain"
    assert action["command"]["arguments"] == ["eval-code"]


@pytest.fixture
def known(tmp_path: Path) -> Path:
    return tmp_path / "known.json"


def baseline(file: Path, items: list[Message], name: str = "x.py") -> None:
    """*file* knows the *items* of a document called *name* beside it."""
    marks = [(one["code"], one["data"]["fingerprint"]) for one in items]
    file.write_text(written({name: marks}), "utf-8")


def items_in(editor: Inside, uri: str, text: str) -> list[Message]:
    editor.open(text, uri)
    return pulled(editor, uri)


def pulled(editor: Inside, uri: str) -> list[Message]:
    items = editor.report(uri=uri)["items"]
    assert isinstance(items, list)
    return items


def test_what_a_baseline_knows_is_not_shown(known: Path) -> None:
    """And neither hovered nor acted on; what comes beside it is shown."""
    uri = (known.parent / "x.py").as_uri()
    baseline(known, items_in(edit(), uri, "eval(x)\n"))
    editor = edit(baseline=str(known))
    assert items_in(editor, uri, "eval(x)\n") == []
    editor.come(editor.change(insert(1, 0, "eval(x)\n"), uri=uri))
    assert [one["range"]["start"]["line"] for one in pulled(editor, uri)] == [1]


def test_a_baseline_that_changes_is_read_again(known: Path) -> None:
    uri = (known.parent / "x.py").as_uri()
    found = items_in(edit(), uri, "eval(x)\n")
    baseline(known, [])
    editor = edit(baseline=str(known))
    assert len(items_in(editor, uri, "eval(x)\n")) == 1
    baseline(known, found)
    editor.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": known.as_uri(), "type": 2}]})
    assert pulled(editor, uri) == []


def test_a_broken_baseline_is_told_and_hides_nothing(known: Path) -> None:
    known.write_text("{", "utf-8")
    uri = (known.parent / "x.py").as_uri()
    editor = edit(baseline=str(known))
    came = editor.open("eval(x)\n", uri)
    assert len(pulled(editor, uri)) == 1
    told = json.dumps(came)
    assert "the baseline cannot be used" in told
