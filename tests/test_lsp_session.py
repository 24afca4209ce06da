"""What the client is told, and when: pulls, publishes, bursts, settings, and input that makes no sense."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assaymark.lsp import shelf
from assaymark.lsp.wire import Position, offset_of
from assaymark.rules.loading import load
from e2e.inside import PULLS, PUSHED, URI, Inside, Message, found, insert, of, published, replace, reply_to

FLAW = "x = eval(y)\n"
CLEAN = "x = 1\n"
OTHER = "file:///project/app/other.py"


class Counted:
    """The desk's `change`, and how often it was called."""

    def __init__(self, editor: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
        self.n_calls = 0
        self._change = editor.session.desk.change
        monkeypatch.setattr(editor.session.desk, "change", self)

    def __call__(self, *args: Any) -> Any:
        self.n_calls += 1
        return self._change(*args)


def whole(text: str) -> Message:
    return {"text": text}


def test_a_publish_carries_its_version() -> None:
    """Open, change, clean: each publish names the version that it is of; clean is published empty."""
    editor = Inside(PUSHED)
    assert published(editor.open(FLAW)) == [(1, [0])]
    assert published(editor.come(editor.change(insert(0, 0, "# one\n# two\n")))) == [(2, [2])]
    assert published(editor.come(editor.change(replace(2, 0, 3, 0, "")))) == [(3, [])]


def test_nothing_is_published_when_nothing_changed() -> None:
    """A change that moves no finding is silent."""
    editor = Inside(PUSHED)
    editor.open(FLAW + CLEAN)
    assert editor.come(editor.change(insert(1, 5, "1"))) == []


def test_a_pushed_client_is_not_offered_to_pull() -> None:
    """Push or pull, never both."""
    editor = Inside(PUSHED)
    assert "diagnosticProvider" not in editor.sent[0]["result"]["capabilities"]


def test_a_pulling_client_is_never_pushed_to() -> None:
    """Push or pull, never both."""
    editor = Inside(PULLS)
    came = editor.open(FLAW) + editor.type(1, 0, "eval(z)\n")
    came += editor.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
    assert of(came, "textDocument/publishDiagnostics") == []


def test_closing_withdraws_what_was_published() -> None:
    """A file that is not open shows nothing; a clean one needs no message."""
    editor = Inside(PUSHED)
    editor.open(FLAW)
    assert published(editor.notify("textDocument/didClose", {"textDocument": {"uri": URI}})) == [(1, [])]
    editor.open(CLEAN)
    assert editor.notify("textDocument/didClose", {"textDocument": {"uri": URI}}) == []


def test_opening_again_starts_anew() -> None:
    """What was said of the old text is not taken for the new one's."""
    editor = Inside(PUSHED)
    editor.open(FLAW)
    assert published(editor.open(CLEAN)) == [(1, [])]


def test_a_report_that_did_not_change_is_said_to_be_so() -> None:
    """The same diagnostics have the same id; others get another."""
    editor = Inside(PULLS)
    editor.open(FLAW + CLEAN)
    first = editor.report()
    assert first["kind"] == "full"
    assert editor.report(first["resultId"]) == {"kind": "unchanged", "resultId": first["resultId"]}
    editor.come(editor.change(insert(1, 0, "y")))
    assert editor.report(first["resultId"])["kind"] == "unchanged"
    editor.come(editor.change(insert(0, 0, "\n")))
    moved = editor.report(first["resultId"])
    assert (moved["kind"], moved["items"][0]["range"]["start"]["line"]) == ("full", 1)
    assert editor.report(first["resultId"])["kind"] == "full"


def test_a_burst_is_analysed_and_published_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Changes that are there together cost one analysis and one publish, of the last version."""
    editor = Inside(PUSHED, initializationOptions={"typingDelay": 0})
    editor.open(CLEAN)
    desk = Counted(editor, monkeypatch)
    text = "eval(a)\n" * 3
    burst = [editor.change(insert(1 + at // 8, at % 8, character)) for at, character in enumerate(text)]
    assert published(editor.come(*burst)) == [(25, [1, 2, 3])]
    assert desk.n_calls == 1


def test_an_overtaken_pull_is_answered_from_the_newest_text() -> None:
    """The pull came before the change; its answer is of the text after it."""
    editor = Inside(PULLS)
    editor.open(FLAW)
    pull = editor.pull()
    came = editor.come(pull, editor.change(whole("\n\n" + FLAW)))
    assert reply_to(came, pull)["result"]["items"][0]["range"]["start"]["line"] == 2


def test_every_pull_is_answered_in_order() -> None:
    """Two pulls around a change: two answers, both of the newest text."""
    editor = Inside(PULLS)
    editor.open(FLAW)
    first, second = editor.pull(), editor.pull()
    came = editor.come(first, editor.change(whole(CLEAN)), second)
    assert [reply_to(came, pull)["result"].get("items") for pull in (first, second)] == [[], []]


def test_a_pull_of_a_document_that_is_closed_meanwhile_is_cancelled() -> None:
    """Never left open, and not to be tried again."""
    editor = Inside(PULLS)
    editor.open(FLAW)
    pull = editor.pull()
    error = reply_to(editor.come(pull, closing(URI)), pull)["error"]
    assert (error["code"], error["data"]) == (-32802, {"retriggerRequest": False})


def test_a_pull_of_what_is_not_open_is_cancelled() -> None:
    """An empty report would say that the file is clean."""
    editor = Inside(PULLS)
    assert (
        editor.request("textDocument/diagnostic", {"textDocument": {"uri": URI}})["error"]["code"] == -32802
    )


def test_a_cancelled_pull_is_answered_once() -> None:
    """RequestCancelled, and no report after it."""
    editor = Inside(PULLS)
    editor.open(FLAW)
    pull = editor.pull()
    came = editor.come(pull, {"method": "$/cancelRequest", "params": {"id": pull["id"]}})
    assert reply_to(came, pull)["error"]["code"] == -32800


def test_a_fault_in_a_report_leaves_no_pull_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """The failing one is answered with an error, the other with its report."""
    editor = Inside(PULLS)
    editor.open(FLAW)
    editor.open(FLAW, OTHER)
    report = editor.session.delivery.report

    def broken(pull: Any) -> tuple[bytes, ...]:
        if pull.document.uri == URI:
            raise RuntimeError
        return report(pull)

    monkeypatch.setattr(editor.session.delivery, "report", broken)
    bad, good = editor.pull(), editor.pull(uri=OTHER)
    came = editor.come(bad, good)
    assert reply_to(came, bad)["error"]["code"] == -32603
    assert len(reply_to(came, good)["result"]["items"]) == 1


def test_a_change_of_an_unopened_document_is_logged_and_ignored() -> None:
    """A line to the client's log, and nothing else."""
    editor = Inside(PUSHED)
    came = editor.come(editor.change(insert(0, 0, "eval(x)")))
    assert [message["method"] for message in came] == ["window/logMessage"]


def test_a_range_beyond_the_end_is_clamped() -> None:
    """The text grows at its end."""
    editor = Inside(PULLS)
    editor.open("x = 1")
    editor.come(editor.change(replace(99, 99, 2**31 - 1, 2**31 - 1, "\neval(y)\n")))
    assert editor.lines() == [1]
    assert text_of(editor) == "x = 1\neval(y)\n"


def test_a_column_inside_a_character_is_its_start() -> None:
    """UTF-16 column 1 is the middle of an astral character."""
    editor = Inside(PULLS)
    editor.open("😀\n")
    editor.come(editor.change(insert(0, 1, "é")))
    assert text_of(editor) == "é😀\n"


@pytest.mark.parametrize(
    "text, change, expected",
    [
        ("a\r\nb\n", replace(0, 1, 1, 0, "\r"), "a\rb\n"),
        ("a\rb\n", insert(1, 0, "\n"), "a\r\nb\n"),
        ("a\n\nb", insert(0, 1, "\r"), "a\r\n\nb"),
    ],
)
def test_a_carriage_return_beside_an_edited_newline(text: str, change: Message, expected: str) -> None:
    """Line ends fall apart and form as the bytes say, and the next change lands where the editor means."""
    editor = Inside(PULLS)
    editor.open(text)
    editor.come(editor.change(change))
    editor.come(editor.change(insert(1, 0, "eval(x)")))
    lines = expected.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert text_of(editor).encode() == joined(expected, "eval(x)")
    assert editor.lines() == [1], lines


def joined(text: str, new: str) -> bytes:
    end = next(at for at, char in enumerate(text) if char in "\r\n")
    end += 2 if text[end : end + 2] == "\r\n" else 1
    return (text[:end] + new + text[end:]).encode()


def test_edits_out_of_order_are_applied_as_given() -> None:
    """Each range is of the text that the one before has made; versions need not grow."""
    editor = Inside(PULLS)
    editor.open("abc\n")
    editor.version = 7
    editor.come(editor.change(insert(0, 3, "1"), insert(0, 0, "2"), replace(0, 1, 0, 2, "3")))
    editor.version = 3
    editor.come(editor.change(insert(0, 0, "4")))
    assert text_of(editor) == "423bc1\n"


LINES = st.integers(0, 6)
CHANGES = st.lists(
    st.builds(
        replace,
        LINES,
        LINES,
        LINES,
        LINES,
        st.sampled_from(["", "x", "\n", "\r", "eval(y)\n", "é", "😀", '"""', "("]),
    )
    | st.builds(whole, st.sampled_from(["", FLAW, "a\r\nb"])),
    max_size=6,
)


# The golden property has a test of its own; this one is about positions and drafts.
@settings(max_examples=100)
@given(st.sampled_from([FLAW, "a\r\nb\rc\n😀x\n", "def f():\n    eval(x)\n"]), CHANGES, st.booleans())
def test_typing_it_here_equals_opening_it_there(start: str, changes: list[Message], together: bool) -> None:
    """Whatever was sent, in a burst or one by one, the text and its report are those of opening the result."""
    editor = Inside(PULLS, initializationOptions={"typingDelay": 0})
    editor.open(start)
    expected = start.encode()
    for change in changes:
        expected = edited(expected, change)
    messages = [editor.change(change) for change in changes]
    for batch in [messages] if together else [[message] for message in messages]:
        editor.come(*batch)
    assert text_of(editor).encode() == expected
    typed = found(editor.report()["items"])
    editor.open(expected.decode())
    assert found(editor.report()["items"]) == typed


def edited(content: bytes, change: Message) -> bytes:
    if "range" not in change:
        return change["text"].encode()
    from assaymark.analysis.advance import opened
    from assaymark.rules.ruleset import RuleSet

    text = opened(content, "x.py", RuleSet.of(())).text
    ends = (Position(end["line"], end["character"]) for end in change["range"].values())
    start, end = sorted(offset_of(text, position, "utf-16") for position in ends)
    return content[:start] + change["text"].encode() + content[end:]


def test_the_text_stays_in_step_when_the_analysis_of_a_change_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """The document is analysed as if opened anew, and the user is told."""
    editor = Inside(PULLS)
    editor.open(CLEAN)

    def broken(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(editor.session.desk, "change", broken)
        came = editor.come(editor.change(insert(1, 0, FLAW)))
    assert len(of(came, "window/showMessage")) == 1
    assert editor.lines() == [1]


def test_an_analysis_that_fails_is_not_clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """A diagnostic says that the file was not checked; opening it again ends that."""
    editor = Inside(PUSHED)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(editor.session.desk, "open", broken)
        came = editor.open(FLAW)
    (report,) = of(came, "textDocument/publishDiagnostics")
    assert [item["code"] for item in report["diagnostics"]] == ["not-checked"]
    assert editor.come(editor.change(insert(0, 0, "x"))) == []
    assert published(editor.open(FLAW)) == [(1, [0])]


def test_rules_that_cannot_be_loaded_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """No rules is not no findings."""

    def broken(files: object) -> None:
        msg = "no rule pages"
        raise LookupError(msg)

    monkeypatch.setattr("assaymark.rules.loading.load", broken)
    editor = Inside(PULLS)
    editor.open(FLAW)
    (item,) = editor.report()["items"]
    assert item["code"] == "not-checked"
    assert "no rule pages" in item["message"]


def test_a_file_that_is_too_large_is_said_to_be_unchecked() -> None:
    """Failed is not clean; when it shrinks, it is checked."""
    editor = Inside(PULLS)
    came = editor.open(FLAW + "#" * 6_000_000)
    assert any("max-bytes" in message["message"] for message in of(came, "window/logMessage"))
    assert [item["code"] for item in editor.report()["items"]] == ["not-checked"]
    editor.come(editor.change(replace(1, 0, 1, 6_000_000, "")))
    assert [item["code"] for item in editor.report()["items"]] == ["eval-code"]


def test_a_language_that_is_not_analysed_is_only_logged() -> None:
    """No diagnostic in every README."""
    editor = Inside(PULLS)
    came = editor.open("eval(x)\n", "file:///project/README.md")
    assert len(of(came, "window/logMessage")) == 1
    assert editor.report(uri="file:///project/README.md")["items"] == []


def test_an_unsaved_python_text_is_analysed() -> None:
    """Its URI has no suffix; the editor says what it is."""
    editor = Inside(PULLS)
    editor.open(FLAW, "untitled:Untitled-1")
    assert len(editor.report(uri="untitled:Untitled-1")["items"]) == 1


def test_half_a_function_hides_nothing_elsewhere() -> None:
    """An error in one place leaves the findings of the others."""
    editor = Inside(PULLS)
    editor.open("def f(a):\n    return eval(a)\n\n\ndef g(a):\n    return eval(a)\n")
    editor.come(editor.change(insert(3, 0, "def broken(self, (\n")))
    assert editor.lines() == [1, 6]


def closing(uri: str) -> Message:
    return {"method": "textDocument/didClose", "params": {"textDocument": {"uri": uri}}}


def text_of(editor: Inside) -> str:
    editor.door.settle()
    return editor.session.desk.at(URI).snapshot.text.whole().decode()


# Settings


def configured(editor: Inside, *settings: object) -> list[Message]:
    """What comes when the client answers the question for settings that it was asked last."""
    (question,) = [m for m in editor.sent if m.get("method") == "workspace/configuration"][-1:]
    return editor.come({"id": question["id"], "result": list(settings)})


ASKED: Message = {**PULLS, "workspace": {**PULLS["workspace"], "configuration": True}}


def test_settings_are_asked_for_and_hold_at_once() -> None:
    """The answer changes what is shown, and a client that pulls is told to pull again."""
    editor = Inside(ASKED)
    editor.open(FLAW)
    assert editor.lines() == [0]
    came = configured(editor, {"severity": "critical"})
    assert len(of(came, "workspace/diagnostic/refresh")) == 1
    assert editor.lines() == []


def test_settings_that_are_sent_along_hold_at_once() -> None:
    """A client that cannot be asked sends its settings; one that is pushed to hears what they changed."""
    editor = Inside(PUSHED)
    editor.open(FLAW)
    came = editor.notify(
        "workspace/didChangeConfiguration", {"settings": {"assaymark": {"ignore": ["eval-*"]}}}
    )
    assert published(came) == [(1, [])]
    came = editor.notify("workspace/didChangeConfiguration", {"settings": {"assaymark": {}}})
    assert published(came) == [(1, [0])]


def test_each_folder_has_its_settings() -> None:
    """The innermost folder decides; a folder that came is asked about."""
    folders = [{"uri": "file:///project", "name": "p"}]
    editor = Inside(ASKED, workspaceFolders=folders)
    editor.open(FLAW)
    editor.open(FLAW, OTHER)
    editor.notify(
        "workspace/didChangeWorkspaceFolders",
        {"event": {"added": [{"uri": "file:///project/app", "name": "a"}], "removed": []}},
    )
    configured(editor, None, {}, {"ignore": ["eval-code"]})
    assert editor.lines() == []
    editor.notify(
        "workspace/didChangeWorkspaceFolders",
        {"event": {"added": [], "removed": [{"uri": "file:///project/app", "name": "a"}]}},
    )
    configured(editor, None, {})
    assert editor.lines() == [0]


@pytest.mark.parametrize(
    "settings", [{"severity": "critical"}, {"ignore": ["*"]}, {"select": ["x"]}, {"rules": ["/x.yml"]}]
)
def test_an_untrusted_workspace_loosens_nothing(settings: Message) -> None:
    """What it asks for is left out and the log says so; the user's own options hold."""
    editor = Inside(ASKED, initializationOptions={"trusted": False})
    editor.open(FLAW)
    came = configured(editor, settings)
    assert "not trusted" in of(came, "window/logMessage")[0]["message"]
    assert editor.lines() == [0]


def test_an_untrusted_workspace_may_tighten() -> None:
    """More to be shown is always honoured."""
    options = {"trusted": False, "severity": "critical"}
    editor = Inside(ASKED, initializationOptions=options)
    editor.open(FLAW)
    assert editor.lines() == []
    configured(editor, {"severity": "low"})
    assert editor.lines() == [0]


@pytest.mark.parametrize(
    "settings, complaint",
    [
        ({"severty": "high"}, "did you mean 'severity'"),
        ({"severity": "loud"}, "low, medium, high, critical"),
        ({"severity": 3}, "low, medium, high, critical"),
        ({"ignore": "x"}, "a list is needed"),
        ({"typingDelay": -1}, "milliseconds"),
        ({"typingDelay": "soon"}, "milliseconds"),
    ],
)
def test_a_setting_that_is_not_understood_is_said(settings: Message, complaint: str) -> None:
    """A line in the log that says what to write; everything else holds."""
    editor = Inside(PULLS, initializationOptions={**settings, "level": "strict"})
    assert complaint in json.dumps(of(editor.sent, "window/logMessage"))
    assert editor.session.preferences.options(URI).settings.level.value == "strict"


def test_a_rule_file_of_the_user_is_loaded(tmp_path: Any) -> None:
    """Its problems are told, its rules hold."""
    file = tmp_path / "mine.yml"
    file.write_text(
        "rules:\n- {id: mine, languages: [python], severity: ERROR, message: m, pattern: mine(...)}\n"
        "- {id: bad, languages: [python], severity: ERROR, message: m, patern: mine(...)}\n"
    )
    editor = Inside(PULLS, initializationOptions={"rules": [str(file)]})
    came = editor.open("mine(1)\n")
    assert "patern" in json.dumps(of(came, "window/logMessage"))
    assert [item["code"] for item in editor.report()["items"]] == ["mine"]


def test_rules_have_a_page_on_this_machine() -> None:
    """The code's description is a file, so that no network is asked."""
    rule = load().named("eval-code")
    assert rule is not None
    uri = shelf.page_uri(rule.source)
    assert uri is not None
    assert uri.startswith("file:")
    assert uri.endswith("/python/eval-code.md")


def test_a_version_without_a_change_is_a_version() -> None:
    """Edits of a fix name the version that the editor has."""
    editor = Inside(PULLS)
    editor.open("import yaml\nyaml.load(x)\n")
    editor.come(editor.change())
    where = {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 0}}
    asked = {"textDocument": {"uri": URI}, "range": where, "context": {"diagnostics": []}}
    action, *_ = editor.request("textDocument/codeAction", asked)["result"]
    assert action["edit"]["documentChanges"][0]["textDocument"]["version"] == 2


def test_shutting_down_answers_what_waits() -> None:
    """A pull, then shutdown, in one piece: the pull's reply comes first."""
    editor = Inside(PULLS)
    editor.open(FLAW)
    pull, end = editor.pull(), editor.ask("shutdown", None)
    came = editor.come(pull, end)
    assert [message["id"] for message in came] == [pull["id"], end["id"]]
