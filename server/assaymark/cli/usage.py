"""What goes wrong: wrong usage, with a guess at what was meant, and faults of our own."""

from __future__ import annotations

from collections.abc import Iterable

WRONG_USAGE = 3


class CannotJudgeError(Exception):
    """What a gate asks cannot be told; the text says why, and what to run."""


class UsageError(Exception):
    """What was asked for cannot be done; the text says what to write instead."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A question about the known word nearest to *word*, or those that it begins; or nothing."""
    # Late: only who mistypes pays for it.
    import difflib

    names = list(known)
    # The same words in another order are what is meant, however far the letters have moved.
    same = [name for name in names if sorted(name.split("-")) == sorted(word.split("-"))]
    near = same or difflib.get_close_matches(word, names, n=1, cutoff=0.5)
    begun = [name for name in names if word and name.startswith(word)][:3]
    guesses = near[:1] or begun
    return f"; did you mean {' or '.join(guesses)}?" if guesses else ""


def fault(error: Exception) -> str:
    """Where *error* arose; its message is left out, which may quote the text."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return f"internal error: {type(error).__name__}"
    file = trace.tb_frame.f_code.co_filename.replace("\\", "/").rsplit("/", 1)[-1]
    return f"internal error: {type(error).__name__} at {file}:{trace.tb_lineno}"
