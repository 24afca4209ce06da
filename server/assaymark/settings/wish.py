"""What is wanted of bandit by who set what is set: one reading of the settings, for every door."""

from __future__ import annotations

from assaymark.second.asking import Wish
from assaymark.settings.values import Bandit, Settings


def wish_of(settings: Settings, *, trusted: bool) -> Wish:
    """What *settings* ask of bandit; *trusted* says whether the project may tell it anything."""
    return Wish(
        settings.level,
        everything=settings.bandit is Bandit.all,
        select=settings.select,
        ignore=settings.ignore,
        honours_nosec=settings.foreign_comments,
        trusted=trusted,
    )
