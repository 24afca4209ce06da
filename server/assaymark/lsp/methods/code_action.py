"""`textDocument/codeAction`: the fixes of the findings at a place; their edits come with `resolve`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lsprotocol import types

from assaymark.finding import Finding, Fix
from assaymark.lsp.methods.code_action_resolve import FixKey, edit_of
from assaymark.lsp.report import SOURCE
from assaymark.lsp.session import Session
from assaymark.lsp.wire import Position, offset_of
from assaymark.text import Span


def handle(session: Session, params: types.CodeActionParams) -> list[types.CodeAction]:
    """One action for each fix of each finding that touches the range."""
    entry = session.read(params.text_document.uri)
    if entry is None or not session.client.takes_actions or not _wants_fixes(params.context.only):
        return []
    text = entry.snapshot.text
    start, end = sorted(
        offset_of(text, Position(place.line, place.character), session.client.encoding)
        for place in (params.range.start, params.range.end)
    )
    return [
        _action(session, params, finding, index, fix)
        for finding in session.visible(params.text_document.uri, Span(start, end))
        for index, fix in enumerate(finding.fixes)
    ]


def title_of(fix: Fix) -> str:
    """What the menu shows: it says when the fix may change what correct code does."""
    title = fix.title
    if "$" in title and len(fix.changes) == 1:  # a template's own words; what it came to says more
        title = f"Write {fix.changes[0].new.decode('utf-8', 'replace')}"
    return title if fix.safe else f"{title} (unsafe: may change what the code does)"


def _wants_fixes(only: Sequence[types.CodeActionKind | str] | None) -> bool:
    kinds = [str(getattr(kind, "value", kind)) for kind in only or []]
    return only is None or any(kind in {"", "quickfix"} for kind in kinds)


def _action(
    session: Session, params: types.CodeActionParams, finding: Finding, index: int, fix: Fix
) -> types.CodeAction:
    key = FixKey(params.text_document.uri, finding.rule, finding.fingerprint, finding.span.start, index)
    action = types.CodeAction(
        title_of(fix),
        kind=types.CodeActionKind.QuickFix,
        diagnostics=list(_diagnostics(params.context.diagnostics, finding)) or None,
        is_preferred=True if fix.safe else None,
        data=key.plain(),
    )
    if not session.client.resolves_edits:
        action.edit = edit_of(session, key)
    return action


def _diagnostics(given: Sequence[types.Diagnostic], finding: Finding) -> Iterator[types.Diagnostic]:
    """Those of the client's diagnostics that *finding* is; a client may drop what came as data."""
    for diagnostic in given:
        if diagnostic.source != SOURCE or diagnostic.code != finding.rule:
            continue
        named = diagnostic.data.get("fingerprint") if isinstance(diagnostic.data, dict) else None
        if named in {None, finding.fingerprint}:
            yield diagnostic
