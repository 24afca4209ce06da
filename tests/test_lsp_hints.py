"""Hints: what stands behind an agent's lines, what never does, and when the client is told to ask again."""

from __future__ import annotations

import queue
import subprocess
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assaymark.analysis.advance import advanced, opened
from assaymark.analysis.attributing import runs_of
from assaymark.dataclass import replace as replaced
from assaymark.lineage.lines import line_origins
from assaymark.lsp import agent_lines
from assaymark.lsp import hints as making
from assaymark.lsp.door import Door
from assaymark.lsp.head_lines import HeadLines, lines_of
from assaymark.origin import Arrival, Author, Cut, Evidence, Origin, unknown
from assaymark.repository.head import content_at_head, stamp
from assaymark.rules.ruleset import RuleSet
from e2e.authors import CLAUDE, SHOWS, asking_hints, attribute, editing, hints, lenses
from e2e.inside import BEGIN, PULLS, URI, Inside, Message, insert, of, replace, reply_to
from editing import an_edit, applied, corpus

TYPED = Origin(Author.human, Evidence.typed)
TEXT = "a = 1\nb = 2\nc = 3\nd = 4\ne = 5\nf = 6\n"


def test_a_run_has_one_hint_behind_its_first_line() -> None:
    """Lines 2 to 4 are an agent's."""
    editor = editing()
    editor.open(TEXT)
    assert hints(editor) == []
    attribute(editor, 1, 3)
    assert hints(editor) == [(1, 5, "AI, not reviewed")]


def test_a_hint_says_more_when_it_is_pointed_at() -> None:
    """Whose the line is, and on what evidence."""
    editor = editing()
    editor.open(TEXT)
    attribute(editor, 1, 3)
    request = asking_hints(editor)
    (hint,) = reply_to(editor.come(request), request)["result"]
    assert hint["tooltip"].startswith("Line 2: Claude Code, claude-opus-4-6, 14 Nov")
    assert hint["paddingLeft"] is True


@pytest.mark.parametrize(
    "origin",
    [
        TYPED,
        unknown(Arrival.bulk),
        unknown(Arrival.pasted),
        Origin(Author.tool, Evidence.accept, "ruff"),
        Origin(Author.unknown, Evidence.commit, named="claude"),
    ],
)
def test_what_no_agent_wrote_has_none(origin: Origin) -> None:
    """Lines of people, of tools, and of unknown origin."""
    editor = editing()
    editor.open(TEXT)
    attribute(editor, 1, 3, origin)
    assert hints(editor) == []


@pytest.mark.parametrize("between, n_hints", [(1, 1), (2, 1), (3, 2), (4, 2)])
def test_runs_that_are_near_are_one(between: int, n_hints: int) -> None:
    """Fewer than three lines apart."""
    editor = editing()
    editor.open("ai = 1\n" + "mine = 1\n" * between + "ai = 2\n")
    attribute(editor, 0, 0)
    attribute(editor, between + 1, between + 1)
    assert len(hints(editor)) == n_hints


STEPS = st.lists(
    st.tuples(st.sampled_from(["agent", "typed", "insert", "delete"]), st.integers(0, 40), st.integers(0, 6)),
    min_size=1,
    max_size=8,
)


@settings(max_examples=60)
@given(STEPS, st.integers(0, 40), st.integers(0, 10))
def test_hints_are_those_of_the_lines_of_the_whole_text(
    steps: list[tuple[str, int, int]], first: int, n_lines: int
) -> None:
    """Whatever was edited and learnt in between, and whatever was asked before; also of a part of it."""
    editor = editing()
    editor.open("def f():\n    x = (\n    )\n\n    return x\n\n\n" * 6)
    for kind, start, size in steps:
        n_there = editor.session.read(URI).snapshot.text.n_lines
        at, end = min(start, n_there - 1), min(start + size, n_there - 1)
        if kind in {"agent", "typed"}:
            attribute(editor, at, end, CLAUDE if kind == "agent" else TYPED)
        elif kind == "insert":
            editor.come(editor.change(insert(at, 0, "def g():\n    return 2\n" * size)))
        else:
            editor.come(editor.change(replace(at, 0, end, 0, "")))
        text = editor.session.read(URI).snapshot.text
        lines = line_origins(text.whole(), runs_of(text))
        agents = [number for number, line in enumerate(lines) if line.is_ai]
        expected = [two for one, two in pairwise([-9, *agents]) if two - one > 3]
        assert [line for line, _, _ in hints(editor)] == expected
        last = first + n_lines
        found = [line for line, _, _ in hints(editor, first, last)]
        assert found == [line for line in expected if first <= line <= last]


