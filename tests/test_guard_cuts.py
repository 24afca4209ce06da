"""What an agent took something out of, of a line that a person wrote, loosens nothing until somebody has read it."""

from __future__ import annotations

import json
import shutil

import pytest

from assaymark.cli.main import run
from assaymark.hooks.entry import hook
from assaymark.hooks.git.entry import main as git_hook
from assaymark.ledger.events import Saved, stamp
from assaymark.ledger.store import opened
from assaymark.lineage.lines import gaps
from assaymark.lineage.trusting import in_doubt, no_agent, sentence, whose
from assaymark.origin import STANDING, Author, Cut, Evidence, Origin, Run, covering
from assaymark.repository.place import place_of
from assaymark.text import Span
from hook_world import World
from scenario_agents import Agents
from test_guard import PAGE, agent_writes, report, rules_in, world

__all__ = ["world"]

TYPED = Origin(Author.human, Evidence.typed, time=1_763_100_000)
AGENT = Origin(Author.ai, Evidence.hook, "claude", time=1_763_100_000)
CUT = Origin(Author.human, Evidence.typed, cut=Cut("claude", 1_794_657_600))
BESIDE = Origin(Author.human, Evidence.typed, cut=Cut("claude", 1_794_657_600, between=True))
TODAY = 739_943


def typed(world: World, path: str, text: str) -> None:
    """Effect: a person typed all that the file *path* holds."""
    content = text.encode()
    world.write(path, content)
    with opened(place_of(str(world.top / path)).store) as ledger:
        digest, outline = ledger.secret.digest(content), ledger.secret.outline(content)
        ledger.record([Saved(*stamp("server"), path, digest, covering(len(content), TYPED), outline)])


@pytest.mark.parametrize("is_typed", [True, False], ids=["typed", "before-recording"])
@pytest.mark.parametrize(
    "path, text, old, new",
    [
        ("app.py", "eval(a)  # nosec B602\n", " B602", ""),
        ("app.py", "eval(a)  # nosec, B602\n", ", B602", ""),
        ("app.py", "# nosec B307\nx = 1\ny = 2\neval(a)\n", "x = 1\ny = 2\n", ""),
        ("app.py", "# nosec B307\nx = 1\n\n# a\neval(a)\n", "x = 1", ""),
        ("app.py", "# nosec B307\n\nx = 1\n\ndef f(x=eval(a)):\n    pass\n", "x = 1\n\n", ""),
        ("app.py", "f(  # nosec B307\n    1,\n)\ng(\n    eval(a))\n", ")\ng(\n", ""),
        ("app.py", "f(  # nosec B307\n    1,\n)\ng(\n    eval(a))\n", ")\ng(\n", "\n"),
        ("assaymark.toml", 'exclude = ["app.py.old"]\n', ".old", ""),
        ("assaymark.toml", 'exclude = [\n  "app.py.old",\n  "b",\n]\n', ".old", ""),
        ("assaymark.toml", 'exclude = [\n  "old/app.py",  # x\n]\n', "old/", ""),
        ("assaymark.toml", 'ignore = [\n  "yaml-unsafe-load",\n  # "eval-code",\n]\n', "# ", ""),
        ("assaymark.toml", '# ignore = ["eval-code"]\n', "# ", ""),
        ("assaymark.toml", 'select = ["yaml-unsafe-load", "eval-code"]\n', ', "eval-code"', ""),
        ("assaymark.toml", 'select = [\n"yaml-unsafe-load",\n"eval-code",\n]\n', '"eval-code",\n', ""),
        ("pyproject.toml", '[tool.assaymark]\nlevel = "strict"\n\n[tool.a]\nexclude = ["app.py"]\n', "[tool.a]\n", ""),
        ("pyproject.toml", '[tool.assaymark]\nlevel = "strict"\n[tool.a]\nexclude = ["app.py"]\n', "[tool.a]", "# a"),
        (".gitignore", "app.py.old\n", ".old", ""),
    ],
)  # fmt: skip
def test_what_an_agent_made_of_a_persons_line_by_taking_from_it_loosens_nothing(
    world: World,
    capsys: pytest.CaptureFixture[str],
    path: str,
    text: str,
    old: str,
    new: str,
    *,
    is_typed: bool,
) -> None:
    """Less of a name, a path or what stands between is more that is silenced, left out or not asked for."""
    world.write("app.py", b"eval(a)\n")
    if is_typed:
        typed(world, path, text)
    else:
        world.write(path, text.encode())
    assert "eval-code" in rules_in(report(capsys)) or "select" in text
    agent_writes(world, path, old, new)
    assert "eval-code" in rules_in(report(capsys))


