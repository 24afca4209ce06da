"""
`textDocument/codeAction`: the fixes of the findings at a place, and all safe ones at once.

Invariant: what is offered holds: its finding is gone afterwards, and nothing is broken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lsprotocol import types

from assaymark.finding import Finding, Fix
from assaymark.lsp.marking import offers
from assaymark.lsp.methods.code_action_resolve import FixKey, edit_of, edit_of_all
from assaymark.lsp.part import Part
from assaymark.lsp.report import SOURCE
from assaymark.lsp.session import Session
from assaymark.lsp.silencing import further_actions
from assaymark.lsp.wire import Position
from assaymark.text import Span

FIX_ALL = "source.fixAll.assaymark"


def handle(session: Session, params: types.CodeActionParams) -> list[types.CodeAction]:
    """One action for each fix of each finding that touches the range, and one for all that are safe."""
    part = session.part(params.text_document.uri)
    if part is None or not session.client.takes_actions:
        return []
    start, end = sorted(
        part.offset(Position(place.line, place.character)) for place in (params.range.start, params.range.end)
    )
    fixes = [
        (finding, index, fix)
        for finding in part.visible(Span(start, end))
        for index, fix in enumerate(finding.fixes)
        if session.verdicts.holds(part, finding, fix)
    ]
    only = params.context.only
    actions = [_action(session, params, *one) for one in fixes] if _wants("quickfix", only) else []
    # Unasked it is offered beside a fix that it would make, and not at every place.
    if (
        _wants(FIX_ALL, only)
        and (only or any(fix.safe for _, _, fix in fixes))
        and session.verdicts.can_fix(part)
    ):
        actions.append(_fix_all(session, part))
    if _wants("quickfix", only):
        actions += further_actions(session, part, part.visible(Span(start, end)), params.context.diagnostics)
        actions += _reviews(session, part, Span(start, end))
    return actions


def _reviews(session: Session, part: Part, span: Span) -> Iterator[types.CodeAction]:
    """What can be marked as reviewed there."""
    if not part.document.options.settings.quiet:
        for title, command, argument in offers(session, part, span):
            action = types.Command(title, command, arguments=[argument])
            yield types.CodeAction(title, types.CodeActionKind.QuickFix, command=action)


def title_of(fix: Fix) -> str:
    """What the menu shows: it says when the fix may change what correct code does."""
    title = fix.title
    if "$" in title and len(fix.changes) == 1:  # a template's own words; what it came to says more
        title = f"Write {fix.changes[0].new.decode('utf-8', 'replace')}"
    return title if fix.safe else f"{title} (unsafe: may change what the code does)"


def _wants(kind: str, only: Sequence[types.CodeActionKind | str] | None) -> bool:
    """Whether *kind*, or one that it is a part of, is asked for."""
    kinds = [str(getattr(one, "value", one)) for one in only or []]
    return only is None or any(f"{kind}.".startswith(f"{one}.") or not one for one in kinds)


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


def _fix_all(session: Session, part: Part) -> types.CodeAction:
    action = types.CodeAction("Make all safe fixes", kind=FIX_ALL, data={"all": part.uri})
    if not session.client.resolves_edits:
        action.edit = edit_of_all(session, part.uri)
    return action


def _diagnostics(given: Sequence[types.Diagnostic], finding: Finding) -> Iterator[types.Diagnostic]:
    """Those of the client's diagnostics that *finding* is; a client may drop what came as data."""
    for diagnostic in given:
        if diagnostic.source != SOURCE or diagnostic.code != finding.rule:
            continue
        named = diagnostic.data.get("fingerprint") if isinstance(diagnostic.data, dict) else None
        if named in {None, finding.fingerprint}:
            yield diagnostic
