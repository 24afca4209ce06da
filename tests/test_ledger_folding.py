"""
What events add up to, against a model that knows whose each byte is.

The model writes texts byte by byte; what it hands over are the events that programs would have reported, and
nothing else. Lines are unlike each other, since no program can tell a line that came back from one like it.
"""

from __future__ import annotations

import json
import random
import sqlite3
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assaymark.dataclass import replace
from assaymark.ledger.events import Change, Edited, Event, Moved, Reviewed, Saved, Stamp
from assaymark.ledger.folding import DISK, Around, State, anchored, filled, folded
from assaymark.ledger.merging import insert
from assaymark.ledger.order import ordered
from assaymark.ledger.plain import from_plain, to_plain
from assaymark.ledger.schema import migrate
from assaymark.ledger.secret import Secret
from assaymark.ledger.states import States
from assaymark.lineage.arrivals import typed
from assaymark.lineage.cuts import cuts
from assaymark.lineage.lines import line_origins
from assaymark.lineage.narrowing import changes
from assaymark.origin import (
    STANDING,
    Arrival,
    Author,
    Cut,
    Evidence,
    Origin,
    Run,
    Runs,
    covering,
    n_bytes_of,
)

SECRET = Secret(b"k" * 32)
AI = Origin(Author.ai, Evidence.hook, tool="claude", session="s")
AI_2 = Origin(Author.ai, Evidence.hook, tool="cursor", session="t")
HUMAN = typed(0)
FIELDS = sorted({*Edited._fields, *Saved._fields, "kind"} - {"id", "by"})
LETTERS = {"a": AI, "A": AI_2, "h": HUMAN, "-": STANDING, "d": DISK}


def runs(letters: str) -> Runs:
    """Runs by a letter for each byte."""
    found: list[Run] = []
    for letter in letters:
        if found and found[-1].origin == LETTERS[letter]:
            found[-1] = Run(found[-1].n_bytes + 1, LETTERS[letter])
        else:
            found.append(Run(1, LETTERS[letter]))
    return tuple(found)


def letters(found: Runs) -> str:
    """Whose each byte is, cut or not."""
    names = {origin: letter for letter, origin in LETTERS.items()}
    return "".join(names[replace(origin, cut=None)] * n_bytes for n_bytes, origin in found)


def state(text: bytes, of: str, *, exact: bool = True) -> State:
    return State(SECRET.digest(text), runs(of), SECRET.outline(text), exact)


def edited(
    before: bytes | None, after: bytes, *edits: tuple[int, int, int], origin: Origin = AI, **more: object
) -> Edited:
    return Edited(
        *Stamp("1", 0, "hook"),
        "a.py",
        origin,
        None if before is None else SECRET.digest(before),
        SECRET.digest(after),
        tuple(Change(*edit) for edit in edits),
        len(after),
        SECRET.outline(after),
        **more,  # type: ignore[arg-type]
    )


def saved(text: bytes, of: str) -> Saved:
    return Saved(*Stamp("2", 0, "server"), "a.py", SECRET.digest(text), runs(of), SECRET.outline(text))


def test_an_edit_of_a_known_text_is_exact() -> None:
    """Bytes around it keep their origins; those that it brought are the tool's."""
    before = state(b"abc\ndef\n", "hhhhaaaa")
    found = folded(edited(b"abc\ndef\n", b"aXXc\ndef!\n", (1, 2, 2), (7, 7, 1), origin=AI_2), Around(before))
    assert letters(found.runs) == "hAAhhaaaAa"
    assert found.exact


def test_an_edit_of_a_text_never_heard_of() -> None:
    """Before the first event everything was standing there."""
    found = folded(edited(b"ab\n", b"aXb\n", (1, 1, 1)), Around())
    assert letters(found.runs) == "-a--"