@pytest.mark.parametrize("first", range(8))
@pytest.mark.parametrize("last", [1, 4, 9])
def test_what_is_asked_about_decides_no_hint(first: int, last: int) -> None:
    """A part of the lines has those of all hints that stand in it."""
    editor = editing()
    editor.open("def f():\n    return 1\n\n\n" * 6)
    attribute(editor, 0, 1)
    attribute(editor, 4, 5)
    attribute(editor, 16, 17)
    assert [line for line, _, _ in hints(editor)] == [0, 16]
    expected = [one for one in hints(editor) if first <= one[0] <= last]
    assert hints(editor, first, last) == expected


def test_the_model_is_named_when_that_is_wished() -> None:
    """The setting `originHintsModel`."""
    editor = editing(originHintsModel=True)
    editor.open(TEXT)
    attribute(editor, 0, 0)
    assert hints(editor) == [(0, 5, "claude-opus-4-6, not reviewed")]


def test_quiet_leaves_findings_only() -> None:
    """No hint, and still a finding."""
    for setting in ({"quiet": True}, {"originHints": "off"}):
        editor = editing(**setting)
        editor.open("x = eval(y)\n")
        attribute(editor, 0, 0)
        assert hints(editor) == []
        assert editor.lines() == [0]


def test_a_column_is_counted_as_the_client_counts() -> None:
    """In UTF-16 an astral character is two."""
    editor = editing()
    editor.open("s = '😀'\r\nt = 1\r\n")
    attribute(editor, 0, 0)
    assert hints(editor) == [(0, 8, "AI, not reviewed")]


def test_a_line_that_a_person_went_on_with_is_partly_an_agents() -> None:
    """And no agent's any more when no word of it is left."""
    editor = editing()
    editor.open("x = 1\n")
    attribute(editor, 0, 0)
    editor.type(0, 5, "23456789")
    assert hints(editor) == [(0, 13, "partly AI, not reviewed")]
    editor.come(editor.change(replace(0, 4, 0, 5, "7")))
    editor.come(editor.change(replace(0, 0, 0, 1, "y")))
    assert hints(editor) == []


def test_a_line_that_an_agent_cut_has_a_hint() -> None:
    """It has no word of the agent's, and a gate asks for it; of a cut by nobody known nothing stands there."""
    editor = editing()
    editor.open(TEXT)
    attribute(editor, 1, 1, replaced(TYPED, cut=Cut("claude")))
    attribute(editor, 5, 5, replaced(TYPED, cut=Cut()))
    assert hints(editor) == [(1, 5, "changed by AI, not reviewed")]
    request = asking_hints(editor)
    (hint,) = reply_to(editor.come(request), request)["result"]
    assert "Claude Code changed something in it" in hint["tooltip"]
    assert hint["tooltip"].endswith("Not reviewed.")


def test_lines_that_went_beside_are_of_account_within_a_statement_alone() -> None:
    """As a gate counts them."""
    gap = replaced(TYPED, cut=Cut("claude", between=True))
    for text, expected in (("a = 1\nb = 2\n", []), ("a = (1,\n  2)\n", [0])):
        editor = editing()
        editor.open(text)
        attribute(editor, 0, 1, gap)
        assert [line for line, *_ in hints(editor)] == expected


def test_an_answer_is_of_the_newest_text() -> None:
    """The question came before the change; its answer is of the text after it, whose analysis is made once."""
    editor = editing()
    editor.open(TEXT)
    attribute(editor, 2, 2)
    request = asking_hints(editor)
    came = editor.come(request, editor.change(insert(0, 0, "# new\n")))
    assert reply_to(came, request)["result"][0]["position"]["line"] == 3


def test_nothing_is_made_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same lines of the same text are answered with the same bytes; an edit reads its section again."""
    editor = editing()
    editor.open("def f():\n    return 1\n\n\n" * 50)
    attribute(editor, 0, 199)
    hints(editor)
    read, made = _Counted(agent_lines._read_of), _Counted(making.hints)
    monkeypatch.setattr(agent_lines, "_read_of", read)
    monkeypatch.setattr(making, "hints", made)
    assert hints(editor) == hints(editor)
    assert (made.n_calls, read.n_calls) == (0, 0)
    editor.come(editor.change(insert(101, 4, "x")))
    hints(editor)
    assert (made.n_calls, read.n_calls) == (1, 1)


class _Counted:
    """A function, and how often it was called."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.n_calls = 0
        self._function = function

    def __call__(self, *args: Any) -> Any:
        self.n_calls += 1
        return self._function(*args)


