"""What other tools have enabled in a repository, and which findings are left to them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assaymark.rules.loading import load
from assaymark.settings.deferring import NOTHING_DEFERRED, deferral_for
from assaymark.settings.tools.bandit import bandit_at
from assaymark.settings.tools.ruff import ruff_for
from assaymark.settings.tools.semgrep import semgrep_at
from cli_world import World, world

__all__ = ["world"]


def put(root: Path, **files: str) -> None:
    names = {
        "pyproject": "pyproject.toml",
        "ruff": "ruff.toml",
        "hidden_ruff": ".ruff.toml",
        "ini": ".bandit",
    }
    names |= {"hooks": ".pre-commit-config.yaml", "semgrep": ".semgrep.yml", "ignored": ".semgrepignore"}
    for name, text in files.items():
        (root / names[name]).write_text(text)


RUFF = [
    ('[lint]\nselect = ["S"]', {"S102": True, "S506": True, "SIM105": False}),
    ('[lint]\nselect = ["E"]', {"S102": False}),
    ('[lint]\nselect = ["ALL"]', {"S102": True}),
    ('[lint]\nselect = ["ALL"]\nignore = ["S"]', {"S102": False}),
    ('[lint]\nselect = ["S"]\nignore = ["S1"]', {"S102": False, "S506": True}),
    ('[lint]\nselect = ["S102"]\nignore = ["S1"]', {"S102": True, "S103": False}),
    ('[lint]\nextend-select = ["S5"]\nselect = []', {"S102": False, "S506": True}),
    ('[lint]\nselect = ["S"]\n[lint.per-file-ignores]\n"a.py" = ["S102"]', {"S102": False, "S506": True}),
    ('[lint]\nselect = ["S"]\n[lint.per-file-ignores]\n"b.py" = ["S102"]', {"S102": True}),
    ('[lint]\nselect = ["S"]\n[lint.per-file-ignores]\n"!b.py" = ["S102"]', {"S102": False}),
    ('select = ["S"]\nignore = ["S5"]', {"S102": True, "S506": False}),
    ('exclude = ["a.py"]\n[lint]\nselect = ["S"]', {"S102": False}),
    ('extend-exclude = ["a.py"]\n[lint]\nselect = ["S"]', {"S102": False}),
    ('[lint]\nselect = ["S"]\nexclude = ["a.py"]', {"S102": False}),
    ('extend = "more.toml"\n[lint]\nignore = ["S506"]', {"S102": True, "S506": False}),
]


@pytest.mark.parametrize("text, checks", RUFF)
def test_what_ruff_has_enabled(tmp_path: Path, text: str, checks: dict[str, bool]) -> None:
    """By select and ignore, the closest selector winning; by file; and by what is excluded."""
    put(tmp_path, ruff=text)
    (tmp_path / "more.toml").write_text('[lint]\nselect = ["S"]\n')
    found = ruff_for(str(tmp_path / "a.py"), str(tmp_path))
    assert found is not None
    assert {check: found.finds(check, str(tmp_path / "a.py")) for check in checks} == checks


@pytest.mark.parametrize("text, checks", RUFF)
def test_ruff_itself_says_the_same(tmp_path: Path, text: str, checks: dict[str, bool]) -> None:
    """The installed ruff finds what is said to be enabled, and nothing else."""
    program = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")
    assert program is not None, "install the extra `test`, which has ruff"
    put(tmp_path, ruff=text)
    (tmp_path / "more.toml").write_text('[lint]\nselect = ["S"]\n')
    (tmp_path / "a.py").write_text("import os, yaml\nexec(x)\nyaml.load(x)\nos.chmod(x, 0o777)\n")
    ran = subprocess.run(
        [program, "check", "--no-cache", "--force-exclude", "--output-format", "json", "a.py"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    codes = {one["code"] for one in json.loads(ran.stdout)}
    spoken = {check: is_on for check, is_on in checks.items() if check in {"S102", "S103", "S506"}}
    assert {check: check in codes for check in spoken} == spoken


def test_the_nearest_settings_of_ruff_count(tmp_path: Path) -> None:
    """`.ruff.toml` before `ruff.toml` before a pyproject.toml that has a table for it."""
    (tmp_path / "part").mkdir()
    place = str(tmp_path / "part" / "a.py")
    put(tmp_path, pyproject='[tool.ruff.lint]\nselect = ["S"]\n')
    put(tmp_path / "part", pyproject="[project]\nname = 'ruff'\n")
    found = ruff_for(place, str(tmp_path))
    assert found is not None
    assert found.finds("S102", place)
    put(tmp_path / "part", ruff='[lint]\nselect = ["E"]\n')
    found = ruff_for(place, str(tmp_path))
    assert found is not None
    assert not found.finds("S102", place)
    put(tmp_path / "part", hidden_ruff='[lint]\nselect = ["S1"]\n')
    found = ruff_for(place, str(tmp_path))
    assert found is not None
    assert found.finds("S102", place)


@pytest.mark.parametrize("extended", ["../outside.toml", "nowhere.toml", "ruff.toml"])
def test_settings_that_cannot_be_had_enable_nothing(tmp_path: Path, extended: str) -> None:
    """Outside of the repository, not there, or in a circle."""
    (tmp_path / "outside.toml").write_text('[lint]\nselect = ["S"]\n')
    (tmp_path / "here").mkdir()
    put(tmp_path / "here", ruff=f'extend = "{extended}"\n[lint]\nselect = ["S"]\n')
    place = str(tmp_path / "here" / "a.py")
    found = ruff_for(place, str(tmp_path / "here"))
    assert found is None or not found.finds("S102", place)


@pytest.mark.parametrize("text", ["[lint", "lint = 3", "[lint]\nselect = 3", "\0", "[lint]\nselect = [3]"])
def test_broken_settings_of_ruff_enable_nothing(tmp_path: Path, text: str) -> None:
    """It is ruff's to complain."""
    put(tmp_path, ruff=text)
    found = ruff_for(str(tmp_path / "a.py"), str(tmp_path))
    assert found is None or not found.finds("S102", str(tmp_path / "a.py"))


