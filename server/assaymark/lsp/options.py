"""What holds for one document: its settings, and which findings are left to other tools."""

from __future__ import annotations

from assaymark.dataclass import dataclass
from assaymark.settings.deferring import NOTHING_DEFERRED, Deferral
from assaymark.settings.values import Settings


@dataclass(frozen=True, slots=True)
class Options:
    """The terms of a document."""

    settings: Settings
    deferral: Deferral = NOTHING_DEFERRED