def test_hints_and_lenses_wait_for_no_import() -> None:
    """They are answered raw: what takes longest to import serves other questions."""
    editor = editing()
    editor.open(TEXT)
    assert (hints(editor), lenses(editor)) == ([], [])
    assert editor.door._typed is None


def test_who_shows_no_hints_is_not_offered_any() -> None:
    """Nor lenses."""
    offered = Inside(PULLS).sent[0]["result"]["capabilities"]
    assert {"inlayHintProvider", "codeLensProvider"}.isdisjoint(offered)
    offered = Inside(SHOWS).sent[0]["result"]["capabilities"]
    assert offered["inlayHintProvider"] == offered["codeLensProvider"] == {"resolveProvider": False}


def test_the_client_asks_again_when_origins_became_known() -> None:
    """At most once a second, and only if what it shows is no longer true."""
    editor = editing()
    editor.open(TEXT)
    hints(editor)
    assert len(of(attribute(editor, 1, 1), "workspace/inlayHint/refresh")) == 1
    assert of(attribute(editor, 5, 5), "workspace/inlayHint/refresh") == []
    editor.clock.pass_by(1.0)
    assert len(of(editor.new(), "workspace/inlayHint/refresh")) == 1
    hints(editor)
    editor.clock.pass_by(5.0)
    editor.new()
    assert of(attribute(editor, 3, 3, TYPED), "workspace/inlayHint/refresh") == []


def test_who_never_asked_is_not_told() -> None:
    """And who cannot be refreshed is not either."""
    editor = editing()
    editor.open(TEXT)
    assert attribute(editor, 1, 1) == []
    editor = Inside({"textDocument": {"inlayHint": {}}})
    editor.open(TEXT)
    hints(editor)
    assert attribute(editor, 1, 1) == []


def test_a_report_after_the_change_brings_its_hint() -> None:
    """The client asked in between; it is told to ask again."""
    editor = editing()
    editor.open("")
    editor.come(editor.change(insert(0, 0, "x = 1\ny = 2\n")))
    assert hints(editor) == []
    came = editor.notify("assaymark/origin", {"uri": URI, "kind": "accept", "version": 2, "tool": "copilot"})
    assert len(of(came, "workspace/inlayHint/refresh")) == 1
    assert hints(editor) == [(0, 5, "AI, not reviewed")]


def test_a_cancelled_question_is_answered_once() -> None:
    """And one about what is not open with nothing."""
    editor = editing()
    editor.open(TEXT)
    request = asking_hints(editor)
    came = editor.come(request, {"method": "$/cancelRequest", "params": {"id": request["id"]}})
    assert reply_to(came, request)["error"]["code"] == -32800
    assert hints(editor, uri="file:///not/open.py") == []