def test_a_text_that_changed_unseen_is_found_by_its_lines() -> None:
    """Lines that came are the disk's, also where the edit touches them; what was reported is the tool's."""
    newest = state(b"one\ntwo\n", "hhhhaaaa")
    before, after = b"one\nnew\ntwo\n", b"one\nneXw\ntwo\n"
    event = edited(before, after, (6, 6, 1), origin=AI_2, lines_before=SECRET.outline(before))
    found = folded(event, Around(newest=newest))
    assert letters(found.runs) == "hhhhddAddaaaa"
    assert not found.exact


def test_without_the_lines_before_a_touched_line_is_unknown() -> None:
    """Only what was reported of it is the tool's."""
    newest = state(b"one\ntwo\n", "hhhhaaaa")
    event = edited(b"new\none\ntwo\n", b"new\none\ntwXo\n", (10, 10, 1), origin=AI_2)
    assert letters(folded(event, Around(newest=newest)).runs) == "ddddhhhhddAdd"


def test_a_text_before_that_is_not_known_at_all() -> None:
    """Ranges of the text after say what came."""
    newest = state(b"one\ntwo\n", "hhhhaaaa")
    event = edited(None, b"one\nXX\ntwo\n", origin=AI_2, ranges=((4, 7), (90, 99)))
    assert letters(folded(event, Around(newest=newest)).runs) == "hhhhAAAaaaa"


def test_a_file_that_is_written_anew_is_the_tools_where_it_is_new() -> None:
    """Lines that stood there before stay whose they were, also where that is not known."""
    newest = state(b"one\ntwo\nold\n", "hhhhaaaa----")
    event = edited(None, b"one\nNEW\ntwo\nold\n", origin=AI_2, ranges=((0, 16),))
    assert letters(folded(event, Around(newest=newest)).runs) == "hhhhAAAAaaaa----"
    # An editor that saw it first knew as little of the new line as of the old one.
    known = state(event_text := b"one\nNEW\ntwo\nold\n", "hhhhddddaaaa----")
    assert event.after == SECRET.digest(event_text)
    assert letters(folded(event, Around(None, known, newest)).runs) == "hhhhAAAAaaaa----"


def test_a_file_that_is_written_as_it_stood_stays_whose_it_was() -> None:
    """What an editor found in the file is nobody's for being written once more; what it saw come may be."""
    known = state(b"one\ntwo\nnew\n", "hhhh----dddd")
    event = edited(None, b"one\ntwo\nnew\n", origin=AI_2, ranges=((0, 12),))
    assert letters(folded(event, Around(None, known)).runs) == "hhhh----AAAA"


def test_what_was_typed_while_a_command_ran_is_not_the_commands() -> None:
    """An editor saved the file in between: its lines stay its own, though they are in no text before."""
    before, between = state(b"one\n", "hhhh"), state(b"one\ntyped\nold\n", "hhhhhhhhhhdddd")
    event = edited(b"one\n", b"one\ntyped\nold\nNEW\n", (4, 4, 14))
    assert letters(folded(event, Around(before, newest=between)).runs) == "hhhhhhhhhhaaaaaaaa"
    assert letters(folded(event, Around(None, newest=between)).runs)[4:] == "hhhhhhaaaaaaaa"


def test_what_an_editor_saw_first_is_explained_later() -> None:
    """The bytes that were unknown are the tool's; what was typed stays a person's."""
    after = b"xyz\n"
    known = state(after, "dhdd")
    event = edited(b"", after, (0, 0, 4))
    assert letters(folded(event, Around(state(b"", ""), known)).runs) == "ahaa"
    # The same where the text before is unknown, and so is what else came.
    event = edited(b"q", after, (0, 0, 1))
    assert letters(folded(event, Around(None, known, state(b"z", "a"))).runs) == "ahdd"


def test_an_editor_that_does_not_know_takes_nothing_away() -> None:
    """What was reported of a content stays known when that is saved as unknown."""
    assert letters(folded(saved(b"xyz\n", "ddhh"), Around(None, state(b"xyz\n", "aaaa"))).runs) == "aahh"


