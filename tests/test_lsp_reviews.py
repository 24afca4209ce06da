"""Marking as reviewed in the editor: what is offered, what is recorded, and what takes it away."""

from __future__ import annotations

import queue
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import assaymark.person
from assaymark.analysis.reviewing import line_standing
from assaymark.dataclass import replace as replaced
from assaymark.ledger.events import Edited, stamp
from assaymark.ledger.secret import secret_of
from assaymark.ledger.spool import append
from assaymark.ledger.store import opened
from assaymark.lineage.reviews import Standing
from assaymark.lsp.committed import _asking as asking
from assaymark.origin import STANDING, Arrival, Author, Cut, Evidence, Origin, unknown
from assaymark.person import Surroundings
from e2e.authors import CLAUDE, SHOWS, attribute, hints, titles
from e2e.inside import Inside, insert, replace, reply_to
from test_lsp_recording import World

CODE = """\
def load(body):
    first = eval(body)
    second = call(
        first,
        1,
    )
    return second
"""
AGENT_LINES = CODE[len("def load(body):\n") :]
TYPED = Origin(Author.human, Evidence.typed)
READ, UNREAD = Standing.by_requester, Standing.unread


class Reviewing(World):
    """A function whose body an agent wrote, open in an editor with hints, lenses and actions."""

    def open(self) -> Inside:
        self.file.write_text(CODE.replace(AGENT_LINES, "    pass\n"))
        self.agent_writes("    pass\n", AGENT_LINES)
        return self.again()

    def again(self) -> Inside:
        folders = [{"uri": self.file.parent.as_uri(), "name": "here"}]
        options = {"typingDelay": 0, "originHints": "all"}
        editor = Inside(SHOWS, initializationOptions=options, workspaceFolders=folders)
        self.editors.append(editor)
        editor.open(self.file.read_text(), self.uri)
        editor.clock.pass_by(0.1)
        editor.come()
        return editor

    def again_with_git(self) -> tuple[Inside, queue.Queue[Callable[[], None]]]:
        """An editor whose server asks git beside it, and what it hears."""
        self.file.write_text("")
        editor, answers = self.again(), queue.Queue[Callable[[], None]]()
        editor.session.asides.committed.ask = asking(answers.put)
        return editor, answers

    def unread(self, editor: Inside) -> set[int]:
        """The lines of the body that nobody reviewed."""
        return {at for at, one in enumerate(self.standings(editor)) if at and one is UNREAD}

    def standings(self, editor: Inside) -> list[Standing]:
        session = editor.session
        snapshot, reviews = session.read(self.uri).snapshot, session.reviews.of(session.document(self.uri))
        n_lines = snapshot.text.whole().count(b"\n")
        return [line_standing(snapshot, line, reviews) for line in range(n_lines)]

    def mark(self, editor: Inside, first: int, last: int) -> str:
        where = {"start": {"line": first, "character": 0}, "end": {"line": last + 1, "character": 0}}
        return command(editor, "assaymark.markReviewed", {"uri": self.uri, "range": where})

    def type(self, editor: Inside, *edits: Any) -> None:
        editor.come(editor.change(*edits, uri=self.uri))


def command(editor: Inside, name: str, argument: object) -> str:
    """What the person is told."""
    reply = editor.request("workspace/executeCommand", {"command": name, "arguments": [argument]})
    return str(reply["result"]["message"] if "result" in reply else reply["error"]["message"])


def actions(editor: Inside, uri: str, first: int, last: int) -> dict[str, tuple[str, object]]:
    """The commands that the menu offers, by title."""
    where = {"start": {"line": first, "character": 4}, "end": {"line": last, "character": 5}}
    if first == last:
        where["end"] = where["start"]
    params = {"textDocument": {"uri": uri}, "range": where, "context": {"diagnostics": []}}
    found = editor.request("textDocument/codeAction", params)["result"]
    named = {one["title"]: one.get("command") for one in found}
    return {
        title: (call["command"], call["arguments"][0])
        for title, call in named.items()
        if call and "eview" in call["command"]
    }


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reviewing]:
    monkeypatch.setattr(assaymark.person, "surroundings", lambda: Surroundings({}))
    monkeypatch.setattr("assaymark.lsp.marking.surroundings", lambda: Surroundings({}))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    folder = tmp_path / "project"
    folder.mkdir()
    world = Reviewing(folder)
    yield world
    for editor in world.editors:
        editor.door.close()


