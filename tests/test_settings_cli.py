"""Settings on the command line: what files say, what was typed, and what is told of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from assaymark.settings import standing as standing_module
from assaymark.settings.places import Places
from cli_world import FLAWED, Ran, World, world

__all__ = ["world"]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """Neither the user's nor this machine's settings: those of the test."""
    files = Places(str(tmp_path / "managed.toml"), str(tmp_path / "user.toml"))
    monkeypatch.setattr("assaymark.cli.typed.our_places", lambda: files)
    return files


def put(world: World, name: str, text: str) -> None:
    file = world.here / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def rules_of(ran: Ran) -> list[str]:
    return [found[0] for found in ran.found]


def test_a_file_sets_what_was_not_typed(world: World) -> None:
    """The repository's severity holds, until another is typed."""
    world.write(a=FLAWED)
    put(world, "assaymark.toml", 'severity = "high"\n')
    assert rules_of(world.check()) == ["send-open"]
    assert rules_of(world.check("--severity", "medium")) == ["send-open", "old-call"]


def test_what_a_repository_loosens_is_told(world: World) -> None:
    """In the summary, and in JSON."""
    world.write(a=FLAWED)
    put(world, "pyproject.toml", '[tool.assaymark]\nseverity = "high"\nlevel = "pedantic"\n')
    said = "1 setting of the repository makes this check looser: severity (pyproject.toml:2).\n"
    assert said in world.check("--format", "text").out
    found = world.check().json["settings"]
    assert found == {"loosened": [{"name": "severity", "where": "pyproject.toml:2"}], "refused": []}


def test_untrusted_code_loosens_nothing(world: World) -> None:
    """With --untrusted what the repository would loosen is refused, and said to be."""
    world.write(a=FLAWED)
    put(world, "pyproject.toml", '[tool.assaymark]\nseverity = "high"\nexclude = ["a.py"]\n')
    ran = world.check("--untrusted", "--format", "text")
    assert "pyproject.toml:2: severity is not honoured: the workspace is not trusted.\n" in ran.out
    assert "pyproject.toml:3: exclude is not honoured: the workspace is not trusted.\n" in ran.out
    assert rules_of(world.check("--untrusted")) == ["send-open", "old-call"]


def test_what_is_managed_holds_against_what_is_typed(world: World, elsewhere: Places) -> None:
    """And that it does is said."""
    world.write(a=FLAWED)
    Path(elsewhere.managed).write_text('fail-on = "medium"\nseverity = "medium"\n')
    world.write(a="old(b)\n")
    ran = world.check("--fail-on", "critical")
    assert ran.code == 1
    (refused,) = ran.json["settings"]["refused"]
    assert refused["where"] == "--fail-on"
    assert "it is managed in" in refused["why"]


def test_the_users_file_holds_everywhere(world: World, elsewhere: Places) -> None:
    """Below what the repository says."""
    world.write(a=FLAWED)
    Path(elsewhere.user).write_text('severity = "high"\n')
    assert rules_of(world.check()) == ["send-open"]
    put(world, "assaymark.toml", 'severity = "low"\n')
    assert rules_of(world.check()) == ["send-open", "old-call"]


@pytest.mark.parametrize("broken", ["here", "user", "managed"])
def test_settings_that_cannot_be_understood_are_wrong_usage(
    world: World, elsewhere: Places, broken: str
) -> None:
    """Exit code 3, with file, line and remedy; nothing is checked on terms that nobody knows."""
    world.write(a=FLAWED)
    places = {"here": world.here / "assaymark.toml", "user": elsewhere.user, "managed": elsewhere.managed}
    Path(places[broken]).write_text('\nsevrity = "high"\n')
    ran = world.check()
    assert (ran.code, ran.out) == (3, "")
    assert "toml:2: 'sevrity' is not a setting; did you mean 'severity'?" in ran.err


def test_a_rule_that_there_is_not_is_told_with_its_line(world: World) -> None:
    """As it is when it was typed."""
    put(world, "assaymark.toml", '\nignore = ["send-opne"]\n')
    ran = world.check()
    assert ran.code == 3
    assert "assaymark.toml:2: no rule is called 'send-opne'; did you mean send-open?" in ran.err