def test_an_exact_road_outweighs_one_that_was_guessed() -> None:
    """Lines looked for in another content give way to what is known to have led there."""
    guessed = state(b"x\ny\n", "aaaa", exact=False)
    event = edited(b"x\n", b"x\ny\n", (2, 2, 2), origin=AI_2)
    assert letters(folded(event, Around(state(b"x\n", "hh"), guessed)).runs) == "hhAA"


@pytest.mark.parametrize(
    "event",
    [
        edited(b"abc\n", b"ab\n", (0, 90, 1)),
        edited(b"abc\n", b"abcdef\n", (0, 1, 1)),
        edited(None, b"abc\n", ranges=((2, 9), (0, 3), (1, 2), (7, 3))),
        edited(b"abc\n", b"", (0, 4, 10**9)),
        edited(b"", b"")._replace(n_bytes=5, lines=b"12345"),
    ],
)
@pytest.mark.parametrize("newest", [None, state(b"abc\n", "hhhh"), state(b"abc\n", "hh")])
def test_an_event_that_contradicts_itself_still_covers_the_text(event: Edited, newest: State | None) -> None:
    """Whoever wrote it, the state has as many bytes as the event says."""
    found = folded(event, Around(state(b"abc\n", "hhhh"), newest=newest))
    assert n_bytes_of(found.runs) == event.n_bytes


def test_line_ends_may_change() -> None:
    """A file that is checked out with other line ends has the same lines of the same origins."""
    older = state(b"one\ntwo\nend", "hhhaaaaahhh")
    new = b"one\r\ntwo\r\nend\r\n"
    assert letters(anchored(older, SECRET.outline(new), len(new))) == "hhhaaaaaaahhhdd"


def test_unknown_bytes_alone_are_filled() -> None:
    """And only those that came in the way that was asked about."""
    assert letters(filled(runs("dh-d"), runs("aaad"))) == "ahad"
    assert letters(filled(runs("dh-d"), runs("aaad"), frozenset((Arrival.disk,)))) == "ah-d"
    assert filled(runs("dd"), runs("aaa")) == runs("dd")


def test_events_are_ordered_by_what_led_to_what() -> None:
    """Of one writer by their ids; else what made a text comes before what changed it; circles by their ids."""
    one, two, three = b"1", b"2", b"3"

    def event(id_: str, before: bytes, after: bytes) -> Edited:
        return edited(before, after)._replace(id=id_)

    late = event("9-0-x", one, two)
    early = event("1-0-y", two, three)
    assert list(ordered([early, late], lambda _path, _digest: False)) == [late, early]
    assert list(ordered([early, late], lambda _path, digest: digest == SECRET.digest(two))) == [early, late]
    circle = [event("1-0-x", one, two), event("2-0-y", two, one), event("3-0-z", one, three)]
    assert list(ordered(reversed(circle), lambda _path, _digest: False)) == circle
    moved = Moved("0-0-x", 0, "git", "a.py", "b.py")
    assert list(ordered([late, early, moved], lambda _path, _digest: False)) == [moved, late, early]


