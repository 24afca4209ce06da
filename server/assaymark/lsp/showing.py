"""Where a finding is that was named some time ago."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.lsp.refusal import text_at, whole_at

if TYPE_CHECKING:
    from assaymark.lsp.session import Session

Plain = dict[str, object]


def place_of(session: Session, named: object) -> Plain | None:
    """Document and range of the finding that *named* names: of equal ones the nearest; None if it is gone."""
    uri, start = text_at(named, "uri"), whole_at(named, "start")
    rule, fingerprint = text_at(named, "rule"), text_at(named, "fingerprint")
    part = session.part(uri)
    if part is None:
        return None
    same = [
        one.span for one in part.visible(part.span) if one.rule == rule and one.fingerprint == fingerprint
    ]
    if not same:
        return None
    span = min(same, key=lambda span: abs(span.start - start))
    ends = [part.position(at) for at in (span.start, span.end)]
    first, last = ({"line": end.line, "character": end.column} for end in ends)
    return {"uri": uri, "selection": {"start": first, "end": last}}