@pytest.mark.parametrize(
    "files, enabled",
    [
        ({}, None),
        ({"pyproject": "[tool.bandit]\n"}, {"B102", "B506"}),
        ({"pyproject": '[tool.bandit]\nskips = ["B102"]\n'}, {"B506"}),
        ({"pyproject": '[tool.bandit]\ntests = ["B102"]\n'}, {"B102"}),
        ({"pyproject": '[tool.bandit]\nexclude_dirs = ["a.py"]\n'}, set()),
        ({"pyproject": '[tool.bandit]\nskips = ["assert_used"]\n'}, None),
        ({"ini": "[bandit]\nskips = B506\n"}, {"B102"}),
        ({"hooks": "repos:\n- repo: x\n  hooks:\n  - id: bandit\n"}, {"B102", "B506"}),
        (
            {"hooks": "repos:\n- repo: x\n  hooks:\n  - id: bandit\n    args: [-c, pyproject.toml]\n"},
            {"B102", "B506"},
        ),
        ({"hooks": "repos:\n- repo: x\n  hooks:\n  - id: bandit\n    args: [-ll]\n"}, None),
        ({"hooks": "repos:\n- repo: x\n  hooks:\n  - id: bandit\n    args: ['--skip', 'B102']\n"}, None),
        (
            {"hooks": "repos:\n- repo: x\n  hooks:\n  - id: bandit\n  - id: other\n    args: [-ll]\n"},
            {"B102", "B506"},
        ),
    ],
)
def test_what_bandit_has_enabled(tmp_path: Path, files: dict[str, str], enabled: set[str] | None) -> None:
    """All tests where it is set up, but for what its settings take out; nothing where options may hide some."""
    put(tmp_path, **files)
    found = bandit_at(str(tmp_path))
    place = str(tmp_path / "a.py")
    tests = None if found is None else {test for test in ("B102", "B506") if found.finds(test, place)}
    assert tests == enabled


