"""The day it is here, for silences that hold until a day."""

from __future__ import annotations

import time

from assaymark.suppress.days import ordinal_of


def today() -> int:
    """The local day, as a proleptic Gregorian ordinal (1 January of year 1 is 1)."""
    return ordinal_of(time.strftime("%Y-%m-%d")) or 0