@dataclass
class Model:
    """A file, whose each byte is, and what programs reported of it."""

    chance: random.Random
    text: bytes = b""
    whose: str = ""
    events: list[Event] = field(default_factory=list)
    n_lines: int = 0
    n_events: int = 0
    # By how much the clocks of hooks are off, in things that happen.
    skew: int = 0

    def stamp(self, by: str) -> Stamp:
        """Every event is of another writer; ids ascend with what happens, as far as the clocks agree."""
        self.n_events += 1
        now = self.n_events + (self.chance.randint(-self.skew, self.skew) if by == "hook" else 0) + 100
        return Stamp(f"{now:012x}-000000-{self.n_events:012x}", now, by)

    def line(self) -> bytes:
        """A line unlike all others."""
        self.n_lines += 1
        return b"%d-%s" % (self.n_lines, b"." * self.chance.randrange(8)) + self.chance.choice(
            (b"\n", b"\r\n", b"\r")
        )

    def replace(self, start: int, end: int, new: bytes, letter: str) -> None:
        self.text = self.text[:start] + new + self.text[end:]
        self.whose = self.whose[:start] + letter * len(new) + self.whose[end:]

    def lines(self) -> list[int]:
        """Where each line starts, and the end."""
        found = [0]
        for line in self.text.splitlines(keepends=True):
            found.append(found[-1] + len(line))
        return found

    def by_agent(self) -> Edited:
        """One to three edits, in lines or inside them."""
        before = self.text
        letter = self.chance.choice("aA")
        edits: list[Change] = []
        growth, at = 0, 0
        for _ in range(self.chance.randint(1, 3)):
            starts = [start for start in self.lines() if start >= at]
            if not starts:
                break
            start = self.chance.choice(starts)
            end = self.chance.choice([end for end in starts if end >= start][:3])
            new = b"".join(self.line() for _ in range(self.chance.randint(0, 3)))
            if end > start + 2 and self.chance.random() < 0.3:
                # Inside a line, which keeps its first byte and its end.
                start, end, new = start + 1, start + 2, b"%d_" % self.n_lines
                self.n_lines += 1
            edits.append(Change(start - growth, end - growth, len(new)))
            self.replace(start, end, new, letter)
            growth += len(new) - (end - start)
            at = start + len(new)
        return Edited(
            *self.stamp("hook"),
            "a.py",
            LETTERS[letter],
            SECRET.digest(before),
            SECRET.digest(self.text),
            tuple(edits),
            len(self.text),
            SECRET.outline(self.text),
            lines_before=SECRET.outline(before),
        )

    def command(self, before: bytes) -> Edited:
        """What came since *before*, all of it put down to a command."""
        edits = tuple(
            Change(one.start, one.end, one.new_end - one.new_start) for one in changes(before, self.text)
        )
        return Edited(
            *self.stamp("hook"),
            "a.py",
            AI,
            SECRET.digest(before),
            SECRET.digest(self.text),
            edits,
            len(self.text),
            SECRET.outline(self.text),
            lines_before=SECRET.outline(before),
        )

    def typed(self, known: str) -> str:
        """Somebody types; what an editor *known* of the bytes is after that."""
        at = self.chance.randint(0, len(self.text))
        end = min(len(self.text), at + self.chance.choice((0, 0, 1, 4)))
        new = b"%d~" % self.n_lines
        self.n_lines += 1
        self.replace(at, end, new, "h")
        return known[:at] + "h" * len(new) + known[end:]

    def typed_line(self, known: str) -> str:
        """Somebody types a line above another one; what an editor *known* of the bytes is after that."""
        at, new = self.chance.choice(self.lines()[:-1] or [0]), self.line()
        self.replace(at, at, new, "h")
        return known[:at] + "h" * len(new) + known[at:]

    def unseen(self) -> None:
        """Another program writes whole lines, and nobody says so."""
        # Behind a line without a line end, that line would be another one.
        starts = [start for start in self.lines() if self.text[start - 1 : start] in {b"", b"\r", b"\n"}]
        start = self.chance.choice(starts)
        end = self.chance.choice([end for end in starts if end >= start][:3])
        self.replace(start, end, b"".join(self.line() for _ in range(self.chance.randint(0, 2))), "d")

    def saved(self, known: str) -> Saved:
        digest = SECRET.digest(self.text)
        return Saved(*self.stamp("server"), "a.py", digest, runs(known), SECRET.outline(self.text))


def blurred(of: str) -> str:
    """What an editor knows that saw the file change on the disk and heard of no hook."""
    return "".join("d" if letter in "aA" else letter for letter in of)


class Record:
    """A ledger in memory."""

    def __init__(self) -> None:
        self.database = sqlite3.connect(":memory:", isolation_level=None)
        migrate(self.database)
        self.states = States(self.database)

    def record(self, events: list[Event]) -> None:
        insert(self.database, self.states, events)

    def state(self, text: bytes) -> Runs:
        """What it says of *text*."""
        kept, newest = self.states.at("a.py", SECRET.digest(text)), self.states.newest("a.py")
        if kept is not None:
            return kept.state.runs
        if newest is None:
            return covering(len(text), STANDING)
        return anchored(newest.state, SECRET.outline(text), len(text))


