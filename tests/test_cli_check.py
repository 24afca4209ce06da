"""`assaymark check`: what it finds, shows and ends with."""

from __future__ import annotations

import json
import os
from pathlib import Path

import jsonschema
import pytest

from assaymark.analysis.snapshot import Limits
from assaymark.cli import batch, check, main, version
from assaymark.settings.values import Settings
from cli_world import FLAWED, RULES, World, page, spawned, world

__all__ = ["world"]

SCHEMA = json.loads((Path(check.__file__).parent / "check.schema.json").read_text(encoding="utf-8"))
SARIF = json.loads((Path(__file__).parent / "sarif.subset.schema.json").read_text(encoding="utf-8"))


def test_findings_have_their_places(world: World) -> None:
    """Lines and columns from 1, columns in characters, ends after the last one."""
    world.write(a="é = '𝒳'; old(1)\r\n\told(\r\n  2)\n")
    ran = world.check()
    assert ran.found == [("old-call", "a.py", 1, 10), ("old-call", "a.py", 2, 2)]
    assert [one["end"] for one in ran.json["findings"]] == [
        {"line": 1, "column": 16},
        {"line": 3, "column": 5},
    ]


def test_the_json_keeps_its_schema(world: World) -> None:
    """Findings with fixes, failed files, other kinds and skipped files included."""
    world.write(a=FLAWED, b=b"\xff", c="x = 1\n", vendor__d="")
    (world.here / "e.sql").write_text("", encoding="utf-8")
    (world.rules.parent / "bad.yml").write_text("rules: [{id: x}]\n", encoding="utf-8")
    document = world.check("--rules", str(world.rules.parent / "bad.yml")).json
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(document, SCHEMA, jsonschema.Draft202012Validator)
    assert document["findings"][0]["fixes"][0]["changes"][0]["new"] == "send(a, secret=True)"
    assert [file["state"] for file in document["files"]] == ["findings", "failed", "clean"]
    assert (document["not_analysed"], document["skipped"]) == ({".sql": 1}, {"vendored folder": 1})
    assert len(document["problems"]) == 1
    assert (document["gate"], document["record"]) == ("high", "none")


def test_the_schema_allows_nothing_else(world: World) -> None:
    """A finding without its rule, or with a column 0, is refused."""
    world.write(a=FLAWED)
    document = world.check().json
    del document["findings"][0]["rule"]
    document["findings"][1]["start"]["column"] = 0
    errors = list(jsonschema.Draft202012Validator(SCHEMA).iter_errors(document))
    assert len(errors) == 2


def test_text(world: World) -> None:
    """A block for each finding, and the summary."""
    world.write(app__load=b"\nsend(body, secret=False)\n")
    ran = world.check("--format", "text")
    lines = ran.out.splitlines()
    assert lines[:6] == [
        "app/load.py:2:1  high  send-open",
        "   2 │ send(body, secret=False)",
        "     │ ^^^^^^^^^^^^^^^^^^^^^^^^ send-open is not good, body says; write something else.",
        "     = write: send(body, secret=True)        (--fix)",
        "",
        "1 finding (1 high) in 1 file.",
    ]
    assert lines[6].startswith("1 file checked in ")
    assert lines[7:] == ["1 safe fix: the same command with --fix"]


def test_the_command_for_safe_fixes_is_the_one_that_was_typed(world: World) -> None:
    """With --fix, which is not said of what is no file."""
    world.write(app__new=b"import random\ntoken = random.choice(letters)\n")
    out = world.run("check", "--exit-zero", "app").out
    assert out.endswith("\n1 safe fix: assaymark check --fix --exit-zero app\n")
    world.git("init", "-q", ".")
    world.git("add", "-A")
    out = world.run("check", "--staged").out
    assert "(--fix)" in out
    assert "1 safe fix" not in out


def test_code_that_is_not_understood_does_not_look_clean(world: World) -> None:
    """The first place of each file is a note of it, in the summary too; it is no failure, and nothing of other files."""
    world.write(
        a="def f(x):\n    send(x, secret=False\n\n\ndef g(x):\n    old(x)\n", b="old(c)\n", c="def f(:\n"
    )
    ran = world.check()
    notes = {file["path"]: file.get("notes") for file in ran.json["files"]}
    assert notes == {"a.py": ["not all understood: line 2"], "b.py": None, "c.py": None}
    assert ran.code == 0
    out = world.check("--format", "text").out
    assert "\nNot all understood, so that flaws can be missed, in 1 file: a.py (line 2).\n" in out