def test_a_fault_ends_neither_the_server_nor_the_other_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is answered with an error."""
    editor = editing()
    editor.open(TEXT)

    def broken(*_: object) -> bytes:
        raise RuntimeError

    monkeypatch.setattr("assaymark.lsp.hints.hints", broken)
    request, pull = asking_hints(editor), editor.pull()
    came = editor.come(request, pull)
    assert reply_to(came, request)["error"]["code"] == -32603
    assert reply_to(came, pull)["result"]["kind"] == "full"


def test_cells_have_hints_of_their_own() -> None:
    """Each counts its lines from its first; a run does not go over from one to the next."""
    able = {**SHOWS, "notebookDocument": {"synchronization": {}}}
    editor = Inside(able)
    cells = [("cell:1", "a = 1\nb = 2\n"), ("cell:2", "c = 3\n")]
    book = {"uri": "file:///n.ipynb", "notebookType": "jupyter-notebook", "version": 1}
    editor.notify(
        "notebookDocument/didOpen",
        {
            "notebookDocument": {**book, "cells": [{"kind": 2, "document": uri} for uri, _ in cells]},
            "cellTextDocuments": [
                {"uri": uri, "languageId": "python", "version": 1, "text": text} for uri, text in cells
            ],
        },
    )
    attribute(editor, 1, 3, uri="cell:1")
    assert hints(editor, uri="cell:1") == [(1, 5, "AI, not reviewed")]
    assert hints(editor, uri="cell:2") == [(0, 5, "AI, not reviewed")]


# What is committed


@pytest.fixture
def repository(tmp_path: Path) -> Callable[..., str]:
    """A repository; what runs git in it."""

    def git(*arguments: str) -> str:
        identity = ("-c", "user.name=t", "-c", "user.email=t@example.org")
        done = subprocess.run(
            ("git", *identity, *arguments), cwd=tmp_path, check=True, capture_output=True, text=True
        )
        return done.stdout

    git("init", "-q")
    return git


class _Git:
    """Git, asked at once, and how often."""

    def __init__(self, editor: Inside) -> None:
        self.paths: list[str] = []
        editor.session.asides.committed.ask = self

    def __call__(self, path: str, then: Callable[[bytes | None], None]) -> None:
        self.paths.append(path)
        then(content_at_head(path))


def committed(git: Callable[..., str], file: Path, text: str) -> str:
    file.write_text(text)
    git("add", ".")
    git("commit", "-qm", "one")
    return file.as_uri()


def saved(editor: Inside, uri: str) -> list[Message]:
    return editor.notify("textDocument/didSave", {"textDocument": {"uri": uri}})


def test_committed_lines_have_no_hint(repository: Callable[..., str], tmp_path: Path) -> None:
    """Only what differs from the last commit; with `all`, every line."""
    uri = committed(repository, tmp_path / "a.py", TEXT)
    for setting, expected in (({}, [3]), ({"originHints": "all"}, [0])):
        editor = editing(**setting)
        _Git(editor)
        editor.open(TEXT, uri)
        editor.come(editor.change(insert(3, 0, "new = 1\n"), uri=uri))
        attribute(editor, 0, 6, uri=uri)
        hints(editor, uri=uri)
        assert [line for line, _, _ in hints(editor, uri=uri)] == expected


def test_git_is_asked_only_about_an_agents_lines(repository: Callable[..., str], tmp_path: Path) -> None:
    """And once, as long as nothing is committed."""
    uri = committed(repository, tmp_path / "a.py", TEXT)
    editor = editing()
    git = _Git(editor)
    editor.open(TEXT, uri)
    hints(editor, uri=uri)
    assert git.paths == []
    attribute(editor, 0, 1, uri=uri)
    hints(editor, uri=uri)
    editor.come(editor.change(insert(0, 0, "x"), uri=uri))
    hints(editor, uri=uri)
    saved(editor, uri)
    assert git.paths == [str(tmp_path / "a.py")]


@pytest.mark.parametrize("told_by", ["save", "watching"])
def test_a_commit_takes_the_hints_away(repository: Callable[..., str], tmp_path: Path, told_by: str) -> None:
    """As soon as the editor saves, or says that HEAD changed."""
    file = tmp_path / "a.py"
    uri = committed(repository, file, TEXT)
    editor = editing()
    _Git(editor)
    editor.open(TEXT + "new = 1\n", uri)
    attribute(editor, 6, 6, uri=uri)
    hints(editor, uri=uri)
    assert hints(editor, uri=uri) == [(6, 7, "AI, not reviewed")]
    editor.clock.pass_by(5.0)
    committed(repository, file, TEXT + "new = 1\n")
    if told_by == "save":
        came = saved(editor, uri)
    else:
        head = (tmp_path / ".git" / "logs" / "HEAD").as_uri()
        came = editor.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": head, "type": 2}]})
    assert len(of(came, "workspace/inlayHint/refresh")) == 1
    assert hints(editor, uri=uri) == []


def test_a_commit_of_other_files_changes_nothing(repository: Callable[..., str], tmp_path: Path) -> None:
    """What is known of this one is kept, and nothing is compared again."""
    uri = committed(repository, tmp_path / "a.py", TEXT)
    editor = editing()
    git = _Git(editor)
    editor.open(TEXT + "new = 1\n", uri)
    attribute(editor, 6, 6, uri=uri)
    hints(editor, uri=uri)
    known = editor.session.asides.committed.known(editor.session.document(uri))
    committed(repository, tmp_path / "b.py", "x = 1\n")
    saved(editor, uri)
    assert len(git.paths) == 2
    assert editor.session.asides.committed.known(editor.session.document(uri)) is known


def test_until_git_answers_what_came_in_this_session_has_a_hint(
    repository: Callable[..., str], tmp_path: Path
) -> None:
    """What is older may be committed long ago."""
    uri = committed(repository, tmp_path / "a.py", TEXT)
    editor = editing()
    editor.open("new = 1\n" + TEXT, uri)
    old = Origin(Author.ai, Evidence.hook, "claude", time=BEGIN - 1)
    noted = Origin(Author.ai, Evidence.note, "claude", time=BEGIN)
    for number, origin in ((0, CLAUDE), (4, old), (6, noted)):
        attribute(editor, number, number, origin, uri)
    assert [line for line, _, _ in hints(editor, uri=uri)] == [0]


def test_git_answers_beside_the_loop(repository: Callable[..., str], tmp_path: Path) -> None:
    """The thread only waits; what it brings is taken where the loop takes it."""
    uri = committed(repository, tmp_path / "a.py", TEXT)
    calls: queue.Queue[Callable[[], None]] = queue.Queue()
    editor = Inside()
    editor.door = Door(editor._write, editor.clock.later, calls.put, lambda: BEGIN + editor.clock.now)
    editor.request("initialize", {"capabilities": SHOWS, "initializationOptions": {"bandit": "off"}})
    editor.open(TEXT, uri)
    attribute(editor, 1, 1, uri=uri)
    assert hints(editor, uri=uri) == [(1, 5, "AI, not reviewed")]
    calls.get(timeout=30)()
    assert len(of(editor.new(), "workspace/inlayHint/refresh")) == 1
    assert hints(editor, uri=uri) == []


@pytest.mark.parametrize("name", ["b.py", "with space.py", "ä.py"])
def test_what_the_last_commit_holds(repository: Callable[..., str], tmp_path: Path, name: str) -> None:
    """A file's content; nothing for one that it has not, without a commit, and outside of any repository."""
    assert content_at_head(str(tmp_path / name)) is None
    (tmp_path / "in").mkdir()
    committed(repository, tmp_path / "in" / name, "x = 1\n")
    assert content_at_head(str(tmp_path / "in" / name)) == b"x = 1\n"
    assert content_at_head(str(tmp_path / name)) is None
    assert content_at_head(str(tmp_path / "in")) is None
    assert content_at_head(str(tmp_path / "gone" / name)) is None
    assert content_at_head(f"{tmp_path}/in/{name}\nHEAD:./x") is None


