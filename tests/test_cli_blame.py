"""`assaymark blame` and `assaymark why`: all that is recorded of lines, joined."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assaymark.cli import main
from assaymark.ledger.events import Change as Piece
from assaymark.ledger.events import Edited, Saved, Session, stamp
from assaymark.ledger.store import opened
from assaymark.lineage import gitai
from assaymark.origin import STANDING, Author, Evidence, Origin, Run, joined
from assaymark.repository.place import place_of
from git_world import World, isolated, made

AGENT = Origin(
    Author.ai, Evidence.hook, tool="claude", model="claude-opus-4-6", session="s-1", time=1_700_000_000
)
TYPED = Origin(Author.human, Evidence.typed, time=1_700_000_000)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    isolated(monkeypatch, tmp_path / "home")
    world = made(tmp_path / "project")
    monkeypatch.chdir(world.root)
    return world


def ran(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main.run(list(words))
    said = capsys.readouterr()
    return code, said.out, said.err


def lines(capsys: pytest.CaptureFixture[str], path: str, *more: str) -> list[tuple[str, ...]]:
    """Of each line: who wrote it on what evidence, and which record says so."""
    code, out, _ = ran(capsys, "blame", "--json", *more, path)
    assert code == 0
    plain: dict[str, Any] = json.loads(out)
    return [
        (
            *(f"{one['author']}:{one.get('arrival', one['evidence'])}" for one in line["origins"]),
            line["source"],
        )
        for line in plain["lines"]
    ]


def saved(world: World, path: str, *rows: tuple[str, Origin]) -> None:
    """Effect: the file holds these lines, and the ledger knows whose they are."""
    content = "".join(text for text, _ in rows).encode()
    world.write(path, content)
    place = place_of(str(world.root / path))
    with opened(place.store) as ledger:
        runs = joined([(Run(len(text.encode()), origin),) for text, origin in rows])
        digest, outline = ledger.secret.digest(content), ledger.secret.outline(content)
        ledger.record([Saved(*stamp("server"), path, digest, runs, outline)])


def noted(world: World, path: str, spelled: str, origin: Origin = AGENT) -> None:
    """Effect: the last commit has a note that gives these lines of *path* to an agent."""
    key, record = gitai.keyed(origin)
    session = key.partition("::")[0]
    text = f"{path}\n  {key} {spelled}\n---\n{json.dumps({'sessions': {session: record}, 'prompts': {}})}"
    world.git("notes", "--ref", "ai", "add", "-f", "-F", "-", "HEAD", given=text)


def test_what_the_ledger_knows_is_shown_before_it_is_committed(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Typed, an agent's, and both in one line."""
    saved(
        world,
        "a.py",
        ("x = 1\n", TYPED),
        ("y = load(", AGENT),
        ("b", TYPED),
        (")\n", AGENT),
        ("z\n", STANDING),
    )
    assert lines(capsys, "a.py")[:3] == [
        ("human:typed", "ledger"),
        ("ai:hook", "human:typed", "ledger"),
        ("unknown:standing", "none"),
    ]


