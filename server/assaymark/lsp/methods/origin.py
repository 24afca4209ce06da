"""
`assaymark/origin`: an editor says where a change comes from, just before or just after it sends the change.

Invariant: what says too little, or the impossible, is refused with its reason and attributes nothing.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, TypeVar

from assaymark.lsp.refusal import INVALID_PARAMS, Params, Refused, text_at, value_at, whole_at
from assaymark.lsp.signal import OWN, Kind, Signal
from assaymark.lsp.wire import Position, utf8
from assaymark.origin import Author, Evidence, Origin

if TYPE_CHECKING:
    from assaymark.lsp.session import Session

_E = TypeVar("_E", bound=enum.Enum)

_LONGEST_NAME = 250
_BY_AI = frozenset((Kind.accept, Kind.agent))
_BY_TOOL = frozenset((Kind.format, Kind.rename, Kind.tool))
# What a person in an editor did, or an agent's hook of the editor's own reported.
_EVIDENCE = frozenset((Evidence.accept, Evidence.hook))


def handle(session: Session, params: Params) -> None:
    """Effect: the change that is meant is attributed, or the report waits for it for a few seconds."""
    signal = _signal(params, int(session.clock()))
    document = session.document(signal.uri)
    if document is None:
        raise Refused(INVALID_PARAMS, "uri: the document is not open")
    # What waits may be what is meant.
    before = session.read(signal.uri)
    session.arrivals.signal(document, signal)
    if session.desk.at(document.uri) is not before:
        session.attributed(document)


def _signal(params: Params, now: int) -> Signal:
    kind = _one_of(Kind, text_at(params, "kind"), "kind")
    version = whole_at(params, "version") if value_at(params, "version") is not None else None
    text = utf8(text_at(params, "text")) if value_at(params, "text") is not None else None
    where = _range(params) if value_at(params, "range") is not None else None
    if version is None and (where is not None or text is None):
        raise Refused(INVALID_PARAMS, "version: a whole number is needed, unless `text` says what came")
    return Signal(text_at(params, "uri"), kind, version, text, where, _origin(kind, params, now))


def _origin(kind: Kind, params: Params, now: int) -> Origin:
    if kind not in _BY_AI | _BY_TOOL:
        return OWN
    said = text_at(params, "evidence") if value_at(params, "evidence") is not None else "accept"
    evidence = _one_of(Evidence, said, "evidence")
    if evidence not in _EVIDENCE:
        raise Refused(INVALID_PARAMS, "evidence: an editor can report `accept` or `hook`")
    tool, model, session, prompt = (_name(params, name) for name in ("tool", "model", "session", "prompt"))
    if kind in _BY_TOOL:
        return Origin(Author.tool, evidence, tool=tool or kind.value)
    return Origin(Author.ai, evidence, tool, model, session, prompt, now)


def _name(params: Params, name: str) -> str:
    if value_at(params, name) is None:
        return ""
    text = text_at(params, name)
    if len(text) > _LONGEST_NAME or not text.isprintable():
        raise Refused(INVALID_PARAMS, f"{name}: at most {_LONGEST_NAME} printable characters are taken")
    return text


def _one_of(kinds: type[_E], said: str, name: str) -> _E:
    try:
        return kinds(said)
    except ValueError:
        known = ", ".join(kind.value for kind in kinds)
        raise Refused(INVALID_PARAMS, f"{name}: one of {known} is needed") from None


def _range(params: Params) -> tuple[Position, Position]:
    start, end = (
        Position(whole_at(params, "range", end, "line"), whole_at(params, "range", end, "character"))
        for end in ("start", "end")
    )
    return start, end
