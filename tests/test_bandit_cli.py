"""Bandit at the command line: when it is asked, what is said of it, and what it costs when it is not."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from assaymark.cli.second import left
from assaymark.engines.bandit.terms import covered_by
from assaymark.engines.bandit.words import VERSIONS
from assaymark.rules.loading import load
from assaymark.second.asking import Wish, second_of
from assaymark.second.configuration import told_by
from assaymark.second.environment import bandit_version, plugins, road
from cli_world import World, world
from test_covers import examples

__all__ = ["world"]

SWALLOWED = "try:\n    go()\nexcept Exception:\n    pass\n"
NAMED = ["--select", "bandit/*"]
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


def rules_of(world: World, *arguments: str) -> list[str]:
    return [finding["rule"] for finding in world.check(*arguments).json["findings"]]


# When it is asked


def test_at_the_default_level_bandit_is_not_even_imported(world: World) -> None:
    """None of what it finds would be shown."""
    world.write(a=SWALLOWED)
    code = (
        "import sys; from assaymark.cli.main import run; code = run(['check', '--no-cache', 'a.py']);"
        " sys.exit(code or ('bandit' in sys.modules) or ('logging' in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=world.here, check=False).returncode == 0


def test_what_no_page_covers_is_found_by_bandit(world: World) -> None:
    """From the level on at which it is shown, and not what pages cover."""
    test = left(load())[0]
    world.write(a=examples()[test][0])
    assert set(rules_of(world, "--level", "pedantic", *NAMED)) >= {f"bandit/{test}"}
    assert rules_of(world, "--level", "default", *NAMED) == []
    covered = covered_by(load().rules)[0]
    world.write(a=examples()[covered][0])
    assert f"bandit/{covered}" not in rules_of(world, "--level", "pedantic", *NAMED)


def test_where_bandit_found_it_and_where_to_read_more(world: World) -> None:
    """As with any other finding."""
    world.write(a="x = 1\n" + SWALLOWED)
    found = world.check("--level", "pedantic", "--select", "bandit/B110", "--deep").json["findings"][0]
    assert (found["path"], found["start"], found["end"]) == (
        "a.py",
        {"line": 4, "column": 1},
        {"line": 4, "column": 18},
    )
    assert found["link"].endswith("b110_try_except_pass.html")


def test_where_no_word_of_a_test_stands_bandit_is_not_imported(world: World) -> None:
    """A check at another level is as fast, as long as the table knows the bandit that is installed."""
    world.write(a="x = 1\n", b="import pyghmi\n")
    code = (
        "import sys; from assaymark.cli.main import run; run(['check', '--no-cache', '--level', 'strict',"
        " '--bandit', 'all', '--select', 'bandit/B415', sys.argv[1]]); sys.exit('bandit' in sys.modules)"
    )
    for file, imported in (("a.py", 0), ("b.py", 1)):
        command = [sys.executable, "-c", code.replace("'all'", "'rest'" if not imported else "'all'"), file]
        assert subprocess.run(command, cwd=world.here, check=False).returncode == imported


def test_the_table_is_of_the_bandit_that_is_installed() -> None:
    """Another minor version may bring tests that it does not know; they are asked of every file."""
    assert bandit_version(sys.path, ()) == metadata.version("bandit")
    assert metadata.version("bandit").startswith(VERSIONS)


def test_off_is_off_and_deep_is_everything(world: World) -> None:
    """`--deep` asks what pages cover, too; what a page says is still not said twice."""
    world.write(a="import pyghmi\n")
    everything = ("--level", "pedantic", "--deep", "--select", "bandit/*")
    assert rules_of(world, *everything) == ["bandit/B415"]
    assert rules_of(world, "--level", "pedantic", "--bandit", "off", *NAMED) == []


def test_a_rule_id_of_bandits_is_known(world: World) -> None:
    """It can be selected and ignored."""
    world.write(a=SWALLOWED)
    assert rules_of(world, "--level", "pedantic", *NAMED, "--ignore", "bandit/B110") == []


def test_a_finding_in_a_notebook_stands_in_its_cell(world: World) -> None:
    """Cells are one text to bandit, too; what is IPython's does not stop it."""
    cells = [{"cell_type": "code", "metadata": {}, "source": text} for text in ("%pip install x", SWALLOWED)]
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    (world.here / "nb.ipynb").write_text(json.dumps(content))
    out = world.check("--level", "pedantic", "--select", "bandit/B110", "--deep", "--format", "text").out
    assert "nb.ipynb:cell 2:3:1  low  bandit/B110" in out


# What the project tells bandit