def test_what_is_marked_is_reviewed_here_and_when_it_is_opened_again(world: Reviewing) -> None:
    """Hints and lenses go, and the hover says so; another editor that opens the file knows."""
    editor = world.open()
    assert world.standings(editor)[1:] == [UNREAD] * 6
    assert hints(editor, uri=world.uri)
    assert titles(editor, world.uri)
    told = world.mark(editor, 1, 6)
    assert told.startswith("Recorded: you have read lines 2–7 of app.py.")
    assert world.standings(editor)[1:] == [READ] * 6
    assert (hints(editor, uri=world.uri), titles(editor, world.uri)) == ([], [])
    at = {"textDocument": {"uri": world.uri}, "position": {"line": 1, "character": 14}}
    hover = editor.request("textDocument/hover", at)["result"]["contents"]["value"]
    assert "Reviewed " in hover
    assert "a claim: it is not signed" in hover
    assert world.standings(world.again())[1:] == [READ] * 6


def test_the_lens_marks_its_function(world: Reviewing) -> None:
    """It stands beside the one that counts the findings."""
    editor = world.open()
    reply = editor.request("textDocument/codeLens", {"textDocument": {"uri": world.uri}})["result"]
    (lens,) = [one["command"] for one in reply if one["command"]["title"] == "Mark as reviewed"]
    command(editor, lens["command"], lens["arguments"][0])
    assert world.standings(editor)[1:] == [READ] * 6


def test_the_menu_offers_the_run_the_function_and_the_selection(world: Reviewing) -> None:
    """And, of a line that is reviewed, to take that back."""
    editor = world.open()
    assert list(actions(editor, world.uri, 2, 2)) == [
        "Mark lines 2–7 as reviewed",
        "Mark this function as reviewed (lines 1–7)",
    ]
    offered = actions(editor, world.uri, 1, 1)["Mark lines 2–7 as reviewed"]
    command(editor, *offered)
    back = actions(editor, world.uri, 2, 2)
    assert list(back) == ["Take the review of this line back"]
    command(editor, *back["Take the review of this line back"])
    assert world.standings(editor)[1:] == [UNREAD] * 6
    assert next(iter(actions(editor, world.uri, 1, 2))) == "Mark lines 2–3 as reviewed"


def test_nothing_is_offered_where_nothing_is_an_agents(world: Reviewing) -> None:
    """The line that a person's file began with."""
    world.file.write_text("x = 1\n")
    editor = world.again()
    assert actions(editor, world.uri, 0, 0) == {}


def test_what_a_person_types_leaves_the_rest_reviewed(world: Reviewing) -> None:
    """In the middle of a line, and by taking a character away."""
    editor = world.open()
    world.mark(editor, 1, 6)
    world.type(editor, insert(1, 4, "a"))
    world.type(editor, replace(6, 4, 6, 5, ""))
    assert not world.unread(editor)


@pytest.mark.parametrize(
    "edit, unread",
    [
        (replace(3, 8, 3, 13, "other(second)"), {2, 3, 4, 5}),
        (insert(1, 0, "    one = 1\n    two = 2\n"), {1, 2}),
    ],
)
def test_what_comes_at_once_voids_the_statement(world: Reviewing, edit: Any, unread: set[int]) -> None:
    """Nobody is known to have looked at it; whole lines that come between leave the others reviewed."""
    editor = world.open()
    world.mark(editor, 1, 6)
    world.type(editor, edit)
    assert world.unread(editor) == unread


def test_a_formatter_leaves_it_reviewed(world: Reviewing) -> None:
    """Whether it says so before or after; blanks alone need nobody to say anything."""
    editor = world.open()
    world.mark(editor, 1, 6)
    world.type(editor, replace(2, 18, 6, 0, "first, 1)\n"))
    assert world.unread(editor)
    version = editor.session.read(world.uri).version
    editor.notify("assaymark/origin", {"uri": world.uri, "version": version, "kind": "format"})
    assert not world.unread(editor)
    world.type(editor, insert(1, 9, "   "))
    assert not world.unread(editor)


