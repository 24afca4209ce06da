"""`assaymark reviewed`: a person says which lines they have read, and takes that back."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from assaymark.cli import main, reviewed, reviewed_pull_request
from assaymark.ledger.store import opened
from assaymark.lineage import gitai
from assaymark.lineage.review_records import records_in
from assaymark.lineage.reviews import Standing, standing
from assaymark.person import Refusal
from assaymark.record.reading import of_file
from assaymark.repository import notes
from assaymark.repository.place import place_of
from git_world import World, assaymark, isolated, made

CODE = "a = 1\nb = 2\nc = 3\nd = 4\n"
LETTERS = {Standing.written: ".", Standing.unread: "-", Standing.by_requester: "r", Standing.by_another: "a"}
CAVEAT = "(Not a guarantee that they are free of flaws.)"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    isolated(monkeypatch, tmp_path / "home")
    monkeypatch.setattr(reviewed, "person", lambda: None)
    monkeypatch.setattr(reviewed_pull_request, "person", lambda _around: None)
    world = made(tmp_path / "project")
    monkeypatch.chdir(world.root)
    return world


def ran(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main.run(["reviewed", *words])
    said = capsys.readouterr()
    return code, said.out, said.err


def seen(world: World, path: str = "a.py") -> str:
    """How it stands with each line, by its first letter: unread (-), read by who asked for it, by another."""
    recorded = of_file(place_of(str(world.root / path)), world.read(path))
    return "".join(LETTERS[standing(line.origin, recorded.reviews)] for line in recorded.lines[:-1])


def forget(world: World) -> None:
    """Effect: there is no ledger; what is known stands in notes."""
    shutil.rmtree(world.root / ".git" / "assaymark", ignore_errors=True)


def by(world: World, name: str, **files: str) -> str:
    """The id of a commit whose author is *name*."""
    for path, content in files.items():
        world.write(f"{path}.py", content)
    world.git("add", "-A")
    world.git("commit", "-q", "-m", "x", "--author", f"{name} <{name.lower()}@example.org>")
    return world.head


def test_lines_of_a_file_that_is_not_committed(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Who works here asked for them; it is said what was recorded, and what it is not."""
    world.write("a.py", CODE)
    code, out, err = ran(capsys, "a.py:2-3")
    assert (code, err) == (0, "")
    assert out.startswith(f"Recorded: you have read lines 2–3 of a.py. {CAVEAT}\n")
    assert "claim" in out
    assert seen(world) == "-rr-"
    assert ran(capsys, "a.py:1")[1].startswith("Recorded: you have read line 1 of a.py.")
    assert seen(world) == "rrr-"


