"""
`assaymark baseline`: writes down what is found now, so that a check shows only what comes later.

Invariant: what could not be checked is said, and decides the exit code; the file holds the rest.
"""

from __future__ import annotations

import os

from assaymark.cli.batch import n_processors
from assaymark.cli.check import NOT_ANALYSED, Options, report_on, subject_of
from assaymark.cli.known import marks_of
from assaymark.cli.output import say
from assaymark.cli.style import harmless
from assaymark.cli.terms import Terms
from assaymark.cli.usage import UsageError
from assaymark.dataclass import dataclass
from assaymark.settings.standing import Standing
from assaymark.workspace.baseline import Baseline, written
from assaymark.workspace.writing import replace


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was typed after `baseline`."""

    paths: tuple[str, ...]
    standing: Standing
    output: str
    n_jobs: int = 0


def baseline(wanted: Wanted) -> int:
    """The exit code. Effect: checks, and writes the baseline. Raises UsageError."""
    options = Options(wanted.paths, wanted.standing, wanted.n_jobs or n_processors(), knows=False)
    terms = Terms(wanted.standing)
    report = report_on(subject_of(options, terms), terms, options, 0.0)
    marks = marks_of(report.files, Baseline(wanted.output))
    _store(wanted.output, written(marks))
    n_findings, n_files = report.n_findings, len(marks)
    say([f"Written: {harmless(wanted.output)}, {_n(n_findings, 'finding')} in {_n(n_files, 'file')}.\n"])
    say([f"Check with: assaymark check --baseline {harmless(wanted.output)}\n"])
    say(f"{harmless(file.path)}: {harmless(file.complaint)}\n" for file in report.failed)
    return NOT_ANALYSED if report.failed or report.rules.problems else 0


def _store(file: str, text: str) -> None:
    try:
        replace(os.path.abspath(file), text.encode())  # noqa: PTH100 - paths stay strings
    except OSError as error:
        msg = f"cannot write {file}: {(error.strerror or type(error).__name__).lower()}"
        raise UsageError(msg) from error


def _n(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
