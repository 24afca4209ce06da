"""`codeAction/resolve`: the edits of a chosen fix, for the text as it is now."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from lsprotocol import types

from assaymark.desk import Entry
from assaymark.finding import Change, Fix
from assaymark.lsp.refusal import CONTENT_MODIFIED, Refused, text_at, whole_at
from assaymark.lsp.session import Session
from assaymark.lsp.wire import position_of


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
    """The action with its edits; Refused when the finding is no longer there."""
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
    """The edits of the fix that *key* names, in the newest text; Refused when the finding is gone."""
    entry = session.read(key.uri)
    fix = _fix(entry, key) if entry is not None else None
    if entry is None or fix is None:
        raise Refused(CONTENT_MODIFIED, "the finding is no longer there")
    edits = [_text_edit(session, entry, change) for change in fix.changes]
    if not session.client.versions_edits:
        return types.WorkspaceEdit(changes={key.uri: edits})
    document = types.OptionalVersionedTextDocumentIdentifier(key.uri, entry.version)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(document, list(edits))])


def _fix(entry: Entry, key: FixKey) -> Fix | None:
    """Of equal findings the one that is nearest to where it was."""
    same = [
        finding
        for finding in entry.snapshot.findings()
        if finding.rule == key.rule and finding.fingerprint == key.fingerprint
    ]
    finding = min(same, key=lambda finding: abs(finding.span.start - key.start), default=None)
    return finding.fixes[key.index] if finding is not None and key.index < len(finding.fixes) else None


def _text_edit(session: Session, entry: Entry, change: Change) -> types.TextEdit:
    start, end = (
        position_of(entry.snapshot.text, offset, session.client.encoding)
        for offset in (change.span.start, change.span.end)
    )
    where = types.Range(types.Position(start.line, start.column), types.Position(end.line, end.column))
    return types.TextEdit(where, change.new.decode("utf-8", "replace"))