def test_an_agents_edit_is_not_reviewed(world: Reviewing) -> None:
    """Its hook reports it before or after the editor reads the file again."""
    editor = world.open()
    world.mark(editor, 1, 6)
    world.agent_writes("return second", "return eval(second)")
    world.type(editor, replace(6, 11, 6, 17, "eval(second)"))
    editor.clock.pass_by(1)
    editor.come()
    assert world.unread(editor) == {6}


def test_words_that_went_on_the_disk_void_the_line(world: Reviewing) -> None:
    """Nobody pressed a key: the file has what the editor reads, and nobody saved it."""
    editor = world.open()
    world.mark(editor, 1, 6)
    world.file.write_text(CODE.replace("return second", "return"))
    world.type(editor, replace(6, 10, 6, 17, ""))
    assert not world.unread(editor)
    editor.clock.pass_by(1)
    editor.come()
    assert world.unread(editor) == {6}


def test_a_character_that_is_typed_and_taken_back_takes_no_review(world: Reviewing) -> None:
    """Though the text is then what stands on the disk, and nobody saved it."""
    editor = world.open()
    world.mark(editor, 1, 6)
    world.type(editor, insert(6, 10, "x"))
    world.type(editor, replace(6, 10, 6, 11, ""))
    editor.clock.pass_by(1)
    editor.come()
    assert not world.unread(editor)


def test_an_agent_cannot_mark(world: Reviewing, monkeypatch: pytest.MonkeyPatch) -> None:
    """An editor that an agent started refuses, and records nothing."""
    editor = world.open()
    monkeypatch.setattr("assaymark.lsp.marking.surroundings", lambda: Surroundings({"CLAUDECODE": "1"}))
    said = world.mark(editor, 1, 6)
    assert "only a person can mark code as reviewed" in said
    assert "Claude Code (CLAUDECODE is set)" in said
    assert world.standings(editor)[1:] == [UNREAD] * 6