def test_what_semgrep_has_enabled(tmp_path: Path) -> None:
    """The rules that stand in the repository, in files that it looks at."""
    assert semgrep_at(str(tmp_path)) is None
    put(tmp_path, hooks="- id: semgrep\n  args: ['--config', 'checks/own.yml', '--config', 'p/python']\n")
    assert semgrep_at(str(tmp_path)) is None
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "own.yml").write_text("rules:\n  - id: python.jwt.unverified-jwt-decode\n")
    put(tmp_path, semgrep="rules:\n- id: one  # ours\n  pattern: x\n- pattern: y\n  id: 'two'\n")
    found = semgrep_at(str(tmp_path))
    assert found is not None
    assert found.ids == {"one", "two", "unverified-jwt-decode"}
    assert found.finds("one", str(tmp_path / "a.py"))
    assert not found.finds("three", str(tmp_path / "a.py"))
    assert not found.finds("one", str(tmp_path / "tests" / "a.py"))
    put(tmp_path, ignored="# nothing\n/a.py\n")
    found = semgrep_at(str(tmp_path))
    assert found is not None
    assert not found.finds("one", str(tmp_path / "a.py"))
    assert found.finds("one", str(tmp_path / "tests" / "a.py"))


def test_a_finding_is_left_to_a_tool_that_covers_it(tmp_path: Path) -> None:
    """By what its rule covers; what bandit found is left to bandit."""
    put(tmp_path, ruff='[lint]\nselect = ["S506"]\n', pyproject="[tool.bandit]\nskips = ['B506']\n")
    place = str(tmp_path / "a.py")
    found = deferral_for(("bandit", "ruff"), place, str(tmp_path))
    assert found.tool_for("yaml-unsafe-load", ("bandit/B506", "ruff/S506")) == "ruff"
    assert found.tool_for("yaml-unsafe-load", ("bandit/B506",)) == ""
    assert found.tool_for("eval-code", ("ruff/S102", "bandit/B102")) == "bandit"
    assert found.tool_for("bandit/B404", ()) == "bandit"
    assert found.tool_for("bandit/B506", ()) == ""
    assert found.tool_for("ours", ()) == ""
    assert found == deferral_for(("bandit", "ruff"), place, str(tmp_path))
    assert deferral_for(("semgrep",), place, str(tmp_path)) == NOTHING_DEFERRED


def test_rules_name_checks_that_can_be_deferred_to() -> None:
    """`covers` of our pages are `tool/check`, and some are ruff's."""
    covers = [check for rule in load().rules for check in rule.covers]
    assert {check.partition("/")[0] for check in covers} <= {"bandit", "ruff", "semgrep"}
    assert any(check.startswith("ruff/S") for check in covers)


def test_a_check_counts_what_it_leaves_to_others(world: World) -> None:
    """In the summary, in JSON, and not in the exit code."""
    world.write(a="import yaml\nyaml.load(x)\neval(x)\n")
    put(world.here, pyproject='[tool.assaymark]\ndefer = ["ruff"]\n[tool.ruff.lint]\nselect = ["S5"]\n')
    ran = world.run("check", "--format", "json")
    assert [found[0] for found in ran.found] == ["eval-code"]
    assert ran.json["deferred"] == {"ruff": 1}
    assert "Left to others: 1 finding to ruff.\n" in world.run("check").out
    assert world.run("check", "--format", "json", "--untrusted").json["deferred"] == {}
    assert world.run("check", "--format", "json", "--defer", "bandit").json["deferred"] == {}
    put(world.here, pyproject='[tool.ruff.lint]\nselect = ["S"]\n')
    ran = world.run("check", "--format", "json", "--defer", "ruff,bandit")
    assert (ran.code, ran.found, ran.json["deferred"]) == (0, [], {"ruff": 2})
