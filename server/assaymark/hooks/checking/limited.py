"""
The time that a check may take while an agent waits.

Invariant: what takes longer is left, wherever it is; where a platform cannot interrupt, the counted limits of
the analysis are the only ones.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
    from collections.abc import Callable
    from types import FrameType
    from typing import TypeVar

    T = TypeVar("T")
else:
    # `signal` makes classes of all names in it, which takes a while.
    import _signal as signal


class TimedOut(BaseException):
    """The time is over; no `except Exception` on the way may swallow it."""


def within(seconds: float, work: Callable[[], T]) -> T:
    """What *work* returns. Raises TimedOut when it takes longer than *seconds* of the clock on the wall."""
    if seconds <= 0:
        raise TimedOut
    if not hasattr(signal, "setitimer"):
        return work()
    try:
        old = signal.signal(signal.SIGALRM, _time_is_over)
    except ValueError:
        # Only the main thread can be interrupted.
        return work()
    # Again and again: an exception inside a finalizer would be lost.
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.1)
    try:
        return work()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)


def _time_is_over(_number: int, _frame: FrameType | None) -> None:
    raise TimedOut