def test_each_file_is_checked_by_the_settings_of_its_folder(world: World) -> None:
    """Rules, severity and gate; wherever the check starts."""
    world.git("init", "-q", ".")
    world.write(a=FLAWED, part__b=FLAWED, part__deep__c=FLAWED)
    put(world, "assaymark.toml", 'ignore = ["old-call"]\n')
    put(world, "part/assaymark.toml", 'ignore = ["send-open"]\nfail-on = "critical"\n')
    whole = world.check()
    assert [found[:2] for found in whole.found] == [
        ("send-open", "a.py"),
        ("old-call", "part/b.py"),
        ("old-call", "part/deep/c.py"),
    ]
    assert whole.code == 1
    assert [found[:2] for found in world.check("part").found] == [
        ("old-call", "part/b.py"),
        ("old-call", "part/deep/c.py"),
    ]
    put(world, "part/assaymark.toml", 'ignore = ["send-open"]\nfail-on = "medium"\n')
    assert world.check("part").code == 1
    put(world, "part/assaymark.toml", 'ignore = ["send-open"]\nfail-on = "high"\n')
    assert world.check("part").code == 0


def test_what_is_excluded_is_not_checked(world: World) -> None:
    """Not by a walk, not when it is named, not when it comes in; it is counted."""
    world.write(a=FLAWED, gen__b=FLAWED, part__gen__c=FLAWED)
    put(world, "assaymark.toml", 'exclude = ["gen"]\n')
    ran = world.check()
    assert [path for _, path, _, _ in ran.found] == ["a.py", "a.py"]
    assert ran.json["skipped"] == {"excluded entry": 2}
    assert world.check("gen/b.py", "part/gen").json["skipped"] == {"excluded entry": 2}
    assert world.check("gen/b.py").found == []
    assert "Skipped: 1 excluded entry.\n" in world.check("gen/b.py", "--format", "text").out


def test_what_is_staged_and_excluded_is_not_checked(world: World) -> None:
    """As in a walk."""
    world.git("init", "-q", ".")
    world.write(a=FLAWED, gen__b=FLAWED)
    put(world, "assaymark.toml", 'exclude = ["gen"]\n')
    world.git("add", "-A")
    ran = world.check("--staged")
    assert [path for _, path, _, _ in ran.found] == ["a.py", "a.py"]
    assert ran.json["skipped"] == {"excluded entry": 1}


def test_exclude_can_be_typed(world: World) -> None:
    """In place of what files say, from the top of the repository."""
    world.write(a=FLAWED, gen__b=FLAWED)
    put(world, "assaymark.toml", 'exclude = ["a.py"]\n')
    assert {path for _, path, _, _ in world.check("--exclude", "/gen").found} == {"a.py"}


def test_rules_of_a_repository_are_added(world: World) -> None:
    """Those in its file and those that are typed; not in code that is not trusted."""
    world.write(a="odd(1)\nsend(a, secret=False)\n")
    (world.here / "ours").mkdir()
    (world.here / "ours" / "odd.yml").write_text(
        "rules: [{id: odd, languages: [python], severity: ERROR, message: Odd., pattern: odd(...)}]\n"
    )
    put(world, "assaymark.toml", 'rules = ["ours"]\nselect = ["odd", "send-open"]\n')
    arguments = ("check", "--format", "json", "--rules", str(world.rules))
    assert rules_of(world.run(*arguments)) == ["odd", "send-open"]
    ran = world.run(*arguments, "--untrusted", "--select", "*")
    assert "odd" not in rules_of(ran)
    assert ran.json["settings"]["refused"][0]["name"] == "select"


def test_a_crew_is_told_the_settings(world: World) -> None:
    """What workers find is what this process would find."""
    world.write(**{f"x{number}": FLAWED + b"# " + b"." * 900_000 for number in range(3)})
    put(world, "assaymark.toml", 'ignore = ["old-call"]\n')
    assert rules_of(world.check("--jobs", "2", "--no-cache")) == ["send-open"] * 3


def test_a_kept_result_is_not_for_other_settings(world: World) -> None:
    """What is kept under one set of rules is not shown under another."""
    world.write(**{f"x{number}": FLAWED for number in range(20)})
    assert len(world.check().found) == 40
    put(world, "assaymark.toml", 'ignore = ["old-call"]\n')
    assert len(world.check().found) == 20
    put(world, "assaymark.toml", "")
    assert len(world.check().found) == 40


def test_the_places_of_this_machine_are_looked_at() -> None:
    """The user's file is in the folder for configuration, the managed one is not the user's."""
    found = standing_module.our_places()
    assert found.user.endswith("assaymark.toml")
    assert found.managed != found.user