def test_text_when_clean(world: World) -> None:
    """One line."""
    world.write(a="x = 1\n", b="y = 2\n")
    ran = world.check("--format", "text")
    assert ran.code == 0
    assert ran.out.startswith("No findings. 2 files checked in ")
    assert ran.out.count("\n") == 1


def test_text_says_what_was_not_checked(world: World) -> None:
    """Failed files with reasons, other kinds, and what was skipped."""
    world.write(a="x = 1\n", b=b"\xff")
    for name in ("c.tf", "d.sql", "e.png"):
        (world.here / name).write_text("", encoding="utf-8")
    ran = world.check("--format", "text")
    assert ran.code == 2
    assert (
        "; 1 failed: b.py (not UTF-8). 2 kinds not analysed: .sql, .tf\nSkipped: 1 binary file.\n" in ran.out
    )


def test_a_checked_file_cannot_steer_the_terminal(world: World) -> None:
    """Escape codes and characters that turn text around, in a line, in a name or in a message, are spelled out."""
    world.write(a="old('\x1b[2J\u202e')\n", **{"b\x1b[2J": "old(1)\n"} if os.name == "posix" else {})
    out = world.check("--format", "text").out
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "old('\\x1b[2J\\u202e')" in out


def test_marks_stand_under_wide_letters(world: World) -> None:
    """A letter that takes two columns does not shift the marks."""
    world.write(a="x = '漢字'; \told(1)\n")
    lines = world.check("--format", "text").out.splitlines()
    # 漢 and 字 are one character and two columns each, and the tab is four.
    assert lines[1] == "   1 │ x = '漢字';     old(1)"
    assert lines[2].startswith("     │ " + " " * 16 + "^^^^^^ ")


def test_a_long_line_is_cut_around_the_finding(world: World) -> None:
    """The finding is in sight."""
    world.write(a=f"x = '{'y' * 5000}'; old(1); z = '{'y' * 5000}'\n")
    lines = world.check("--format", "text").out.splitlines()
    assert "old(1)" in lines[1]
    assert all(len(line) <= 100 for line in lines)
    assert lines[1].index("old(1)") == lines[2].index("^^^^^^")


