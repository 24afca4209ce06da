"""
What an agent is told: after an edit of what is bad in the lines that it just wrote, and once at the end of
what is still open.

Invariants:
    Nothing is said of what was there before, nor twice of the same.
    Of a file that was not checked that is said, after the edit: silence would be taken for a pass.
    An agent is kept from ending at most once in a conversation, and for nothing less than `high`.
"""
# Paths stay strings: a hook waits for this.
# ruff: noqa: PTH118

from __future__ import annotations

import os
import time

from assaymark.hooks.checking import handed, protocol, remembered, saying
from assaymark.hooks.checking.limited import TimedOut, within
from assaymark.hooks.checking.opening import is_code
from assaymark.hooks.checking.remembered import Conversation, Open
from assaymark.hooks.checking.saying import Said
from assaymark.hooks.checking.verdict import Edit, Fresh, Verdict
from assaymark.hooks.scene import content_of
from assaymark.hooks.telling import BY
from assaymark.ledger.events import Edited, Fixed, Told, stamp
from assaymark.ledger.spool import append
from assaymark.origin import Author, Evidence
from assaymark.repository.place import Place, place_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from assaymark.hooks.checking.looking import Seen
    from assaymark.hooks.fields import Fields
    from assaymark.hooks.telling import Sent
    from assaymark.ledger.events import Event

SECONDS = 2.0
# More files than these in one event are a tool's work and not an agent's.
_MOST_FILES = 20
_SPOKEN_OF = ("high", "critical")


def after_edit(tool: str, event: str, talk: Conversation, sent: Iterable[Sent]) -> str:
    """
    What tells *tool*, at *event*, of the edits that were *sent* to the record; nothing where there is none.

    Effect: it is recorded, and remembered for the end.
    """
    edits = tuple(_edits(sent))[:_MOST_FILES]
    if not edits:
        return ""
    still = remembered.open_in(talk)
    hears = protocol.hears_edits(tool, event)
    until, judge = time.monotonic() + SECONDS, handed.Judge()
    told: list[tuple[Open, Said]] = []
    unchecked: list[tuple[str, str]] = []
    for edit in edits:
        its = tuple(one for one in still if (one.top, one.path) == (edit.place.top, edit.place.path))
        verdict = _looked(edit, until, judge, whole=bool(its))
        if verdict.wrong:
            unchecked.append((edit.place.path or "", verdict.wrong))
        if verdict.is_asked:
            told += _kept(verdict, edit.place, its, talk, hears=hears)
    said = saying.after_edit([said for _, said in told], unchecked)
    return protocol.after_edit(tool, event, said) if said else ""


def at_stop(tool: str, asked_as: str, fields: Fields, talk: Conversation) -> str:
    """
    What keeps the agent of *tool* from ending, once; nothing where nothing bad is open.

    Effect: what is gone is recorded.
    """
    still = remembered.open_in(talk)
    if not still:
        return ""
    left = _still_open(still, talk)
    is_bad = any(one.severity in _SPOKEN_OF for one in left)
    if not is_bad or not protocol.ends_now(fields) or remembered.has_spoken(talk):
        return ""
    # Late, as in what this asks: of most edits something else judges.
    from assaymark.finding import Severity

    left = tuple(one for one in left if _answers(one))
    worst = sorted(left, key=lambda one: -Severity(one.severity).rank)
    said = saying.at_stop([Said(one.path, one.line, one.rule, one.severity) for one in worst])
    answer = protocol.at_stop(tool, asked_as, said) if worst else ""
    if not answer or not remembered.may_speak(talk):
        return ""
    _record(Told, talk, [one for one in worst if not one.told])
    remembered.remember(talk, [one._replace(told=True) for one in worst if not one.told])
    return answer


def _edits(sent: Iterable[Sent]) -> Iterator[Edit]:
    """What of *sent* an agent wrote into files that may be code, each file once."""
    last: dict[tuple[str, str], Edit] = {}
    for one in sent:
        event, place, step = one.event, one.place, one.step
        if not isinstance(event, Edited) or place is None or step is None or not place.path:
            continue
        key = (place.top, place.path)
        last.pop(key, None)
        by_agent = event.origin.author is Author.ai and event.origin.evidence is Evidence.hook
        if by_agent and is_code(place.path, step.after):
            last[key] = Edit(place, step, event.origin)
    yield from last.values()