def test_doctor_shows_each_setting(world: World, elsewhere: Places) -> None:
    """Its value, who gave it and where, and what was refused and why."""
    Path(elsewhere.managed).write_text('level = "strict"\n')
    put(world, "assaymark.toml", 'severity = "high"\nlevel = "default"\nexclude = ["a.py"]\n')
    lines = world.run("doctor", "--settings").out.splitlines()
    words = {line.split()[0]: line.split() for line in lines if line}
    assert words["severity"][1:4] == ['"high"', "repository,", "assaymark.toml:1"]
    assert words["severity"][4:] == ["looser", "than", "what", "held", "before"]
    assert words["level"][1:3] == ['"strict"', "managed,"]
    assert words["timeout"][1:] == ["10.0", "default"]
    assert any("assaymark.toml:2: level is not honoured: it is managed in" in line for line in lines)
    world.write(a="")
    assert "is excluded by a.py.\n" in world.run("doctor", "--settings", "a.py").out


def test_doctor_shows_settings_as_an_untrusted_check_has_them(world: World) -> None:
    """With the same words."""
    put(world, "assaymark.toml", 'severity = "high"\ndefer = ["ruff"]\n')
    out = world.run("doctor", "--settings", "--untrusted").out
    assert "assaymark.toml:1: severity is not honoured: the workspace is not trusted\n" in out


def test_doctor_says_what_is_not_understood(world: World) -> None:
    """And ends as a check would; without --settings, as with any problem."""
    put(world, "assaymark.toml", "severty = 1\n")
    ran = world.run("doctor", "--settings")
    assert ran.code == 3
    assert "assaymark.toml:1: 'severty' is not a setting; did you mean 'severity'?" in ran.out
    ran = world.run("doctor")
    assert ran.code == 2
    assert "'severty' is not a setting" in ran.out


def test_doctor_says_that_a_rule_is_none(world: World) -> None:
    """With its line, as a check does."""
    put(world, "assaymark.toml", 'ignore = ["evil-code"]\n')
    said = "assaymark.toml:1: no rule is called 'evil-code'; did you mean eval-code?"
    for words, code in (("doctor", "--settings"), 3), (("doctor",), 2):
        ran = world.run(*words)
        assert (ran.code, said in ran.out) == (code, True)


def test_doctor_proposes_what_to_defer_to(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a tool is set up, until it is deferred to."""
    put(world, "pyproject.toml", '[tool.ruff.lint]\nselect = ["S506"]\n[tool.bandit]\nskips = []\n')
    monkeypatch.setattr("assaymark.cli.doctor.our_places", lambda: Places("", ""))
    for out in (world.run("doctor").out, world.run("doctor", "--settings").out):
        assert 'defer = ["ruff"] leaves those findings to it' in out
        assert 'defer = ["bandit"]' in out
        assert 'defer = ["semgrep"]' not in out
    put(world, "assaymark.toml", 'defer = ["ruff", "bandit"]\n')
    assert "defer = [" not in world.run("doctor").out


@pytest.mark.parametrize("arguments", [("--untrusted",), ("x.py",), ("--settings", "nowhere")])
def test_doctor_says_what_does_not_go_together(world: World, arguments: tuple[str, ...]) -> None:
    """Exit code 3."""
    assert world.run("doctor", *arguments).code == 3


def test_rules_of_the_repository_are_listed_and_explained(world: World) -> None:
    """Where its settings name them."""
    (world.here / "odd.yml").write_text(
        "rules: [{id: odd, languages: [python], severity: ERROR, message: Odd., pattern: odd(...)}]\n"
    )
    put(world, "assaymark.toml", 'rules = ["odd.yml"]\n')
    assert "Odd." in world.run("explain", "odd").out
    assert any(line.startswith("odd ") for line in world.run("rules").out.splitlines())


def test_comments_of_other_tools_can_be_left_unheard(world: World) -> None:
    """By a setting, and by an option."""
    world.write(a="send(a, secret=False)  # nosec\n")
    assert world.check().found == []
    assert rules_of(world.check("--no-foreign-comments")) == ["send-open"]
    put(world, "assaymark.toml", "foreign-comments = false\n")
    assert rules_of(world.check()) == ["send-open"]
    assert world.check("--foreign-comments").found == []