@given(seed=st.integers(0, 2**32))
def test_no_byte_is_an_agents_that_none_reported(seed: int) -> None:
    """
    Agents with hooks, an editor, and writes that nobody explains, in any order of arrival.

    Whatever is an agent's in the ledger is that agent's in the model, and at least 99 of 100 of its bytes are.
    """
    chance = random.Random(seed)
    model, ledger = Model(chance), Record()
    n_kept = n_all = 0
    for _ in range(12):
        play(chance, model, ledger)
        found = letters(ledger.state(model.text))
        wrong = [has for has, whose in zip(found, model.whose, strict=True) if has in "aA" and has != whose]
        assert not wrong
        n_all += sum(letter in "aA" for letter in model.whose)
        n_kept += sum(letter in "aA" for letter in found)
    assert n_kept >= 0.99 * n_all


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 2**70),
    st.text(max_size=5),
    st.lists(st.lists(st.integers(-1, 2**64), max_size=4), max_size=3),
    st.fixed_dictionaries(
        {"origins": st.just([]), "runs": st.lists(st.lists(st.integers(-1, 9), max_size=3))}
    ),
    st.dictionaries(st.text(max_size=3), st.integers()),
)


@given(
    changes_=st.lists(st.tuples(st.sampled_from(FIELDS), ODD), min_size=1, max_size=3), is_save=st.booleans()
)
def test_no_event_keeps_others_from_being_folded(
    changes_: list[tuple[str, object]], *, is_save: bool
) -> None:
    """Whatever a program wrote, it is kept, and what comes behind it counts."""
    ledger = Record()
    plain = to_plain(saved(b"one\n", "hhhh") if is_save else edited(b"", b"one\n", (0, 0, 4)))
    odd = from_plain(json.loads(json.dumps(plain | dict(changes_) | {"id": "0-0-x", "by": "x"})))
    good = edited(b"one\n", b"one\ntwo\n", (4, 4, 4), origin=AI_2)._replace(id="5-0-a")
    ledger.record([odd, good])
    found = ledger.state(b"one\ntwo\n")
    assert n_bytes_of(found) == 8
    assert found[-1] == Run(4, AI_2)
    assert ledger.database.execute("SELECT count(*) FROM events").fetchone() == (2,)


@given(seed=st.integers(0, 2**32))
def test_clocks_that_disagree_make_nobody_an_author(seed: int) -> None:
    """They can cost what is known of lines around writes that nobody explains; never say what is not so."""
    chance = random.Random(seed)
    model, ledger = Model(chance, skew=20), Record()
    for _ in range(12):
        play(chance, model, ledger)
        found = letters(ledger.state(model.text))
        wrong = [has for has, whose in zip(found, model.whose, strict=True) if has in "aA" and has != whose]
        assert not wrong


@given(seed=st.integers(0, 2**32))
def test_clocks_that_disagree_cost_nothing_where_each_text_is_heard_of(seed: int) -> None:
    """Edits of agents alone, in any order, with any clocks: what led to what says it all."""
    chance = random.Random(seed)
    model, ledger = Model(chance, skew=20), Record()
    events = [model.by_agent() for _ in range(10)]
    chance.shuffle(events)
    for event in events:
        ledger.record([event])
        ledger.record([event])
    # Nothing stood there before the first of them.
    assert letters(ledger.state(model.text)) == model.whose