def test_what_could_not_be_recorded_is_not_shown_as_reviewed(world: Reviewing) -> None:
    """A text that is no file has no ledger."""
    editor = world.open()
    editor.open("x = 1\n", "untitled:one")
    where = {"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 0}}
    said = command(editor, "assaymark.markReviewed", {"uri": "untitled:one", "range": where})
    assert "nothing was recorded" in said


def test_a_review_in_a_terminal_is_known_in_the_editor(world: Reviewing) -> None:
    """It is heard of with the next save."""
    editor = world.open()
    other = world.again()
    world.mark(other, 1, 6)
    world.save(editor)
    editor.clock.pass_by(0.1)
    editor.come()
    assert not world.unread(editor)


def test_unreviewed_lines_are_listed_with_findings_first(world: Reviewing) -> None:
    """The same lines that hints are of."""
    editor = world.open()
    found = editor.request("assaymark/unreviewed", {})["result"]
    assert [one["kind"] for one in found] == ["finding", "lines"]
    assert found[0]["rule"] == "eval-code"
    assert found[1]["tool"] == "Claude Code"
    world.mark(editor, 1, 6)
    assert editor.request("assaymark/unreviewed", {"uri": world.uri})["result"] == []


@pytest.mark.parametrize(
    "origin, reason",
    [
        (TYPED, None),
        (Origin(Author.tool, Evidence.accept, "ruff"), None),
        (CLAUDE, "written by an AI"),
        (unknown(Arrival.bulk), "of unknown origin"),
        (STANDING, "of unknown origin"),
        (replaced(TYPED, cut=Cut("claude")), "changed by an AI"),
        (replaced(TYPED, cut=Cut()), "changed by something unknown"),
    ],
)
def test_a_finding_is_listed_where_a_gate_would_ask(
    world: Reviewing, origin: Origin, reason: str | None
) -> None:
    """In lines that were changed; of those that are committed only an agent's doing counts."""
    world.file.write_text("x = eval(y)\nz = 1\n")
    editor = world.again()
    asked: list[Any] = []
    editor.session.asides.committed.ask = lambda path, then: asked.append(then)
    attribute(editor, 0, 0, origin, world.uri)
    request = editor.ask("assaymark/unreviewed", {})
    came = editor.come(request)
    if asked:
        assert came == []
        asked.pop()(b"z = 1\n")
        came = editor.new()
    found = reply_to(came, request)["result"]
    assert [one["reason"] for one in found if one["kind"] == "finding"] == [reason] * (reason is not None)
    standing = world.standings(editor)[0]
    assert (standing is UNREAD) == (reason is not None)
    offered = actions(editor, world.uri, 0, 0)
    assert ("Mark line 1 as reviewed" in offered) == (reason is not None)
    if reason is not None:
        command(editor, *offered["Mark line 1 as reviewed"])
        assert editor.request("assaymark/unreviewed", {})["result"] == []
    # Once it is committed a gate asks for it no more.
    attribute(editor, 0, 0, origin, world.uri)
    (world.file.parent / ".git" / "logs").mkdir()
    (world.file.parent / ".git" / "logs" / "HEAD").write_text("another")
    world.save(editor)
    for then in asked:
        then(b"x = eval(y)\n")
    kinds = [one["kind"] for one in editor.request("assaymark/unreviewed", {})["result"]]
    assert kinds == (["finding", "lines"] if reason and "an AI" in reason else [])


def test_nobody_is_asked_to_read_what_no_gate_sees(world: Reviewing) -> None:
    """A text of unknown origin outside of a repository, or of which nothing is to be recorded."""
    world.file.write_text("x = eval(y)\n")
    editor = world.again()
    editor.session.asides.committed.ask = lambda path, then: then(None)
    assert len(editor.request("assaymark/unreviewed", {})["result"]) == 1
    outside = world.file.parent.parent / "outside.py"
    editor.open("x = eval(y)\n", outside.as_uri())
    editor.open("x = eval(y)\n", "untitled:one")
    assert len(editor.request("assaymark/unreviewed", {})["result"]) == 1
    quiet = Inside(SHOWS, initializationOptions={"record": False})
    quiet.session.asides.committed.ask = lambda path, then: then(None)
    quiet.open("x = eval(y)\n", world.uri)
    assert quiet.request("assaymark/unreviewed", {})["result"] == []


def test_what_git_ignores_is_asked_of_nobody(world: Reviewing) -> None:
    """A library that somebody looks into is in no commit, and never will be."""
    subprocess.run(["git", "init", "-q", str(world.file.parent)], check=True)
    (world.file.parent / ".gitignore").write_text("lib/\n")
    (world.file.parent / "lib").mkdir()
    editor, answers = world.again_with_git()
    for name, expected in (("own.py", 1), ("lib/theirs.py", 1), ("other.py", 2)):
        file = world.file.parent / name
        file.write_text("x = eval(y)\n")
        editor.open(file.read_text(), file.as_uri())
        editor.clock.pass_by(0.1)
        request = editor.ask("assaymark/unreviewed", {})
        assert editor.come(request) == []
        answers.get(timeout=30)()
        assert len(reply_to(editor.new(), request)["result"]) == expected


def test_who_closes_the_file_meanwhile_is_answered(world: Reviewing) -> None:
    """Nobody waits for what git says of it."""
    world.file.write_text("x = eval(y)\n")
    editor = world.again()
    editor.session.asides.committed.ask = lambda path, then: None
    request = editor.ask("assaymark/unreviewed", {})
    assert editor.come(request) == []
    came = editor.notify("textDocument/didClose", {"textDocument": {"uri": world.uri}})
    assert reply_to(came, request)["result"] == []


def test_lines_that_an_agent_cut_are_listed(world: Reviewing) -> None:
    """Open and closed, with whose doing it was and why they should be read."""
    world.file.write_text("")
    editor = world.again()
    world.type(editor, insert(0, 0, "x"))
    for at, key in enumerate(" = y - 1\n", 1):
        world.type(editor, insert(0, at, key))
    world.save(editor)
    editor.clock.pass_by(0.1)
    world.agent_writes(" - 1", "")
    world.type(editor, replace(0, 5, 0, 9, ""))
    for _ in range(3):
        editor.clock.pass_by(1)
    for closed in (False, True):
        (found,) = editor.request("assaymark/unreviewed", {"closed": closed})["result"]
        told = [found[name] for name in ("uri", "kind", "tool", "model", "reason")]
        assert told == [world.uri, "lines", "Claude Code", "", "changed by an AI"]
        editor.notify("textDocument/didClose", {"textDocument": {"uri": world.uri}})


def test_unreviewed_lines_of_closed_files_are_listed_without_opening_them(world: Reviewing) -> None:
    """As long as they are closed, are not reviewed, and are there."""
    closed = world.open()
    assert closed.request("assaymark/unreviewed", {"closed": True})["result"] == []
    closed.notify("textDocument/didClose", {"textDocument": {"uri": world.uri}})
    (found,) = closed.request("assaymark/unreviewed", {"closed": True})["result"]
    assert (found["uri"], found["kind"], found["tool"]) == (world.uri, "lines", "Claude Code")
    assert (found["range"]["start"]["line"], found["range"]["end"]["line"]) == (1, 7)
    world.mark(world.again(), 1, 3)
    (left,) = closed.request("assaymark/unreviewed", {"closed": True})["result"]
    assert left["range"]["start"]["line"] > 1
    world.file.unlink()
    assert closed.request("assaymark/unreviewed", {"closed": True})["result"] == []


def test_two_folders_of_a_work_tree_list_a_closed_file_once(world: Reviewing) -> None:
    """And after a folder went nothing of it is remembered."""
    world.open()
    top = world.file.parent
    (top / "inner").mkdir()
    folders = [{"uri": folder.as_uri(), "name": folder.name} for folder in (top, top / "inner")]
    editor = Inside(SHOWS, workspaceFolders=folders)
    world.editors.append(editor)
    assert len(editor.request("assaymark/unreviewed", {"closed": True})["result"]) == 1
    assert editor.session.closed_lines
    editor.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [], "removed": folders}})
    assert not editor.session.closed_lines
    assert editor.request("assaymark/unreviewed", {"closed": True})["result"] == []


