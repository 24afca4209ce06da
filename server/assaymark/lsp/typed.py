"""
The methods that go through pygls: those that need its types, and none that a keystroke waits for.

pygls and lsprotocol take half a second to import, so they come after the first diagnostics: in a thread,
while nothing is to do, or when the first of these methods is asked for.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assaymark.lsp.outbox import Outbox
    from assaymark.lsp.session import Session

METHODS = frozenset(["textDocument/hover", "textDocument/codeAction", "codeAction/resolve"])


def lane(session: Session, outbox: Outbox) -> Callable[[Mapping[str, Any]], None]:
    """
    What serves a request of one of METHODS.

    Effect: imports pygls, unless that was done.
    """
    _import()
    from assaymark.lsp.dispatch import dispatcher

    return dispatcher(session, outbox)


def warming() -> threading.Thread:
    """
    A thread that imports what the lane needs.

    Effect: it is started.
    """
    thread = threading.Thread(target=_import, name="imports", daemon=True)
    thread.start()
    return thread


def _import() -> None:
    # The import makes some 400,000 objects that stay; looking through them for
    # garbage doubles its time.
    gc.disable()
    try:
        import assaymark.lsp.dispatch  # noqa: F401
    finally:
        gc.freeze()
        gc.enable()