def play(chance: random.Random, model: Model, ledger: Record) -> None:
    """Effect: one thing happens, and the ledger hears of it."""
    match chance.randrange(7):
        case 0 | 1:
            # Several edits by hooks, heard of in any order.
            events = [model.by_agent() for _ in range(chance.randint(1, 4))]
            chance.shuffle(events)
            half = chance.randrange(len(events) + 1)
            ledger.record(events[:half])
            ledger.record(events[half:])
        case 2:
            # Typed in an editor that had read the file.
            known = letters(ledger.state(model.text))
            for _ in range(chance.randint(1, 3)):
                known = model.typed(known)
            ledger.record([model.saved(known)])
        case 3:
            # The editor reads what an agent wrote, and saves it, before the hook is heard of.
            event = model.by_agent()
            known = letters(ledger.state(model.text))
            ledger.record([model.saved(known)])
            if chance.random() < 0.5:
                # Typed into a line of which nothing was known yet, the rest of that would stay unknown.
                ledger.record([model.saved(model.typed_line(known))])
            ledger.record([event])
        case 4:
            # Somebody types while a command runs, of which nothing is heard before it ends.
            before, first = model.text, letters(ledger.state(model.text))
            ledger.record([model.saved(model.typed_line(first))])
            at = chance.choice(model.lines()[:-1])
            model.replace(at, at, model.line() + model.line(), "a")
            ledger.record([model.command(before)])
        case 5:
            # The hook is heard of first, and the editor, which does not ask, saves what it saw.
            event = model.by_agent()
            ledger.record([event])
            ledger.record([model.saved(blurred(model.whose))])
        case _:
            model.unseen()


# Reviews.


def _text(*lines: str) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _reviewed(content: bytes, start: int, end: int, number: str = "r1") -> Reviewed:
    return Reviewed(
        number,
        5,
        "cli",
        "a.py",
        SECRET.digest(content),
        ((start, end),),
        "terminal",
        n_bytes=len(content),
        lines=SECRET.outline(content),
    )


def _state(content: bytes, found: Runs) -> State:
    return State(SECRET.digest(content), found, SECRET.outline(content))


def _agents_edit(before: bytes, after: bytes) -> Edited:
    return Edited(
        "e",
        6,
        "hook",
        "a.py",
        AI,
        SECRET.digest(before),
        SECRET.digest(after),
        tuple(Change(one.start, one.end, one.new_end - one.new_start) for one in changes(before, after)),
        len(after),
        SECRET.outline(after),
        lines_before=SECRET.outline(before),
    )


def _read_lines(content: bytes, found: Runs) -> list[bool]:
    lines = [line for line in line_origins(content, found) if line.parts]
    return [all("r1" in part.origin.reviews for part in line.parts) for line in lines]


def test_a_review_is_of_the_bytes_that_were_read() -> None:
    """Of a content that was never heard of, the lines that are known keep their origins."""
    content = _text("one", "two", "three")
    state = folded(_reviewed(content, 0, 8), Around(newest=_state(_text("one"), covering(4, AI))))
    assert _read_lines(content, state.runs) == [True, True, False]
    assert [run.origin.author for run in state.runs] == [Author.ai, Author.unknown, Author.unknown]


@pytest.mark.parametrize(
    "after, expected",
    [
        (_text("one", "two 2", "three", "four"), [True, False, True, True]),
        (_text("one", "new", "two", "three", "four"), [True, False, True, True, True]),
        (_text("one", "three", "four"), [False, False, True]),
        (_text("one", "tw", "three", "four"), [True, False, True, True]),
    ],
)
def test_an_agents_edit_voids_the_lines_that_it_changed(after: bytes, expected: list[bool]) -> None:
    """Lines that it left alone stay read, but for the neighbours of lines that it took away."""
    before = _text("one", "two", "three", "four")
    state = folded(_reviewed(before, 0, len(before)), Around(after=_state(before, covering(len(before), AI))))
    found = folded(_agents_edit(before, after), Around(before=state, newest=state, last=state))
    assert _read_lines(after, found.runs) == expected


def test_lines_that_went_unseen_void_their_neighbours() -> None:
    """A content that nobody reported is found by its lines; where some went, those around them are unread."""
    before, after = _text("one", "two", "three", "four"), _text("one", "three", "four")
    state = folded(_reviewed(before, 0, len(before)), Around(after=_state(before, covering(len(before), AI))))
    found = anchored(state, SECRET.outline(after), len(after))
    assert _read_lines(after, found) == [False, False, True]


