"""What an agent loosened and nobody reviewed is not honoured, and is said; nor is what a repository may not."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from assaymark.analysis.advance import advanced, opened
from assaymark.analysis.attributing import attributed, runs_of
from assaymark.analysis.snapshot import Snapshot, State
from assaymark.cli.main import run
from assaymark.desk import Desk
from assaymark.finding import Severity
from assaymark.hooks.entry import hook
from assaymark.hooks.git.entry import main as git_hook
from assaymark.lineage.reviewed import reviewed
from assaymark.lineage.reviews import Channel, Review, Reviews
from assaymark.lineage.trusting import no_agent, once_read
from assaymark.origin import Author, Evidence, Origin, covering, spliced
from assaymark.record.doubting import Doubting
from assaymark.rules.loading import load
from assaymark.settings.beside import doubting_beside
from assaymark.settings.decoding import from_editor
from assaymark.settings.doubting import Doubtful
from assaymark.settings.layer import Layer
from assaymark.settings.places import Places
from assaymark.settings.resolving import resolved
from assaymark.settings.shapes import Ground
from assaymark.settings.spelling import statements
from assaymark.settings.standing import InForce, Lookup, Standing
from assaymark.suppress.authors import attributed as heard_by
from assaymark.text import Edit, Span
from git_world import isolated
from hook_world import World

TODAY = 739_943
WHOSE = "that Claude Code wrote on 14 Nov and nobody has reviewed"


def in_force(folder: Path, toml: str, *by_agent: str, name: str = "assaymark.toml") -> InForce:
    """What holds in *folder* with these settings, of which an agent wrote the pieces *by_agent*."""
    (folder / ".git").mkdir(exist_ok=True)
    (folder / name).write_text(toml)

    def doubts(_: str, raw: bytes) -> list[Doubtful]:
        starts = [(raw.index(piece.encode()), piece) for piece in by_agent]
        return [Doubtful(start, start + len(piece), WHOSE) for start, piece in starts]

    nowhere = Places(str(folder / "none"), str(folder / "none"))
    return Lookup(Standing(nowhere, doubts=doubts), str(folder)).at(str(folder))


def said(found: InForce) -> list[str]:
    return [str(one) for one in found.resolved.refused]


def test_a_rule_that_an_agent_ignored_is_asked_all_the_same(tmp_path: Path) -> None:
    """It is said who wrote it, where, and what a person can do."""
    found = in_force(tmp_path, 'ignore = ["eval-code"]\n', 'ignore = ["eval-code"]')
    assert found.settings.ignore == ()
    (line,) = said(found)
    assert line == (
        "assaymark.toml:1: rule eval-code is ignored by a setting that Claude Code wrote on 14 Nov and nobody has"
        " reviewed; it is not honoured (once read: assaymark reviewed assaymark.toml:1)"
    )


def test_of_a_list_only_what_the_agent_added_does_not_count(tmp_path: Path) -> None:
    """What stood there before holds on, on whichever lines."""
    toml = '[tool.assaymark]\nignore = [\n  "eval-code",  # ours\n  "yaml-unsafe-load",\n]\n'
    found = in_force(tmp_path, toml, '  "yaml-unsafe-load",\n', name="pyproject.toml")
    assert found.settings.ignore == ("eval-code",)
    assert [line.partition(" is")[0] for line in said(found)] == ["pyproject.toml:4: rule yaml-unsafe-load"]
    found = in_force(tmp_path, 'ignore = ["a-rule", "*"]\n', ', "*"')
    assert found.settings.ignore == ("a-rule",)


def test_a_value_that_an_agent_set_counts_as_far_as_it_is_stricter(tmp_path: Path) -> None:
    """Of two values the stricter holds, as in code that is not trusted."""
    toml = 'severity = "high"\nfail-on = "low"\n'
    found = in_force(tmp_path, toml, toml)
    assert (found.settings.severity, found.settings.gate) == (Severity.low, Severity.low)
    assert [line.partition(" by")[0] for line in said(found)] == ["assaymark.toml:1: `severity` is set"]


@pytest.mark.parametrize(
    "toml, by_agent",
    [
        ('[tool.assaymark]\nignore = ["a"]', "[tool.assaymark]"),
        ('[tool]\nassaymark = {ignore = ["a"]}', '"a"'),
        ('tool.assaymark.ignore = ["a"]', "tool.assaymark.ignore"),
        ('["tool"."assaymark"]\n"ignore" = ["""\na""", \'b\']', '"ignore"'),
    ],
)
def test_however_the_file_spells_it(tmp_path: Path, toml: str, by_agent: str) -> None:
    """A header, an inline table, a dotted key: an agent's part of them puts in doubt what stands under it."""
    found = in_force(tmp_path, toml, by_agent, name="pyproject.toml")
    assert found.settings.ignore == ()
    assert said(found)