def test_a_stamp_changes_with_the_commit(repository: Callable[..., str], tmp_path: Path) -> None:
    """In a further work tree too; what is typed or saved changes it not."""
    file = tmp_path / "a.py"
    assert stamp("/") is None
    committed(repository, file, "x = 1\n")
    tree = tmp_path / "tree"
    repository("worktree", "add", "-q", str(tree))
    first, there = stamp(str(file)), stamp(str(tree / "a.py"))
    file.write_text("y = 1\n")
    assert stamp(str(file)) == first
    repository("commit", "-qam", "two")
    assert stamp(str(file)) != first
    assert stamp(str(tree / "a.py")) == there
    (tree / "a.py").write_text("z = 1\n")
    subprocess.run(
        ("git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qam", "three"),
        cwd=tree,
        check=True,
    )
    assert stamp(str(tree / "a.py")) != there


@settings(max_examples=60)
@given(st.data())
def test_committed_lines_are_in_the_commit_in_that_order(data: st.DataObject) -> None:
    """However the text is edited; and what is the commit's text again is committed in whole."""
    content = data.draw(st.sampled_from(corpus()))
    head, text = HeadLines(content), opened(content, "x.py", RuleSet.of(()))
    assert _taken(head, text) == lines_of(content)
    first = content
    for _ in range(data.draw(st.integers(1, 4))):
        edit = data.draw(an_edit(content))
        content, text = applied(content, edit), advanced(text, [edit])
        rest = iter(lines_of(first))
        assert all(line in rest for line in _taken(head, text))


def _taken(head: HeadLines, snapshot: Any) -> list[bytes]:
    """The lines of a text that are said to be committed."""
    found = []
    for place in snapshot.text.places():
        lines = lines_of(place.leaf.chunk.data)
        found += [lines[number] for number in sorted(head.committed(snapshot.text, place))]
    return found


def test_an_edited_section_is_compared_with_its_place_alone() -> None:
    """A line that is typed anew where another of the same words is committed is not that one."""
    content = b"def f():\n    return 1\n\n\ndef g():\n    return 2\n"
    editor = editing()
    editor.open(content.decode())
    head = HeadLines(content)
    text = editor.session.read(URI).snapshot.text
    assert [head.committed(text, place) for place in text.places()] == [{0, 1, 2, 3}, {0, 1}]
    editor.come(editor.change(replace(1, 0, 1, 12, "    return 2")))
    text = editor.session.read(URI).snapshot.text
    assert [head.committed(text, place) for place in text.places()] == [{0, 2, 3}, {0, 1}]
