"""`assaymark explain`, `rules` and `doctor`."""

from __future__ import annotations

from pathlib import Path

import pytest

from assaymark.cli import doctor
from assaymark.rules.pages import RulesNotFoundError
from assaymark.rules.rule import Problem
from assaymark.rules.ruleset import RuleSet
from assaymark.syntax.languages import Unavailable
from cli_world import RULES, World, page, world

__all__ = ["world"]


def test_explain_shows_the_page(world: World) -> None:
    """Title, facts, message and prose; the marks of tests only where the rule speaks."""
    ran = world.run("explain", "yaml-unsafe-load")
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[0] == "yaml-unsafe-load · high · CWE-502"
    assert lines[1] == "python · confidence high · level default"
    assert "## Why it matters" in lines
    assert "## Use instead" in lines
    assert "# flag" in ran.out
    assert "# miss" not in ran.out
    assert "Covers: bandit/B506" in ran.out


def test_explain_in_colour(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Markdown is shown, not printed."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    out = world.run("explain", "yaml-unsafe-load").out
    assert "\x1b[" in out
    assert "```" not in out


def test_explain_knows_rules_of_ones_own(world: World, tmp_path: Path) -> None:
    """A page, and a rule of Semgrep's, which has none."""
    assert "Because of the tests." in world.run("explain", "old-call", "--rules", str(world.rules)).out
    file = tmp_path / "mine.yml"
    rule = "{id: mine, languages: [python], severity: INFO, message: Some words., pattern: mine()}"
    file.write_text(f"rules:\n- {rule}\n", encoding="utf-8")
    out = world.run("explain", "mine", "--rules", str(file)).out
    assert "Some words." in out
    assert f"From: {file}" in out


def test_explain_guesses(world: World) -> None:
    """A rule that is none is wrong usage."""
    ran = world.run("explain", "yaml-unsafe-laod")
    assert ran.code == 3
    assert "did you mean yaml-unsafe-load?" in ran.err


def test_explain_knows_what_stands_for_a_check_of_another_tool(world: World) -> None:
    """A check of ruff's has no page; rules that find the same have."""
    for name in ("S506", "ruff/S506"):
        ran = world.run("explain", name)
        assert ran.code == 3
        assert f"no rule is called '{name}'; what it finds is found by yaml-" in ran.err


def test_rules_are_listed(world: World) -> None:
    """One a line, with their number at the end."""
    ran = world.run("rules", "--rules", str(world.rules))
    assert ran.code == 0
    assert any(line.split()[:2] == ["old-call", "medium"] for line in ran.out.splitlines())
    assert ran.out.splitlines()[-1].endswith(" rules.")


def test_rules_as_json(world: World) -> None:
    """With all they say."""
    rules = {rule["id"]: rule for rule in world.run("rules", "--json", "--rules", str(world.rules)).json}
    assert rules["send-open"]["fixes"] == [{"title": "Write send($X, secret=True)", "safe": True}]
    assert rules["yaml-unsafe-load"]["cwe"] == [502]
    assert rules.keys() > RULES.keys()


def test_rules_test_runs_the_examples(world: World, tmp_path: Path) -> None:
    """Pages that are right, that are wrong, and that are broken."""
    folder = tmp_path / "python"
    folder.mkdir()
    good = page("old-call") + "\n```python\nold(1)  # flag\nnew(1)\n```\n"
    (folder / "good.md").write_text(good.replace("old-call", "good"), encoding="utf-8")
    ran = world.run("rules", "test", str(folder))
    assert (ran.code, ran.out) == (0, "1 page, 0 failures.\n")
    (folder / "wrong.md").write_text(
        good.replace("old-call", "wrong").replace("new(1)", "old(2)"), encoding="utf-8"
    )
    (folder / "broken.md").write_text("no page", encoding="utf-8")
    ran = world.run("rules", "test", str(folder))
    assert ran.code == 1
    assert f"{folder / 'wrong.md'}:24:" in ran.out
    assert f"{folder / 'broken.md'}:1: no front matter" in ran.out
    assert ran.out.endswith("3 pages, 2 failures.\n")


@pytest.mark.parametrize("place", ["nowhere", "."])
def test_rules_test_without_pages(world: World, place: str) -> None:
    """Wrong usage."""
    assert world.run("rules", "test", place).code == 3


def test_doctor_finds_no_problem_here(world: World) -> None:
    """It names what the installation is made of."""
    ran = world.run("doctor")
    assert ran.code == 0, ran.out
    names = [line.split("  ")[0] for line in ran.out.splitlines()]
    assert {"assaymark", "python", "grammar python", "rule pages", "cache", "git", "limits"} <= set(names)
    assert ran.out.endswith("No problems.\n")


def test_doctor_says_from_which_level_on_bandit_is_heard(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The least of what its tests have, or that none is left to it."""
    for tests, said in (
        (("B603",), "B603 (no page covers it; shown from --level pedantic)\n"),
        (("B202", "B603"), "B202, B603 (no page covers them; shown from --level strict)\n"),
        ((), "none of its tests but those of plugins: pages cover all\n"),
    ):
        monkeypatch.setattr(doctor, "left", lambda rules, tests=tests: tests)
        assert f"bandit answers         {said}" in world.run("doctor").out


def test_doctor_names_problems(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 2: grammars that do not load, a page that is broken, no git."""

    def unavailable(language: str) -> None:
        msg = "no grammar for python: pip install tree-sitter-python"
        raise Unavailable(msg)

    monkeypatch.setattr(doctor, "grammar", unavailable)
    monkeypatch.setattr(
        doctor, "load", lambda: RuleSet.of([], [Problem("rules/x.md", 4, "'severty' is not a key")])
    )
    monkeypatch.setattr(doctor.git, "version", lambda: None)
    ran = world.run("doctor")
    assert ran.code == 2
    assert "pip install tree-sitter-python" in ran.out
    assert "left out: rules/x.md:4: 'severty' is not a key" in ran.out
    assert "not found on PATH: --staged and --diff need it" in ran.out
    assert ran.out.endswith("5 problems.\n")


def test_doctor_without_pages(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing could be checked."""

    def missing() -> None:
        msg = "no rule pages in x nor in y; install assaymark again"
        raise RulesNotFoundError(msg)

    monkeypatch.setattr(doctor, "pages_folder", missing)
    ran = world.run("doctor")
    assert ran.code == 2
    assert "install assaymark again" in ran.out
