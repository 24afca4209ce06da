"""Bandit in the editor: when it is asked, what becomes of its answer, and how the client hears of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assaymark.engines.bandit.opinion import Opinion
from assaymark.engines.bandit.terms import Configuration, Terms
from assaymark.finding import Level
from assaymark.second import speech
from assaymark.second.asking import Second, opinion_here
from assaymark.second.channel import Channel, Question
from e2e.inside import PULLS, PUSHED, URI, Inside, Message, insert, of, published, replace, reply_to
from test_lsp_notebooks import PUSHED_TO, Notebook, uri_of

UNCOVERED = "import pyghmi\n"
ONLY_BANDIT = {"initializationOptions": {"level": "pedantic", "ignore": ["*-*"], "bandit": "all"}}
SWALLOWED = "try:\n    go()\nexcept Exception:\n    pass\n"
PEDANTIC = {"initializationOptions": {"level": "pedantic", "bandit": "all", "typingDelay": 0}}
QUIET = 0.25


class Here:
    """Bandit asked in this process; its answers come when the test says so."""

    def __init__(self) -> None:
        self.asked: list[Question] = []
        self._answers: list[Callable[[], None]] = []
        self.ended = False

    def ask(self, question: Question, then: Callable[[Opinion], None]) -> None:
        self.asked.append(question)
        said = opinion_here(question.content, question.path, question.second)
        self._answers.append(lambda: then(said))

    def answer(self) -> None:
        answers, self._answers = self._answers, []
        for answer in answers:
            answer()

    def end(self) -> None:
        self.ended = True


def editor(capabilities: Message, **params: Any) -> tuple[Inside, Here]:
    inside, here = Inside(capabilities, **(params or PEDANTIC)), Here()
    inside.session.second.asker = here
    return inside, here


def rules(items: list[Message]) -> list[str]:
    return [item["code"] for item in items]


def pulled(inside: Inside) -> list[str]:
    request = inside.pull()
    return rules(reply_to(inside.come(request), request)["result"]["items"])


def test_bandit_is_asked_in_a_rest_and_published() -> None:
    """Not while somebody types; the publish has the version that it is of."""
    inside, here = editor(PUSHED, **ONLY_BANDIT)
    inside.open("x = 1\n")
    inside.clock.pass_by(QUIET - 0.01)
    inside.come(inside.change(insert(1, 0, UNCOVERED)))
    inside.clock.pass_by(QUIET - 0.01)
    assert here.asked == []
    inside.clock.pass_by(0.01)
    assert [question.content for question in here.asked] == [("x = 1\n" + UNCOVERED).encode()]
    here.answer()
    assert published(inside.new()) == [(2, [1])]


def test_a_client_that_pulls_is_asked_to_pull_again() -> None:
    """Only when what it shows changed."""
    inside, here = editor(PULLS, **ONLY_BANDIT)
    inside.open("x = 1\n" + UNCOVERED)
    assert pulled(inside) == []
    inside.clock.pass_by(QUIET)
    here.answer()
    assert len(of(inside.new(), "workspace/diagnostic/refresh")) == 1
    assert pulled(inside) == ["bandit/B415"]
    inside.come(inside.change(insert(0, 5, "1")))
    pulled(inside)
    inside.clock.pass_by(QUIET)
    inside.new()


def test_a_refresh_comes_at_most_once_a_second() -> None:
    """However often bandit answers."""
    inside, here = editor(PULLS, **ONLY_BANDIT)
    inside.open(UNCOVERED)
    n_refreshes = 0
    for _ in range(3):
        pulled(inside)
        inside.clock.pass_by(QUIET)
        here.answer()
        n_refreshes += len(of(inside.new(), "workspace/diagnostic/refresh"))
        inside.come(inside.change(insert(0, 0, "import pyghmi; ")))
    assert n_refreshes == 1
    inside.clock.pass_by(1)
    assert len(of(inside.new(), "workspace/diagnostic/refresh")) == 1


def test_an_answer_about_a_text_that_moved_on_is_dropped() -> None:
    """It is asked again after the next rest."""
    inside, here = editor(PUSHED, **ONLY_BANDIT)
    inside.open(UNCOVERED)
    inside.clock.pass_by(QUIET)
    inside.come(inside.change(replace(0, 0, 1, 0, "x = 1\n")))
    here.answer()
    inside.clock.pass_by(QUIET)
    here.answer()
    assert published(inside.new()) == []
    assert len(here.asked) == 2


def test_an_answer_about_a_closed_text_is_dropped() -> None:
    """Nobody is told."""
    inside, here = editor(PUSHED, **ONLY_BANDIT)
    inside.open(UNCOVERED)
    inside.clock.pass_by(QUIET)
    inside.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
    here.answer()
    assert inside.new() == []


@pytest.mark.parametrize("options", [{"level": "default"}, {"level": "pedantic", "bandit": "off"}])
def test_nobody_is_asked_when_nothing_would_be_shown(options: Message) -> None:
    """Nor when it is off."""
    inside, here = editor(PUSHED, initializationOptions=options)
    inside.open(SWALLOWED + UNCOVERED)
    inside.clock.pass_by(QUIET)
    assert here.asked == []


def test_what_is_excluded_is_not_asked_about(tmp_path: Path) -> None:
    """Nor anything else that is not analysed."""
    (tmp_path / "assaymark.toml").write_text('exclude = ["load.py"]\n')
    inside, here = editor(PUSHED, **ONLY_BANDIT)
    inside.open(UNCOVERED, (tmp_path / "load.py").as_uri())
    inside.clock.pass_by(QUIET)
    assert here.asked == []


def test_what_bandit_cannot_read_is_a_hint_at_the_start() -> None:
    """But not the half of a statement that is being typed."""
    inside, here = editor(PULLS, **ONLY_BANDIT)
    inside.open(UNCOVERED + "def f(:\n")
    inside.clock.pass_by(QUIET)
    here.answer()
    assert pulled(inside) == ["bandit/B415"]
    inside.come(inside.change(replace(1, 0, 2, 0, "import tarfile\ntarfile.x.extractall(members=a.b(c))\n")))
    inside.clock.pass_by(QUIET)
    here.answer()
    request = inside.pull()
    items = reply_to(inside.come(request), request)["result"]["items"]
    assert rules(items)[0] == "not-checked"
    assert items[0]["severity"] == 4
    assert items[0]["message"].startswith("not checked by bandit: its test tarfile_unsafe_members failed")


def test_what_is_held_back_stays_held() -> None:
    """Bandit's answer comes before the pause in typing is over."""
    options = {"level": "pedantic", "bandit": "all", "typingDelay": 1000}
    inside, here = editor(PULLS, initializationOptions=options)
    inside.open("import yaml\n" + UNCOVERED + "x = 1\n")
    inside.type(2, 5, "; eval(x)")
    before = pulled(inside)
    inside.clock.pass_by(QUIET)
    here.answer()
    assert "eval-code" not in before
    assert "eval-code" not in pulled(inside)
    inside.clock.pass_by(1)
    assert "eval-code" in pulled(inside)


