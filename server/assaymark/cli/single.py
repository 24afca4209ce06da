"""
One text checked: bytes in, a state and findings out.

Invariants:
    Nothing raises and nothing runs for ever: what goes wrong becomes the state of the file.
    A reason names what happened, never a piece of the text.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, TypeVar

from assaymark.analysis.advance import needed, opened
from assaymark.analysis.settling import settled
from assaymark.analysis.snapshot import Limits, Snapshot, State
from assaymark.cli.not_understood import disguised, in_cell, lost
from assaymark.cli.report import Checked, Position, Reported, Withheld, offsets
from assaymark.cli.usage import UsageError, did_you_mean, fault
from assaymark.dataclass import dataclass, field, replace
from assaymark.engines.bandit.opinion import Opinion
from assaymark.engines.bandit.terms import test_of
from assaymark.finding import Finding
from assaymark.lineage.trusting import MayLoosen, anybody
from assaymark.rules.loading import load
from assaymark.rules.pages import RulesNotFoundError
from assaymark.rules.ruleset import RuleSet
from assaymark.second.asking import Second, opinion_here, second_of
from assaymark.settings.layer import Layer
from assaymark.settings.resolving import Refused, Resolved
from assaymark.settings.values import Bandit, Settings
from assaymark.settings.wish import wish_of
from assaymark.syntax.languages import language_of
from assaymark.text import Span
from assaymark.workspace.project import is_notebook, repository_of, rule_path
from assaymark.workspace.reading import Source, Unreadable, decoded
from assaymark.workspace.today import today

if TYPE_CHECKING:
    from assaymark.lineage.trusting import Doubts
    from assaymark.origin import Runs
    from assaymark.workspace.notebook_file import Notebook

T = TypeVar("T")
# What stands for a file in git where Git LFS has its content (its spec, version 1).
_POINTER = b"version https://git-lfs.github.com/spec/v1\n"
_ELSEWHERE = "Git LFS has its content; run: git lfs pull"


@dataclass(frozen=True, slots=True)
class Asked:
    """
    What a text is checked with: the settings, the rules that they ask for, and the day.

    Without *second*, bandit is not asked. *trusted*: what the project tells bandit is honoured. *lines* tells
    the origins of a text, where they decide something; whose comments silence is told by *may_loosen*.
    """

    settings: Settings
    rules: RuleSet
    second: Second | None = None
    trusted: bool = True
    today: int = field(default_factory=today)
    lines: Callable[[Text], Runs] | None = None
    may_loosen: MayLoosen = anybody
    # What of the rules' files is not honoured.
    refused: tuple[Refused, ...] = ()

    @property
    def limits(self) -> Limits:
        return self.settings.limits

    @property
    def seconds(self) -> float:
        return self.settings.seconds


@dataclass(frozen=True, slots=True)
class Text:
    """A text to analyse: the path by which rules know it, its language, and how its file spells it."""

    content: bytes
    known_as: str
    language: str
    form: Source | Notebook


def asked(
    settings: Settings,
    resolved: Resolved | None = None,
    *,
    trusted: bool = True,
    doubts: Doubts | None = None,
) -> Asked:
    """
    What *settings* ask for, loaded. Raises UsageError for rules that there are not.

    *resolved* tells where each setting was set, for those who wrote it; *doubts* says what of the files of
    rules and of bandit is not honoured, by default what an agent wrote.
    """
    try:
        rules, refused = _loaded(settings.rules, doubts or _doubts)
    except RulesNotFoundError as error:
        raise UsageError(_at("rules", resolved) + str(error)) from error
    # A rule that was left out is not unknown: that it was is said, and is what is wrong.
    left_out = {problem.rule or Path(problem.path).stem for problem in rules.problems}
    for setting, names in (("select", settings.select), ("ignore", settings.ignore)):
        # What bandit finds has the names of its tests, and more of them when it has plugins.
        ours = (name for name in names if name not in left_out and not test_of(name))
        for name in rules.unknown(ours):
            guess = did_you_mean(name, (rule.id for rule in rules.rules))
            msg = f"{_at(setting, resolved)}no rule is called {name!r}{guess}"
            raise UsageError(msg)
    chosen = rules.selected(settings.select, settings.ignore).up_to(settings.level)
    second = _second(settings, rules, doubts or _doubts, trusted=trusted)
    return Asked(settings, chosen, second, trusted, refused=refused)


def _loaded(extra: Sequence[Path], doubts: Doubts) -> tuple[RuleSet, tuple[Refused, ...]]:
    """The rules, and what of those in *extra* is not honoured."""
    if not extra:
        return load(), ()
    # Late, all of it: few repositories have rules of their own.
    from assaymark.record.rules import loaded

    found = loaded(extra, doubts)
    return found.rules, found.refused


def _second(settings: Settings, rules: RuleSet, doubts: Doubts, *, trusted: bool) -> Second | None:
    if settings.bandit is Bandit.off:
        return None
    here = str(Path.cwd())
    wish = wish_of(settings, trusted=trusted)
    return second_of(wish, rules.rules, repository_of(here) or here, doubts)


def _doubts(place: str, raw: bytes) -> Sequence[tuple[int, int, str]]:
    """What of the file *place*, which holds *raw*, is not honoured."""
    from assaymark.record.doubting import Doubting

    return Doubting(today())(place, raw)


def _at(setting: str, resolved: Resolved | None) -> str:
    """The place in a file where *setting* was set, before a complaint; who typed it knows."""
    held = None if resolved is None else resolved.of(setting)
    return "" if held is None or held.layer is Layer.command_line else f"{held.where}: "


class TimedOut(BaseException):
    """The time of a file is over; no `except Exception` on the way may swallow it."""


def checked(raw: bytes | Unreadable, path: str, asked: Asked) -> Checked:
    """What there is to say about the file *path* that holds *raw*."""
    text = text_of(raw, path)
    if isinstance(text, Checked):
        return text
    said = _opinion(text, asked)
    try:
        result = within(asked.seconds, lambda: _analysed(text, path, asked, said))
        return replace(result, notes=(*result.notes, said.note)) if said.note else result
    except TimedOut:
        return Checked(path, State.timed_out, f"timed out after {asked.seconds:g} s")
    except Exception as error:  # noqa: BLE001, a fault of ours is a failed file and not the end of the run
        return Checked(path, State.failed, fault(error))


def text_of(raw: bytes | Unreadable, path: str) -> Text | Checked:
    """The text to analyse in the file *path* that holds *raw*; where there is none, what there is to say."""
    if isinstance(raw, Unreadable):
        return Checked(path, State.failed, raw.reason)
    if is_notebook(path):
        return _text_of_notebook(raw, path)
    language = language_of(path, raw[:256].split(b"\n", 1)[0])
    if language is None:
        return Checked(path, State.not_analysed, "no analysis for this kind of file")
    source = decoded(raw, language) if not raw.startswith(_POINTER) else Unreadable(_ELSEWHERE)
    if isinstance(source, Unreadable):
        return Checked(path, State.failed, source.reason)
    return Text(source.content, rule_path(path), language, source)


def _text_of_notebook(raw: bytes, path: str) -> Text | Checked:
    # Late: most checks meet no notebook.
    from assaymark.workspace.notebook import NotANotebookError, OtherLanguageError, known_as
    from assaymark.workspace.notebook_file import notebook

    try:
        whole = notebook(raw)
    except OtherLanguageError as error:
        return Checked(path, State.not_analysed, str(error))
    except NotANotebookError as error:
        return Checked(path, State.failed, str(error))
    return Text(whole.joined.source, known_as(rule_path(path)), "python", whole)


def _opinion(text: Text, asked: Asked) -> Opinion:
    """What bandit says, if it is asked; it has the time of a file for itself."""
    second, limits = asked.second, asked.limits
    if second is None or text.language != "python" or len(text.content) > limits.max_bytes:
        return Opinion()
    try:
        return within(asked.seconds, lambda: opinion_here(text.content, text.known_as, second))
    except TimedOut:
        return Opinion(unread=f"timed out after {asked.seconds:g} s")
    except Exception as error:  # noqa: BLE001, what bandit makes of a file does not cost what the rules do
        return Opinion(unread=fault(error))


def _analysed(text: Text, path: str, asked: Asked, said: Opinion) -> Checked:
    notes = tuple(disguised(text))
    if not said.findings and not needed(text.content, text.known_as, asked.rules, text.language):
        return Checked(path, State.clean, notes=notes)
    snapshot = analysis_of(text, asked)
    tested = frozenset[str]() if asked.second is None or said.unread else asked.second.rules
    result = reported(settled(snapshot, said.findings, tested), path, text)
    return replace(result, notes=(*lost(snapshot, text), *notes))


def analysis_of(text: Text, asked: Asked) -> Snapshot:
    """The analysis of *text* with what is *asked*."""
    return opened(
        text.content,
        text.known_as,
        asked.rules,
        asked.limits,
        today=asked.today,
        foreign=asked.settings.foreign_comments,
        origins=None if asked.lines is None else asked.lines(text),
        may_loosen=asked.may_loosen,
    )


def reported(snapshot: Snapshot, path: str, text: Text) -> Checked:
    """What there is to say about the *text* of the file *path* that *snapshot* is of."""
    found, silenced = snapshot.findings(), snapshot.silenced()
    named = {finding: offsets(finding) for finding in (*found, *(one.finding for one in silenced))}
    positions = _positions(sorted(set().union(*named.values())), snapshot)
    if not isinstance(text.form, Source):
        form = text.form
        positions = {offset: in_cell(at, form.place(at.line - 1)) for offset, at in positions.items()}

    def at_home(finding: Finding) -> Reported:
        return Reported(finding, {offset: positions[offset] for offset in named[finding]})

    withheld = (
        Withheld(at_home(one.finding), one.silence.tool.value, one.silence.reason) for one in silenced
    )
    findings = tuple(map(at_home, found))
    return Checked(path, snapshot.state, snapshot.reason, findings, withheld=tuple(withheld))


def _positions(offsets: Sequence[int], snapshot: Snapshot) -> dict[int, Position]:
    """The positions of *offsets*, which ascend: in one pass, however many are on one long line."""
    text = snapshot.text
    positions: dict[int, Position] = {}
    at, line, column = 0, -1, 0
    for offset in offsets:
        its_line = text.line_of(offset)
        if its_line != line:
            at, line, column = text.line_span(its_line).start, its_line, 0
        column += len(text.slice(Span(at, offset)).decode("utf-8", "replace"))
        at = offset
        positions[offset] = Position(line + 1, column + 1)
    return positions


def within(seconds: float, work: Callable[[], T]) -> T:
    """
    What *work* returns. Raises TimedOut when it takes longer than *seconds* of the processor's time.

    A busy machine does not change a result; what waits for something else there is not.

    Where the platform cannot interrupt (Windows, other threads) the counted limits of the analysis
    are the only ones in a run without workers; a worker that hangs is ended from outside.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        return work()
    before = signal.signal(signal.SIGPROF, _time_is_over)
    # Again and again: an exception inside a finalizer would be lost.
    signal.setitimer(signal.ITIMER_PROF, seconds, 0.2)
    try:
        return work()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _time_is_over(number: int, frame: FrameType | None) -> None:
    raise TimedOut