def test_lines_that_are_committed_get_it_in_the_notes_of_their_commits(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whose author is the reader has asked for the line; what is not committed waits for its commit."""
    by(world, "A", a="a = 1\nd = 4\n")
    by(world, "B", a="a = 1\nb = 2\nd = 4\n")
    world.write("a.py", CODE)
    assert ran(capsys, "a.py")[0] == 0
    assert seen(world) == "rarr"
    forget(world)
    assert seen(world) == "ra-r"


def test_what_is_staged(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """The lines that were added, as the index has them; what the work tree has besides is not read."""
    by(world, "B", a="a = 1\nd = 4\n", b="x\n")
    world.write("a.py", "a = 1\nb = 2\nd = 4\n")
    world.git("add", "a.py")
    world.write("a.py", CODE)
    world.git("mv", "b.py", "c.py")
    code, out, _ = ran(capsys, "--staged")
    assert (code, out.splitlines()[0]) == (0, f"Recorded: you have read line 2 of a.py. {CAVEAT}")
    assert seen(world) == "-r--"
    world.git("reset", "-q")
    assert ran(capsys, "--staged")[1] == "Nothing to record: no line was added there.\n"


def test_before_the_first_commit_all_that_is_staged_is_new(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """There is nothing that it could differ from."""
    world.write("a.py", CODE)
    world.git("add", "-A")
    assert ran(capsys, "--staged")[1].startswith("Recorded: you have read lines 1–4 of a.py.")


def test_what_commits_added(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """One, or several; of each the lines that it added, in its note, with a ledger or without."""
    first = by(world, "A", a="a = 1\n")
    by(world, "B", a="a = 1\nb = 2\n")
    last = by(world, "A", a="a = 1\nb = 2\nc = 3\n", b="x = 1\n")
    code, out, _ = ran(capsys, "HEAD")
    assert (code, seen(world), seen(world, "b.py")) == (0, "--r", "r")
    assert f"line 3 of a.py in {last[:8]}." in out
    assert not (world.root / ".git" / "assaymark").exists()
    ran(capsys, f"{first}..HEAD")
    assert seen(world) == "-ar"
    assert world.note(first, notes.OURS) == ""


def test_of_several_commits_what_is_left_was_read(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """A line that one added and another took away was not shown, and parts no others."""
    first = by(world, "A", a="a = 1\n")
    by(world, "A", a="a = 1\nb = 2\ncheck()\nc = 3\n", b="gone = 1\n")
    world.git("rm", "-q", "b.py")
    by(world, "A", a="a = 1\nb = 2\nc = 3\n")
    ran(capsys, f"{first}..HEAD")
    assert seen(world) == "-rr"
    assert "  r_" in (said := world.note("HEAD^", notes.OURS))
    assert (" 2,4" in said, "b.py" in said) == (True, False)
    ran(capsys, "--withdraw", "HEAD^")
    ran(capsys, "HEAD^")
    assert seen(world) == "---"


def test_a_review_of_a_commit_is_in_the_ledger_too(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Where there is one, and the file still is as the commit left it: so an edit by hand keeps the rest."""
    world.write("b.py", "x = 1\n")
    ran(capsys, "b.py")
    by(world, "B", a=CODE)
    ran(capsys, "HEAD")
    world.git("update-ref", "-d", notes.OURS)
    assert seen(world) == "aaaa"


def test_it_can_be_taken_back(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """By its lines, by its number, by its commit; as a whole, in the ledger and in notes."""
    world.write("a.py", CODE)
    ran(capsys, "a.py:1-2")
    ran(capsys, "a.py:4")
    code, out, _ = ran(capsys, "--withdraw", "a.py:2")
    (number,) = re.findall(r"r_[0-9a-f]{12}", out)
    assert (code, seen(world)) == (0, "---r")
    world.git("add", "-A")
    assert [row["review"] for row in listed(capsys) if row["withdrawn"]] == [number]
    (other,) = [row["review"] for row in listed(capsys) if not row["withdrawn"]]
    assert ran(capsys, "--withdraw", other)[0] == 0
    assert seen(world) == "----"
    by(world, "B", a=CODE)
    ran(capsys, "HEAD")
    assert seen(world) == "aaaa"
    ran(capsys, "--withdraw", "HEAD")
    assert seen(world) == "----"
    forget(world)
    assert seen(world) == "----"
    assert ran(capsys, "--withdraw", "a.py")[1] == "Nothing to withdraw: no review is known there.\n"


def test_staged_lines_can_be_taken_back(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """As they were marked."""
    world.write("a.py", CODE)
    world.git("add", "-A")
    ran(capsys, "--staged")
    assert seen(world) == "rrrr"
    ran(capsys, "--withdraw", "--staged")
    assert seen(world) == "----"


def listed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return list(json.loads(ran(capsys, "--list", "--json")[1])["reviews"])


def test_the_list_names_lines_and_no_person(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """What is in the ledger and in notes once, by number, day and way."""
    assert ran(capsys, "--list")[1] == "No reviews are known here.\n"
    world.write("b.py", "x = 1\n")
    ran(capsys, "b.py")
    by(world, "B", a=CODE)
    ran(capsys, "HEAD", "a.py:1")
    code, out, _ = ran(capsys, "--list")
    assert code == 0
    assert "example.org" not in out
    assert sorted((tuple(row["paths"]), row["commits"]) for row in listed(capsys)) == [
        (("a.py",), 1),
        (("a.py",), 1),
        (("b.py",), 0),
        (("b.py",), 1),
    ]
    assert "a claim" in out


def test_a_dry_run_records_nothing(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """It says what would be."""
    by(world, "B", a=CODE)
    assert ran(capsys, "--dry-run", "HEAD")[1].startswith("Would record: you have read lines 1–4 of a.py")
    assert ran(capsys, "--dry-run", "a.py")[0] == 0
    assert seen(world) == "----"
    assert not (world.root / ".git" / "assaymark").exists()


def test_an_agents_shell_is_refused(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is recorded, or taken back, or taken over; what only shows may be asked."""
    refusal = Refusal("shell belongs to Claude Code (CLAUDECODE is set)", "Ask the user to run")
    monkeypatch.setattr(reviewed, "person", lambda: refusal)
    monkeypatch.setattr(reviewed_pull_request, "person", lambda _around: refusal)
    world.write("a.py", CODE)
    for words in (["a.py"], ["--staged"], ["--withdraw", "a.py"], ["--pull-request", "-"]):
        code, out, err = ran(capsys, *words)
        assert (code, out) == (2, "")
        assert "only a person can" in err
        assert "Nothing was recorded." in err
    assert not (world.root / ".git" / "assaymark").exists()
    assert ran(capsys, "--list")[0] == 0


@pytest.mark.parametrize(
    "words, said",
    [
        ([], "what did you read?"),
        (["nowhere"], "neither a file here nor a commit"),
        (["a.py:9"], "the file has the lines 1 to 4"),
        (["a.py:3-2"], "the file has the lines 1 to 4"),
        (["sub"], "is a folder"),
        (["--staged", "a.py"], "leave the others out"),
        (["--base", "HEAD", "a.py"], "add --pull-request"),
        (["--withdraw"], "which reviews?"),
        (["--list", "a.py"], "leave the rest out"),
        (["empty.py"], "is empty"),
    ],
)
def test_what_is_no_target_is_refused(
    world: World, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    """With what to write instead."""
    world.write("a.py", CODE)
    world.write("empty.py", "")
    world.write("sub/b.py", CODE)
    code, _, err = ran(capsys, *words)
    assert code == 3
    assert said in err


def test_without_git_the_ledger_alone_has_it(
    tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder has lines that can be read too."""
    (tmp_path / "plain").mkdir()
    monkeypatch.chdir(tmp_path / "plain")
    (tmp_path / "plain" / "a.py").write_text(CODE)
    assert ran(capsys, "a.py:1")[0] == 0
    with opened(place_of("a.py").store) as ledger:
        assert len(ledger.every_review()[0]) == 1
    assert world.root.exists()


# Approvals.


def event(world: World, **changes: Any) -> dict[str, Any]:
    """What an Action is told on `pull_request_review`."""
    return {
        "action": "submitted",
        "review": {
            "id": 80,
            "user": {"login": "reader"},
            "state": "approved",
            "commit_id": world.head,
            "submitted_at": "2026-11-14T12:00:00Z",
        },
        "pull_request": {
            "number": 7,
            "user": {"login": "author", "type": "User"},
            "base": {"sha": world.git("rev-parse", "main")},
            "head": {"sha": world.head},
        },
        **changes,
    }


@pytest.fixture
def request_of(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A branch with two commits."""
    by(world, "A", a="a = 1\n")
    world.git("checkout", "-q", "-b", "feature")
    by(world, "A", a="a = 1\nb = 2\n")
    by(world, "A", a="a = 1\nb = 2\nc = 3\n")
    monkeypatch.delenv("GITHUB_EVENT_PATH", raising=False)
    return world


def given(world: World, plain: object) -> str:
    world.write("../event.json", json.dumps(plain))
    return str(world.root.parent / "event.json")


def test_an_approval_is_a_review_of_the_commits_that_were_there(
    request_of: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of base to head, by the event file of an Action; twice is once, and nobody is named in the notes."""
    world = request_of
    monkeypatch.setenv("GITHUB_EVENT_PATH", given(world, event(world)))
    code, out, _ = ran(capsys, "--pull-request")
    assert code == 0
    assert out.startswith("Recorded: who approved has read line 2 of a.py in ")
    assert seen(world) == "-aa"
    tip = world.git("rev-parse", notes.OURS)
    assert ran(capsys, "--pull-request")[0] == 0
    assert world.git("rev-parse", notes.OURS) == tip
    ((_, record),) = records_in(gitai.read(world.note(ref=notes.OURS))).items()
    assert record == {"channel": "pull-request", "relation": "another", "date": "2026-11-14"}


def test_an_approval_of_an_older_head_is_of_no_more_than_that(
    request_of: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was pushed after it is not approved; nor is a head that is not here any more."""
    world = request_of
    plain = event(world)
    plain["review"]["commit_id"] = world.git("rev-parse", "HEAD^")
    assert ran(capsys, "--pull-request", given(world, plain))[0] == 0
    assert seen(world) == "-a-"
    plain["review"]["commit_id"] = "0" * 40
    code, out, err = ran(capsys, "--pull-request", given(world, plain))
    assert (code, "is not in this clone" in err) == (0, True)
    assert out == "Nothing to record: no line was added there.\n"


@pytest.mark.parametrize(
    "states, expected",
    [
        (["APPROVED"], "-aa"),
        (["COMMENTED"], "---"),
        (["CHANGES_REQUESTED"], "---"),
        (["DISMISSED"], "---"),
        (["APPROVED", "CHANGES_REQUESTED"], "---"),
        (["APPROVED", "COMMENTED"], "-aa"),
        (["CHANGES_REQUESTED", "APPROVED"], "-aa"),
        (["APPROVED", "DISMISSED"], "---"),
    ],
)
def test_what_the_forge_lists(
    request_of: World, capsys: pytest.CaptureFixture[str], states: list[str], expected: str
) -> None:
    """An array, as `gh api` prints it: what was dismissed or taken back does not count."""
    world = request_of
    rows = [
        {"id": n, "user": {"login": "reader"}, "state": state, "commit_id": world.head, "submitted_at": "x"}
        for n, state in enumerate(states)
    ]
    assert ran(capsys, "--pull-request", given(world, rows), "--base", "main")[0] == 0
    assert seen(world) == expected


def test_what_is_dismissed_later_is_withdrawn(request_of: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Of what was taken over before; told twice, it is withdrawn once."""
    world = request_of
    ran(capsys, "--pull-request", given(world, event(world)))
    assert seen(world) == "-aa"
    plain = event(world, action="dismissed")
    plain["review"]["state"] = "dismissed"
    assert ran(capsys, "--pull-request", given(world, plain))[0] == 0
    assert seen(world) == "---"
    tip = world.git("rev-parse", notes.OURS)
    ran(capsys, "--pull-request", given(world, plain))
    assert world.git("rev-parse", notes.OURS) == tip


def test_a_clone_without_the_start_of_a_pull_request_is_told_so(
    request_of: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a shallow one is, which Actions make unless they are told otherwise."""
    world = request_of
    plain = event(world)
    plain["pull_request"]["base"] = {"sha": "1" * 40}
    code, _, err = ran(capsys, "--pull-request", given(world, plain))
    assert (code, "fetch-depth: 0" in err) == (2, True)


def test_where_recording_is_off_nothing_is_put_into_a_ledger(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is committed can be marked in notes."""
    world.write("../home/assaymark/assaymark.toml", "record = false\n")
    world.write("a.py", CODE)
    code, _, err = ran(capsys, "a.py")
    assert (code, "recording is off" in err) == (3, True)
    by(world, "B", a=CODE)
    assert ran(capsys, "a.py")[0] == 0
    assert seen(world) == "aaaa"
    assert not (world.root / ".git" / "assaymark").exists()


def test_who_opened_it_is_the_requester_but_where_a_program_did(
    request_of: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever approves what an agent opened may have asked for it."""
    world = request_of
    plain = event(world)
    plain["pull_request"]["user"] = {"login": "reader", "type": "User"}
    ran(capsys, "--pull-request", given(world, plain))
    assert seen(world) == "-rr"
    plain["pull_request"]["user"] = {"login": "copilot", "type": "Bot"}
    plain["review"]["id"] = 81
    ran(capsys, "--pull-request", given(world, plain))
    records = records_in(gitai.read(world.note(ref=notes.OURS)))
    assert {record["relation"] for record in records.values()} == {"requester", "unknown"}


@pytest.mark.parametrize(
    "plain",
    [
        {"action": "opened", "pull_request": {"number": 7}},
        {"ref": "refs/heads/main", "commits": []},
        {"review": {"state": "approved"}},
        [{"number": 7}],
        [7],
        "approved",
        None,
    ],
)
def test_an_event_of_another_kind_is_refused(
    request_of: World, capsys: pytest.CaptureFixture[str], plain: object
) -> None:
    """It is no "nobody approved"."""
    code, out, err = ran(capsys, "--pull-request", given(request_of, plain))
    assert (code, out) == (2, "")
    assert "pull_request_review" in err


def test_what_is_missing_for_a_pull_request_is_said(
    request_of: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """No file, no such file, no JSON, no base."""
    world = request_of
    assert ran(capsys, "--pull-request")[0] == 3
    assert ran(capsys, "--pull-request", "nowhere.json")[0] == 2
    world.write("../event.json", "{")
    assert ran(capsys, "--pull-request", str(world.root.parent / "event.json"))[0] == 2
    rows = [{"id": 1, "user": {"login": "r"}, "state": "APPROVED", "commit_id": world.head}]
    code, _, err = ran(capsys, "--pull-request", given(world, rows))
    assert (code, "add --base" in err) == (3, True)


# What is shown of it.


def shown(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    capsys.readouterr()
    assert main.run(list(words)) == 0
    return capsys.readouterr().out


def test_blame_says_which_lines_were_read(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """In a column of its own, where anything is recorded; in JSON with all that is known of the review."""
    world.write("a.py", CODE)
    assert "reviewed" not in shown(capsys, "blame", "a.py")
    ran(capsys, "a.py:2")
    rows = shown(capsys, "blame", "a.py").splitlines()
    assert ["not reviewed" in row for row in rows[:4]] == [True, False, True, True]
    assert "review claimed" in rows[1]
    plain = json.loads(shown(capsys, "blame", "--json", "a.py"))["lines"]
    assert [line["standing"] for line in plain[:2]] == ["unread", "by-requester"]
    (review,) = plain[1]["reviews"]
    assert (review["channel"], review["claimed"], review["who"]) == ("terminal", True, "A <a@example.org>")
    assert plain[0]["reviews"] == []


def test_why_says_who_read_a_line(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """In the sentence that the editor has too; what a statement takes away is said."""
    world.write("a.py", "call(\n    1,\n    2,\n)\n")
    ran(capsys, "a.py:1-2")
    assert "It was read once, but other lines of its statement" in shown(capsys, "why", "a.py:2")
    assert "Not reviewed." in shown(capsys, "why", "a.py:3")
    ran(capsys, "a.py:1-4")
    said = shown(capsys, "why", "a.py:2")
    assert re.search(r"Line 2: .* Reviewed \d+ \w+ by A, .*claim", said)
    assert "Also: Reviewed" in said
    plain = json.loads(shown(capsys, "why", "--json", "a.py:2"))
    assert (plain["standing"], len(plain["reviews"])) == ("by-requester", 2)


def test_an_agents_variables_are_enough(request_of: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """For what needs no terminal too: an agent takes no approvals over."""
    world = request_of
    text = json.dumps(event(world))
    monkeypatch.setenv("CLAUDECODE", "1")
    for words in (["--pull-request", "-"], ["HEAD"]):
        done = assaymark(world, "reviewed", *words, given=text)
        assert done.returncode == 2
        assert "Claude Code" in done.stderr
    assert world.git("for-each-ref", notes.OURS) == ""


def test_who_pushes_notes_is_shown_what_they_say_of_reviews(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """By which way, and who, where that is in them."""
    world.write("../home/assaymark/assaymark.toml", '[notes]\ninclude = ["person"]\n')
    by(world, "B", a=CODE)
    ran(capsys, "HEAD")
    world.git("init", "-q", "--bare", "../server.git")
    world.git("remote", "add", "origin", "../server.git")
    said = shown(capsys, "notes", "push", "--dry-run", "origin")
    assert "that lines were read, by: terminal" in said
    assert "persons: A <a@example.org>" in said
