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
from typing import TYPE_CHECKING, TypeAlias

from assaymark.origin import Runs

if TYPE_CHECKING:
    from assaymark.lineage.reviews import Reviews
    from assaymark.repository.place import Place
    from assaymark.second.channel import Soon

Told: TypeAlias = "tuple[Runs, Reviews]"
# Tells the origins that notes know of a content at a place, and the reviews that these name.
Ask = Callable[["Place", bytes, Callable[[Told], None]], None]

_ONE_AT_A_TIME = threading.Lock()


def asking(soon: Soon) -> Ask:
    """What asks git, and tells the answer by *soon*; nothing is told where notes say nothing."""

    def ask(place: Place, content: bytes, then: Callable[[Told], None]) -> None:
        def wait() -> None:
            with _ONE_AT_A_TIME:
                told = asked(place, content)
            if told is not None:
                with contextlib.suppress(RuntimeError):  # the loop has ended
                    soon(lambda: then(told))

        threading.Thread(target=wait, name="notes", daemon=True).start()

    return ask


def asked(place: Place, content: bytes) -> Told | None:
    """The origins that notes say of *content*, now, and the reviews that these name."""
    # Late: most repositories have no notes, and this is not of the way to the first diagnostics.
    from assaymark.record.reading import known_reviews, noted

    runs = noted(place, content)
    return None if runs is None else (runs, known_reviews(place, runs, content))
