"""
What can be typed after `assaymark check`: its options, in the groups in which its help shows them.

Invariants:
    An option has the name of the setting that it stands for, where it stands for one.
"""

from __future__ import annotations

import argparse
import contextlib

from assaymark.cli.usage import did_you_mean
from assaymark.finding import Level, Severity

# The name of the file that `assaymark baseline` writes, when none is given.
BASELINE = "assaymark-baseline.json"

FORMATS = ("text", "json", "sarif", "github", "gitlab", "junit", "csv")
_SCALE = tuple(severity.value for severity in Severity)


def add_check(check: argparse.ArgumentParser) -> None:
    check.add_argument(
        "paths", nargs="*", metavar="PATH", help="files and folders; default: the current folder"
    )
    _add_what(check.add_argument_group("what is checked"))
    which = check.add_argument_group("which findings")
    _add_which(which)
    _add_known(which)
    _add_fixes(check.add_argument_group("fixes"))
    _add_outputs(check.add_argument_group("what comes of it"))
    _add_run(check.add_argument_group("how it runs"))
    _add_settings(check.add_argument_group("beside the settings in files"))


def _add_what(what: argparse._ArgumentGroup) -> None:
    what.add_argument("--stdin", action="store_true", help="check standard input; --filename says what it is")
    what.add_argument("--filename", metavar="PATH", help="the name of what comes in on standard input")
    what.add_argument(
        "--staged", action="store_true", help="check what git's index holds for the next commit"
    )
    what.add_argument(
        "--diff", metavar="REF", help="only findings on lines that differ from this commit or branch"
    )


def _add_which(which: argparse._ArgumentGroup) -> None:
    which.add_argument(
        "--severity",
        choices=_SCALE,
        help="the lowest severity shown: low, medium, high or critical (default: low)",
        metavar="SEVERITY",
    )
    which.add_argument(
        "--level",
        choices=[level.value for level in Level],
        help="which rules, default, strict or pedantic: see levels, below (default: default)",
        metavar="LEVEL",
    )
    which.add_argument(
        "--select",
        action="append",
        default=[],
        metavar="RULES",
        help="only these rules (a,b; * stands for anything)",
    )
    which.add_argument("--ignore", action="append", default=[], metavar="RULES", help="not these rules")
    add_rules_place(which)
    _add_bandit(which)


def _add_bandit(which: argparse._ArgumentGroup) -> None:
    which.add_argument(
        "--bandit",
        choices=("rest", "all", "off"),
        metavar="TESTS",
        help="what bandit is asked: rest (the tests that no page covers), all or off (default: rest);"
        " what it finds is shown at --level strict or pedantic",
    )
    which.add_argument(
        "--deep", action="store_const", const="all", dest="bandit", help="the same as --bandit all"
    )


def _add_known(which: argparse._ArgumentGroup) -> None:
    which.add_argument("--baseline", metavar="FILE", help="hide what this file of known findings holds")
    which.add_argument(
        "--show-silenced", action="store_true", help="also list what comments and the baseline silence"
    )


def add_baseline(baseline: argparse.ArgumentParser) -> None:
    """The options of `assaymark baseline`."""
    baseline.add_argument(
        "paths", nargs="*", metavar="PATH", help="files and folders; default: the current folder"
    )
    baseline.add_argument(
        "--output", metavar="FILE", default=BASELINE, help=f"the file to write (default: {BASELINE})"
    )
    _add_which(baseline.add_argument_group("which findings"))
    baseline.add_argument(
        "--untrusted", action="store_true", help="leave out what repositories set to loosen a check"
    )


def _add_fixes(fixes: argparse._ArgumentGroup) -> None:
    fixes.add_argument("--fix", action="store_true", help="apply the safe fixes")
    fixes.add_argument(
        "--unsafe", action="store_true", help="with --fix: also fixes that can change what code does"
    )
    fixes.add_argument(
        "--dry-run",
        action="store_true",
        help="with --fix: write nothing, show what would change as a diff; exit code 1 if something would",
    )


