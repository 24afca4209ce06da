"""Help, as a manual: it fits the terminal, and everything in it can be typed."""

from __future__ import annotations

import itertools
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from assaymark.cli import arguments, demo_manual, hooks_manual, ledger_manual, manual, reviewed_manual
from assaymark.cli.completion import actions
from assaymark.cli.levels import levels, rules_by_level
from assaymark.cli.manual import Page
from assaymark.finding import Level
from assaymark.rules.loading import load
from cli_world import FLAWED, ROOT, World, program, spawned, world

__all__ = ["world"]

PAGES = {
    name: page
    for module in (manual, demo_manual, hooks_manual, ledger_manual, reviewed_manual)
    for name, page in vars(module).items()
    if isinstance(page, Page)
}
COMMANDS = (
    "",
    *arguments.parser()._subparsers._group_actions[0].choices,  # type: ignore[union-attr, call-overload]
    "rules test",
    "hooks install",
    "hooks uninstall",
    "hooks status",
    "hooks doctor",
    "ledger verify",
    "ledger compact",
    "ledger export",
    "ledger import",
)


def parses(line: str) -> None:
    """Fails unless *line* of a shell could be typed."""
    # What the shell takes for itself is not ours: redirections, a pipe, a comment.
    words = shlex.split(re.split(r"\s[<>|]\s|\s&&\s|;", line)[0], comments=True)
    assert words[0] == "assaymark"
    arguments.parser().parse_args(words[1:])


def lines_of(file: Path) -> Iterator[str]:
    """The command lines of ours in a Markdown file."""
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("    assaymark "):
            yield line.strip()


@pytest.mark.parametrize("name", PAGES)
def test_every_example_can_be_typed(name: str) -> None:
    """The parser takes it."""
    for command, _ in PAGES[name].examples:
        parses(command)


@pytest.mark.parametrize("file", ["README.md", "editors/README.md", "rules/PATTERNS.md"])
def test_every_command_line_of_the_documentation_can_be_typed(file: str) -> None:
    """The parser takes it."""
    for line in lines_of(ROOT / file):
        parses(line)


def test_the_readme_has_command_lines() -> None:
    """So that the test above sees some."""
    assert len(list(lines_of(ROOT / "README.md"))) > 8


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("width", [50, 80, 120])
def test_help_fits_the_terminal(
    world: World, command: str, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But for what is to be copied whole: a command or an option with its value."""
    monkeypatch.setenv("COLUMNS", str(width))
    out = world.run(*command.split(), "--help").out
    long = [line for line in out.splitlines() if len(line) > min(width, 110)]
    assert [line for line in long if "assaymark" not in line] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_its_sections(world: World, command: str) -> None:
    """A synopsis, prose, options, examples and exit codes, in this order; both ways to ask say the same."""
    out = world.run(*command.split(), "--help").out
    places = [
        out.index(part) for part in (f"usage: assaymark {command}", "options:", "examples:", "exit codes:")
    ]
    assert places == sorted(places)
    assert world.run("help", *command.split()).out == out


def test_help_names_every_option_with_words() -> None:
    """None is without help, and none that the manual mentions is unknown."""
    options = {option: action for action in actions(arguments.parser()) for option in action.option_strings}
    assert [option for option, action in options.items() if not action.help] == []
    texts = [text for page in PAGES.values() for rows in page.tables.values() for row in rows for text in row]
    texts += [page.description for page in PAGES.values()]
    mentioned = {option for text in texts for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*", text)}
    assert mentioned - options.keys() == set()


def test_examples_name_rules_that_there_are() -> None:
    """Also where a `*` stands for some of them."""
    commands = [shlex.split(command) for page in PAGES.values() for command, _ in page.examples]
    pairs = [pair for words in commands for pair in itertools.pairwise(words)]
    named = [
        name for option, names in pairs if option in {"--select", "--ignore"} for name in names.split(",")
    ]
    named += [name for word, name in pairs if word == "explain" and name != "my-rule"]
    assert len(named) > 2
    assert load().unknown(named) == ()


def test_help_of_what_is_no_command(world: World) -> None:
    """Wrong usage, with a guess."""
    ran = world.run("help", "chekc")
    assert ran.code == 3
    assert "did you mean check?" in ran.err


def test_wrong_usage_names_the_command(world: World) -> None:
    """And how to ask for its help."""
    ran = world.run("check", "--levle=strict")
    assert ran.err == (
        "assaymark check: unrecognized arguments: --levle=strict; did you mean --level?\n"
        "Try: assaymark check --help\n"
    )
    ran = world.run("check", "--level", "strickt")
    assert ran.err.startswith("assaymark check: argument --level: invalid choice: 'strickt'")
    assert ran.err.endswith("did you mean strict?\nTry: assaymark check --help\n")
    assert world.run("rules", "test").err.startswith("assaymark rules test: ")


def test_a_guess_is_what_could_stand_there(world: World) -> None:
    """Of a value no other option's, of a topic no option; of a single letter there is none."""
    assert "did you mean" not in world.run("check", "--bandit", "on").err
    assert "did you mean" not in world.run("help", "xyz").err
    assert "did you mean" not in world.run("check", "-q").err


def test_options_that_exclude_each_other(world: World) -> None:
    """Wrong usage: one of them would be passed over."""
    assert "not allowed with argument --names" in world.run("rules", "--names", "--json").err
    assert world.run("baseline", "--baseline", "known.json").code == 3


def test_numbers_are_said(world: World) -> None:
    """What is needed, in words."""
    assert "'0' is not a number of seconds between 0 and 86,400" in world.run("check", "--timeout", "0").err
    assert "'-3' is not a whole number above 0" in world.run("check", "--jobs=-3").err


def test_a_beginning_is_completed(world: World) -> None:
    """Where nothing is near, what begins like that is named."""
    assert "; did you mean yaml-" in world.run("explain", "yaml").err


def test_levels_are_told_as_they_are(world: World) -> None:
    """Help counts the rules of each level, without reading them, and is right."""
    rules = load().rules
    by_level = rules_by_level()
    for level in Level:
        assert set(by_level.get(level, ())) == {rule.id for rule in rules if rule.level is level}
    counts = [f"({sum(rule.level <= level for rule in rules)} rules in all)" for level in Level]
    assert [re.findall(r"\(\d+ rules in all\)", text) for _, text in levels()] == [
        [count] for count in counts
    ]
    out = world.run("check", "--help").out
    assert all(count in out for count in counts)


@pytest.mark.e2e
def test_a_reader_that_goes_away_ends_it_quietly(world: World) -> None:
    """`assaymark check | head -1`: no complaint, and the exit code that the check has."""
    world.write(a=FLAWED * 4000)
    with subprocess.Popen(
        program("check", "--no-cache", "--rules", str(world.rules), "--select", "send-open"),
        cwd=world.here,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as check:
        assert check.stdout is not None
        assert check.stdout.readline().startswith(b"a.py:1:1")
        check.stdout.close()
        assert check.stderr is not None
        assert check.stderr.read() == b""
    assert check.returncode == 1
    assert spawned(world.here, "help", "check").returncode == 0