def test_what_stands_in_other_tables_is_not_ours(tmp_path: Path) -> None:
    """An agent may write all the rest of pyproject.toml."""
    toml = '[project]\nname = "x"\n[tool.assaymark]\nignore = ["a"]\n[tool.other]\nignore = ["b"]\n'
    found = in_force(
        tmp_path, toml, '[project]\nname = "x"', '[tool.other]\nignore = ["b"]', name="pyproject.toml"
    )
    assert found.settings.ignore == ("a",)
    assert said(found) == []


def test_what_is_excluded_by_an_agent_is_checked(tmp_path: Path) -> None:
    """The glob does not hold, and is named."""
    found = in_force(tmp_path, 'exclude = ["/src"]\n', '"/src"')
    assert found.settings.exclude == ()
    assert "/src is excluded by a setting that Claude Code wrote" in said(found)[0]


def test_records_are_not_looked_at_where_nothing_is_loosened(tmp_path: Path) -> None:
    """Who only makes the check stricter needs no record of who wrote that."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "assaymark.toml").write_text('level = "strict"\n')
    asked: list[str] = []

    def doubts(place: str, _: bytes) -> list[Doubtful]:
        asked.append(place)
        return []

    nowhere = Places("", "")
    Lookup(Standing(nowhere, doubts=doubts), str(tmp_path)).at(str(tmp_path))
    assert asked == []


def test_statements_are_found_as_a_parser_finds_them() -> None:
    """Strings hide signs, lists span lines, comments are none of it."""
    raw = b'# x = 1\na = "[#"\n[t."u"] # [v]\nb = [ "1", # "2"\n  [3, 4],\n]\nc = \'\'\'\nd = 5\n\'\'\'\ne = {f = [1]}\n'
    found = [(one.name, raw[slice(*one.value)]) for one in statements(raw)]
    assert found == [
        ("a", b'"[#"'),
        ("t.u.b", b'[ "1", # "2"\n  [3, 4],\n]'),
        ("t.u.c", b"'''\nd = 5\n'''"),
        ("t.u.e", b"{f = [1]}"),
    ]
    assert [raw[slice(*item)] for one in statements(raw) for item in one.items] == [b'"1"', b"[3, 4]"]


AGENT = Origin(Author.ai, Evidence.hook, "claude", time=1_794_657_600)
PERSON = Origin(Author.human, Evidence.typed)
RULES = load()


def checked(text: str, *by_agent: str) -> Snapshot:
    """The analysis of *text*, of which an agent wrote these pieces, the rest a person."""
    data = text.encode()
    runs = covering(len(data), PERSON)
    for piece in by_agent:
        start = data.index(piece.encode())
        runs = spliced(runs, Span(start, start + len(piece.encode())), covering(len(piece.encode()), AGENT))
    return opened(data, "a.py", RULES, today=TODAY, origins=runs, may_loosen=no_agent)


def found(snapshot: Snapshot) -> list[str]:
    return [one.rule for one in snapshot.findings()]


@pytest.mark.parametrize(
    "comment",
    ["# assaymark: ignore[eval-code] -- checked above", "# nosec B307", "# noqa: S307", "# nosemgrep"],
)
def test_a_comment_of_an_agent_silences_nothing(comment: str) -> None:
    """The finding is shown, and beside it who wrote the comment."""
    snapshot = checked(f"eval(code)  {comment}\n", comment)
    assert found(snapshot) == ["eval-code", "ignore-not-reviewed"]
    assert snapshot.findings()[1].message == (
        "Not honoured: Claude Code wrote this comment on 14 Nov, and nobody has reviewed it."
        " Review the line, or remove the comment."
    )
    assert snapshot.silenced() == []


def test_who_wrote_the_code_does_not_matter() -> None:
    """A person may silence what is found in an agent's line; an agent's part of the comment is one."""
    text = "eval(code)  # assaymark: ignore[eval-code] -- a constant\n"
    assert found(checked(text, "eval(code)")) == []
    assert found(checked(text, "-- a constant")) == ["eval-code", "ignore-not-reviewed"]


def test_a_comment_on_the_line_before_holds_across_chunks_only_for_a_person() -> None:
    """What waits for the next definition has an author too."""
    text = "x = 1\n# assaymark: ignore[eval-code] -- a constant\ndef f(a=eval(code)):\n    pass\n"
    assert found(checked(text)) == []
    assert found(checked(text, "# assaymark")) == ["ignore-not-reviewed", "eval-code"]


def test_another_comment_that_a_person_wrote_still_silences() -> None:
    """Then the agent's is not needed, and said to be not honoured all the same."""
    text = "# assaymark: ignore[eval-code] -- a constant\neval(code)  # nosec B307\n"
    assert found(checked(text, "# nosec B307")) == ["ignore-not-reviewed"]


