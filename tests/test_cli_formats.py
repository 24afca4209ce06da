"""`check --format github|gitlab|junit|csv`, `--report` and `--statistics`: the forms that other programs read."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from assaymark.cli.check_arguments import FORMATS
from cli_world import FLAWED, World, spawned, world

__all__ = ["world"]

# What GitLab's documentation of the Code Quality format asks for, and what of it we write.
GITLAB = {
    "type": "array",
    "items": {
        "type": "object",
        "required": [
            "type",
            "check_name",
            "description",
            "categories",
            "severity",
            "fingerprint",
            "location",
        ],
        "additionalProperties": False,
        "properties": {
            "type": {"const": "issue"},
            "check_name": {"type": "string", "minLength": 1},
            "description": {"type": "string", "minLength": 1},
            "categories": {"const": ["Security"]},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "additionalProperties": False,
                "properties": {
                    "path": {"type": "string", "pattern": "^[^/]"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "additionalProperties": False,
                        "properties": {
                            "begin": {"type": "integer", "minimum": 1},
                            "end": {"type": "integer", "minimum": 1},
                        },
                    },
                },
            },
        },
    },
}
# By element: the attributes it must have, those it may have, and its children, as Jenkins' junit-10.xsd says.
JUNIT = {
    "testsuites": (set(), {"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors"}, {"skipped", "time"}, {"testcase"}),
    "testcase": ({"name"}, {"classname", "time"}, {"failure", "error", "skipped"}),
    "failure": (set(), {"type", "message"}, set()),
    "error": (set(), {"type", "message"}, set()),
    "skipped": (set(), {"type", "message"}, set()),
}
COMMAND = re.compile(r"::(\w+)(?: ([^:]*))?::(.*)")


def commands(out: str) -> list[tuple[str, dict[str, str], str]]:
    """The workflow commands in *out*, read as GitHub's runner reads them."""
    found = (COMMAND.fullmatch(line.lstrip()) for line in out.split("\n"))
    return [
        (
            one[1],
            {key: unescaped(value) for key, _, value in (pair.partition("=") for pair in one[2].split(","))},
            unescaped(one[3]),
        )
        for one in found
        if one
    ]


def unescaped(text: str) -> str:
    for spelled, letter in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(spelled, letter)
    return text


def offences(element: ET.Element) -> list[str]:
    """Where *element* and what is in it are not as Jenkins wants them."""
    must, may, children = JUNIT[element.tag]
    wrong = [f"{element.tag} lacks {name}" for name in must - set(element.keys())]
    wrong += [f"{element.tag} has {name}" for name in set(element.keys()) - must - may]
    wrong += [f"{child.tag} in {element.tag}" for child in element if child.tag not in children]
    if element.tag == "testsuites":
        assert re.fullmatch(r"[0-9]{0,3}(\.[0-9]*)?", element.get("time", ""))
    return wrong + [offence for child in element if child.tag in JUNIT for offence in offences(child)]


def test_github(world: World) -> None:
    """A command for each finding and for what was not checked; the summary for who reads the log."""
    world.write(a=b"\n" + FLAWED + b"risk(\n1)\n", bad=b"\xff")
    ran = world.check("--format", "github")
    assert ran.code == 2
    failed, high, medium, low = commands(ran.out)
    assert failed == ("error", {"file": "bad.py", "title": "not checked"}, "bad.py: not checked: not UTF-8")
    assert high == (
        "error",
        {
            "file": "a.py",
            "line": "2",
            "endLine": "2",
            "col": "1",
            "endColumn": "22",
            "title": "send-open (high)",
        },
        "a.py:2:1: `send-open` is not good, a says; write something else.",
    )
    assert medium[0] == "warning"
    # Columns of two lines are not taken.
    assert low[:2] == ("notice", {"file": "a.py", "line": "4", "endLine": "5", "title": "risky (low)"})
    assert "3 findings (1 high, 1 medium, 1 low) in 1 file.\n" in ran.out


