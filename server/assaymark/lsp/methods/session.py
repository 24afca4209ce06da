"""
`assaymark/session`: what an agent's session did that needs a look, as `assaymark session` says it.

Invariant: it is about the texts on the disk, which is what the session wrote; open ones may be ahead of them.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from assaymark.analysis.advance import opened
from assaymark.lsp.outbox import MessageId
from assaymark.lsp.places import file_path
from assaymark.lsp.refusal import INVALID_PARAMS, Params, Refused, text_at, value_at
from assaymark.repository.place import Place, place_of
from assaymark.rules.ruleset import RuleSet
from assaymark.workspace.today import today

if TYPE_CHECKING:
    from assaymark.analysis.snapshot import Snapshot
    from assaymark.ledger.store import Ledger
    from assaymark.lsp.session import Session
    from assaymark.origin import Runs
    from assaymark.record.card import Card

# Nothing else is answered meanwhile.
_SECONDS = 5.0


def handle(session: Session, request: MessageId, params: Params) -> None:
    """Effect: *request* is answered with the card of the session `id` (default: the last)."""
    which = text_at(params, "id") if value_at(params, "id") is not None else "last"
    place = place_asked(session, params)
    # Late: SQLite and all that a card is made of.
    from assaymark.ledger.store import Unavailable
    from assaymark.ledger.store import opened as opened_ledger
    from assaymark.record.card_plain import plain
    from assaymark.record.conversations import NoConversation

    if not Path(place.store).is_dir():
        raise Refused(INVALID_PARAMS, "nothing is recorded here: no agent's hook has reported anything yet")
    try:
        with opened_ledger(place.store, "server") as ledger:
            found = _card(session, place, ledger, which)
    except (NoConversation, OSError, Unavailable) as problem:
        raise Refused(INVALID_PARAMS, str(problem)) from problem
    session.outbox.reply(request, {**plain(found), "top": Path(place.top).as_uri()})


def _card(session: Session, place: Place, ledger: Ledger, which: str) -> Card:
    from assaymark.lineage.trusting import once_read
    from assaymark.record.card import card
    from assaymark.record.conversations import chosen, conversations
    from assaymark.record.gathering import gathered
    from assaymark.settings.loosening import loosened

    reviews, asked = ledger.reviews(), [RuleSet.of(())]
    may_loosen = once_read(lambda: reviews)

    def analysed(file: str, content: bytes, runs: Runs) -> Snapshot:
        uri = Path(file).as_uri()
        options = session.preferences.options(uri)
        asked[0] = session.shelf.rules(options)
        return opened(
            content,
            session.preferences.path(uri, ""),
            asked[0],
            options.settings.limits,
            today=today(),
            foreign=options.settings.foreign_comments,
            origins=runs,
            may_loosen=may_loosen,
        )

    conversation = chosen(conversations(ledger), which)
    files = gathered(place, ledger, conversation, analysed)
    until = time.monotonic() + _SECONDS
    return card(conversation, files, asked[0], reviews, loosened, lambda _: time.monotonic() < until)


def place_asked(session: Session, params: Params) -> Place:
    """The work tree of the document or folder `uri`; without one, of the first folder, or document."""
    if value_at(params, "uri") is not None:
        return place_of(file_path(text_at(params, "uri")))
    known = [*session.preferences.folders, *(document.uri for document in session.documents())]
    uri = next((one for one in known if one.startswith("file:")), None)
    if uri is None:
        raise Refused(INVALID_PARAMS, "uri: a file or folder is needed, since none is open")
    return place_of(os.path.join(file_path(uri), ""))  # noqa: PTH118 - paths stay strings
