"""What a rule is about, in Markdown: why it matters, and what to write instead."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from assaymark.lsp.refusal import INVALID_PARAMS, Refused
from assaymark.lsp.shelf import page_uri

if TYPE_CHECKING:
    from assaymark.lsp.session import Session


def explanation(session: Session, name: str) -> dict[str, str | None]:
    """The rule *name*: its text, and the URI of its page on this machine; Refused when there is none."""
    # Loads them, if no document did.
    session.shelf.rules(session.preferences.options(next(iter(session.preferences.folders), "")))
    rule = session.shelf.rule(name)
    if rule is None:
        near = get_close_matches(name, session.shelf.names(), 1)
        meant = f"; did you mean {near[0]}?" if near else ""
        raise Refused(INVALID_PARAMS, f"{name} is not a rule{meant}")
    text = "\n\n".join(filter(None, [f"# {rule.id}", rule.message, rule.why, rule.remedy]))
    return {"rule": rule.id, "text": text, "uri": page_uri(rule.source)}
