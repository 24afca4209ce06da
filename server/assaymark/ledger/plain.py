"""
Events as plain values, for JSON.

Invariants:
    What was written is read as it was.
    What cannot be understood is kept as it is: a newer program may have written it.
"""

from __future__ import annotations

import binascii

from assaymark.ledger.events import (
    Change,
    Committed,
    Edited,
    Event,
    Fixed,
    Gap,
    Moved,
    Other,
    Outside,
    Plain,
    Prompted,
    Reviewed,
    Saved,
    Session,
    Told,
    Unread,
    Withdrawn,
)
from assaymark.lineage.plain import from_plain as origin_from_plain
from assaymark.lineage.plain import to_plain as origin_to_plain
from assaymark.origin import Origin, Run, Runs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_KINDS: dict[str, type[Any]] = {
    "edited": Edited,
    "saved": Saved,
    "session": Session,
    "prompted": Prompted,
    "unread": Unread,
    "gap": Gap,
    "outside": Outside,
    "committed": Committed,
    "moved": Moved,
    "reviewed": Reviewed,
    "withdrawn": Withdrawn,
    "told": Told,
    "fixed": Fixed,
}
# More is no length and no time, and no integer to SQLite.
_MOST = 1 << 62
_NAMES = {kind: name for name, kind in _KINDS.items()}


def kind_of(event: Event) -> str:
    """What *event* is called where it is written down."""
    return str(event.plain.get("kind", "")) if isinstance(event, Other) else _NAMES[type(event)]


def is_kind(kind: object) -> bool:
    """Whether events of this kind are understood."""
    return kind in _KINDS


def to_plain(event: Event) -> Plain:
    """*event* as a table that JSON can hold; what is empty is left out."""
    if isinstance(event, Other):
        return event.plain
    plain: Plain = {"kind": _NAMES[type(event)]}
    for name, value in event._asdict().items():
        if name not in event._field_defaults or value != event._field_defaults[name]:
            plain[name] = _WRITTEN[name](value) if name in _WRITTEN else value
    return plain


def from_plain(plain: object) -> Event:
    """The event that *plain* says. Raises ValueError when it is none, not even of an unknown kind."""
    if not isinstance(plain, dict) or not all(isinstance(plain.get(name), str) for name in ("id", "by")):
        msg = "no event"
        raise ValueError(msg)
    kind = _KINDS.get(str(plain.get("kind")))
    try:
        return _read(kind, plain) if kind is not None else _other(plain)
    except (KeyError, TypeError, ValueError, IndexError):
        return _other(plain)


def _read(kind: type[Any], plain: Plain) -> Event:
    """Raises KeyError for a field that is missing, TypeError or ValueError for one that cannot be read."""
    values = {
        name: _READ[name](plain[name])
        for name in kind._fields
        if name in plain or name not in kind._field_defaults
    }
    event: Event = kind(**values)
    return event


def _other(plain: Plain) -> Other:
    moment = plain.get("time")
    is_time = isinstance(moment, int) and 0 <= moment < _MOST
    return Other(plain["id"], int(moment or 0) if is_time else 0, plain["by"], plain)


def runs_to_plain(runs: Runs) -> Plain:
    """Each origin is written once."""
    numbers: dict[Origin, int] = {}
    rows = [[n_bytes, numbers.setdefault(origin, len(numbers))] for n_bytes, origin in runs]
    return {"origins": [origin_to_plain(origin) for origin in numbers], "runs": rows}


def runs_from_plain(plain: Plain) -> Runs:
    origins = [origin_from_plain(origin) for origin in plain["origins"]]
    return tuple(Run(_count(n_bytes), origins[_count(at)]) for n_bytes, at in plain["runs"])


def _text(value: object) -> str:
    if not isinstance(value, str):
        msg = "no text"
        raise TypeError(msg)
    return value


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _MOST:
        msg = "no count"
        raise TypeError(msg)
    return value


def _texts(value: list[object]) -> tuple[str, ...]:
    return tuple(map(_text, value))


def _changes(value: list[list[object]]) -> tuple[Change, ...]:
    found = tuple(Change(*map(_count, row)) for row in value)
    ends = [0, *(change.end for change in found)]
    if any(change.start < end or change.end < change.start for change, end in zip(found, ends, strict=False)):
        msg = "edits are not in order"
        raise ValueError(msg)
    return found


def _ranges(value: list[list[object]]) -> tuple[tuple[int, int], ...]:
    return tuple((_count(start), _count(end)) for start, end in value)


def bytes_to_plain(value: bytes) -> str:
    return binascii.b2a_base64(value, newline=False).decode("ascii")


def bytes_from_plain(value: str) -> bytes:
    return binascii.a2b_base64(value, strict_mode=True)


# Fields of one name are written alike in all events.
_WRITTEN: dict[str, Callable[[Any], object]] = {
    "origin": origin_to_plain,
    **dict.fromkeys(("lines", "lines_before"), bytes_to_plain),
    "runs": runs_to_plain,
}
_READ: dict[str, Callable[[Any], object]] = {
    **dict.fromkeys(("id", "by", "path", "call", "digest", "tool", "session", "model", "transcript"), _text),
    **dict.fromkeys(("prompt", "reference", "what", "reason", "commit", "to"), _text),
    **dict.fromkeys(("rule", "fingerprint", "severity"), _text),
    **dict.fromkeys(("channel", "relation", "who", "signed", "signature", "review"), _text),
    **dict.fromkeys(("before", "after"), lambda value: None if value is None else _text(value)),
    **dict.fromkeys(("time", "n_bytes", "line"), _count),
    "origin": origin_from_plain,
    "edits": _changes,
    **dict.fromkeys(("ranges", "cuts"), _ranges),
    **dict.fromkeys(("lines", "lines_before"), bytes_from_plain),
    "runs": runs_from_plain,
    "paths": _texts,
}
