"""What undoing brings back has the origins that it had."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assaymark.lineage.history import History, Inverse, Restored, composed
from assaymark.origin import Author, Evidence, Origin, Run, Runs, joined, sliced, spliced
from assaymark.text import Edit, Span

TYPED = Origin(Author.human, Evidence.typed)
AGENT = Origin(Author.ai, Evidence.hook, tool="claude")


class Buffer:
    """A text with its origins, whose editor undoes as many edits at once as it likes."""

    def __init__(self, text: bytes, runs: Runs) -> None:
        self.text, self.runs, self.history = text, runs, History()

    def standing(self, span: Span) -> tuple[bytes, Runs]:
        return self.text[span.start : span.end], sliced(self.runs, span.start, span.end)

    def inverse(self, edit: Edit) -> Inverse:
        return Inverse(edit.landed, *self.standing(edit.span))

    def make(self, edit: Edit, runs: Runs) -> None:
        self.text = self.text[: edit.span.start] + edit.new + self.text[edit.span.end :]
        self.runs = spliced(self.runs, edit.span, runs)

    def bring_back(self, edit: Edit, restored: Restored) -> None:
        self.make(edit, restored.own)
        self.runs = spliced(self.runs, restored.span, restored.runs)

    def edit(self, edit: Edit, runs: Runs) -> None:
        self.history = self.history.edited(self.inverse(edit))
        self.make(edit, runs)


def _difference(old: bytes, new: bytes) -> Edit:
    """The least edit that makes *new* of *old*, as editors that compare spell an undoing."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return Edit(Span(head, len(old) - tail), new[head : len(new) - tail])


@given(st.data())
def test_undoing_and_doing_again_bring_the_origins_back(data: st.DataObject) -> None:
    """However many edits are taken back at once, and however that is spelled."""
    buffer = Buffer(b"abcdef", (Run(3, AGENT), Run(3, TYPED)))
    states = [(buffer.text, buffer.runs)]
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(buffer.text)))
        end = data.draw(st.integers(start, len(buffer.text)))
        new = data.draw(st.sampled_from([b"", b"x", b"abc", b"yz\n"]))
        origin = data.draw(st.sampled_from([AGENT, TYPED]))
        buffer.edit(Edit(Span(start, end), new), joined([(Run(len(new), origin),)]))
        states.append((buffer.text, buffer.runs))
    now = states[-1]
    target = data.draw(st.sampled_from(states[:-1]))[0]
    if target == now[0]:
        return
    edit = _difference(buffer.text, target)
    restored, history = buffer.history.undone(edit, buffer.inverse(edit), buffer.standing)
    assert restored is not None
    buffer.bring_back(edit, restored)
    # The newest of the moments that had this text.
    assert (buffer.text, buffer.runs) == next(state for state in reversed(states) if state[0] == target)
    edit = _difference(buffer.text, now[0])
    restored, _ = history.redone(edit, buffer.inverse(edit), buffer.standing)
    assert restored is not None
    buffer.bring_back(edit, restored)
    assert buffer.text == now[0]


@given(st.data())
def test_several_inverses_come_to_one(data: st.DataObject) -> None:
    """Wherever they lie: apart, beside or across each other."""
    buffer = Buffer(b"abcdefghijkl", (Run(6, AGENT), Run(6, TYPED)))
    first, inverses = (buffer.text, buffer.runs), []
    for _ in range(data.draw(st.integers(1, 5))):
        start = data.draw(st.integers(0, len(buffer.text)))
        end = min(start + data.draw(st.integers(0, 4)), len(buffer.text))
        edit = Edit(Span(start, end), data.draw(st.sampled_from([b"", b"x", b"yz\n"])))
        inverses.append(buffer.inverse(edit))
        buffer.make(edit, joined([(Run(len(edit.new), data.draw(st.sampled_from([AGENT, TYPED]))),)]))
    step = composed(inverses[::-1], buffer.standing)
    assert step.runs == joined((step.runs,))
    buffer.make(Edit(step.span, step.old), step.runs)
    assert (buffer.text, buffer.runs) == first


def test_bytes_that_never_stood_here_are_not_brought_back() -> None:
    """Then nobody knows where they come from."""
    buffer = Buffer(b"ab", (Run(2, AGENT),))
    buffer.edit(Edit(Span(0, 2), b""), ())
    edit = Edit(Span(0, 0), b"other")
    assert buffer.history.undone(edit, buffer.inverse(edit), buffer.standing)[0] is None


def test_the_history_is_bounded() -> None:
    """Old edits are forgotten, the newest can always be undone."""
    buffer = Buffer(b"", ())
    for _ in range(10_000):
        buffer.edit(Edit(Span(0, 0), b"x"), (Run(1, TYPED),))
    edit = Edit(Span(0, 1), b"")
    assert buffer.history.past is not None
    assert buffer.history.past.size < 10_000
    assert buffer.history.undone(edit, buffer.inverse(edit), buffer.standing)[0] == Restored(
        (), Span(0, 0), ()
    )
