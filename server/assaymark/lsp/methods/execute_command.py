"""
`workspace/executeCommand`: what users do that is no edit.

Invariant: every command is answered, the long ones when they end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from assaymark.lsp.outbox import MessageId
from assaymark.lsp.refusal import INVALID_PARAMS, Params, Refused, list_at, text_at, token_at, value_at

if TYPE_CHECKING:
    from assaymark.lsp.session import Session


def handle(session: Session, request: MessageId, params: Params) -> None:
    """Effect: the command is done; *request* is answered, or will be."""
    name = text_at(params, "command")
    if name not in COMMANDS:
        from difflib import get_close_matches

        near = get_close_matches(name, COMMANDS, 1, cutoff=0.8)
        meant = f"; did you mean {near[0]}?" if near else ""
        raise Refused(INVALID_PARAMS, f"{name} is not a command of this server{meant}")
    COMMANDS[name](session, request, params)


def _check_workspace(session: Session, request: MessageId, params: Params) -> None:
    """Checks all files of the workspace's folders; the answer counts files and findings."""

    def answer() -> None:
        session.outbox.reply(request, dict(session.workspace.counts()))

    session.workspace.check(request, token_at(params, "workDoneToken"), answer)


def _dismiss_workspace_check(session: Session, request: MessageId, params: Params) -> None:
    """Withdraws what the check of the workspace found in files that are not open."""
    session.workspace.dismiss()
    if session.client.pulls:
        session.outbox.ask("workspace/diagnostic/refresh", None)
    session.outbox.reply(request, None)


def _explain(session: Session, request: MessageId, params: Params) -> None:
    """Opens the page of a rule, if the client can; the answer holds its text."""
    from assaymark.lsp.explaining import explanation

    found = explanation(session, _argument(params, "rule"))
    if found["uri"] and session.client.shows_documents:
        session.outbox.ask("window/showDocument", {"uri": found["uri"], "takeFocus": True})
    session.outbox.reply(request, found)


def _fix_all(session: Session, request: MessageId, params: Params) -> None:
    """Makes all safe fixes in a document; the answer is the number of edits that the client was given."""
    from assaymark.lsp.applying import apply_all_fixes

    uri = _argument(params, "uri")
    if not session.client.applies_edits:
        raise Refused(INVALID_PARAMS, "the client does not take edits (workspace/applyEdit)")
    session.outbox.reply(request, {"edits": apply_all_fixes(session, uri)})


def _show(session: Session, request: MessageId, params: Params) -> None:
    """Shows a finding that a lens names, if the client can; the answer holds its place, or null."""
    from assaymark.lsp.showing import place_of

    place = place_of(session, next(iter(list_at(params, "arguments")), None))
    if place is not None and session.client.shows_documents:
        session.outbox.ask("window/showDocument", {**place, "takeFocus": True})
    session.outbox.reply(request, place)


def _mark_reviewed(session: Session, request: MessageId, params: Params) -> None:
    """Records that somebody read lines, a run, a function, a file or a session; the answer says which."""
    from assaymark.lsp.marking import mark, mark_session

    named = next(iter(list_at(params, "arguments")), None)
    if value_at(named, "session") is not None:
        _tell(session, request, mark_session(session, text_at(named, "session")))
    else:
        _tell(session, request, mark(session, named))


def _withdraw_review(session: Session, request: MessageId, params: Params) -> None:
    """Takes the reviews of lines back; the answer says which."""
    from assaymark.lsp.marking import withdraw

    _tell(session, request, withdraw(session, next(iter(list_at(params, "arguments")), None)))


def _tell(session: Session, request: MessageId, text: str) -> None:
    session.outbox.tell(text)
    session.outbox.reply(request, {"message": text})


COMMANDS: Mapping[str, Callable[[Session, MessageId, Params], None]] = {
    "assaymark.checkWorkspace": _check_workspace,
    "assaymark.dismissWorkspaceCheck": _dismiss_workspace_check,
    "assaymark.explain": _explain,
    "assaymark.fixAll": _fix_all,
    "assaymark.markReviewed": _mark_reviewed,
    "assaymark.show": _show,
    "assaymark.withdrawReview": _withdraw_review,
}


def _argument(params: Params, name: str) -> str:
    """The first argument: a string, or an object that holds it under *name*."""
    first = next(iter(list_at(params, "arguments")), None) if value_at(params, "arguments") else None
    return first if isinstance(first, str) else text_at(first, name)
