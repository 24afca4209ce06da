"""
The quick fix that silences a finding with a reason: where the comment goes, and what it says.

The client's person types the reason: into a field of a snippet where the client knows snippets in edits, else
in the place of a word that counts as no reason.

Invariant: what is offered holds: the finding is silenced afterwards, and no other finding came.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass

from lsprotocol import types

from assaymark.analysis.advance import advanced
from assaymark.analysis.snapshot import Section
from assaymark.finding import Finding
from assaymark.lsp.methods.code_action_resolve import workspace_edit
from assaymark.lsp.part import Part
from assaymark.lsp.refusal import CONTENT_MODIFIED, Refused, text_at, value_at, whole_at
from assaymark.lsp.session import Session
from assaymark.suppress.comments import comment_sign, statements_over, takes_comment
from assaymark.suppress.silence import ABOUT_SILENCES
from assaymark.text import Edit, Place, Span

_REASON = "reason"
_LINE_END = re.compile(rb"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class SilenceKey:
    """What names a finding between two requests."""

    silence: str
    rule: str
    fingerprint: str
    start: int

    def plain(self) -> dict[str, str | int]:
        return asdict(self)


def key_of(part: Part, finding: Finding) -> SilenceKey | None:
    """What the client gives back to have *finding* silenced; None for what no comment silences."""
    if finding.rule.startswith(ABOUT_SILENCES) or not comment_sign(part.entry.snapshot.language):
        return None
    return SilenceKey(part.uri, finding.rule, finding.fingerprint, finding.span.start)


def key_in(values: object) -> SilenceKey | None:
    """The key in the *values* of an action, if it is one that silences."""
    if value_at(values, "silence") is None:
        return None
    return SilenceKey(
        text_at(values, "silence"),
        text_at(values, "rule"),
        text_at(values, "fingerprint"),
        whole_at(values, "start"),
    )


def title_of(rule: str) -> str:
    """What the menu shows."""
    return f"Silence {rule} with a reason…"


def further_actions(
    session: Session, part: Part, found: Iterable[Finding], given: Sequence[types.Diagnostic]
) -> Iterator[types.CodeAction]:
    """
    For each rule of *found*: to silence its finding with a reason, and to have it explained.

    *given* are the client's diagnostics, of which an action names those that it is about.
    """
    for finding in {one.rule: one for one in found}.values():
        key = key_of(part, finding)
        if key is not None:
            action = types.CodeAction(title_of(finding.rule), types.CodeActionKind.QuickFix, data=key.plain())
            if not session.client.resolves_edits:
                edit = silencing(part, finding)
                action.edit = None if edit is None else _workspace_edit(session, part, edit)
            action.diagnostics = [one for one in given if one.code == finding.rule] or None
            if session.client.resolves_edits or action.edit is not None:
                yield action
        if session.client.shows_documents and session.shelf.rule(finding.rule) is not None:
            title = f"Explain {finding.rule}"
            command = types.Command(title, "assaymark.explain", arguments=[finding.rule])
            yield types.CodeAction(title, types.CodeActionKind.QuickFix, command=command)


def edit_of(session: Session, key: SilenceKey) -> types.WorkspaceEdit:
    """The edit that silences the finding that *key* names, in the newest text; Refused when it is gone."""
    part = session.part(key.silence)
    finding = _found(part, key) if part is not None else None
    if part is None or finding is None:
        raise Refused(CONTENT_MODIFIED, "the finding is no longer there")
    edit = silencing(part, finding)
    if edit is None:
        raise Refused(CONTENT_MODIFIED, "there is no place for a comment; rewrite the line")
    return _workspace_edit(session, part, edit)


def silencing(part: Part, finding: Finding) -> Edit | None:
    """The edit that silences *finding*: behind its line, else above its statement; None when none does."""
    snapshot = part.entry.snapshot
    place = snapshot.text.place_of_byte(finding.span.start)
    comment = f"{comment_sign(snapshot.language)} assaymark: ignore[{finding.rule}] -- {_REASON}".encode()
    for edit in (
        _behind(place, finding, comment, snapshot.language),
        _above(place, finding, comment, snapshot.language),
    ):
        if edit is not None and part.takes([edit]) and _holds(part, finding, edit):
            return edit
    return None


def _workspace_edit(session: Session, part: Part, edit: Edit) -> types.WorkspaceEdit:
    if session.client.takes_snippets and session.client.versions_edits:
        return _with_snippet(part, edit)
    return workspace_edit(session, part, [edit])


def _behind(place: Place[Section], finding: Finding, comment: bytes, language: str | None) -> Edit | None:
    """The comment behind the first line of *finding*; None where no comment can stand behind that."""
    chunk = place.leaf.chunk
    line = chunk.line_of(finding.span.start - place.start)
    if language is None or not takes_comment(place.leaf.piece, line, language):
        return None
    text, start = _line(place, line)
    at = start + len(text.rstrip())
    return Edit(Span(at, start + len(text)), b"  " + comment)


def _above(place: Place[Section], finding: Finding, comment: bytes, language: str | None) -> Edit | None:
    """The comment on a line of its own above the statement of *finding*, indented as that is."""
    if language is None:
        return None
    chunk = place.leaf.chunk
    line = chunk.line_of(finding.span.start - place.start)
    first, _ = statements_over(place.leaf.piece, line, line, language)
    text, start = _line(place, first)
    indent = text[: len(text) - len(text.lstrip())]
    end = _LINE_END.search(chunk.data)
    return Edit(Span(start, start), indent + comment + (end[0] if end is not None else b"\n"))


def _line(place: Place[Section], line: int) -> tuple[bytes, int]:
    """A line of a section without its end, and where it starts in the text."""
    chunk = place.leaf.chunk
    start = chunk.line_starts[line]
    end = chunk.line_starts[line + 1] if line < chunk.n_breaks else chunk.n_bytes
    return chunk.data[start:end].rstrip(b"\r\n"), place.start + start


def _holds(part: Part, finding: Finding, edit: Edit) -> bool:
    """Whether *edit* takes *finding* away, and brings nothing but what is said of a missing reason."""
    before = part.entry.snapshot
    after = advanced(before, [edit])
    silenced = {(one.finding.rule, one.finding.fingerprint) for one in after.silenced()}
    ours = [one for one in after.findings() if not one.rule.startswith(ABOUT_SILENCES)]
    theirs = [one for one in before.findings() if not one.rule.startswith(ABOUT_SILENCES)]
    return (finding.rule, finding.fingerprint) in silenced and len(ours) < len(theirs)


def _found(part: Part, key: SilenceKey) -> Finding | None:
    """Of equal findings the one that is nearest to where it was."""
    same = [
        finding
        for finding in part.entry.snapshot.findings()
        if finding.rule == key.rule and finding.fingerprint == key.fingerprint and part.holds(finding.span)
    ]
    return min(same, key=lambda finding: abs(finding.span.start - key.start), default=None)


def _with_snippet(part: Part, edit: Edit) -> types.WorkspaceEdit:
    """*edit* with a field for the reason (LSP 3.18, `SnippetTextEdit`)."""
    start, end = part.position(edit.span.start), part.position(edit.span.end)
    where = types.Range(types.Position(start.line, start.column), types.Position(end.line, end.column))
    head, _, tail = edit.new.decode().rpartition(_REASON)
    text = f"{_escaped(head)}${{1:{_REASON}}}{_escaped(tail)}"
    document = types.OptionalVersionedTextDocumentIdentifier(part.uri, part.version)
    snippet = types.SnippetTextEdit(where, types.StringValue(text))
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(document, [snippet])])


def _escaped(text: str) -> str:
    return re.sub(r"[\\$}]", r"\\\g<0>", text)