@pytest.mark.parametrize("how", ["above", "absolute", "link"])
def test_no_file_is_read_but_of_the_work_tree(world: Reviewing, how: str) -> None:
    """Whatever a record names."""
    world.file.write_text("y = 1\n")
    outside = world.file.parent.parent / "outside.py"
    outside.write_text("x = 1\n")
    (world.file.parent / "link.py").symlink_to(outside)
    path = {"above": "../outside.py", "absolute": str(outside), "link": "link.py"}[how]
    secret, content = secret_of(world.place.store), outside.read_bytes()
    digest, outline = secret.digest(content), secret.outline(content)
    ranges = ((0, len(content)),)
    event = Edited(*stamp("hook"), path, CLAUDE, None, digest, (), len(content), outline, "call", ranges)
    append(world.place.store, [event])
    assert world.again().request("assaymark/unreviewed", {"closed": True})["result"] == []


def test_the_record_names_content_and_channel_and_no_text(world: Reviewing) -> None:
    """Ranges of the content that was read, by its keyed digest."""
    editor = world.open()
    world.mark(editor, 1, 1)
    with opened(world.place.store) as ledger:
        (event,) = [one for one in ledger.events() if type(one).__name__ == "Reviewed"]
        assert (event.path, event.channel, event.relation) == ("app.py", "editor", "requester")
        assert event.digest == ledger.secret.digest(CODE.encode())
        start = CODE.index("    first")
        assert event.ranges == ((start, start + len("    first = eval(body)\n")),)
    assert "eval" not in repr(event)


def test_a_comment_of_an_agent_silences_once_its_line_is_reviewed(world: Reviewing) -> None:
    """In the open editor, at once; and no longer when the review is taken back."""
    world.file.write_text("def load(body):\n    return eval(body)\n")
    world.agent_writes("eval(body)", "eval(body)  # nosec B307")
    editor = world.again()

    def codes() -> list[str]:
        return [item["code"] for item in editor.report(uri=world.uri)["items"]]

    assert codes() == ["eval-code", "ignore-not-reviewed"]
    world.mark(editor, 1, 1)
    assert codes() == []
    offered = actions(editor, world.uri, 1, 1)
    name, argument = next(call for title, call in offered.items() if "back" in title or "ithdraw" in title)
    command(editor, name, argument)
    assert codes() == ["eval-code", "ignore-not-reviewed"]