def test_a_cut_comment_counts_again_once_it_was_read(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """What became of it, and who did that, is said until then."""
    typed(world, "app.py", "eval(a)  # nosec B307, B602\n")
    agent_writes(world, "app.py", ", B602", "")
    table = report(capsys)
    assert rules_in(table) == ["eval-code", "ignore-not-reviewed"]
    assert "Claude Code changed this comment on " in table["findings"][1]["message"]


def test_what_an_agent_does_elsewhere_leaves_a_comment_as_it_is(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """On lines beside its own, and beside the one that it is for."""
    typed(world, "app.py", "x = 1\neval(a)  # nosec B307\ny = 2\n# nosec B307\neval(b)\nz = 3\n")
    agent_writes(world, "app.py", "x = 1\n", "")
    agent_writes(world, "app.py", "y = 2\n", "")
    agent_writes(world, "app.py", "z = 3\n", "z = f()\n")
    assert rules_in(report(capsys)) == []


def test_a_setting_is_said_to_be_cut(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """With its file and line, and what to type; lines that go beside it are not of it."""
    world.write("app.py", b"eval(a)\n")
    typed(world, "assaymark.toml", 'level = "strict"\nignore = ["eval-code"]\nbandit = "off"\n')
    agent_writes(world, "assaymark.toml", 'level = "strict"\n', "")
    agent_writes(world, "assaymark.toml", 'bandit = "off"\n', "")
    assert rules_in(report(capsys)) == []
    agent_writes(world, "assaymark.toml", '"eval-code"]', '"eval-code" ]  ')
    assert rules_in(report(capsys)) == []
    agent_writes(world, "assaymark.toml", '["eval-code" ]', '"eval-code"')
    typed(world, "assaymark.toml", 'ignore = [\n  "eval-code",\n  "x",\n]\n'.replace("x", "yaml-unsafe-load"))
    agent_writes(world, "assaymark.toml", '  "yaml-unsafe-load",\n', "")
    run(["check"])
    said = capsys.readouterr().out
    assert "rule eval-code is ignored by a setting beside which Claude Code took lines away on " in said
    assert "(once read: assaymark reviewed assaymark.toml:" in said


def test_a_rule_from_which_an_agent_took_something_counts_as_it_was(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line of it here."""
    more = "pattern-either:\n  - pattern: other(...)\n  - pattern: mine(...)\n"
    page = PAGE.format(more="", pattern="@").replace("pattern: @\n", more)
    world.write("app.py", b"mine(a)\n")
    world.write("assaymark.toml", b'rules = ["rules"]\n')
    typed(world, "rules/python/my-call.md", page)
    world.git("add", ".")
    world.git("commit", "-q", "-m", "x")
    assert rules_in(report(capsys)) == ["my-call"]
    agent_writes(world, "rules/python/my-call.md", "  - pattern: mine(...)\n", "")
    assert rules_in(report(capsys)) == ["my-call"]


def test_what_was_cut_of_what_bandit_is_told_is_not_honoured(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """A test that is named no more, and a line that is gone from its list."""
    wanted = ("--bandit", "all", "--level", "pedantic", "--select", "bandit/B311")
    world.write("app.py", b"import random\nx = random.random()\n")
    typed(world, "pyproject.toml", '[tool.bandit]\nskips = [\n  "B101",\n  # "B311",\n]\n')
    assert rules_in(report(capsys, *wanted)) == ["bandit/B311"]
    agent_writes(world, "pyproject.toml", '# "', '"')
    assert rules_in(report(capsys, *wanted)) == ["bandit/B311"]
    typed(world, "pyproject.toml", '[tool.bandit]\ntests = [\n  "B101",\n  "B311",\n]\n')
    agent_writes(world, "pyproject.toml", '  "B311",\n', "")
    assert rules_in(report(capsys, *wanted)) == ["bandit/B311"]


@pytest.mark.parametrize("is_typed", [True, False])
@pytest.mark.parametrize("include", ["tool", "model"])
def test_notes_tell_of_a_cut_comment_too(
    world: World, capsys: pytest.CaptureFixture[str], include: str, *, is_typed: bool
) -> None:
    """In another clone there is no ledger; that it was an agent is no name of a tool."""
    world.write("assaymark.toml", f'notes.include = ["{include}"]\n'.encode())
    world.write("app.py", b"eval(a)  # nosec B602\n")
    if is_typed:
        typed(world, "app.py", "eval(a)  # nosec B602\n")
    agent_writes(world, "app.py", " B602", "")
    world.git("add", "app.py")
    world.git("commit", "-q", "-m", "x")
    assert git_hook("git-post-commit", ()) == 0
    shutil.rmtree(world.top / ".git" / "assaymark")
    table = report(capsys)
    assert rules_in(table) == ["eval-code", "ignore-not-reviewed"]
    who = "Claude Code" if include == "tool" else "an agent"
    assert f"{who} changed this comment on " in table["findings"][1]["message"]


def test_a_cut_has_words() -> None:
    """Who did what, and on which day, if that is known."""
    assert whose(CUT, TODAY) == "that Claude Code changed on 14 Nov and nobody has reviewed"
    assert (
        whose(BESIDE, TODAY) == "beside which Claude Code took lines away on 14 Nov and nobody has reviewed"
    )
    unknown = Origin(Author.human, Evidence.typed, cut=Cut())
    assert whose(unknown, TODAY) == "that somebody unknown changed and nobody has reviewed"
    assert sentence("it", CUT, TODAY) == "Claude Code changed it on 14 Nov, and nobody has reviewed it"


def test_what_nobody_knows_who_cut_loosens_as_what_nobody_knows_who_wrote() -> None:
    """Nobody knows that it was an agent; and lines that went beside it are no part of it."""
    unknown = Origin(Author.human, Evidence.typed, cut=Cut())
    assert [no_agent(one) for one in (TYPED, STANDING, unknown, CUT, AGENT)] == [
        True,
        True,
        True,
        False,
        False,
    ]
    runs = (Run(3, BESIDE), Run(3, CUT), Run(3, TYPED))
    assert in_doubt(b"ab\ncd\nef\n", runs, Span(0, 9)) == (CUT,)


@pytest.mark.parametrize(
    "several, places",
    [
        ((BESIDE, BESIDE, TYPED), [0, 2]),
        ((TYPED, BESIDE, BESIDE), [4, 6]),
        ((BESIDE, TYPED, BESIDE), [0, 6]),
        ((BESIDE, STANDING, TYPED), [0, 2]),
        ((TYPED, AGENT, BESIDE), [4, 6]),
        ((BESIDE, BESIDE, BESIDE), [0, 2, 4, 6]),
        ((TYPED, CUT, TYPED), []),
    ],
)
def test_where_lines_went_is_seen_by_those_around(several: tuple[Origin, ...], places: list[int]) -> None:
    """Where one of these is such that nothing is noted of it, the other tells alone."""
    runs = tuple(Run(2, origin) for origin in several)
    assert [gap.at for gap in gaps(b"a\nb\nc\n", runs)] == places


@pytest.mark.parametrize("tool", ["cursor", "windsurf", "copilot", "codex", "gemini"])
def test_a_tool_that_does_not_tell_where_it_took_something_loosens_nothing_either(
    world: World, capsys: pytest.CaptureFixture[str], tool: str
) -> None:
    """The record knows the lines of the file before."""
    world.write("app.py", b"eval(a)\n")
    typed(world, "assaymark.toml", 'level = "strict"\nexclude = ["app.py.old"]\n')
    assert rules_in(report(capsys)) == ["eval-code"]
    told = Agents().edit(tool, world.top, world.top / "assaymark.toml", ".old", "")
    assert hook(tool, json.dumps(told)) == 0
    assert rules_in(report(capsys)) == ["eval-code"]
