"""`codeAction/resolve`: the edits of a chosen fix, or of all, for the text as it is now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from lsprotocol import types

from assaymark.finding import Finding, Fix
from assaymark.lsp.part import Part
from assaymark.lsp.refusal import CONTENT_MODIFIED, Refused, text_at, value_at, whole_at
from assaymark.lsp.session import Session
from assaymark.lsp.verdicts import all_fixed
from assaymark.text import Edit


@dataclass(frozen=True, slots=True)
class FixKey:
    """What names a fix between two requests: its finding, where that started, its number there."""

    uri: str
    rule: str
    fingerprint: str
    start: int
    index: int

    def plain(self) -> dict[str, str | int]:
        return asdict(self)


def handle(session: Session, action: types.CodeAction) -> types.CodeAction:
    """The action with its edits, if it has any; Refused when the finding is no longer there."""
    # VS Code resolves whatever comes without edits, commands too.
    if action.data is None:
        return action
    # Late: it needs what is here.
    from assaymark.lsp import silencing

    silence = silencing.key_in(action.data)
    if silence is not None:
        action.edit = silencing.edit_of(session, silence)
        return action
    if value_at(action.data, "all") is not None:
        action.edit = edit_of_all(session, text_at(action.data, "all"))
        return action
    key = FixKey(
        text_at(action.data, "uri"),
        text_at(action.data, "rule"),
        text_at(action.data, "fingerprint"),
        whole_at(action.data, "start"),
        whole_at(action.data, "index"),
    )
    action.edit = edit_of(session, key)
    return action


def edit_of(session: Session, key: FixKey) -> types.WorkspaceEdit:
    """The edits of the fix that *key* names, in the newest text; Refused when it does not hold there."""
    part = session.part(key.uri)
    found = _found(part, key) if part is not None else None
    if part is None or found is None:
        raise Refused(CONTENT_MODIFIED, "the finding is no longer there")
    finding, fix = found
    edits = part.edits(fix.changes)
    if edits is None or not session.verdicts.holds(part, finding, fix):
        raise Refused(CONTENT_MODIFIED, "the fix does not hold any longer")
    return workspace_edit(session, part, reversed(edits))


def edit_of_all(session: Session, uri: str) -> types.WorkspaceEdit:
    """The edits of all safe fixes in the newest text; none when there are none any longer."""
    part = session.part(uri)
    if part is None:
        raise Refused(CONTENT_MODIFIED, "the document is not open")
    return workspace_edit(session, part, all_fixed(part))


def workspace_edit(session: Session, part: Part, edits: Iterable[Edit]) -> types.WorkspaceEdit:
    """*edits* of the text, which lie in *part*, as the client makes them."""
    edits = tuple(edits)
    session.arrivals.offered(part.document, edits)
    made = [_text_edit(part, edit) for edit in edits]
    if not session.client.versions_edits:
        return types.WorkspaceEdit(changes={part.uri: made})
    document = types.OptionalVersionedTextDocumentIdentifier(part.uri, part.version)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(document, list(made))])


def _found(part: Part, key: FixKey) -> tuple[Finding, Fix] | None:
    """Of equal findings the one that is nearest to where it was."""
    same = [
        finding
        for finding in part.entry.snapshot.findings()
        if finding.rule == key.rule and finding.fingerprint == key.fingerprint and part.holds(finding.span)
    ]
    finding = min(same, key=lambda finding: abs(finding.span.start - key.start), default=None)
    if finding is None or key.index >= len(finding.fixes):
        return None
    return finding, finding.fixes[key.index]


def _text_edit(part: Part, edit: Edit) -> types.TextEdit:
    start, end = part.position(edit.span.start), part.position(edit.span.end)
    where = types.Range(types.Position(start.line, start.column), types.Position(end.line, end.column))
    return types.TextEdit(where, edit.new.decode("utf-8", "replace"))
