"""
What git notes say of the committed lines of an opened file: asked of git beside the loop.

Invariants:
    The threads wait for git, one after the other; their answers are taken on the loop.
    A repository without notes is not asked for who changed which line.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from assaymark.origin import Runs

if TYPE_CHECKING:
    from assaymark.repository.place import Place
    from assaymark.second.channel import Soon

# Tells the origins that notes know of a content at a place.
Ask = Callable[["Place", bytes, Callable[[Runs], None]], None]

_ONE_AT_A_TIME = threading.Lock()


def asking(soon: Soon) -> Ask:
    """What asks git, and tells the answer by *soon*; nothing is told where notes say nothing."""

    def ask(place: Place, content: bytes, then: Callable[[Runs], None]) -> None:
        def wait() -> None:
            with _ONE_AT_A_TIME:
                runs = asked(place, content)
            if runs is not None:
                with contextlib.suppress(RuntimeError):  # the loop has ended
                    soon(lambda: then(runs))

        threading.Thread(target=wait, name="notes", daemon=True).start()

    return ask


def asked(place: Place, content: bytes) -> Runs | None:
    """The origins that notes say of *content*, now."""
    # Late: most repositories have no notes, and this is not of the way to the first diagnostics.
    from assaymark.record.reading import noted

    return noted(place, content)
