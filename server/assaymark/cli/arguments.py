"""
What can be typed after `assaymark`, and what each command's help says.

Invariants:
    Wrong usage ends with exit code 3 and says what is wrong; where it can be guessed, what to write instead.
    Nothing is abbreviated silently: an option is written out, or wrong.
"""

from __future__ import annotations

import argparse
import sys
from typing import NoReturn

from assaymark.cli.usage import WRONG_USAGE, did_you_mean
from assaymark.finding import Level, Severity

FORMATS = ("text", "json", "sarif", "github", "gitlab", "junit", "csv")

_CHECK_EXAMPLES = """\
examples:
  assaymark check                          the current folder
  assaymark check app/ tools/build.py      some folders and files
  assaymark check --fix                    and apply the safe fixes
  assaymark check --staged                 what is about to be committed
  assaymark check --diff origin/main       only findings on lines that differ from origin/main
  assaymark check --format sarif --output assaymark.sarif
  assaymark check --stdin --filename app/load.py < app/load.py

exit codes:
  0    no finding at or above the gate (--fail-on, default: high)
  1    findings at or above the gate
  2    something that should have been analysed was not (outranks 1)
  3    wrong usage
  130  interrupted
"""
_EXPLAIN_EXAMPLES = """\
examples:
  assaymark explain yaml-unsafe-load
"""
_RULES_EXAMPLES = """\
examples:
  assaymark rules                          every rule, one a line
  assaymark rules --json
  assaymark rules test rules/python        run the examples of rule pages
  assaymark rules test rules/python/yaml-unsafe-load.md
"""
_DOCTOR_EXAMPLES = """\
examples:
  assaymark doctor
"""
_LSP_EXAMPLES = """\
examples:
  assaymark lsp                            speak the Language Server Protocol on standard input and output
"""
_EXAMPLES = """\
examples:
  assaymark check                          check the current folder
  assaymark explain yaml-unsafe-load       why a rule exists, and what to write instead
  assaymark lsp                            serve an editor
"""