def test_its_configuration_is_honoured(world: World) -> None:
    """Skips and excluded folders of pyproject.toml, and those of .bandit."""
    world.write(a=SWALLOWED, tests__b=SWALLOWED)
    asked = ("--level", "pedantic", "--select", "bandit/B110", "--bandit", "all")
    assert len(rules_of(world, *asked)) == 2
    project = world.here / "pyproject.toml"
    project.write_text('[tool.bandit]\nexclude_dirs = ["tests"]\n')
    assert len(rules_of(world, *asked)) == 1
    project.write_text('[tool.bandit]\nskips = ["B110"]\n')
    assert rules_of(world, *asked) == []
    out = world.check("--level", "pedantic", "--deep", "--format", "text").out
    assert "The project's configuration of bandit skips B110." not in out  # no test of bandit's is selected
    out = world.check("--level", "pedantic", "--deep", "--format", "text", "--select", "bandit/B*").out
    assert "The project's configuration of bandit skips B110." in out
    project.unlink()
    (world.here / ".bandit").write_text("[bandit]\nskips = B110\n")
    assert rules_of(world, *asked) == []


def test_a_configuration_that_cannot_be_read_is_said(world: World) -> None:
    """It changes nothing."""
    world.write(a=SWALLOWED)
    (world.here / "pyproject.toml").write_text("[tool.bandit\n")
    ran = world.check("--level", "pedantic", "--select", "bandit/*", "--bandit", "all")
    assert ran.json["bandit"]["problems"][0].startswith("pyproject.toml: bandit's settings were left out")
    assert ran.found


@pytest.mark.parametrize(
    "ini, complaint",
    [
        ("no ini", ".bandit: left out"),
        ("[bandit]\nconfigfile = ../x.yaml\n", "../x.yaml: left out: it lies outside of the project"),
        ("[bandit]\nbaseline = none.json\n", "none.json: there is no such file"),
    ],
)
def test_what_bandit_is_told_wrongly_is_left_out(tmp_path: Path, ini: str, complaint: str) -> None:
    """And said; nothing outside of the project is read."""
    (tmp_path / ".bandit").write_text(ini)
    assert told_by(str(tmp_path)).complaints[0].startswith(complaint)


def test_a_baseline_of_bandits_is_honoured(world: World) -> None:
    """What its report knows is not found again."""
    world.write(a=SWALLOWED)
    report = subprocess.run(
        [sys.executable, "-m", "bandit", "-q", "-f", "json", "a.py"],
        cwd=world.here,
        capture_output=True,
        check=False,
    ).stdout
    (world.here / "known.json").write_bytes(report)
    asked = ("--level", "pedantic", "--select", "bandit/B110", "--bandit", "all")
    assert rules_of(world, *asked) == ["bandit/B110"]
    (world.here / ".bandit").write_text("[bandit]\nbaseline = known.json\n")
    assert rules_of(world, *asked) == []


def test_a_project_that_is_not_trusted_tells_bandit_nothing(tmp_path: Path) -> None:
    """All that it says loosens, or may."""
    (tmp_path / "pyproject.toml").write_text('[tool.bandit]\nskips = ["B110"]\n')
    from assaymark.finding import Level

    trusting = second_of(Wish(Level.pedantic), (), str(tmp_path))
    wary = second_of(Wish(Level.pedantic, trusted=False), (), str(tmp_path))
    assert trusting is not None
    assert wary is not None
    assert "B110" not in trusting.tests
    assert "B110" in wary.tests


# What is said


def test_what_bandit_cannot_read_is_said(world: World) -> None:
    """As a note of the file, in the summary, and in SARIF; it is not kept for the next run."""
    world.write(a=SWALLOWED + "def f(:\n", **{f"b{n}": "x = 1\n" for n in range(20)})
    asked = ("--level", "pedantic", "--select", "bandit/B110", "--bandit", "all")
    for _ in range(2):
        notes = {file["path"]: file.get("notes") for file in world.check(*asked).json["files"]}
        assert notes["a.py"] == [
            "not all understood: line 5",
            f"not checked by bandit: line 5 is not valid in Python {VERSION}",
        ]
        assert notes["b0.py"] is None
    out = world.check(*asked, "--format", "text").out
    assert "Not all of 1 file was checked by bandit: a.py (line 5" in out
    sarif = json.loads(world.check(*asked, "--format", "sarif").out)["runs"][0]
    assert sarif["invocations"][0]["toolExecutionNotifications"][0]["level"] == "note"
    assert sarif["tool"]["driver"]["rules"][sarif["results"][0]["ruleIndex"]]["id"] == "bandit/B110"


def test_the_summary_names_what_bandit_answers(world: World) -> None:
    """Only when it was asked."""
    world.write(a="x = 1\n")
    assert "Bandit" not in world.run("check").out
    out = world.run("check", "--level", "pedantic", "--select", "bandit/B110", "--deep").out
    assert "Bandit was asked for all of its tests." in out


def test_explain_knows_bandits_tests(world: World) -> None:
    """Who answers, with which scale, and how to silence it; an unknown one is wrong usage."""
    out = world.run("explain", "bandit/B110").out
    assert "answered by bandit" in out
    assert "# nosec B110" in out
    assert "try_except_pass" in out
    ran = world.run("explain", "bandit/B1100")
    assert (ran.code, "did you mean bandit/B110" in ran.err) == (3, True)


