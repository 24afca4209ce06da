"""
Silences in a text of many chunks: what each leaves pending for the next, and what became of it there.

A verdict rests on a chunk, on what the chunk before left pending, and on what the chunk behind used of its
own; so an edit judges the chunks that it touched, and their neighbours where something is pending.

Invariants:
    Every section knows what the one before it left pending, and the one behind it used.
    What is judged again is judged from the end of the text on, since what was used is told backwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.analysis.snapshot import State
from assaymark.dataclass import replace
from assaymark.suppress.judging import Case, judged

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assaymark.analysis.snapshot import Section, Snapshot
    from assaymark.suppress.judging import Terms
    from assaymark.suppress.silence import Silence, Used
    from assaymark.text import Place, Span, Text

Address = tuple[int, int]


def chained(sections: Iterable[Section]) -> list[Section]:
    """The sections of a whole text, each told what is pending before it."""
    chain: list[Section] = []
    pending: tuple[Silence, ...] = ()
    for section in sections:
        chain.append(replace(section, incoming=pending) if pending else section)
        pending = section.pending
    return chain


def joined(text: Text[Section], start: int, end: int) -> tuple[Text[Section], list[tuple[Section, Section]]]:
    """
    The text after a change from byte *start* to *end*, in which each section knows what is pending before it.

    With it the sections that this renewed, each before and after.
    """
    renewed: dict[Address, tuple[Section, Section]] = {}

    def renew(place: Place[Section], incoming: tuple[Silence, ...]) -> None:
        old, new = renewed.get(place.address, (place.leaf, place.leaf))
        renewed[place.address] = (old, replace(new, incoming=incoming, verdict=None))

    place = text.place_of_byte(start)
    place = text.before(place) or place
    if place.address == (0, 0) and place.leaf.incoming:
        renew(place, ())
    while True:
        behind = text.after(place)
        pending = place.leaf.pending
        if pending and _is_told_wrong(place.leaf, behind):
            renew(place, renewed.get(place.address, (place.leaf, place.leaf))[1].incoming)
        if behind is None:
            break
        if behind.leaf.incoming != pending:
            renew(behind, pending)
        if place.start > end and place.leaf.answer is not None:
            break
        place = behind
    if not renewed:
        return text, []
    text = text.put({address: new for address, (_, new) in renewed.items()})
    return text, list(renewed.values())


def _is_told_wrong(section: Section, behind: Place[Section] | None) -> bool:
    """Whether another chunk stands behind *section* than the one that its verdict heard of."""
    told = section.verdict.behind if section.verdict is not None else frozenset()
    if behind is None:
        return bool(told)
    # A fresh one will be judged, and what it used be told then.
    verdict = behind.leaf.verdict
    return behind.leaf.answer is not None and verdict is not None and verdict.used != told


def silenced(snapshot: Snapshot) -> Snapshot:
    """The snapshot in which every section that waits for it is judged."""
    text, language = snapshot.text, snapshot.language
    waiting = [place.address for place in text.fresh_places()]
    if not waiting or language is None:
        return snapshot
    made: dict[Address, Section] = {}
    for address in reversed(waiting):
        _judge_from(address, text, made, language, snapshot.terms)
    return replace(snapshot, text=text.put(made))


def judged_anew(snapshot: Snapshot, span: Span) -> Snapshot:
    """*snapshot* after silences in *span* became another's: they and what they took are judged again."""
    text, _ = joined(snapshot.text, span.start, span.end)
    return with_state(silenced(replace(snapshot, text=text)))


def rejudged(snapshot: Snapshot) -> Snapshot:
    """*snapshot* once others may loosen, or no longer: each silence whose author decides is judged again."""
    others = {
        place.address: replace(place.leaf, verdict=None)
        for place in snapshot.text.places()
        if any(one.silence.by for one in (place.leaf.heard.placed if place.leaf.heard is not None else ()))
        or any(one.by for one in place.leaf.incoming)
    }
    if not others:
        return snapshot
    return with_state(silenced(replace(snapshot, text=snapshot.text.put(others))))


def with_state(snapshot: Snapshot) -> Snapshot:
    """*snapshot* in the state that its findings put it in, where it is not another for other reasons."""
    if snapshot.state not in {State.clean, State.findings}:
        return snapshot
    state = State.findings if any(True for _ in snapshot.text.marked_places()) else State.clean
    return replace(snapshot, state=state)


def _judge_from(
    address: Address, text: Text[Section], made: dict[Address, Section], language: str, terms: Terms
) -> None:
    """
    Judge the section at *address*, and those before it to which the verdict is news.

    Effect: puts them into *made*.
    """
    place: Place[Section] | None = text.place(address)
    while place is not None:
        section = made.get(place.address, place.leaf)
        used = _used_behind(place, text, made)
        made[place.address] = section = _judged(section, used, language, terms)
        place = text.before(place)
        if place is None or not place.leaf.pending:
            return
        before = made.get(place.address, place.leaf)
        told = before.verdict.behind if before.verdict is not None else None
        if section.verdict is None or told == section.verdict.used:
            return


def _used_behind(place: Place[Section], text: Text[Section], made: dict[Address, Section]) -> Used:
    behind = text.after(place)
    if behind is None:
        return frozenset()
    verdict = made.get(behind.address, behind.leaf).verdict
    return verdict.used if verdict is not None else frozenset()


def _judged(section: Section, used: Used, language: str, terms: Terms) -> Section:
    case = Case(
        piece=section.piece,
        language=language,
        found=section.found,
        heard=section.heard,
        incoming=section.incoming,
        behind=used,
        is_whole=section.answer is not None and not section.answer.exhausted,
        tested=section.tested,
    )
    return replace(section, verdict=judged(case, terms))
