"""
`assaymark doctor`: what this installation is made of, and what is wrong with it.

Invariants:
    It writes nothing and checks no code; what is missing is said with what would put it right.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from assaymark.cli.cache import place
from assaymark.cli.output import say, style
from assaymark.cli.second import left
from assaymark.cli.settings_table import advice, not_understood, proposals
from assaymark.cli.style import Style, harmless
from assaymark.cli.typed import doubts_here
from assaymark.cli.version import version
from assaymark.dataclass import dataclass
from assaymark.engines.bandit.words import PEDANTIC
from assaymark.finding import Level
from assaymark.repository import git
from assaymark.rules.loading import load
from assaymark.rules.pages import RulesNotFoundError, pages_folder
from assaymark.second.environment import plugins
from assaymark.settings.standing import Lookup, Standing, our_places
from assaymark.settings.values import Settings
from assaymark.syntax.languages import Unavailable, grammar, providers

BROKEN = 2
_DISTRIBUTIONS = (
    "tree-sitter",
    "tree-sitter-python",
    "tree-sitter-languages",
    "pygls",
    "lsprotocol",
    "bandit",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was looked at; *problem* says what is wrong with it, and *ours* that we need it."""

    name: str
    state: str
    problem: str = ""
    ours: bool = True


def doctor() -> int:
    """The exit code. Effect: prints what was found."""
    lines = [*_program(), *_grammars(), *_rules(), *_places(), *_settings()]
    say(_shown(lines, style()))
    return BROKEN if any(line.problem and line.ours for line in lines) else 0


def _shown(lines: list[Line], style: Style) -> Iterator[str]:
    width = max(len(line.name) for line in lines)
    for line in lines:
        role = "mark" if line.ours else "medium"
        problem = f" {style(role, harmless(line.problem))}" if line.problem else ""
        yield f"{line.name:{width}}  {harmless(line.state)}{problem}".rstrip() + "\n"
    n_problems = sum(bool(line.problem) and line.ours for line in lines)
    yield f"{n_problems} problem{'' if n_problems == 1 else 's'}.\n" if n_problems else "No problems.\n"


def _program() -> Iterator[Line]:
    yield Line("assaymark", f"{version()}, {Path(__file__).parents[1]}")
    yield Line(
        "python", f"{platform.python_version()}, {sys.executable or 'not known where'}, {platform.system()}"
    )
    for name in _DISTRIBUTIONS:
        try:
            yield Line(name, metadata.version(name))
        except metadata.PackageNotFoundError:
            needed = not (name == "tree-sitter-languages" and sys.version_info >= (3, 13))
            yield Line(name, "not installed", f"pip install {name}" if needed else "", ours=needed)


def _grammars() -> Iterator[Line]:
    official = [provider for provider in providers() if provider.distribution != "tree-sitter-languages"]
    for provider in official:
        problem = provider.problem or _grammar_problem(provider.language)
        yield Line(f"grammar {provider.language}", f"from {provider.distribution}", problem)
    others = [provider for provider in providers() if provider not in official]
    names = ", ".join(provider.language for provider in others)
    problem = next((provider.problem for provider in others if provider.problem), "")
    yield Line("other grammars", f"from tree-sitter-languages: {names}", problem, ours=False)


def _grammar_problem(language: str) -> str:
    try:
        grammar(language)
    except Unavailable as error:
        return str(error)
    return ""


def _rules() -> Iterator[Line]:
    try:
        folder, rules = pages_folder(), load()
    except RulesNotFoundError as error:
        yield Line("rule pages", "none", str(error))
        return
    yield Line("rule pages", f"{len(rules.rules)} rules, {folder}")
    yield Line("bandit answers", _left_to_bandit(left(rules)))
    others = plugins(sys.path, (str(Path.cwd()),))
    if others:
        yield Line("bandit's plugins", ", ".join(others))
    for problem in rules.problems:
        yield Line("rule page", "left out:", str(problem))


def _left_to_bandit(tests: tuple[str, ...]) -> str:
    if not tests:
        return "none of its tests but those of plugins: pages cover all"
    level = Level.pedantic if PEDANTIC.issuperset(tests) else Level.strict
    them = "it" if len(tests) == 1 else "them"
    return f"{', '.join(tests)} (no page covers {them}; shown from --level {level.value})"


def _settings() -> Iterator[Line]:
    here = str(Path.cwd())
    found = Lookup(Standing(our_places(), doubts=doubts_here), here).at(here)
    files = [given for given in (found.file,) if given]
    yield Line("settings", f"{files[0]}; --settings shows all" if files else "none of the repository")
    for wrong in not_understood(found):
        yield Line("settings", "not understood:", wrong)
    for tool, n_rules in proposals(str(Path(here, "x.py")), found):
        yield Line(tool, advice(tool, n_rules), ours=False)


def _ledger() -> Line:
    # Late: what else is looked at needs no database.
    from assaymark.cli.ledger import facts_of_place

    said, wrong = facts_of_place(str(Path.cwd()))
    return Line("ledger", said, wrong, ours=False)


def _places() -> Iterator[Line]:
    where = place()
    if where is None:
        yield Line("cache", "none", "the user's cache folder lies inside a repository", ours=False)
    elif where.exists():
        yield Line("cache", f"{where.stat().st_size:,} bytes, {where.parent}")
    else:
        folder = next(above for above in where.parents if above.exists())
        writable = os.access(folder, os.W_OK)
        yield Line("cache", f"empty, {where.parent}", "" if writable else "cannot be written", ours=False)
    yield _ledger()
    found, needs = git.version(), "not found on PATH: --staged and --diff need it"
    yield Line(
        "git",
        f"{found.removeprefix('git version ')}, {git.program()}" if found else "",
        "" if found else needs,
        ours=False,
    )
    settings = Settings()
    limits = settings.limits
    yield Line(
        "limits",
        f"a file {limits.max_bytes:,} bytes and {settings.seconds:g} s, a line {limits.max_line:,} bytes,"
        f" a rule {limits.max_steps:,} steps",
    )
