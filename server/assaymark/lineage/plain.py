"""
Origins as plain values, for what is stored or sent.

Invariant: what was written is read as it was; what cannot be read is of unknown origin, never an error.
"""

from __future__ import annotations

from assaymark.origin import STANDING, Arrival, Author, Cut, Evidence, Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

PlainOrigin: TypeAlias = "dict[str, str | int | list[str] | PlainCut]"
PlainCut: TypeAlias = "dict[str, str | int | bool]"

_TEXTS = ("tool", "model", "session", "prompt", "named")


def to_plain(origin: Origin) -> PlainOrigin:
    """*origin* as a table that JSON can hold; what is empty is left out."""
    plain: PlainOrigin = {"author": origin.author.value, "evidence": origin.evidence.value}
    plain |= {name: text for name in _TEXTS if (text := getattr(origin, name))}
    if origin.time is not None:
        plain["time"] = origin.time
    if origin.arrival is not None:
        plain["arrival"] = origin.arrival.value
    if origin.reviews:
        plain["reviews"] = list(origin.reviews)
    if origin.cut is not None:
        plain["cut"] = cut_to_plain(origin.cut)
    return plain


def cut_to_plain(cut: Cut) -> PlainCut:
    """*cut* as a table that JSON can hold; what is empty is left out."""
    return {name: value for name, value in cut._asdict().items() if value}


def from_plain(plain: object) -> Origin:
    """The origin that *plain* says; one that says nothing when it cannot be understood."""
    if not isinstance(plain, dict):
        return STANDING
    time, arrival, reviews = plain.get("time"), plain.get("arrival"), plain.get("reviews")
    texts = {name: text for name in _TEXTS if isinstance(text := plain.get(name), str)}
    try:
        return Origin(
            Author(plain.get("author")),
            Evidence(plain.get("evidence")),
            **texts,
            time=time if isinstance(time, int) else None,
            arrival=Arrival(arrival) if arrival is not None else None,
            reviews=tuple(one for one in reviews if isinstance(one, str))
            if isinstance(reviews, list)
            else (),
            cut=_cut(plain.get("cut")),
        )
    except ValueError:
        return STANDING


def _cut(plain: object) -> Cut | None:
    """The cut that *plain* says: one that cannot be understood is one of nobody known."""
    if plain is None:
        return None
    its = plain if isinstance(plain, dict) else {}
    tool, session, time = its.get("tool"), its.get("session"), its.get("time")
    return Cut(
        tool if isinstance(tool, str) else "",
        time if isinstance(time, int) else None,
        its.get("between") is True,
        session if isinstance(session, str) else "",
    )