def parsed(arguments: list[str]) -> argparse.Namespace:
    """The arguments, read. Raises SystemExit with 0 after help, with 3 after wrong usage."""
    parser = _Parser(
        prog="assaymark",
        description="Tests code for security, as it is typed and before it is committed.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="store_true", help="show the version and end")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)
    _add_check(_command(commands, "check", "check files and folders", _CHECK_EXAMPLES))
    explain = _command(
        commands, "explain", "say why a rule exists and what to write instead", _EXPLAIN_EXAMPLES
    )
    explain.add_argument("rule", metavar="RULE", help="its name, as findings show it")
    _add_rules_place(explain)
    _add_rules(_command(commands, "rules", "list the rules, or run their pages' examples", _RULES_EXAMPLES))
    _command(
        commands,
        "doctor",
        "say what this installation is made of, and what is wrong with it",
        _DOCTOR_EXAMPLES,
    )
    lsp = _command(commands, "lsp", "serve an editor on standard input and output", _LSP_EXAMPLES)
    # What editors' client libraries add of themselves.
    lsp.add_argument("--stdio", action="store_true", help=argparse.SUPPRESS)
    lsp.add_argument("--clientProcessId", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.command is None and not options.version:
        parser.error("what is to be done? give a COMMAND")
    return options


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        known = _known(self)
        wrong = message.partition("unrecognized arguments: ")[2] or message.partition("invalid choice: '")[2]
        guess = did_you_mean(wrong.split("'")[0].split("=")[0].split(" ")[0], known) if wrong else ""
        sys.stderr.write(f"{self.prog}: {message}{guess}\nTry: {self.prog} --help\n")
        raise SystemExit(WRONG_USAGE)


def _known(parser: argparse.ArgumentParser) -> list[str]:
    """The options and commands of *parser* and of those below it."""
    words: list[str] = []
    for action in parser._actions:  # noqa: SLF001, argparse tells nobody else
        words += action.option_strings
        for choice in action.choices or ():
            words.append(str(choice))
            if isinstance(action.choices, dict):
                words += _known(action.choices[choice])
    return words


def _command(
    commands: argparse._SubParsersAction[_Parser],
    name: str,
    what: str,
    examples: str,
) -> _Parser:
    return commands.add_parser(
        name,
        help=what,
        description=what[0].upper() + what[1:] + ".",
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def _add_check(check: _Parser) -> None:
    scale = [severity.value for severity in Severity]
    check.add_argument(
        "paths", nargs="*", metavar="PATH", help="files and folders; default: the current folder"
    )
    what = check.add_argument_group("what is checked")
    what.add_argument("--stdin", action="store_true", help="check standard input; --filename says what it is")
    what.add_argument("--filename", metavar="PATH", help="the name of what comes in on standard input")
    what.add_argument(
        "--staged", action="store_true", help="check what git's index holds for the next commit"
    )
    what.add_argument(
        "--diff", metavar="REF", help="only findings on lines that differ from this commit or branch"
    )
    which = check.add_argument_group("which findings")
    which.add_argument(
        "--severity", choices=scale, default="low", help="the lowest severity shown (default: low)"
    )
    which.add_argument(
        "--level",
        choices=[level.value for level in Level],
        default="default",
        help="which rules: strict adds those often in the way, pedantic all others (default: default)",
    )
    which.add_argument(
        "--select",
        action="append",
        default=[],
        metavar="RULES",
        help="only these rules (a,b; * stands for anything)",
    )
    which.add_argument("--ignore", action="append", default=[], metavar="RULES", help="not these rules")
    _add_rules_place(which)
    how = check.add_argument_group("what comes of it")
    _add_outputs(how)
    how.add_argument("--fix", action="store_true", help="apply the safe fixes")
    how.add_argument(
        "--unsafe", action="store_true", help="with --fix: also fixes that can change what code does"
    )
    how.add_argument(
        "--fail-on",
        choices=scale,
        default="high",
        help="the gate: the lowest severity with exit code 1 (default: high)",
    )
    how.add_argument("--exit-zero", action="store_true", help="findings do not change the exit code")
    run = check.add_argument_group("how it runs")
    run.add_argument(
        "--jobs", type=_positive, metavar="N", help="processes at once (default: one a processor)"
    )
    run.add_argument("--no-cache", action="store_true", help="neither use nor keep results")
    run.add_argument(
        "--timeout",
        type=_seconds,
        default=10.0,
        metavar="SECONDS",
        help="the longest a file may take (default: 10)",
    )
    run.add_argument(
        "--max-bytes",
        type=_positive,
        metavar="N",
        help="the largest file that is analysed (default: 5,000,000)",
    )


def _add_outputs(how: argparse._ActionsContainer) -> None:
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


def _add_rules(rules: _Parser) -> None:
    rules.add_argument("--json", action="store_true", help="every rule with all it says, as JSON")
    _add_rules_place(rules)
    inner = rules.add_subparsers(dest="action", metavar="ACTION", parser_class=_Parser)
    test = inner.add_parser(
        "test",
        help="run the examples of rule pages",
        description="Run the examples of rule pages: a page, or a folder of pages.",
        allow_abbrev=False,
    )
    test.add_argument("path", metavar="PATH", help="a page, or a folder of pages")
    # Set last: what stands before the name of an action is taken from it.
    rules.usage = "%(prog)s [-h] [--json] [--rules FILE|DIR]\n       %(prog)s test PATH"


def _add_rules_place(to: argparse._ActionsContainer) -> None:
    to.add_argument(
        "--rules",
        action="append",
        default=[],
        metavar="FILE|DIR",
        help="more rules: rule pages or Semgrep's .yml",
    )


def _positive(text: str) -> int:
    number = int(text.replace("_", "").replace(",", ""))
    if number < 1:
        raise ValueError
    return number


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < 86_400:
        raise ValueError
    return seconds


def _report(text: str) -> tuple[str, str]:
    form, _, file = text.partition("=")
    if not file or form not in FORMATS:
        guess = did_you_mean(form, FORMATS)
        msg = f"not FORMAT=FILE with one of the formats {', '.join(FORMATS)}: {text!r}{guess}"
        raise argparse.ArgumentTypeError(msg)
    return form, file


# How argparse calls them in "invalid … value".
_positive.__name__ = "positive whole number"
_seconds.__name__ = "number of seconds"