@pytest.mark.skipif(os.name != "posix", reason="such names are no files elsewhere")
def test_github_takes_no_command_from_a_file(world: World) -> None:
    """Neither from its name, whole or in part, nor from its text."""
    for name in ("a,b:c%0A", "::set-env name=x::y", "##[add-path]x", "a\n::error::b"):
        (world.here / f"{name}.py").write_bytes(b"send('%0A::error::x, \xc2\x9b', secret=False)\n")
    ran = world.check("--format", "github", "--fix")
    fixed = [line for line in ran.out.split("\n") if line.startswith("  ")]
    assert len(fixed) == 4
    assert not commands(ran.out)
    assert not any("##[" in line or line.lstrip().startswith("::") for line in fixed)
    (world.here / "a,b:c%0A.py").write_bytes(b"send('%0A::error::x', secret=False)\n")
    (one,) = commands(world.check("--format", "github").out)
    assert one[1]["file"] == "a,b:c%0A.py"
    assert "'%0A::error::x' says" in one[2]


@pytest.mark.parametrize("form", ["github", "gitlab"])
def test_services_get_paths_of_the_repository(
    world: World, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever in it the check was started."""
    world.commit(app__a=FLAWED)
    monkeypatch.chdir(world.here / "app")
    out = world.check("--format", form).out
    paths = (
        [properties["file"] for _, properties, _ in commands(out)]
        if form == "github"
        else [entry["location"]["path"] for entry in json.loads(out)]
    )
    assert paths == ["app/a.py"] * 2


def test_gitlab(world: World) -> None:
    """It keeps the schema; equal findings have different fingerprints, which stay when lines move."""
    world.write(a=FLAWED + FLAWED, b=b"\xff")
    ran = world.check("--format", "gitlab")
    jsonschema.validate(ran.json, GITLAB, jsonschema.Draft202012Validator)
    assert [(one["check_name"], one["severity"]) for one in ran.json] == [
        ("send-open", "critical"),
        ("old-call", "major"),
        ("send-open", "critical"),
        ("old-call", "major"),
        ("not-checked", "blocker"),
    ]
    names = [one["fingerprint"] for one in ran.json]
    assert len(set(names)) == 5
    world.write(a=b"\n\n" + FLAWED + FLAWED)
    assert [one["fingerprint"] for one in world.check("--format", "gitlab").json] == names


def test_junit(world: World) -> None:
    """A suite for each file: failures, an error for what was not checked, a case that holds when clean."""
    world.write(a=FLAWED, b=b"\xff", c="x = 1\n")
    (world.here / "d.sql").write_text("", encoding="utf-8")
    root = ET.fromstring(world.check("--format", "junit", ".", "d.sql").out)
    assert offences(root) == []
    suites = {suite.get("name"): suite for suite in root}
    kinds = {name: [[kind.tag for kind in case] for case in suite] for name, suite in suites.items()}
    assert kinds == {
        "a.py": [["failure"], ["failure"]],
        "b.py": [["error"]],
        "c.py": [[]],
        "d.sql": [["skipped"]],
    }
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("5", "2", "1")
    assert suites["a.py"][0].get("name") == "send-open at 1:1"
    assert suites["a.py"][0][0].get("type") == "high"


def test_junit_is_well_formed_whatever_is_checked(world: World) -> None:
    """Control characters, half characters and markup in a text or a name are spelled out."""
    world.write(
        a="send('\x0c\x1b\ufffe<b>&]]>', secret=False)\n",
        **{"x<&\x01": "old(1)"} if os.name == "posix" else {},
    )
    root = ET.fromstring(world.check("--format", "junit").out)
    assert offences(root) == []
    assert "\\x0c\\x1b\\ufffe<b>&]]>" in (root[0][0][0].text or "")


def test_csv(world: World) -> None:
    """A header, a row for each finding and for what was not checked; lines end as RFC 4180 says."""
    world.write(a='send("a,\\"b", secret=False)\n', b=b"\xff")
    done = spawned(
        world.here, "check", "--format", "csv", "--rules", str(world.rules), "--select", "send-open"
    )
    text = done.stdout.decode()
    assert text.count("\r\n") == text.count("\n") == 3
    finding, failed = csv.DictReader(io.StringIO(text, newline=""))
    assert (finding["kind"], finding["path"], finding["line"], finding["column"]) == (
        "finding",
        "a.py",
        "1",
        "1",
    )
    assert finding["message"] == '`send-open` is not good, "a,\\"b" says; write something else.'
    assert (failed["kind"], failed["path"], failed["message"]) == ("failed", "b.py", "not UTF-8")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t="])
def test_csv_holds_no_formula(world: World, start: str) -> None:
    """A cell that a spreadsheet would compute is put behind a `'`."""
    name = f"{start}cmd"
    (world.here / f"{name}.py").write_text("old(1)\n", encoding="utf-8")
    rows = csv.DictReader(io.StringIO(world.check("--format", "csv").out, newline=""))
    assert [row["path"] for row in rows] == [f"'{name}.py"]


@pytest.mark.parametrize("form", FORMATS)
def test_what_was_not_checked_is_said_in_every_format(world: World, form: str) -> None:
    """A file, and a rule that was left out, each with its reason; and the exit code is 2."""
    world.write(bad=b"\xff")
    broken = world.rules.parent / "left-out.yml"
    broken.write_text("rules: [{id: left-out-rule}]\n", encoding="utf-8")
    ran = world.check("--format", form, "--rules", str(broken))
    assert ran.code == 2
    assert "bad.py" in ran.out
    assert "not UTF-8" in ran.out
    assert "left-out.yml" in ran.out
    assert "left-out-rule" in ran.out


def test_several_reports_at_once(world: World) -> None:
    """The terminal gets its text, each file its format."""
    world.write(a=FLAWED)
    ran = world.check("--format", "text", "--report", "sarif=x.sarif", "--report", "junit=x=y.xml")
    assert ran.code == 1
    assert "a.py:1:1  high  send-open" in ran.out
    assert ran.out.endswith("Written: x.sarif\nWritten: x=y.xml\n")
    assert json.loads((world.here / "x.sarif").read_text("utf-8"))["version"] == "2.1.0"
    assert ET.parse(world.here / "x=y.xml").getroot().tag == "testsuites"


def test_a_report_beside_one_for_a_program(world: World) -> None:
    """Standard output holds its report and nothing else; with --output it holds the summary."""
    world.write(a=FLAWED)
    assert len(world.check("--format", "json", "--report", "csv=x.csv").json["findings"]) == 2
    ran = world.check("--format", "json", "--output", "x.json", "--report", "csv=y.csv")
    assert ran.out.startswith("2 findings (1 high, 1 medium) in 1 file.\n")
    assert ran.out.endswith("Written: x.json\nWritten: y.csv\n")


@pytest.mark.parametrize("form", FORMATS)
def test_output_with_every_format(world: World, form: str) -> None:
    """The file holds what standard output would, but for the time it took."""
    world.write(a=FLAWED)
    world.check("--format", form, "--output", "../out")
    timeless = re.compile(r'in [\d.]+ s|time="[\d.]+"')
    written = (world.here.parent / "out").read_bytes().decode()
    assert timeless.sub("", written) == timeless.sub("", world.check("--format", form).out)


@pytest.mark.parametrize(
    "options, complaint",
    [
        (("--report", "sarif"), "not FORMAT=FILE"),
        (("--report", "serif=x"), "did you mean sarif?"),
        (("--report", "csv=no/such/x.csv"), "cannot write no/such/x.csv"),
        (("--format", "gitlub"), "did you mean git"),
        (("--statistics", "--format", "csv"), "--statistics is text"),
        (("--report", "csv=x", "--report", "json=./x"), "two reports into one file"),
        (("--output", "x", "--report", "json=x"), "two reports into one file"),
    ],
)
def test_wrong_usage(world: World, options: tuple[str, ...], complaint: str) -> None:
    """Exit code 3, and what to write instead."""
    world.write(a=FLAWED)
    ran = world.run("check", *options)
    assert ran.code == 3
    assert complaint in ran.err


def test_statistics(world: World) -> None:
    """Each rule with how often it speaks, most first, and the summary."""
    world.write(a=FLAWED, b="old(1)\n")
    lines = world.check("--format", "text", "--statistics").out.splitlines()
    assert lines[:2] == ["2  medium    old-call", "1  high      send-open  (1 with a fix)"]
    assert lines[3] == "3 findings (1 high, 2 medium) in 2 files."
    assert Path("a.py").exists()


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "text"])
def test_what_was_not_checked_in_full_is_said_too(world: World, form: str) -> None:
    """What another tool could not read is no failure and no pass: it stands in every report."""
    world.write(half="import subprocess\nsubprocess.Popen(x)\ndef f(:\n")
    ran = world.run("check", "--format", form, "--level", "pedantic")
    assert "not checked by bandit: line 3" in ran.out