def test_a_changed_configuration_is_asked_with(tmp_path: Path) -> None:
    """The text needs no edit for it."""
    inside, here = editor(PUSHED, **ONLY_BANDIT)
    uri = (tmp_path / "load.py").as_uri()
    inside.open(UNCOVERED, uri)
    inside.clock.pass_by(QUIET)
    here.answer()
    assert published(inside.new()) == [(1, [0])]
    told = tmp_path / "pyproject.toml"
    told.write_text('[tool.bandit]\nskips = ["B415"]\n')
    changes = {"changes": [{"uri": told.as_uri(), "type": 1}]}
    inside.notify("workspace/didChangeWatchedFiles", changes)
    inside.clock.pass_by(QUIET)
    here.answer()
    assert published(inside.new()) == [(1, [])]


def test_a_workspace_that_is_not_trusted_tells_bandit_nothing(tmp_path: Path) -> None:
    """Whatever its configuration skips."""
    options = ONLY_BANDIT["initializationOptions"] | {"trusted": False}
    (tmp_path / "pyproject.toml").write_text('[tool.bandit]\nskips = ["B415"]\n')
    inside, here = editor(PUSHED, initializationOptions=options)
    inside.open(UNCOVERED, (tmp_path / "load.py").as_uri())
    inside.clock.pass_by(QUIET)
    here.answer()
    assert published(inside.new()) == [(1, [0])]


def test_what_bandit_finds_in_a_notebook_stands_in_its_cell() -> None:
    """Cells are one text to bandit, too; what is IPython's does not stop it."""
    notebook = Notebook("%pip install x\n", "x = 1\n" + UNCOVERED, capabilities=PUSHED_TO, **ONLY_BANDIT)
    here = notebook.editor.session.second.asker = Here()
    notebook.edit(1, insert(0, 0, "y = 1\n"))
    notebook.editor.new()
    notebook.editor.clock.pass_by(QUIET)
    here.answer()
    told = of(notebook.editor.new(), "textDocument/publishDiagnostics")
    assert [
        (each["uri"], [item["range"]["start"]["line"] for item in each["diagnostics"]]) for each in told
    ] == [(uri_of(1), [2])]


