"""
Every setting: its name, what it takes, what it does, what makes it looser, and who may do that.

Invariants:
    Files write the name as it stands here, editors in camelCase, the command line with two dashes before it.
    A dot is one of TOML's: `notes.include` is `include` in the table `notes`; likewise in an editor's object.
    This table is all there is: reading, precedence, trust and the reference are made from it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assaymark.dataclass import dataclass
from assaymark.finding import Level, Severity
from assaymark.settings import shapes, stricter
from assaymark.settings.layer import Layer
from assaymark.settings.shapes import Shape
from assaymark.settings.values import Answers, Bandit, BeforeCommit, Hints, Settings

TOOLS = ("ruff", "bandit", "semgrep")
IN_NOTES = ("tool", "model", "person")

_WOULD = {
    "ignore": "rule {} is ignored",
    "exclude": "{} is excluded",
    "defer": "findings are left to {}",
    "select": "rule {} is selected",
    "rules": "rules are taken from {}",
}
_PEOPLE = frozenset((Layer.user, Layer.editor, Layer.folder, Layer.command_line, Layer.managed))
_ANYBODY = _PEOPLE | {Layer.repository}


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """
    One setting.

    *field* is its place in Settings, *takes* what may be written, *about* what it does, *looser* what makes a
    value looser than another, and *stricter* the function that tells. *loosened_by*: who may loosen it; what
    the others say still counts as far as it is stricter. *adds*: every layer adds to it, none takes away.
    *costs*: what comes with code that is not trusted does not count at all, since more of it costs the user.
    """

    name: str
    field: str
    takes: str
    about: str
    looser: str
    shape: Shape
    stricter: Callable[[Any, Any], Any]
    loosened_by: frozenset[Layer] = _ANYBODY
    adds: bool = False
    costs: bool = False

    def doubted(self, item: str) -> str:
        """What *item* of its list would do, for who is told that it is not honoured."""
        return _WOULD.get(self.name, f"`{self.name}` has {{}}").format(item)

    @property
    def camel(self) -> str:
        """Its name in editors."""
        first, *rest = self.name.split("-")
        return first + "".join(word.title() for word in rest)

    @property
    def default(self) -> object:
        return _at(Settings(), self.field)

    def value_in(self, settings: Settings) -> object:
        return _at(settings, self.field)


DECLARED: tuple[Setting, ...] = (
    Setting(
        "severity",
        "severity",
        "`low`, `medium`, `high` or `critical`",
        "the lowest severity that is shown",
        "higher",
        shapes.one_of(Severity),
        stricter.less,
    ),
    Setting(
        "level",
        "level",
        "`default`, `strict` or `pedantic`",
        "which rules are asked: `strict` adds those that are often in the way, `pedantic` all others",
        "less pedantic",
        shapes.one_of(Level),
        stricter.more,
    ),
    Setting(
        "fail-on",
        "gate",
        "`low`, `medium`, `high` or `critical`",
        "the gate: the lowest severity with exit code 1",
        "higher",
        shapes.one_of(Severity),
        stricter.less,
    ),
    Setting(
        "select",
        "select",
        "list of rule names; `*` stands for anything",
        "only these rules; an empty list is all",
        "names fewer",
        shapes.texts,
        stricter.wider,
    ),
    Setting(
        "ignore",
        "ignore",
        "list of rule names; `*` stands for anything",
        "not these rules",
        "names more",
        shapes.texts,
        stricter.fewer,
    ),
    Setting(
        "rules",
        "rules",
        "list of paths",
        "more rules: pages, Semgrep's `.yml`, folders of them; every layer adds to it",
        "never",
        shapes.paths,
        stricter.added,
        adds=True,
        costs=True,
    ),
    Setting(
        "exclude",
        "exclude",
        "list of path globs",
        "what is not checked, even when it is named; a glob means a file or folder at any depth, or with a"
        " `/` before it one beside the settings file",
        "names more",
        shapes.globs,
        stricter.fewer,
    ),
    Setting(
        "defer",
        "defer",
        "list of `ruff`, `bandit`, `semgrep`",
        "tools that speak for themselves: findings whose rule covers a check that the tool has enabled in"
        " this repository are hidden, and counted",
        "names more",
        shapes.some_of(TOOLS),
        stricter.fewer,
    ),
    Setting(
        "bandit",
        "bandit",
        "`rest`, `all` or `off`",
        "what bandit is asked: the tests that no page covers and those of its plugins, all tests, or nothing",
        "less is asked",
        shapes.one_of(Bandit),
        stricter.bandit,
    ),
    Setting(
        "baseline",
        "baseline",
        "path",
        "the file of known findings, which are hidden, and counted",
        "another file",
        shapes.path,
        stricter.none,
    ),
    Setting(
        "foreign-comments",
        "foreign_comments",
        "`true` or `false`",
        "whether `# nosec`, `# noqa: S…` and `# nosemgrep` are honoured",
        "`true`",
        shapes.truth,
        stricter.both,
    ),
    Setting(
        "workspace-diagnostics",
        "workspace_diagnostics",
        "`true` or `false`",
        "whether an editor is told of the whole workspace without asking",
        "`false`",
        shapes.truth,
        stricter.either,
        _PEOPLE,
    ),
    Setting(
        "typing-delay",
        "typing_delay_ms",
        "milliseconds, at most 60,000; 0 is at once",
        "how long a new finding in the statement being typed waits",
        "longer",
        shapes.milliseconds,
        stricter.less,
        _PEOPLE,
    ),
    Setting(
        "bandit-delay",
        "bandit_delay_ms",
        "milliseconds, at most 60,000",
        "how long typing rests before bandit is asked",
        "longer",
        shapes.milliseconds,
        stricter.less,
        _PEOPLE,
    ),
    Setting(
        "origin-hints",
        "hints",
        "`off`, `uncommitted` or `all`",
        "behind which lines of an AI that nobody reviewed an editor shows a hint: none, those that are not"
        " committed yet, or all",
        "fewer have one",
        shapes.one_of(Hints),
        stricter.hints,
        _PEOPLE,
    ),
    Setting(
        "origin-hints-model",
        "hints_name_model",
        "`true` or `false`",
        "whether such a hint names the model",
        "`false`",
        shapes.truth,
        stricter.either,
        _PEOPLE,
    ),
    Setting(
        "quiet",
        "quiet",
        "`true` or `false`",
        "whether an editor shows findings only: no hint, no lens, and nothing of where lines come from",
        "`true`",
        shapes.truth,
        stricter.both,
        _PEOPLE,
    ),
    Setting(
        "notes.include",
        "notes_include",
        "list of `tool`, `model`, `person`",
        "what git notes say of who wrote lines, which is what leaves the machine when they are pushed: the"
        " tool, its model, the person whose commit it is",
        "names more",
        shapes.some_of(IN_NOTES),
        stricter.fewer,
        _PEOPLE,
    ),
    Setting(
        "record",
        "record",
        "`true` or `false`",
        "whether an editor records where lines come from, and reads what is recorded",
        "`false`",
        shapes.truth,
        stricter.either,
        _PEOPLE,
    ),
    Setting(
        "gate.pre-commit",
        "before_commit",
        "`off`, `warn` or `block`",
        "what git's hook (`assaymark hooks install git`) does about findings at or above the gate in staged"
        " lines that nobody read: nothing, say so, or let nothing be committed",
        "`off`, or `warn` where it was `block`",
        shapes.one_of(BeforeCommit),
        stricter.before_commit,
        _PEOPLE,
    ),
    Setting(
        "agent.answer",
        "agent_answer",
        "`on`, `edits` or `off`",
        "when hooks tell a coding agent what is found in the lines that it writes: after each edit and once"
        " at its end, only after each edit, or never",
        "less is said",
        shapes.one_of(Answers),
        stricter.answers,
        _PEOPLE,
    ),
    Setting(
        "timeout",
        "seconds",
        "seconds, less than 86,400",
        "the longest that a file may take on the command line, or it has failed; in an editor, bandit",
        "shorter",
        shapes.seconds,
        stricter.more,
        _PEOPLE,
        costs=True,
    ),
    Setting(
        "max-bytes",
        "limits.max_bytes",
        "whole number, at most 1,000,000,000",
        "the largest file that is analysed; a larger one has failed",
        "smaller",
        shapes.n_bytes,
        stricter.more,
        _PEOPLE,
        costs=True,
    ),
)

BY_NAME = {setting.name: setting for setting in DECLARED}


def _at(settings: Settings, field: str) -> object:
    value: object = settings
    for name in field.split("."):
        value = getattr(value, name)
    return value
