"""
The card of an agent's session: what it did that somebody should look at, the worst first.

Invariants:
    What it says of a file compares the text before the session with the one that is there now; where the
    text before is not known any more, it says so and compares nothing.
    Findings are introduced by the session only where they touch a line that is its own.
    It is about a session, and says nothing of persons.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from assaymark.analysis.manifests import added
from assaymark.analysis.removed import Change, LeftOut, compared
from assaymark.analysis.weakened import weakened
from assaymark.finding import Severity
from assaymark.lineage.lines import line_origins
from assaymark.origin import Author
from assaymark.record.own_lines import is_of, unread, wrote

if TYPE_CHECKING:
    from assaymark.analysis.removed import GoesOn, Removed
    from assaymark.analysis.snapshot import Snapshot
    from assaymark.analysis.weakened import Weakened
    from assaymark.finding import Finding
    from assaymark.lineage.reviews import Reviews
    from assaymark.origin import Runs
    from assaymark.record.conversations import Conversation
    from assaymark.rules.ruleset import RuleSet
    from assaymark.settings.loosening import Loosening


class Kind(enum.Enum):
    """What an item of a card is about, in the order in which equally bad ones stand."""

    guard = "guard removed"
    test = "test weakened"
    finding = "finding introduced"
    setting = "setting loosened"
    suppression = "suppression added"
    hook = "hook added"
    permission = "permission added"
    dependency = "dependency added"
    outside = "file outside of the folder"


class Item(NamedTuple):
    """
    One thing to look at: *line* (from 1) is where it stands now, None where there is nothing left of it.

    *rule* is that of a finding or of a guard, *who* set a setting, as far as the record knows.
    """

    kind: Kind
    severity: Severity
    path: str
    line: int | None
    text: str
    rule: str = ""
    who: str = ""


class UnreadLines(NamedTuple):
    """Lines *first* to *last* (from 1) of a file that the session wrote and nobody has reviewed."""

    path: str
    first: int
    last: int


class File(NamedTuple):
    """
    A file that the session wrote: what it held before (None if that is not known) and holds now.

    *exact* says that the text before is the one that was recorded. The texts are analysed where they can be;
    *now* has the origins of its bytes, which are *runs*. *alone*: nobody else changed it in between. *why*
    says why it is not looked at.
    """

    path: str
    before: bytes | None
    after: bytes
    exact: bool
    then: Snapshot | None
    now: Snapshot | None
    runs: Runs = ()
    alone: bool = False
    why: str = ""


class Card(NamedTuple):
    """A session, what is to be looked at, which findings it fixed, and which of its lines are unread."""

    conversation: Conversation
    items: tuple[Item, ...]
    fixed: tuple[Finding, ...]
    unread: tuple[UnreadLines, ...]
    files: tuple[File, ...]
    problems: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    @property
    def n_unread(self) -> int:
        return sum(one.last - one.first + 1 for one in self.unread)


# Which of our settings the change of a file loosens, by path, text before and after.
Loosened = Callable[[str, bytes, bytes], "Iterable[Loosening]"]
_SESSION, _UNKNOWN = "the session", "unknown"
_WHO = {
    Author.human: "typed in the editor",
    Author.tool: "a tool of the editor",
    Author.ai: "another session",
}


def card(
    conversation: Conversation,
    files: Sequence[File],
    rules: RuleSet,
    reviews: Reviews,
    loosened: Loosened,
    goes_on: GoesOn = lambda _: True,
) -> Card:
    """The card of *conversation*, which wrote *files*; *goes_on* tells whether there is time for one more."""
    known = [file for file in files if file.before is not None]
    changes = [Change(file.path, file.before or b"", file.after) for file in known]
    comparison, tests = compared(changes, rules, goes_on), weakened(changes)
    named = {one.path for one in comparison.left_out}
    left_out = [
        *(LeftOut(file.path, _why(file)) for file in files if file.before is None),
        *comparison.left_out,
        *(one for one in tests.left_out if one.path not in named),
    ]
    items = [
        *_guards(comparison.removed),
        *(item for file in files for item in _findings(file, conversation)),
        *_tests(tests.found),
        *(item for file in known for item in _suppressions(file)),
        *(item for file in known for item in _settings(file, loosened, conversation)),
        *(item for file in known for item in _additions(file)),
        *(
            Item(Kind.outside, Severity.medium, path, None, "written outside of the working folder")
            for path in conversation.outside
        ),
    ]
    order = list(Kind)
    worst = list(Severity)[::-1]
    items.sort(key=lambda one: (worst.index(one.severity), order.index(one.kind), one.path, one.line or 0))
    runs = tuple(
        UnreadLines(file.path, *lines)
        for file in files
        if file.now is not None
        for lines in unread(file.now, conversation, reviews)
    )
    problems = tuple(_problems(files, left_out))
    return Card(
        conversation, tuple(items), tuple(_fixed(known)), runs, tuple(files), problems, tuple(left_out)
    )


def _why(file: File) -> str:
    """Why *file*, of which there is no text before, is not compared."""
    return file.why or "what it held before the session is not known"


def _guards(removed: Iterable[Removed]) -> Iterator[Item]:
    for one in removed:
        path, line = one.now
        where = "" if one.scope == "<module>" else f" (in {one.scope})"
        yield Item(Kind.guard, one.severity, path, line, f"{one.message}{where}", one.rule)


def _findings(file: File, conversation: Conversation) -> Iterator[Item]:
    if file.now is None:
        return
    known = Counter(_mark(one) for one in file.then.findings()) if file.then is not None else Counter()
    for finding in file.now.findings():
        known[_mark(finding)] -= 1
        if known[_mark(finding)] < 0 and _is_its(file.now, finding, conversation):
            line = file.now.text.line_of(finding.span.start) + 1
            yield Item(Kind.finding, finding.severity, file.path, line, finding.message, finding.rule)


def _is_its(snapshot: Snapshot, finding: Finding, conversation: Conversation) -> bool:
    """Whether a line of *finding* is the session's own."""
    text = snapshot.text
    first, last = (
        text.line_of(finding.span.start),
        text.line_of(max(finding.span.start, finding.span.end - 1)),
    )
    return any(wrote(snapshot, line, conversation) for line in range(first, last + 1))