def test_a_review_is_known_in_whatever_order_it_is_heard_of() -> None:
    """What an edit made of a text that was read is known for read, though the review is heard of later."""
    before, after = _text("one", "two"), _text("one", "two", "three")
    database = sqlite3.connect(":memory:", isolation_level=None)
    migrate(database)
    states = States(database)
    saved = Saved("a", 1, "server", "a.py", SECRET.digest(before), covering(8, AI), SECRET.outline(before))
    insert(database, states, [saved, _agents_edit(before, after)])
    insert(database, states, [_reviewed(before, 0, 8)])
    known = states.at("a.py", SECRET.digest(after))
    newest = states.newest("a.py")
    assert known is not None
    assert _read_lines(after, known.state.runs) == [True, True, False]
    assert newest is not None
    assert newest.state.digest == SECRET.digest(after)


# Cuts.

DRAFT, SAFE, MORE = b"a = 1\nload(f)\n", b"a = 1\nload(f, Safe)\n", b"b = 2\na = 1\nload(f)\n"


def _agents_cut(before: bytes, after: bytes) -> Edited:
    found = changes(before, after)
    return _agents_edit(before, after)._replace(cuts=tuple(cuts(before, after, found)))


def _saves(content: bytes, id_: str = "a") -> Saved:
    runs_ = covering(len(content), HUMAN)
    return Saved(id_, 1, "server", "a.py", SECRET.digest(content), runs_, SECRET.outline(content))


def _cut_in(ledger: Record, content: bytes) -> list[str | None]:
    lines = [line for line in line_origins(content, ledger.state(content)) if line.parts]
    return [line.cut.tool if line.cut else None for line in lines]


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (2, 0, 1)])
def test_a_cut_is_known_in_whatever_order_it_is_heard_of(order: tuple[int, int, int]) -> None:
    """Also where an editor saved what was left before the hook was heard of, and took it for typed."""
    events: list[Event] = [_saves(SAFE), _agents_cut(SAFE, DRAFT), _saves(DRAFT, "z")]
    ledger = Record()
    for number in order:
        ledger.record([events[number]])
    assert _cut_in(ledger, DRAFT) == [None, "claude"]
    assert _cut_in(ledger, SAFE) == [None, None]


def test_a_cut_is_brought_forward_to_what_was_made_of_the_text() -> None:
    """Somebody typed on and saved before it was heard of."""
    ledger = Record()
    ledger.record([_saves(SAFE), _saves(DRAFT, "x"), _saves(MORE, "z")])
    ledger.record([_agents_cut(SAFE, DRAFT)])
    assert _cut_in(ledger, MORE) == [None, None, "claude"]


def test_an_event_of_an_older_program_cuts_nothing() -> None:
    """It did not say which of its edits left no word."""
    ledger = Record()
    ledger.record([_saves(SAFE)])
    plain = {name: one for name, one in to_plain(_agents_cut(SAFE, DRAFT)).items() if name != "cuts"}
    ledger.record([from_plain(plain)])
    assert _cut_in(ledger, DRAFT) == [None, None]


def test_a_text_without_an_outline_is_cut_as_a_whole() -> None:
    """Nobody can tell which lines these are."""
    event = _agents_cut(SAFE, DRAFT)._replace(lines=b"", lines_before=b"")
    found = folded(event, Around(before=_state(SAFE, covering(len(SAFE), HUMAN))))
    assert all(run.origin.cut for run in found.runs)


def test_a_line_that_went_unseen_is_missed_in_its_statement() -> None:
    """The neighbours that are left say so, by nobody known."""
    ledger, text = Record(), b"load(\nf,\nSafe,\n)\n"
    ledger.record([_saves(text)])
    newest, after = ledger.states.newest("a.py"), b"load(\nf,\n)\n"
    assert newest is not None
    found = anchored(newest.state, SECRET.outline(after), len(after), by=Cut())
    lines = [line.cut for line in line_origins(after, found) if line.parts]
    assert lines == [None, Cut(between=True), Cut(between=True)]