def _add_outputs(how: argparse._ArgumentGroup) -> None:
    how.add_argument(
        "--format",
        choices=FORMATS,
        default="text",
        help=f"{', '.join(FORMATS)} (default: text)",
        metavar="FORMAT",
    )
    how.add_argument("--output", metavar="FILE", help="write the report to this file, not to the terminal")
    how.add_argument(
        "--report",
        type=_report,
        action="append",
        default=[],
        metavar="FORMAT=FILE",
        help="write a further report to this file; can be given again",
    )
    how.add_argument(
        "--statistics", action="store_true", help="how often each rule speaks, instead of the findings"
    )
    how.add_argument(
        "--fail-on",
        choices=_SCALE,
        help="the gate: the lowest severity that makes the exit code 1 (default: high)",
        metavar="SEVERITY",
    )
    how.add_argument(
        "--gate",
        action="store_true",
        help="ask whether changed lines with a finding at or above --fail-on were read by anybody: exit"
        " code 1 if not, 2 if that cannot be judged",
    )
    how.add_argument(
        "--origin",
        action=argparse.BooleanOptionalAction,
        help="say whose the lines of findings are, and whether they were read (default: where that is"
        " recorded and at most 16 files have findings)",
    )
    how.add_argument("--exit-zero", action="store_true", help="findings do not change the exit code")


def _add_run(run: argparse._ArgumentGroup) -> None:
    run.add_argument(
        "--watch", action="store_true", help="go on, and check what is saved; Ctrl-C ends it (exit code 130)"
    )
    run.add_argument(
        "--jobs", type=_positive, metavar="N", help="processes at once (default: one a processor)"
    )
    run.add_argument("--no-cache", action="store_true", help="neither use nor keep results")
    run.add_argument(
        "--timeout",
        type=seconds,
        metavar="SECONDS",
        help="the longest a file may take (default: 10)",
    )
    run.add_argument(
        "--max-bytes",
        type=_positive,
        metavar="N",
        help="the largest file that is analysed (default: 5,000,000)",
    )


def _add_settings(settings: argparse._ArgumentGroup) -> None:
    settings.add_argument(
        "--exclude", action="append", metavar="GLOB", help="do not check these files and folders"
    )
    settings.add_argument(
        "--defer",
        action="append",
        metavar="TOOLS",
        help="hide what these tools find too, where they are set up (ruff, bandit, semgrep)",
    )
    settings.add_argument(
        "--foreign-comments",
        action=argparse.BooleanOptionalAction,
        help="honour `# nosec`, `# noqa: S...` and `# nosemgrep` (default: yes)",
    )
    settings.add_argument(
        "--untrusted", action="store_true", help="let the settings of the repository loosen nothing"
    )


def add_rules_place(to: argparse._ActionsContainer) -> None:
    to.add_argument(
        "--rules",
        action="append",
        default=[],
        metavar="FILE|DIR",
        help="more rules: rule pages or Semgrep's .yml",
    )


def _positive(text: str) -> int:
    digits = text.replace("_", "").replace(",", "")
    if not digits.isdecimal() or int(digits) < 1:
        msg = f"{text!r} is not a whole number above 0"
        raise argparse.ArgumentTypeError(msg)
    return int(digits)


def seconds(text: str) -> float:
    """A number of seconds, as it was typed."""
    with contextlib.suppress(ValueError):
        if 0 < float(text) < 86_400:
            return float(text)
    msg = f"{text!r} is not a number of seconds between 0 and 86,400"
    raise argparse.ArgumentTypeError(msg)


def _report(text: str) -> tuple[str, str]:
    form, _, file = text.partition("=")
    if not file or form not in FORMATS:
        guess = did_you_mean(form, FORMATS) if form not in FORMATS else ""
        msg = f"not FORMAT=FILE with one of the formats {', '.join(FORMATS)}: {text!r}{guess}"
        raise argparse.ArgumentTypeError(msg)
    return form, file