def test_the_session_ends_what_it_started() -> None:
    """No process outlives it."""
    inside, here = editor(PUSHED)
    inside.door.close()
    assert here.ended


def test_the_link_of_a_finding_is_bandits() -> None:
    """A client that shows links leads to what bandit says of it."""
    able = {"textDocument": {"publishDiagnostics": {"codeDescriptionSupport": True}}}
    inside, here = editor(able, **ONLY_BANDIT)
    inside.open(UNCOVERED)
    inside.clock.pass_by(QUIET)
    here.answer()
    item = of(inside.new(), "textDocument/publishDiagnostics")[-1]["diagnostics"][0]
    assert item["codeDescription"]["href"].endswith("#b415-import-pyghmi")


# The way to the process


class Answers:
    """What came back, and the moment when it did."""

    def __init__(self) -> None:
        self.came: list[Opinion] = []
        self._something = threading.Condition()

    def soon(self, call: Callable[[], None]) -> None:
        with self._something:
            call()
            self._something.notify()

    def wait(self, n: int) -> list[Opinion]:
        with self._something:
            assert self._something.wait_for(lambda: len(self.came) >= n, 60)
        return self.came


def question(content: bytes, seconds: float = 60.0, key: str = "a") -> Question:
    return Question(key, content, "x.py", Second(Terms(everything=True), ""), seconds)


def test_terms_survive_the_way() -> None:
    """They go to another process."""
    told = Configuration(("B101",), ("B102",), ("a",), {"x": {"y": [1]}}, True, (("a", "b", "c", "d", "e"),))
    terms = Terms(Level.strict, True, ("B1",), ("a",), ("b",), told, False)
    assert speech.from_plain(speech.to_plain(terms)) == terms


def test_another_process_says_the_same() -> None:
    """As bandit in this one; it lives on between questions, and comes again when it was ended."""
    answers = Answers()
    channel = Channel(answers.soon, tuple)
    try:
        channel.ask(question(SWALLOWED.encode()), answers.came.append)
        assert answers.wait(1)[0] == opinion_here(SWALLOWED.encode(), "x.py", question(b"").second)
        first = channel._process
        channel.ask(question(b"assert x\n"), answers.came.append)
        assert [one.rule for one in answers.wait(2)[1].findings] == ["bandit/B101"]
        assert channel._process is first
        assert first is not None
        first.kill()
        first.wait()
        channel.ask(question(b"assert x\n"), answers.came.append)
        assert answers.wait(3)[2].unread == "its process ended before its time"
        channel.ask(question(b"assert x\n"), answers.came.append)
        assert [one.rule for one in answers.wait(4)[3].findings] == ["bandit/B101"]
    finally:
        channel.end()
    assert channel._process is None


def test_a_process_that_takes_too_long_is_ended() -> None:
    """And the text is said to be unchecked."""
    answers = Answers()
    channel = Channel(answers.soon, tuple)
    try:
        channel.ask(question(b"x = 1\n"), answers.came.append)
        answers.wait(1)
        channel.ask(question(b"x = ['a']\n" * 100_000, seconds=0.1), answers.came.append)
        assert answers.wait(2)[1] == Opinion(unread="timed out after 0.1 s")
    finally:
        channel.end()


def test_nothing_of_the_project_is_on_the_path_of_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even when the server was started there, and with it on its own path."""
    (tmp_path / "bandit.py").write_text("raise SystemExit\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    answers = Answers()
    channel = Channel(answers.soon, lambda: (str(tmp_path),))
    try:
        channel.ask(question(b"assert x\n"), answers.came.append)
        assert [one.rule for one in answers.wait(1)[0].findings] == ["bandit/B101"]
    finally:
        channel.end()


def test_the_status_says_what_became_of_bandit() -> None:
    """It waits, and has checked, or not all."""
    inside, here = editor(PULLS, **ONLY_BANDIT)
    inside.open(UNCOVERED)
    assert said(inside) == "waiting"
    inside.clock.pass_by(QUIET)
    assert said(inside) == "waiting"
    here.answer()
    assert said(inside) == "checked"
    inside.come(inside.change(insert(0, 0, "def f(:\n")))
    assert said(inside) == "waiting"
    inside.clock.pass_by(QUIET)
    here.answer()
    assert said(inside).startswith("not checked by bandit: ")


def said(inside: Inside) -> str:
    return inside.request("assaymark/status", {"uri": URI})["result"]["engines"]["bandit"]
