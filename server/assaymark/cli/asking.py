"""Questions to whoever sits at the terminal."""

from __future__ import annotations

import sys

from assaymark.cli.usage import UsageError


def agreed(question: str, *, yes: bool) -> bool:
    """
    Whether *question* was answered with yes, or *yes* was given beforehand.

    Effect: asks. Raises UsageError where nobody can answer.
    """
    if yes:
        return True
    if sys.stdin is None or not sys.stdin.isatty():
        msg = f"{question} Nobody can be asked here; add --yes"
        raise UsageError(msg)
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}
