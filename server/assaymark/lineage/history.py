"""
What an editor can undo: the edits so far, and what each took away, with its origins.

An editor may undo several edits at once, and spell what it does as another edit than their inverse; so the
inverses of the last edits are made one after the other until they come to the same text.

Invariant: what undoing brings back is bytes that this text held, with the origins that they had here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from assaymark.dataclass import dataclass
from assaymark.origin import Run, Runs, sliced, spliced
from assaymark.text import Edit, Span

# What stands in a span of the text as it is now, and of what origins that is.
Standing: TypeAlias = Callable[[Span], tuple[bytes, Runs]]

# So many edits and so many bytes of what they took away are remembered, at least; twice that at most.
_MOST = 4096
_MOST_BYTES = 8_000_000
# So many edits are tried as one step of undoing.
_STEP = 512
# So many of the newest edits may have cut what is pasted.
_CUT = 64


@dataclass(frozen=True, slots=True)
class Inverse:
    """What takes an edit back: where what it brought stands, and what stood there before."""

    span: Span
    old: bytes
    runs: Runs


@dataclass(frozen=True, slots=True)
class Restored:
    """
    What an edit brings back: the origins of its own bytes, and those of a whole *span* of the text after it.

    An editor that spells the least edit leaves bytes standing that the same ones are to replace.
    """

    own: Runs
    span: Span
    runs: Runs


@dataclass(frozen=True, slots=True)
class _Stack:
    """Inverses, the newest first."""

    top: Inverse
    below: _Stack | None
    size: int
    n_bytes: int

    def __iter__(self) -> Iterator[_Stack]:
        at: _Stack | None = self
        while at is not None:
            yield at
            at = at.below


@dataclass(frozen=True, slots=True)
class History:
    """What can be undone, and what can be done again."""

    past: _Stack | None = None
    future: _Stack | None = None

    def edited(self, inverse: Inverse) -> History:
        """The history after an edit that *inverse* takes back."""
        return History(_pushed(self.past, inverse))

    def undone(self, edit: Edit, inverse: Inverse, standing: Standing) -> tuple[Restored | None, History]:
        """
        What *edit* brings back, if it undoes; and the history after it.

        *inverse* takes the edit itself back; *standing* is the text before it.
        """
        found = _taken_back(self.past, edit, standing)
        if found is None:
            return self.remembered(edit), self.edited(inverse)
        restored, below = found
        return restored, History(below, _pushed(self.future, _taking_back(restored, edit, standing)))

    def redone(self, edit: Edit, inverse: Inverse, standing: Standing) -> tuple[Restored | None, History]:
        """The same for an edit that does again what was undone."""
        found = _taken_back(self.future, edit, standing)
        if found is None:
            return self.remembered(edit), self.edited(inverse)
        restored, below = found
        return restored, History(_pushed(self.past, _taking_back(restored, edit, standing)), below)

    def remembered(self, edit: Edit) -> Restored | None:
        """The origins of just the bytes of *edit* when they last went: from its place, or from one alone."""
        gone = [inverse for inverse in self._all(_MOST) if edit.new and inverse.old == edit.new]
        here = [inverse.runs for inverse in gone if inverse.span.start == edit.span.start]
        everywhere = {inverse.runs for inverse in gone}
        runs = here[0] if here else everywhere.pop() if len(everywhere) == 1 else None
        return None if runs is None else Restored(runs, edit.landed, runs)

    def cut(self, text: bytes) -> set[Runs]:
        """The origins that *text* had where one of the newest edits took away just that."""
        return {inverse.runs for inverse in self._all(_CUT) if inverse.old == text}

    def _all(self, most: int) -> Iterator[Inverse]:
        for stack in (self.past, self.future):
            yield from (entry.top for entry, _ in zip(stack or (), range(most), strict=False))


def composed(inverses: Sequence[Inverse], standing: Standing) -> Inverse:
    """One inverse for several: each in the text that the one before makes, the first in *standing*."""
    step = inverses[0]
    for then in inverses[1:]:
        step = _composed(step, then, standing)
    return step


def _pushed(stack: _Stack | None, inverse: Inverse) -> _Stack:
    if stack is None:
        return _Stack(inverse, None, 1, len(inverse.old))
    if stack.size >= 2 * _MOST or stack.n_bytes >= 2 * _MOST_BYTES:
        stack = _newest(stack)
    size, n_bytes = (0, 0) if stack is None else (stack.size, stack.n_bytes)
    return _Stack(inverse, stack, size + 1, n_bytes + len(inverse.old))


def _newest(stack: _Stack) -> _Stack | None:
    """The newer half of *stack*."""
    kept: list[Inverse] = []
    n_bytes = 0
    for entry in stack:
        n_bytes += len(entry.top.old)
        if len(kept) == _MOST or n_bytes > _MOST_BYTES:
            break
        kept.append(entry.top)
    half: _Stack | None = None
    for inverse in reversed(kept):
        half = _pushed(half, inverse)
    return half


def _taken_back(
    stack: _Stack | None, edit: Edit, standing: Standing
) -> tuple[Restored, _Stack | None] | None:
    """What *edit* brings back, and what is left of *stack*, if it takes the newest of it back."""
    step: Inverse | None = None
    for entry, _ in zip(stack or (), range(_STEP), strict=False):
        step = entry.top if step is None else _composed(step, entry.top, standing)
        restored = _restored(step, edit, standing)
        if restored is not None:
            return restored, entry.below
    return None


def _taking_back(restored: Restored, edit: Edit, standing: Standing) -> Inverse:
    """What takes *edit* back with all that it *restored*, which may be more than it spells."""
    old, runs = standing(Span(restored.span.start, restored.span.end - edit.growth))
    return Inverse(restored.span, old, runs)


def _composed(first: Inverse, then: Inverse, standing: Standing) -> Inverse:
    """One inverse for the two, *then* being in the text that *first* makes."""
    landed = Span(first.span.start, first.span.start + len(first.old))
    # Most often they lie apart, and there may be hundreds, each of which would slice all runs so far.
    if then.span.end <= landed.start:
        between, runs = standing(Span(then.span.end, first.span.start))
        span = Span(then.span.start, first.span.end)
        return Inverse(span, then.old + between + first.old, _in_a_row(then.runs, runs, first.runs))
    if then.span.start >= landed.end:
        end = first.span.end + then.span.start - landed.end
        between, runs = standing(Span(first.span.end, end))
        span = Span(first.span.start, end + then.span.length)
        return Inverse(span, first.old + between + then.old, _in_a_row(first.runs, runs, then.runs))
    hull = Span(min(landed.start, then.span.start), max(landed.end, then.span.end))
    wide = _widened(first, Span(hull.start, hull.end - len(first.old) + first.span.length), standing)
    at = then.span.shifted(-hull.start)
    old = wide.old[: at.start] + then.old + wide.old[at.end :]
    return Inverse(wide.span, old, spliced(wide.runs, at, then.runs))


def _in_a_row(*several: Runs) -> Runs:
    """As `joined`, which looks at every run: here only the ends of each can be one with the next."""
    found: Runs = ()
    for runs in several:
        if found and runs and found[-1].origin == runs[0].origin:
            both = Run(found[-1].n_bytes + runs[0].n_bytes, runs[0].origin)
            found = (*found[:-1], both, *runs[1:])
        else:
            found += runs
    return found


def _widened(inverse: Inverse, span: Span, standing: Standing) -> Inverse:
    """*inverse* spelled for *span*, which holds its own."""
    before, runs_before = standing(Span(span.start, inverse.span.start))
    behind, runs_behind = standing(Span(inverse.span.end, span.end))
    runs = spliced(inverse.runs, Span(0, 0), runs_before)
    size = len(before) + len(inverse.old)
    return Inverse(span, before + inverse.old + behind, spliced(runs, Span(size, size), runs_behind))


def _restored(step: Inverse, edit: Edit, standing: Standing) -> Restored | None:
    """What *edit* brings back, if it makes the text that *step* makes."""
    if len(step.old) - step.span.length != edit.growth:
        return None
    hull = Span(min(step.span.start, edit.span.start), max(step.span.end, edit.span.end))
    wide = _widened(step, hull, standing)
    before, _ = standing(Span(hull.start, edit.span.start))
    behind, _ = standing(Span(edit.span.end, hull.end))
    if wide.old != before + edit.new + behind:
        return None
    start = len(before)
    own = sliced(wide.runs, start, start + len(edit.new))
    return Restored(own, Span(hull.start, hull.end + edit.growth), wide.runs)