def _looked(edit: Edit, until: float, judge: handed.Judge, *, whole: bool) -> Verdict:
    """What comes of looking at *edit*, whatever happens: what *judge* says, else what is found here."""
    try:
        verdict = judge.verdict_of(edit, until, whole=whole)
        if verdict is None:
            verdict = within(until - time.monotonic(), lambda: _judged(edit, until, whole=whole))
    except TimedOut:
        return Verdict(wrong=f"timed out after {SECONDS:g} s")
    except Exception as error:
        if os.environ.get("ASSAYMARK_TRACEBACK"):
            raise
        return Verdict(wrong=f"internal error: {type(error).__name__}")
    return verdict


def _judged(edit: Edit, until: float, *, whole: bool) -> Verdict:
    # Late: it is most of what a hook takes.
    from assaymark.hooks.checking.judging import verdict_of

    return verdict_of(edit, until, whole=whole)


def _kept(
    verdict: Verdict, place: Place, its: Sequence[Open], talk: Conversation, *, hears: bool
) -> list[tuple[Open, Said]]:
    """What is to be said of a file now. Effect: it is recorded, with what is gone; all is remembered."""
    known = {one.mark for one in its}
    gone = [] if verdict.wrong else [one for one in its if one.mark not in verdict.there]
    found: list[Open] = []
    told: list[tuple[Open, Said]] = []
    for one in verdict.new:
        if one.mark in known:
            continue
        is_told = hears and one.severity in _SPOKEN_OF
        spoken = _open(one, place, is_told=is_told)
        found.append(spoken)
        if is_told:
            said = Said(place.path or "", one.line, one.rule, one.severity, one.message, one.template)
            told.append((spoken, said))
    remembered.remember(talk, found, gone)
    _record(Told, talk, [one for one, _ in told])
    _record(Fixed, talk, [one for one in gone if one.told])
    return told


def _open(one: Fresh, place: Place, *, is_told: bool) -> Open:
    return Open(place.top, place.path or "", one.rule, one.fingerprint, one.line, one.severity, is_told)


def _still_open(still: Sequence[Open], talk: Conversation) -> tuple[Open, ...]:
    """What of *still* is there now, where it stands now. Effect: what is gone is recorded, and forgotten."""
    until = time.monotonic() + SECONDS
    left: list[Open] = []
    gone: list[Open] = []
    files = dict.fromkeys((one.top, one.path) for one in still)
    for number, (top, path) in enumerate(files):
        its = [one for one in still if (one.top, one.path) == (top, path)]
        lines = _lines_now(top, path, until) if number < _MOST_FILES else None
        # What could not be looked at is as it was when it was looked at last.
        left += [
            one if lines is None else one._replace(line=lines[one.mark]) for one in its if _is_in(one, lines)
        ]
        gone += [one for one in its if not _is_in(one, lines)]
    remembered.remember(talk, (), gone)
    _record(Fixed, talk, [one for one in gone if one.told])
    return tuple(left)


def _is_in(one: Open, lines: dict[tuple[str, str], int] | None) -> bool:
    return lines is None or one.mark in lines


def _lines_now(top: str, path: str, until: float) -> dict[tuple[str, str], int] | None:
    """Where each finding of a file stands now, by its mark; None where that cannot be told."""
    place = place_of(os.path.join(top, path))
    try:
        raw = content_of(place)
        if raw is None:
            return {}
        seen = within(until - time.monotonic(), lambda: _now(raw, place, until))
    except (TimedOut, Exception):  # noqa: BLE001 - as when it was looked at last
        return None
    if seen is None or seen.wrong:
        return None
    return {one.mark: one.first + 1 for one in reversed(seen.found)}


def _now(raw: bytes, place: Place, until: float) -> Seen | None:
    from assaymark.hooks.checking.looking import seen_in
    from assaymark.hooks.checking.terms import terms_of

    terms = terms_of(place, until, raw)
    return None if terms is None else seen_in(raw, place, terms, None)


def _answers(one: Open) -> bool:
    """Whether the settings let it be spoken of at the end."""
    from assaymark.hooks.checking.terms import ON, terms_of

    try:
        terms = terms_of(place_of(os.path.join(one.top, one.path)), time.monotonic() + SECONDS)
    except Exception:  # noqa: BLE001 - then nothing switched it off
        return True
    return terms is not None and terms.answer == ON


def _record(kind: type[Told | Fixed], talk: Conversation, several: Sequence[Open]) -> None:
    """Effect: that the agent was told of them, or that they are gone, is in the record."""
    events: dict[str, list[Event]] = {}
    for one in several:
        store = place_of(os.path.join(one.top, "")).store
        event = kind(
            *stamp(BY), talk.tool, talk.session, one.path, one.rule, one.fingerprint, one.line, one.severity
        )
        events.setdefault(store, []).append(event)
    for store, its in events.items():
        append(store, its)