def test_an_agents_comment_that_would_take_nothing_is_judged_like_any_other() -> None:
    """There is nothing to honour."""
    assert found(checked("x = 1  # assaymark: ignore[eval-code] -- x\n", "# assaymark")) == ["ignore-unused"]
    assert found(checked("eval(code)  # assaymark: ignore[eval-cod] -- x\n", "# assaymark")) == [
        "eval-code",
        "ignore-unknown-rule",
    ]


def test_what_is_learnt_of_a_comments_author_later_counts_as_if_it_had_been_known() -> None:
    """A hook may report after the editor has read the file."""
    text = "x = 1\n# nosec B307\ndef f(a=eval(code)):\n    pass\neval(code)  # nosec B307\n"
    for piece in ("# nosec B307\ndef", "eval(code)  # nosec B307\n"):
        start = text.index(piece)
        told = attributed(checked(text), Span(start, start + len(piece)), covering(len(piece), AGENT))
        known = checked(text, piece)
        assert told.findings() == known.findings() != []
        assert told.state is known.state is State.findings
        back = attributed(told, Span(0, len(text)), covering(len(text), PERSON))
        assert back.findings() == []
        assert back.state is State.clean


def test_what_is_typed_beside_a_comment_leaves_it_its_author() -> None:
    """Typing it there equals opening it, authors included."""
    before = checked("eval(code)  # nosec B307\n", "# nosec B307")
    typed = Edit(Span(5, 9), b"other")
    after = advanced(before, [typed], lambda edit, *_: covering(len(edit.new), PERSON))
    assert found(after) == ["eval-code", "ignore-not-reviewed"]
    again = opened(
        after.text.whole(), "a.py", RULES, today=TODAY, origins=runs_of(after.text), may_loosen=no_agent
    )
    assert after.findings() == again.findings()


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A repository in which a person and an agent write."""
    isolated(monkeypatch, tmp_path / "home")
    top = tmp_path / "shop"
    top.mkdir()
    world = World(top)
    world.git("init", "-q", "-b", "main")
    monkeypatch.chdir(top)
    return world


def agent_writes(world: World, path: str, old: str, new: str) -> None:
    """Effect: Claude Code replaces *old* by *new*, as its hook is told; where *old* is empty, all is new."""
    file = world.top / path
    before = file.read_text() if file.exists() else ""
    after = before.replace(old, new, 1) if old else new
    world.write(path, after.encode())
    response = {"oldString": old, "newString": new, "originalFile": before, "filePath": str(file)}
    table = {
        "session_id": "s",
        "transcript_path": "",
        "cwd": str(world.top),
        "hook_event_name": "PostToolUse",
        "tool_name": "Edit",
        "tool_use_id": "toolu_1",
        "tool_input": {"file_path": str(file), "old_string": old, "new_string": new, "replace_all": False},
        "tool_response": {**response, "structuredPatch": [], "userModified": False, "replaceAll": False},
    }
    assert hook("claude", json.dumps(table)) == 0


def report(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    capsys.readouterr()
    run(["check", "--no-cache", "--format", "json", *words])
    table = json.loads(capsys.readouterr().out)
    assert isinstance(table, dict)
    return table


def rules_in(table: dict[str, Any]) -> list[str]:
    return [one["rule"] for one in table["findings"]]


def test_check_honours_no_comment_of_an_agent(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """By the ledger; a person's comments in the same file silence."""
    world.write("app.py", b"eval(a)\neval(b)  # nosec B307\n")
    agent_writes(world, "app.py", "eval(a)", "eval(a)  # nosec B307")
    assert rules_in(report(capsys)) == ["eval-code", "ignore-not-reviewed"]