def test_rules_and_doctor_name_what_is_left_to_bandit(world: World) -> None:
    """So that nobody has to guess who answers."""
    listed = {rule["id"]: rule for rule in world.run("rules", "--json").json}
    left = [rule for rule in listed if rule.startswith("bandit/")]
    assert all(listed[rule]["answered_by"] == "bandit" for rule in left)
    doctor = world.run("doctor").out
    assert all(rule.removeprefix("bandit/") in doctor for rule in left)


# The same everywhere


def test_results_of_bandit_are_kept_by_all_that_decides_them(world: World) -> None:
    """A changed configuration is another question."""
    world.write(**{f"a{n}": SWALLOWED for n in range(20)})
    asked = ("--level", "pedantic", "--select", "bandit/B110", "--bandit", "all")
    first = world.check(*asked).found
    assert len(first) == 20
    assert world.check(*asked).found == first
    (world.here / "pyproject.toml").write_text('[tool.bandit]\nskips = ["B110"]\n')
    assert world.check(*asked).found == []


def test_a_crew_asks_bandit_too(world: World) -> None:
    """Each worker for its own files, with the same result."""
    filler = "# only to have enough for a crew\n" * 4_000
    world.write(**{f"a{n}": SWALLOWED + filler for n in range(16)})
    asked = ("--level", "pedantic", "--select", "bandit/B110", "--bandit", "all", "--no-cache")
    assert world.check(*asked, "--jobs", "2").found == world.check(*asked, "--jobs", "1").found


def test_a_file_that_takes_too_long_for_bandit_is_said(world: World) -> None:
    """It is not clean, and the run goes on."""
    world.write(a="x = [\n" + "    (1, 2, 'pass', 3),\n" * 40_000 + "]\n" + SWALLOWED, b=SWALLOWED)
    ran = world.check("--level", "pedantic", "--select", "bandit/B110", "--deep", "--timeout", "0.6")
    notes = [file.get("notes") for file in ran.json["files"]]
    assert notes == [["not checked by bandit: timed out after 0.6 s"], None]
    assert [path for _, path, _, _ in ran.found] == ["b.py"]


# Where it comes from


def test_no_folder_of_the_project_is_on_the_road(tmp_path: Path) -> None:
    """But an environment inside of it is, and where Assaymark itself lies."""
    inside, outside = str(tmp_path / "lib"), str(tmp_path.parent)
    assert road(["", ".", inside, outside, sys.prefix], [str(tmp_path)]) == [outside, sys.prefix]
    assert road([sys.prefix], [sys.prefix]) == [sys.prefix]
    ours = str(Path(sys.modules["assaymark"].__file__ or "").parents[1])
    assert road([ours], [str(Path(ours).parent)]) == [ours]


def test_plugins_are_known_without_bandit(tmp_path: Path) -> None:
    """From what is installed; what a project brings along in its own folders does not count."""
    metadata = tmp_path / "lib" / "more_tests-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "entry_points.txt").write_text("[bandit.plugins]\nx = more_tests:x\n")
    found = plugins([str(tmp_path / "lib")], [str(tmp_path / "project")])
    assert [plugin.partition(" ")[0] for plugin in found] == ["more_tests-1.0"]
    assert plugins([str(tmp_path / "lib")], [str(tmp_path)]) == ()


def test_a_plugin_is_asked_at_the_default_level(world: World, tmp_path: Path) -> None:
    """Whoever installs one wants to hear of it; it is asked of every file."""
    library = tmp_path / "lib"
    (library / "more_tests-1.0.dist-info").mkdir(parents=True)
    (library / "more_tests-1.0.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: more-tests\nVersion: 1.0\n"
    )
    (library / "more_tests-1.0.dist-info" / "entry_points.txt").write_text(
        "[bandit.plugins]\nnames = more_tests:names\n"
    )
    (library / "more_tests.py").write_text(
        "import bandit\nfrom bandit.core import test_properties as test\n\n\n"
        "@test.checks('Call')\n@test.test_id('X901')\ndef names(context):\n"
        "    if context.call_function_name == 'forbidden':\n"
        "        return bandit.Issue(severity=bandit.LOW, confidence=bandit.LOW, text='Not here')\n"
    )
    world.write(a="forbidden()\nassert x\n")
    code = "import sys; sys.path.insert(0, sys.argv.pop(1)); from assaymark.cli.main import run; run(sys.argv[1:])"
    ran = subprocess.run(
        [sys.executable, "-c", code, str(library), "check", "--format", "json", "--no-cache", "."],
        cwd=world.here,
        capture_output=True,
        check=True,
    )
    found = [(one["rule"], one["level"], one["message"]) for one in json.loads(ran.stdout)["findings"]]
    assert found == [("bandit/X901", "default", "Not here.")]
