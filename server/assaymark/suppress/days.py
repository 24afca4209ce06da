"""Days as people write them, and as numbers: without a clock, which stands a few floors higher."""

from __future__ import annotations

from assaymark.regex import regex

_DAY = regex(r"(\d{4})-(\d\d)-(\d\d)$")
_BEFORE_MONTH = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365)
_FEBRUARY = 2


def ordinal_of(text: str) -> int | None:
    """The proleptic Gregorian ordinal of `2027-03-01` (1 January of year 1 is 1); None when it is no day."""
    found = _DAY.match(text)
    if found is None:
        return None
    year, month, day = map(int, found.groups())
    if not year or not 1 <= month <= 12:
        return None
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    length = _BEFORE_MONTH[month] - _BEFORE_MONTH[month - 1] + (leap and month == _FEBRUARY)
    if not 1 <= day <= length:
        return None
    before = year - 1
    years = 365 * before + before // 4 - before // 100 + before // 400
    return years + _BEFORE_MONTH[month - 1] + (leap and month > _FEBRUARY) + day
