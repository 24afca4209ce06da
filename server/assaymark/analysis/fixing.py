"""
Fixes made in a text, and whether they hold.

A fix holds when, in the text with it, its finding is gone, no other came, and the grammar understands as
much as before. That is seen by advancing the analysis, so it costs what the fix touches.

Invariants:
    Of fixes that touch, the one that starts first is made, and the others are looked at again afterwards.
    A fix that does not hold is not made, and takes none along that does.
    The outcome depends on the text, the rules and what is wanted alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from assaymark.analysis.advance import advanced
from assaymark.dataclass import dataclass
from assaymark.syntax.errors import n_errors
from assaymark.text import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assaymark.analysis.snapshot import Section, Snapshot
    from assaymark.finding import Change, Finding, Fix

# Each round makes at least one fix or refuses one; more rounds than this means that fixes call for fixes.
_MOST_ROUNDS = 100
# What bandit finds is not looked for again while fixes are tried.
_SECOND_OPINION = "bandit/"

Choice: TypeAlias = "tuple[Finding, Fix]"
# Which fixes to make in a text, in the order of their findings there.
Wanted = Callable[["Snapshot"], "Sequence[Choice]"]


@dataclass(frozen=True, slots=True)
class Made:
    """A fix that was made, or refused: its finding's rule, and the line (from 0) that it stood on then."""

    rule: str
    line: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The text with the fixes, the edits of the first text that lead there, and what became of each fix."""

    snapshot: Snapshot
    edits: tuple[Edit, ...] = ()
    made: tuple[Made, ...] = ()
    refused: tuple[Made, ...] = ()


def fixed(snapshot: Snapshot, wanted: Wanted) -> Outcome:
    """*snapshot* with all fixes that are *wanted* and hold."""
    outcome, refused = Outcome(snapshot), set[tuple[str, str]]()
    for _ in range(_MOST_ROUNDS):
        chosen = _apart(choice for choice in wanted(outcome.snapshot) if _name(choice) not in refused)
        if not chosen:
            break
        outcome = _with_those_that_hold(outcome, chosen, refused)
    left = tuple(_made(outcome.snapshot, choice) for choice in wanted(outcome.snapshot))
    return Outcome(outcome.snapshot, _composed(outcome.edits), outcome.made, left)


def with_fixes(snapshot: Snapshot, chosen: Sequence[Choice]) -> Snapshot | None:
    """*snapshot* with the fixes of *chosen*, which do not touch; None when they do not hold together."""
    after = advanced(snapshot, edits_of(snapshot, [change for _, fix in chosen for change in fix.changes]))
    gone, come = _difference(snapshot, after)
    if n_errors(section.piece for section in come) > n_errors(section.piece for section in gone):
        return None
    before, left = _rules_found(gone), _rules_found(come)
    ended = Counter(finding.rule for finding, _ in chosen)
    if left.total() > before.total() - ended.total():
        return None
    stays = any(left[rule] > before[rule] - n_ended for rule, n_ended in ended.items())
    return None if stays else after


def edits_of(snapshot: Snapshot, changes: Iterable[Change]) -> list[Edit]:
    """*changes*, which do not overlap, as edits to be made one after the other: the last one first."""
    ordered = sorted(changes, key=lambda change: change.span, reverse=True)
    # A fix is written with LF, and follows the text.
    crlf = any(b"\n" in change.new for change in ordered) and _ends_crlf(snapshot)
    return [Edit(change.span, _with_crlf(change.new) if crlf else change.new) for change in ordered]


def _with_those_that_hold(
    outcome: Outcome, chosen: Sequence[Choice], refused: set[tuple[str, str]]
) -> Outcome:
    """
    *outcome* with the fixes of *chosen* that hold.

    Effect: *refused* has the names of the others.
    """
    before = outcome.snapshot
    after = with_fixes(before, chosen)
    if after is not None:
        edits = edits_of(before, [change for _, fix in chosen for change in fix.changes])
        made = tuple(_made(before, choice) for choice in chosen)
        return Outcome(after, (*outcome.edits, *edits), (*outcome.made, *made))
    if len(chosen) == 1:
        refused.add(_name(chosen[0]))
        return outcome
    # The later half first: it moves nothing of the earlier one.
    middle = len(chosen) // 2
    outcome = _with_those_that_hold(outcome, chosen[middle:], refused)
    return _with_those_that_hold(outcome, chosen[:middle], refused)


def _apart(choices: Iterable[Choice]) -> list[Choice]:
    """Of *choices* those that do not touch each other, from the start of the text on."""
    chosen: list[Choice] = []
    end = -1
    for finding, fix in choices:
        if fix.changes and min(change.span.start for change in fix.changes) > end:
            chosen.append((finding, fix))
            end = max(change.span.end for change in fix.changes)
    return chosen


def _difference(before: Snapshot, after: Snapshot) -> tuple[list[Section], list[Section]]:
    """The sections that only one of the two has."""
    old, new = ({id(section): section for section in snapshot.text} for snapshot in (before, after))
    gone = [section for key, section in old.items() if key not in new]
    return gone, [section for key, section in new.items() if key not in old]


def _rules_found(sections: Iterable[Section]) -> Counter[str]:
    rules = (finding.rule for section in sections for finding in section.findings)
    return Counter(rule for rule in rules if not rule.startswith(_SECOND_OPINION))


def _ends_crlf(snapshot: Snapshot) -> bool:
    """Whether every line of the text ends with CRLF."""
    counts = [
        (section.chunk.data.count(b"\r\n"), section.chunk.data.count(b"\n")) for section in snapshot.text
    ]
    return any(crlf for crlf, _ in counts) and all(crlf == lf for crlf, lf in counts)


def _with_crlf(new: bytes) -> bytes:
    return new.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _composed(edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """
    What *edits* come to, each relative to the text that the ones before it made: edits of the first text,
    in its order, that do not touch.
    """
    pieces: list[Edit] = []
    for edit in edits:
        pieces = _with_one_more(pieces, edit)
    return tuple(pieces)


def _with_one_more(pieces: Sequence[Edit], edit: Edit) -> list[Edit]:
    before: list[Edit] = []
    touched: list[tuple[Edit, Span]] = []
    behind: list[Edit] = []
    growth = 0
    for piece in pieces:
        stands = piece.landed.shifted(growth)
        growth += piece.growth
        if stands.touches(edit.span):
            touched.append((piece, stands))
        else:
            (before if stands.end < edit.span.start else behind).append(piece)
    return [*before, _merged(touched, edit, sum(piece.growth for piece in before)), *behind]


def _merged(touched: Sequence[tuple[Edit, Span]], edit: Edit, growth: int) -> Edit:
    """*edit* and the pieces that it touches as one; what stands before them has grown by *growth*."""
    if not touched:
        return Edit(edit.span.shifted(-growth), edit.new)
    (first, first_stands), (last, last_stands) = touched[0], touched[-1]
    start = first.span.start - max(first_stands.start - edit.span.start, 0)
    end = last.span.end + max(edit.span.end - last_stands.end, 0)
    kept = first.new[: max(edit.span.start - first_stands.start, 0)]
    left = last.new[len(last.new) - max(last_stands.end - edit.span.end, 0) :]
    return Edit(Span(start, end), kept + edit.new + left)


def _made(snapshot: Snapshot, choice: Choice) -> Made:
    return Made(choice[0].rule, snapshot.text.line_of(choice[0].span.start))


def _name(choice: Choice) -> tuple[str, str]:
    return choice[0].rule, choice[0].fingerprint