def test_notes_tell_of_an_agents_comment_too(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """In another clone there is no ledger."""
    world.write("app.py", b"eval(a)\n")
    agent_writes(world, "app.py", "eval(a)", "eval(a)  # nosec B307")
    world.git("add", "app.py")
    world.git("commit", "-q", "-m", "x")
    assert git_hook("git-post-commit", ()) == 0
    shutil.rmtree(world.top / ".git" / "assaymark")
    assert rules_in(report(capsys)) == ["eval-code", "ignore-not-reviewed"]


def test_a_notebooks_comments_have_authors_too(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """They are those of the lines of the file that spell it."""
    cell = {"cell_type": "code", "execution_count": None, "id": "a", "metadata": {}, "outputs": []}
    book = {
        "cells": [{**cell, "source": ["eval(a)\n", "eval(b)  # nosec B307\n"]}],
        "metadata": {},
        "nbformat": 4,
    }
    world.write("app.ipynb", json.dumps({**book, "nbformat_minor": 5}, indent=1).encode())
    assert rules_in(report(capsys)) == ["eval-code"]
    agent_writes(world, "app.ipynb", '"eval(a)\\n"', '"eval(a)  # nosec B307\\n"')
    assert rules_in(report(capsys)) == ["eval-code", "ignore-not-reviewed"]


def test_check_says_what_setting_of_an_agent_it_does_not_honour(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """And finds what it would have hidden."""
    world.write("app.py", b"eval(a)\n")
    world.write("assaymark.toml", b'level = "strict"\n')
    agent_writes(
        world, "assaymark.toml", 'strict"\n', 'strict"\nignore = ["eval-code"]\nexclude = ["/app.py"]\n'
    )
    table = report(capsys)
    assert rules_in(table) == ["eval-code"]
    assert [one["where"] for one in table["settings"]["refused"]] == ["assaymark.toml:2", "assaymark.toml:3"]
    run(["check"])
    said = capsys.readouterr().out
    assert "assaymark.toml:2: rule eval-code is ignored by a setting that Claude Code wrote on " in said
    assert "(once read: assaymark reviewed assaymark.toml:2)." in said


def test_an_agents_entry_of_a_baseline_hides_nothing(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Those that stood there hide what they hid, also when a comma came behind one."""
    world.write("app.py", b"eval(a)\nexec(b)\n")
    world.write("assaymark.toml", b'baseline = "known.json"\n')
    run(["baseline", "--output", "known.json"])
    lines = (world.top / "known.json").read_text().splitlines()
    assert [line.count('"rule"') for line in lines] == [0, 0, 0, 1, 1, 0, 0]
    theirs = "\n".join([*lines[:3], lines[3].rstrip(","), *lines[5:], ""])
    world.write("known.json", theirs.encode())
    assert len(rules_in(report(capsys))) == 1
    agent_writes(world, "known.json", lines[3].rstrip(","), f"{lines[3]}\n{lines[4]}")
    table = report(capsys)
    assert len(rules_in(table)) == 1
    assert [one["where"] for one in table["settings"]["refused"]] == ["known.json:5"]
    run(["check"])
    assert "in app.py is hidden by an entry that Claude Code wrote on" in capsys.readouterr().out


@pytest.mark.parametrize("beside", ["", "sub/"])
def test_settings_of_an_agent_take_the_place_of_no_stricter_ones(
    world: World, capsys: pytest.CaptureFixture[str], beside: str
) -> None:
    """Neither further in, nor by a file that counts before another; where a person wrote them they do."""
    world.write("sub/app.py", b"import tempfile\n\nopen(tempfile.mktemp())\n")
    world.write("pyproject.toml", b'[tool.assaymark]\nfail-on = "medium"\nlevel = "strict"\n')
    world.write(f"{beside}assaymark.toml", b"")
    assert run(["check", "sub"]) == 0
    agent_writes(world, f"{beside}assaymark.toml", "", "# Settings.\n")
    capsys.readouterr()
    assert run(["check", "sub"]) == 1
    said = capsys.readouterr().out
    assert (
        f"{beside}assaymark.toml: `fail-on` holds on as pyproject.toml:2 has it, beside settings that" in said
    )
    agent_writes(world, f"{beside}assaymark.toml", "# Settings.\n", 'fail-on = "critical"\n')
    assert run(["check", "sub"]) == 1
    agent_writes(world, f"{beside}assaymark.toml", 'fail-on = "critical"\n', 'fail-on = "low"\n')
    assert run(["check", "sub"]) == 1


def test_what_an_agent_ignored_is_checked(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that git does not know yet, and that an ignore file of the agent's would leave out."""
    world.write("build/made.py", b"eval(a)\n")
    world.write(".gitignore", b"build/\n")
    world.write("app.py", b"eval(a)\n")
    agent_writes(world, ".gitignore", "build/\n", "build/\n\n# mine\napp.*\n")
    table = report(capsys)
    assert [one["path"] for one in table["findings"]] == ["app.py"]
    assert [one["where"] for one in table["settings"]["refused"]] == [".gitignore:4"]
    run(["check"])
    said = capsys.readouterr().out
    assert ".gitignore:4: app.py is left out by a line that Claude Code wrote on " in said


def test_check_says_that_hooks_are_gone(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever took the hooks out: from then on nothing is recorded."""
    world.write("app.py", b"x = 1\n")
    assert run(["hooks", "install", "git"]) == 0
    assert report(capsys)["remarks"] == []
    (world.top / ".git" / "hooks" / "post-commit").unlink()
    (remark,) = report(capsys)["remarks"]
    assert remark.startswith("The hooks of git are gone from ")
    assert remark.endswith("To have them again: assaymark hooks install git")


def test_a_review_makes_a_comment_count_and_withdrawing_it_ends_that() -> None:
    """What may loosen is looked up when it is asked, and asked again when another review is known."""
    data = b"eval(code)  # nosec B307\n"
    known = [Reviews([Review("r1", Channel.terminal)])]
    runs = reviewed(covering(len(data), AGENT), 0, len(data), "r1")
    desk = Desk()
    may_loosen = once_read(lambda: known[0])
    entry = desk.open("u", "a.py", data, 1, rules=RULES, today=TODAY, origins=runs, may_loosen=may_loosen)
    assert found(entry.snapshot) == []
    known[0] = Reviews([Review("r1", Channel.terminal)], ["r1"])
    after = desk.rejudge("u")
    assert after is not None
    assert found(after.snapshot) == ["eval-code", "ignore-not-reviewed"]


PAGE = """\
---
severity: high
confidence: high
cwe: 95
message: "`mine` takes what it is given; check it before that, as `check` does."
{more}pattern: {pattern}
---
# my-call

## Why it matters

Because.

## Use instead

Something else.

## What it does not see

Much.
"""


def test_a_rule_that_an_agent_weakened_counts_as_it_was(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the newest commit where nothing of it was in doubt; and that is said."""
    world.write("app.py", b"mine(a)\n")
    world.write("assaymark.toml", b'rules = ["rules"]\n')
    world.write("rules/python/my-call.md", PAGE.format(more="", pattern="mine(...)").encode())
    world.git("add", ".")
    world.git("commit", "-q", "-m", "x")
    assert rules_in(report(capsys)) == ["my-call"]
    agent_writes(world, "rules/python/my-call.md", "pattern: mine(...)", 'pattern: mine("never")')
    table = report(capsys)
    assert rules_in(table) == ["my-call"]
    assert [one["where"] for one in table["settings"]["refused"]] == ["rules/python/my-call.md:6"]
    run(["check"])
    assert "my-call.md:6: a rule stands here that Claude Code changed on" in capsys.readouterr().out


def test_a_rule_that_an_agent_added_hides_no_other(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """It is asked, but speaks for none; and with the name of one of ours it does not count."""
    world.write("app.py", b"eval(a)\n")
    world.write("assaymark.toml", b'rules = ["rules"]\n')
    (world.top / "rules" / "python").mkdir(parents=True)
    page = PAGE.format(more="overlaps: [assaymark/eval-code]\n", pattern="eval(...)")
    world.write("rules/python/my-call.md", page.encode())
    assert rules_in(report(capsys)) == ["my-call"]
    (world.top / "rules/python/my-call.md").unlink()
    agent_writes(world, "rules/python/my-call.md", "", page)
    assert sorted(rules_in(report(capsys))) == ["eval-code", "my-call"]


def test_what_an_agent_told_bandit_is_not_honoured(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Bandit is asked as if its settings did not stand there; the rest of the file may be the agent's."""
    world.write("app.py", b"import random\nx = random.random()\n")
    world.write("pyproject.toml", b'[tool.bandit]\nskips = ["B311"]\n')
    wanted = ("--bandit", "all", "--level", "pedantic", "--select", "bandit/B311")
    agent_writes(world, "pyproject.toml", "[tool", '[project]\nname = "x"\n\n[tool')
    assert rules_in(report(capsys, *wanted)) == []
    agent_writes(world, "pyproject.toml", '"x"\n', '"x"\nversion = "1"\n')
    agent_writes(world, "pyproject.toml", '["B311"]', '["B311", "B101"]')
    assert rules_in(report(capsys, *wanted)) == ["bandit/B311"]


def attempt(world: World, files: dict[str, str]) -> None:
    """Effect: the repository holds a flaw, and *files*."""
    world.write("app.py", b"eval(code)\n")
    for path, text in files.items():
        world.write(path, text.encode())


@pytest.mark.parametrize(
    "files",
    [
        {"assaymark.toml": 'ignore = ["eval-code"]\n'},
        {"assaymark.toml": 'ignore = ["*"]\n'},
        {"assaymark.toml": 'select = ["yaml-unsafe-load"]\n'},
        {"assaymark.toml": 'exclude = ["app.py"]\n'},
        {"assaymark.toml": 'severity = "critical"\nfail-on = "critical"\n'},
        {"assaymark.toml": "timeout = 0.000001\nmax-bytes = 1\n"},
        {"assaymark.toml": 'defer = ["ruff"]\n', "ruff.toml": 'lint.select = ["S"]\n'},
        {"assaymark.toml": 'rules = ["rules"]\n', "rules/python/my-call.md": "@PAGE"},
        {"assaymark.toml": 'baseline = "known.json"\n', "known.json": "@BASELINE"},
        {"pyproject.toml": '[tool.assaymark]\nignore = ["eval-code"]\n'},
        {"assaymark.toml": 'quiet = true\nrecord = false\ntyping-delay = 60000\norigin-hints = "off"\n'},
    ],
    ids=["ignore", "ignore-all", "select", "exclude", "severity", "limits", "defer", "rules", "baseline", "pyproject",
         "people"],
)  # fmt: skip
def test_a_repository_that_is_not_trusted_loosens_nothing(
    world: World, capsys: pytest.CaptureFixture[str], files: dict[str, str]
) -> None:
    """Whatever its settings say, the flaw is found, the exit code is that of a finding, and refusals are told."""
    page = PAGE.format(more="overlaps: [assaymark/eval-code]\n", pattern="eval(...)")
    attempt(world, {path: text.replace("@PAGE", page) for path, text in files.items() if text != "@BASELINE"})
    if "known.json" in files:
        run(["baseline", "--output", "known.json"])
    capsys.readouterr()
    assert run(["check", "--untrusted", "--format", "json"]) == 1
    table = json.loads(capsys.readouterr().out)
    assert "eval-code" in rules_in(table)
    assert table["settings"]["refused"]


@pytest.mark.parametrize(
    "toml, complaint",
    [
        ('severity = "none"\n', "is not one of"),
        ("severity = [\n", "not TOML"),
        ('exclude = ["**"]\nexclude = []\n', "not TOML"),
        ('exclude = ["/"]\n', "names everything"),
        ('exclude = ["../shop"]\n', "leaves the folder"),
        ('baseline = "../known.json"\n', "may lie outside of the repository"),
        ('rules = ["/etc"]\n', "may lie outside of the repository"),
        ("timeout = -1\n", "is not a number of seconds"),
        ("# " + "x" * 1_000_000 + "\n", "larger than"),
    ],
)
def test_settings_that_are_broken_on_purpose_are_no_pass(
    world: World, capsys: pytest.CaptureFixture[str], toml: str, complaint: str
) -> None:
    """The check does not go on without them, and says what is wrong."""
    attempt(world, {"assaymark.toml": toml})
    assert run(["check"]) == 3
    assert complaint in capsys.readouterr().err


def test_some_settings_no_repository_loosens_even_if_it_is_trusted(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is for people's eyes, and what decides how far an analysis goes."""
    attempt(world, {"assaymark.toml": "timeout = 0.000001\nmax-bytes = 1\nquiet = true\nrecord = false\n"})
    table = report(capsys)
    assert rules_in(table) == ["eval-code"]
    refused = {one["name"]: one["why"] for one in table["settings"]["refused"]}
    assert refused == dict.fromkeys(
        ("timeout", "max-bytes", "quiet", "record"), "a repository cannot loosen it"
    )


def test_a_rule_with_the_name_of_one_of_ours_does_not_take_its_place(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of two, ours counts, and the check says that there are two."""
    page = PAGE.format(more="", pattern="never(...)").replace("my-call", "eval-code")
    attempt(world, {"assaymark.toml": 'rules = ["rules"]\n', "rules/python/eval-code.md": page})
    assert run(["check"]) == 2
    assert "rule eval-code" in capsys.readouterr().out
    assert rules_in(report(capsys)) == ["eval-code"]


def test_an_ignore_file_does_not_take_out_what_git_tracks(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is part of the project is checked; of the rest it is counted how much was left out."""
    attempt(world, {"other.py": "eval(code)\n"})
    world.git("add", "app.py")
    world.write(".gitignore", b"*.py\n")
    table = report(capsys)
    assert [one["path"] for one in table["findings"]] == ["app.py"]
    assert table["skipped"]["ignored entry"] == 2


def test_what_a_managed_file_says_holds(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Neither the repository nor the command line loosens or tightens it."""
    attempt(world, {"assaymark.toml": 'ignore = ["eval-code"]\nseverity = "critical"\n'})
    managed = tmp_path / "managed.toml"
    managed.write_text('ignore = []\nseverity = "low"\n')
    monkeypatch.setattr("assaymark.cli.typed.our_places", lambda: Places(str(managed), ""))
    table = report(capsys, "--ignore", "eval-code")
    assert rules_in(table) == ["eval-code"]
    assert {one["why"] for one in table["settings"]["refused"]} == {
        f"it is managed in {managed}:1",
        f"it is managed in {managed}:2",
    }
    run(["doctor", "--settings"])
    assert f"managed, {managed}:1" in capsys.readouterr().out


def test_every_attempt_that_is_written_down_is_tested() -> None:
    """Each test that the page names is there."""
    here = Path(__file__).parent
    page = (here.parent / "server" / "GUARD.md").read_text("utf-8")
    named = set(re.findall(r"`(test_\w+)`", page))
    known = {
        name
        for file in here.glob("test_*.py")
        for name in re.findall(r"def (test_\w+)", file.read_text("utf-8"))
    }
    assert len(named) >= 30
    assert sorted(named - known) == []


def test_what_an_agent_set_for_the_editor_is_not_honoured(world: World) -> None:
    """What the editor hands over has no lines; they are looked up where it keeps them beside the code."""
    mine = '{\n  "assaymark.severity": "high",\n  "editor.tabSize": 4\n}\n'
    world.write(".vscode/settings.json", mine.encode())
    agent_writes(world, ".vscode/settings.json", "4\n", '4,\n  "assaymark.ignore": ["eval-code"]\n')
    given = from_editor({"severity": "high", "ignore": ["eval-code"]}, Layer.folder, Ground(str(world.top)))
    beside = doubting_beside(given, str(world.top), Doubting(TODAY))
    found = resolved([beside])
    assert (found.settings.severity, found.settings.ignore) == (Severity.high, ())
    (line,) = map(str, found.refused)
    assert line.startswith(
        ".vscode/settings.json:4: rule eval-code is ignored by a setting that Claude Code wrote on "
    )
    assert doubting_beside(given, str(world.top), Doubting(TODAY)) is beside


def test_a_keystroke_asks_for_the_authors_of_the_comments_that_it_touches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And of no others, however many there are."""
    text = b"".join(b"def f%d(x):\n    eval(x)  # nosec B307\n    return %d\n\n" % (n, n) for n in range(300))
    before = opened(text, "a.py", RULES, today=TODAY, may_loosen=no_agent)
    n_asked = 0

    def counted(*arguments: Any) -> Any:
        nonlocal n_asked
        n_asked += 1
        return heard_by(*arguments)

    monkeypatch.setattr("assaymark.suppress.authors.attributed", counted)
    at = text.index(b"return 150")
    advanced(before, [Edit(Span(at, at), b"x")])
    assert n_asked == 1


def test_a_file_that_is_fixed_is_judged_by_its_authors_again(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """What an agent silenced beside a fixed finding is not lost."""
    left = ["eval-code", "ignore-not-reviewed"]
    world.write("app.py", b"import yaml\n\nyaml.load(a)\nexec(b)\n")
    agent_writes(world, "app.py", "exec(b)", "exec(b)  # nosec B102")
    assert rules_in(report(capsys)) == ["yaml-unsafe-load", *left]
    assert rules_in(report(capsys, "--fix", "--unsafe")) == left
    assert b"safe_load" in (world.top / "app.py").read_bytes()
