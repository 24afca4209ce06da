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

from assaymark.cli.check_arguments import add_check, add_rules_place
from assaymark.cli.usage import WRONG_USAGE, did_you_mean

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
    add_check(_command(commands, "check", "check files and folders", _CHECK_EXAMPLES))
    explain = _command(
        commands, "explain", "say why a rule exists and what to write instead", _EXPLAIN_EXAMPLES
    )
    explain.add_argument("rule", metavar="RULE", help="its name, as findings show it")
    add_rules_place(explain)
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


def _add_rules(rules: _Parser) -> None:
    rules.add_argument("--json", action="store_true", help="every rule with all it says, as JSON")
    add_rules_place(rules)
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