def _fixed(files: Sequence[File]) -> Iterator[Finding]:
    for file in files:
        if file.then is None or file.now is None:
            continue
        left = Counter(_mark(one) for one in file.now.findings())
        for finding in file.then.findings():
            left[_mark(finding)] -= 1
            if left[_mark(finding)] < 0:
                yield finding


def _mark(finding: Finding) -> tuple[str, str]:
    return finding.rule, finding.fingerprint


_OF_TESTS = {
    "deleted": (Severity.high, "the test {0.name} is gone"),
    "skipped": (Severity.medium, "the test {0.name} is skipped now ({0.n_before} before, {0.n_after} now)"),
    "fewer assertions": (
        Severity.medium,
        "the test {0.name} asserts less ({0.n_before} before, {0.n_after} now)",
    ),
    "alone": (Severity.medium, "the test {0.name} keeps others from running (only)"),
}


def _tests(found: Iterable[Weakened]) -> Iterator[Item]:
    for one in found:
        severity, text = _OF_TESTS[one.what]
        said = text.format(one)
        if one.what == "deleted" and one.n_before > 1:
            said = f"the tests {one.name} are gone, {one.n_before} of them"
        yield Item(Kind.test, severity, one.path, one.now, said)


def _suppressions(file: File) -> Iterator[Item]:
    known = Counter(text for _, text in _silences(file.then))
    for line, text in _silences(file.now):
        known[text] -= 1
        if known[text] < 0:
            yield Item(Kind.suppression, Severity.medium, file.path, line, text)


def _silences(snapshot: Snapshot | None) -> Iterator[tuple[int, str]]:
    """The comments that silence, by line (from 1), as they are spelled."""
    for place in snapshot.text.places() if snapshot is not None else ():
        for one in place.leaf.heard.placed if place.leaf.heard is not None else ():
            names = ", ".join(name.text for name in one.silence.names) or "everything"
            yield place.line + one.line + 1, f"a comment silences {names}"


def _settings(file: File, loosened: Loosened, conversation: Conversation) -> Iterator[Item]:
    for text, line in loosened(file.path, file.before or b"", file.after):
        who = _who(file, line, conversation)
        yield Item(Kind.setting, Severity.high, file.path, line, text, who=who)


def _who(file: File, line: int | None, conversation: Conversation) -> str:
    """Who wrote *line* (from 1) of *file*, or took one away, as far as the record knows."""
    if file.alone:
        return _SESSION
    if line is None:
        return _UNKNOWN
    origins = [part.origin for part in line_origins(file.after, file.runs)[line - 1].parts]
    if any(is_of(origin, conversation) for origin in origins):
        return _SESSION
    authors = {origin.author for origin in origins}
    return _WHO.get(next(iter(authors)), _UNKNOWN) if len(authors) == 1 else _UNKNOWN


_ADDED: Mapping[str, tuple[Kind, Severity]] = {
    "dependency": (Kind.dependency, Severity.medium),
    "permission": (Kind.permission, Severity.high),
    "hook": (Kind.hook, Severity.high),
}


def _additions(file: File) -> Iterator[Item]:
    for one in added(file.path, file.before or b"", file.after):
        kind, severity = _ADDED[one.kind]
        yield Item(kind, severity, file.path, None, one.name)


def _problems(files: Sequence[File], left_out: Sequence[LeftOut]) -> Iterator[str]:
    yield from (f"{path}: not compared in full: {why}. This is not a pass" for path, why in left_out)
    for file in files:
        if file.before is not None and not file.exact:
            yield f"{file.path}: compared with the last commit before the session"