def test_colour_is_for_terminals(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forced, it is there; NO_COLOR wins."""
    world.write(a=FLAWED)
    assert "\x1b" not in world.check("--format", "text").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[1;31mhigh\x1b[0m" in world.check("--format", "text").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in world.check("--format", "text").out


def test_sarif(world: World) -> None:
    """It keeps to the part of SARIF 2.1.0 that is written, strictly."""
    world.write(**{"a b": FLAWED, "bad": b"\xff"})
    ran = world.check("--format", "sarif")
    jsonschema.Draft202012Validator.check_schema(SARIF)
    jsonschema.validate(ran.json, SARIF, jsonschema.Draft202012Validator)
    (run,) = ran.json["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert sorted(rules) == sorted(RULES)
    assert [rules[result["ruleIndex"]] for result in run["results"]] == ["send-open", "old-call"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "a%20b.py", "uriBaseId": "CHECKED"}
    assert place["region"] == {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 22}
    assert run["invocations"][0]["executionSuccessful"] is False
    assert run["invocations"][0]["exitCode"] == 2
    assert str(world.here) not in ran.out


@pytest.mark.parametrize(
    "options, code",
    [
        ((), 1),
        (("--fail-on", "critical"), 0),
        (("--fail-on", "medium"), 1),
        (("--exit-zero",), 0),
        (("--ignore", "send-open"), 0),
        (("--ignore", "send-open", "--fail-on", "medium"), 1),
        (("--severity", "critical"), 0),
    ],
)
def test_the_gate(world: World, options: tuple[str, ...], code: int) -> None:
    """A finding at or above it makes the code 1: by default one that is high."""
    world.write(a=FLAWED)
    assert world.check(*options).code == code


def test_a_failure_outranks_findings(world: World) -> None:
    """And --exit-zero hides findings only."""
    world.write(a=FLAWED, b=b"\xff")
    assert world.check().code == 2
    assert world.check("--exit-zero").code == 2


def test_a_kind_that_is_not_analysed_is_no_failure(world: World) -> None:
    """Found on the way it is counted; named, it is listed."""
    (world.here / "a.sql").write_text("", encoding="utf-8")
    ran = world.check("a.sql")
    assert (ran.code, ran.states) == (0, {"a.sql": "not analysed: no analysis for this kind of file"})
    assert world.check().json["not_analysed"] == {".sql": 1}


def test_severity_bounds_what_is_shown(world: World) -> None:
    """The lowest severity that is shown."""
    world.write(a=FLAWED)
    assert [rule for rule, *_ in world.check("--severity", "high").found] == ["send-open"]


def test_select_and_ignore(world: World) -> None:
    """Names and `*`, separated by commas or given again."""
    world.write(a=FLAWED)
    assert [rule for rule, *_ in world.check("--select", "old-*,risky").found] == ["old-call"]
    assert world.check("--ignore", "old-call", "--ignore", "send-*").found == []


def test_level_bounds_what_is_shown(world: World) -> None:
    """A pedantic rule speaks when asked to."""
    rules = world.rules.parent / "pedantic" / "python"
    rules.mkdir(parents=True, exist_ok=True)
    (rules / "risky.md").write_text(page("risky", level="pedantic"), encoding="utf-8")
    world.write(a="risk(1)\n")
    options = ("check", "--format", "json", "--select", "risky", "--rules", str(rules))
    assert world.run(*options).found == []
    assert len(world.run(*options, "--level", "pedantic").found) == 1


@pytest.mark.parametrize(
    "options, complaint",
    [
        (("nowhere",), "there is no file or folder 'nowhere'"),
        (("--select", "send-opne"), "no rule is called 'send-opne'; did you mean send-open?"),
        (("--rules", "nowhere.yml"), "no rules at nowhere.yml"),
        (("--stdin",), "--stdin needs --filename"),
        (("--filename", "a.py"), "add --stdin"),
        (("--staged", "--fix"), "--fix changes files"),
        (("--staged",), "not a git repository"),
        (("--diff", "main"), "not a git repository"),
        (("--unsafe",), "add --fix"),
        (("--jobs", "0"), "--jobs"),
        (("--severty", "high"), "did you mean --severity?"),
        (("--severity", "hihg"), "did you mean high?"),
    ],
)
def test_wrong_usage(world: World, options: tuple[str, ...], complaint: str) -> None:
    """Exit code 3, and one line that says what is wrong."""
    ran = world.check(*options)
    assert ran.code == 3
    assert complaint in ran.err
    assert ran.out == ""


def test_a_command_that_is_none(world: World) -> None:
    """Exit code 3, and a guess."""
    assert "did you mean check?" in world.run("chekc").err
    assert world.run("chekc").code == 3
    assert world.run().code == 3


@pytest.mark.parametrize("command", ["", "check", "explain", "rules", "doctor", "lsp"])
def test_help_has_examples(world: World, command: str) -> None:
    """Every command's."""
    ran = world.run(*filter(None, [command]), "--help")
    assert ran.code == 0
    assert f"examples:\n  assaymark {command}" in ran.out


def test_help_tells_the_limits_that_hold(world: World) -> None:
    """The defaults are written there, so that help needs no analysis to be imported."""
    text = world.run("check", "--help").out
    assert f"{Limits().max_bytes:,}" in text
    assert f"(default: {Settings().seconds:g})" in text


def test_version(world: World) -> None:
    """One line."""
    assert world.run("--version").out == f"assaymark {version.version()}\n"


def test_standard_input(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Checked under the name that was given; nothing is read from the disk."""
    world.write(a="x = 1\n")
    _type(monkeypatch, FLAWED)
    ran = world.check("--stdin", "--filename", "a.py")
    assert ran.found == [("send-open", "a.py", 1, 1), ("old-call", "a.py", 2, 1)]
    _type(monkeypatch, FLAWED)
    assert (
        "   1 │ send(a, secret=False)" in world.check("--stdin", "--filename", "a.py", "--format", "text").out
    )


def _type(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    class Input:
        class buffer:  # noqa: N801
            @staticmethod
            def read(n: int) -> bytes:
                return content[:n]

    monkeypatch.setattr("sys.stdin", Input)


def test_staged_checks_the_index(world: World) -> None:
    """Not the work tree, and not what is committed already."""
    world.commit(old=FLAWED, both="x = 1\n")
    world.write(both="old(1)\n", new="old(2)\n")
    world.git("add", "both.py", "new.py")
    world.write(both="\n\nold(3)\n", other=FLAWED)
    assert world.check("--staged").found == [("old-call", "both.py", 1, 1), ("old-call", "new.py", 1, 1)]
    assert world.check("--staged", "new.py").found == [("old-call", "new.py", 1, 1)]
    assert "   1 │ old(1)" in world.check("--staged", "--format", "text").out


def test_what_git_tracks_is_not_ignored(world: World) -> None:
    """An ignore file that names a file of the project does not take it out of the check."""
    world.commit(a=FLAWED, b__c=FLAWED)
    (world.here / ".gitignore").write_text("*.py\n", encoding="utf-8")
    world.write(new=FLAWED)
    assert list(world.check().states) == ["a.py", "b/c.py"]
    assert list(world.check("b").states) == ["b/c.py"]
    (world.here / "a.py").unlink()
    assert list(world.check().states) == ["b/c.py"]


def test_diff_shows_findings_on_changed_lines(world: World) -> None:
    """Of changed files only the changed lines, new files whole, the others not at all."""
    world.commit(same=FLAWED, a="old(1)\n\nold(2)\n")
    world.write(a="old(1)\nold(9)\n\nold(2)\n", new="old(1)\n")
    ran = world.check("--diff", "HEAD")
    assert ran.found == [("old-call", "a.py", 2, 1), ("old-call", "new.py", 1, 1)]
    assert list(ran.states) == ["a.py", "new.py"]
    world.git("add", "a.py")
    assert world.check("--staged", "--diff", "HEAD").found == [("old-call", "a.py", 2, 1)]


def test_diff_counts_a_line_that_went(world: World) -> None:
    """A call that lost one of its arguments is a changed call."""
    world.commit(a="send(\n  x,\n  secret=False,\n  y=1\n)\nold(1)\n", b="x = 1\n")
    world.write(a="send(\n  x,\n  secret=False\n)\nold(1)\n")
    assert world.check("--diff", "HEAD").found == [("send-open", "a.py", 1, 1)]


def test_diff_with_what_is_no_reference(world: World) -> None:
    """Wrong usage, even where it looks like an option."""
    world.commit(a="x = 1\n")
    for reference in ("nowhere", "--output=x"):
        ran = world.check(f"--diff={reference}")
        assert ran.code == 3
        assert "git does not know" in ran.err


def test_output_goes_into_a_file(world: World) -> None:
    """The summary is still said."""
    world.write(a=FLAWED)
    ran = world.check("--output", "report.json")
    assert ran.out.startswith("2 findings (1 high, 1 medium) in 1 file.\n")
    assert ran.out.endswith("Written: report.json\n")
    assert len(json.loads((world.here / "report.json").read_text(encoding="utf-8"))["findings"]) == 2
    assert world.check("--output", "no/such/folder/report.json").code == 3


def test_a_broken_rule_is_left_out_visibly(world: World) -> None:
    """The others are asked, the exit code is 2, and every format says it."""
    world.write(a=FLAWED)
    bad = world.rules.parent / "broken.yml"
    bad.write_text(
        "rules:\n- {id: x, languages: [python], severity: ERROR, message: m, pattern-sources: []}\n",
        encoding="utf-8",
    )
    ran = world.check("--rules", str(bad))
    assert ran.code == 2
    assert len(ran.found) == 2
    assert "pattern-sources" in ran.json["problems"][0]["message"]
    assert "broken.yml:" in world.check("--rules", str(bad), "--format", "text").out
    notes = world.check("--rules", str(bad), "--format", "sarif").json["runs"][0]["invocations"][0]
    assert len(notes["toolConfigurationNotifications"]) == 1


def test_the_checked_folder_is_never_imported(world: World) -> None:
    """Modules with the names of the library's, in the current folder, stay text."""
    for name in ("json", "sqlite3", "rich", "yaml", "pathspec", "tree_sitter", "assaymark", "sitecustomize"):
        world.write(**{name: "open('ran', 'w').close()\nraise SystemExit('imported')\n"})
    done = spawned(world.here, "check", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert not (world.here / "ran").exists()


def test_a_fault_of_ours_ends_with_2(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line that says where, and how to see more."""

    def faulty(options: object) -> int:
        raise RuntimeError

    monkeypatch.setattr(main, "_check", faulty)
    ran = world.check()
    assert ran.code == 2
    assert ran.err.startswith("assaymark: internal error: RuntimeError at test_cli_check.py:")
    monkeypatch.setenv("ASSAYMARK_TRACEBACK", "1")
    with pytest.raises(RuntimeError):
        world.check()


def test_an_interrupt_ends_with_130(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """And says one line."""

    def interrupted(options: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(main, "_check", interrupted)
    ran = world.check()
    assert (ran.code, ran.err) == (130, "assaymark: interrupted\n")


@pytest.mark.e2e
def test_workers_find_what_one_process_finds(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the same order, word for word."""
    monkeypatch.setattr(batch, "_WORTH_A_CREW", 10_000)
    for number in range(60):
        world.write(**{f"m{number:02}": b"def f(x):\n    return old(x)\n\n" * number})
    alone = world.check("--no-cache", "--jobs", "1")
    assert len(alone.found) == 59 * 60 / 2
    assert world.check("--no-cache", "--jobs", "3").out == alone.out
