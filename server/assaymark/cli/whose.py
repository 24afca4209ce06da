"""
Whose the lines of findings are, and who read them: in words, and as plain values for other programs.

Invariant: what is said is about lines, and never who a person is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from assaymark.cli.gate import BLOCKED, PASSED, named
from assaymark.cli.style import harmless
from assaymark.lineage import words
from assaymark.lineage.plain import cut_to_plain, to_plain
from assaymark.lineage.reviews import Standing
from assaymark.origin import STANDING
from assaymark.record.reading import NONE
from assaymark.workspace.today import today

if TYPE_CHECKING:
    from assaymark.cli.as_json import Value
    from assaymark.cli.gate import Verdict
    from assaymark.cli.report import Report
    from assaymark.origin import Origin
    from assaymark.record.stood import Stood

_STANDINGS = {
    Standing.written: "nobody need review it",
    Standing.unread: "not reviewed",
    Standing.by_requester: "reviewed by who asked for it, or it is not known by whom",
    Standing.by_another: "reviewed by another person",
}

_UNRECORDED = "unknown (nothing was recorded of it)"
# Which prompt it was, and in which conversation, is for `why`.
_SAID = ("author", "evidence", "tool", "model", "time", "arrival", "named")


def told(stood: Stood) -> str:
    """Whose they are and whether they were read, as `Claude Code, 14 Nov (its edit hook); not reviewed`."""
    day = today()
    is_due = stood.standing is not Standing.written
    said = "" if _is_unrecorded(stood) else words.briefly(stood.origin, day, is_due=is_due)
    whose = said or _UNRECORDED
    if not is_due:
        return whose
    if stood.is_unread or not stood.reviews:
        return f"{whose}; {_STANDINGS[stood.standing]}"
    by = " by another person" if stood.standing is Standing.by_another else ""
    return f"{whose}; {words.review_in_short(stood.reviews[-1], day)}{by}"


def _is_unrecorded(stood: Stood) -> bool:
    """Whether no record says anything: then that it was there before recording began would be a guess."""
    return stood.source == NONE and all(part.origin == STANDING for part in stood.origin.parts)


def shortly(stood: Stood | None) -> str:
    """What stands behind a message where there is room for no more; nothing where nothing is to be said."""
    if stood is None:
        return ""
    return f" ({_STANDINGS[stood.standing]}; record: {stood.source})"


def plain(stood: Stood) -> dict[str, Value]:
    """The same for other programs; never who a person is."""
    origin = stood.origin.first
    said: dict[str, Value] = {
        "standing": stood.standing.value,
        "record": stood.source,
        "reviews": [
            {"channel": one.channel.value, "relation": one.relation.value, "signature": one.signature.value}
            for one in stood.reviews
        ],
    }
    if origin is not None:
        said |= _of_origin(origin)
    if stood.origin.cut is not None and stood.standing is not Standing.written:
        said["cut"] = dict(cut_to_plain(stood.origin.cut._replace(session="")))
    if stood.lack is not None:
        said["lack"] = stood.lack.value
    return said


def plain_verdict(verdict: Verdict) -> dict[str, Value]:
    """What a gate says, for other programs."""
    return {
        "against": verdict.against,
        "outcome": verdict.outcome,
        "blocking": len(verdict.blocking),
        "lacking": len(verdict.lacking),
        "read": verdict.n_read,
        "complaints": list(verdict.complaints),
        "loosened": list(verdict.loosened),
    }


def summary(report: Report) -> Iterator[str]:
    """What a gate says, and which record was asked."""
    if report.verdict is not None:
        yield f"{_verdict(report.verdict, report.gate.value)}\n"
    yield f"Record of origins: {report.record}.\n"
    yield from (f"{harmless(trouble)}\n" for trouble in report.troubles)


def _verdict(verdict: Verdict, gate: str) -> str:
    against = f"lines changed against {verdict.against}"
    if verdict.outcome == PASSED:
        if not verdict.n_read:
            return f"Gate passed: no finding at or above {gate} in {against}."
        how_many = "1 finding" if verdict.n_read == 1 else f"{verdict.n_read:,} findings"
        return f"Gate passed: {how_many} at or above {gate} in {against}, none of them unread."
    if verdict.outcome == BLOCKED:
        n = len(verdict.blocking)
        how_many = "1 finding" if n == 1 else f"{n:,} findings"
        where = f"at or above {gate}, in {against}, that nobody reviewed"
        return f"Gate blocks: {how_many} {where}: {named(verdict.blocking)}."
    return f"Gate not passed: what it asks of {against} cannot be judged."


def _of_origin(origin: Origin) -> dict[str, Value]:
    plain = to_plain(origin)
    return {name: said for name in _SAID if isinstance(said := plain.get(name), (str, int))}