def test_a_note_counts_for_the_lines_that_its_commit_added(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """And for no line that stood there before, whatever its range says; lines that moved keep it."""
    world.commit(a="one\n")
    world.commit(a="one\ntwo\nthree\n")
    noted(world, "a.py", "1-3")
    world.write("a.py", "zero\none\ntwo\nthree\n")
    assert lines(capsys, "a.py")[:4] == [
        ("unknown:standing", "none"),
        ("unknown:committed", "none"),
        ("ai:note", "notes"),
        ("ai:note", "notes"),
    ]


def test_a_file_that_was_renamed_keeps_its_notes(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """The note names the path that the commit had."""
    world.commit(a="one\ntwo\n")
    noted(world, "a.py", "2")
    world.git("mv", "a.py", "b.py")
    world.commit("move")
    assert lines(capsys, "b.py")[:2] == [("unknown:committed", "none"), ("ai:note", "notes")]


def test_a_commit_that_names_an_agent_makes_no_line_its(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Which lines are its is not recorded."""
    world.write("a.py", "one\n")
    world.git("add", "-A")
    world.git("commit", "-q", "-m", "x\n\nCo-Authored-By: Claude <noreply@anthropic.com>")
    assert lines(capsys, "a.py")[0] == ("unknown:commit", "none")
    code, out, _ = ran(capsys, "blame", "a.py")
    assert (code, "unknown (the commit names Claude)" in out) == (0, True)


def test_the_ledger_is_believed_before_a_note(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """It saw the bytes come."""
    saved(world, "a.py", ("one\n", TYPED))
    world.commit()
    noted(world, "a.py", "1")
    assert lines(capsys, "a.py")[0] == ("human:typed", "ledger")


@pytest.mark.parametrize("note", ["", "a.py\n  s_", "---\nnot json", "a.py\n  ff 1-99999999999\n---\n{}"])
def test_a_note_that_makes_no_sense_says_nothing(
    world: World, capsys: pytest.CaptureFixture[str], note: str
) -> None:
    """And stops nothing."""
    world.commit(a="one\n")
    world.git("notes", "--ref", "ai", "add", "-f", "--allow-empty", "-F", "-", "HEAD", given=note)
    assert lines(capsys, "a.py")[0] == ("unknown:committed", "none")


def test_agent_trace_records_are_read(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """For the lines that blame gives to their revision."""
    commit = world.commit(a="one\ntwo\n")
    conversation = {
        "contributor": {"type": "ai", "model_id": "m-1"},
        "ranges": [{"start_line": 2, "end_line": 2}],
    }
    record = {
        "version": "0.1.0",
        "id": "550e8400-e29b-41d4-a716-446655440000",
        "timestamp": "2026-01-23T14:30:00Z",
        "vcs": {"type": "git", "revision": commit},
        "files": [{"path": "a.py", "conversations": [conversation]}],
    }
    world.write(".agent-trace/traces.jsonl", json.dumps(record) + "\n")
    assert lines(capsys, "a.py")[:2] == [("unknown:committed", "none"), ("ai:note", "notes")]


def test_without_git_the_ledger_alone_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file in no repository."""
    isolated(monkeypatch, tmp_path / "home")
    world = World(tmp_path / "loose")
    saved(world, "a.py", ("x = 1\n", AGENT))
    monkeypatch.chdir(world.root)
    assert lines(capsys, "a.py")[0] == ("ai:hook", "ledger")


def test_it_reads_as_a_table(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Commit, origin, number, text; and where that is recorded."""
    world.commit(a="one\n")
    saved(world, "a.py", ("one\n", STANDING), ("two\n", AGENT))
    code, out, _ = ran(capsys, "blame", "a.py")
    first, second, last = out.splitlines()
    assert code == 0
    assert first.startswith(world.head[:8])
    assert second.startswith("········  Claude Code, claude-opus-4-6, 14 Nov")
    assert second.endswith("2 │ two")
    assert last == "Recorded in: the ledger. ········ is not committed."


@pytest.mark.parametrize(
    "spelled, numbers", [("2", [2]), ("2,3", [2, 3]), ("3,", [3, 4]), (",2", [1, 2]), ("2,99", [2, 3, 4])]
)
def test_lines_can_be_chosen(
    world: World, capsys: pytest.CaptureFixture[str], spelled: str, numbers: list[int]
) -> None:
    """As git's -L takes them."""
    world.write("a.py", "1\n2\n3\n")
    _, out, _ = ran(capsys, "blame", "--json", "-L", spelled, "a.py")
    assert [line["line"] for line in json.loads(out)["lines"]] == numbers


@pytest.mark.parametrize(
    "words, said",
    [
        (("blame", "b.py"), "there is no file 'b.py'"),
        (("blame", "a.py:1-2"), "there is no file 'a.py:1-2'; lines are named by -L: assaymark blame -L 1,2"),
        (("blame", "-L", "x", "a.py"), "-L takes lines as"),
        (("blame", "-L", "9", "a.py"), "has the lines 1 to 2"),
        (("blame", "-L", "2,1", "a.py"), "has the lines 1 to 2"),
        (("why", "a.py"), "why takes FILE:LINE"),
        (("why", "a.py:0"), "has the lines 1 to 2"),
        (("why", "b.py:1"), "there is no file 'b.py'"),
    ],
)
def test_wrong_usage_is_said(
    world: World, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    """With exit code 3, and what to type instead."""
    world.write("a.py", "1\n")
    code, _, err = ran(capsys, *words)
    assert code == 3
    assert said in err


def test_why_is_one_answer(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Finding, origin, evidence, session, commit."""
    place = place_of(str(world.root / "a.py"))
    content = b"import yaml\nconfig = yaml.load(body)\n"
    world.write("a.py", content)
    with opened(place.store) as ledger:
        secret = ledger.secret
        ledger.record(
            [
                Session(*stamp("hook"), "claude", "s-1", "claude-opus-4-6", "/home/u/transcript.jsonl"),
                Edited(
                    *stamp("hook"),
                    "a.py",
                    AGENT,
                    secret.digest(b""),
                    secret.digest(content),
                    (Piece(0, 0, len(content)),),
                    len(content),
                    secret.outline(content),
                ),
            ]
        )
    code, out, _ = ran(capsys, "why", "a.py:2")
    assert code == 0
    assert "a.py:2  yaml-unsafe-load · high · CWE-502\n" in out
    assert "Line 2: Claude Code, claude-opus-4-6, 14 Nov" in out
    assert "Evidence: its edit hook. Not reviewed." in out
    assert "Session: s-1 (/home/u/transcript.jsonl)" in out
    assert "Commit: none yet" in out
    plain = json.loads(ran(capsys, "why", "--json", "a.py:2")[1])
    assert (plain["findings"][0]["rule"], plain["origins"][0]["tool"], plain["source"]) == (
        "yaml-unsafe-load",
        "claude",
        "ledger",
    )


def test_why_of_a_line_without_findings_says_so(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """And still where the line comes from."""
    world.commit("Begin", a="one = 1\n")
    code, out, _ = ran(capsys, "why", "a.py:1")
    assert code == 0
    assert "nothing is found on this line" in out
    assert "origin unknown (committed" in out
    assert f"Commit: {world.head[:8]}" in out
    assert "Begin" in out
