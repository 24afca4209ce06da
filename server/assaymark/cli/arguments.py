"""
What can be typed after `assaymark`.

Invariants:
    Wrong usage ends with exit code 3 and says what is wrong; where it can be guessed, what to write instead.
    Nothing is abbreviated silently: an option is written out, or wrong.
    Every command has a page of the manual, and its help shows that.
"""

from __future__ import annotations

import argparse
import re
import sys
from typing import NoReturn

from assaymark.cli import (
    blame_manual,
    demo_manual,
    hooks_manual,
    ledger_manual,
    manual,
    notes_manual,
    report_manual,
    reviewed_manual,
    session_manual,
)
from assaymark.cli.blame_arguments import add_blame, add_why
from assaymark.cli.check_arguments import add_baseline, add_check, add_rules_place
from assaymark.cli.demo_arguments import add_demo
from assaymark.cli.hooks_arguments import add_hooks, add_privacy, add_uninstall
from assaymark.cli.ledger_arguments import add_ledger
from assaymark.cli.manual import Page
from assaymark.cli.notes_arguments import add_notes
from assaymark.cli.report_arguments import add_report
from assaymark.cli.reviewed_arguments import add_reviewed
from assaymark.cli.session_arguments import add_session
from assaymark.cli.usage import WRONG_USAGE, did_you_mean
from assaymark.hooks.entry import TOOLS
from assaymark.hooks.git.entry import PROGRAMS as GIT_PROGRAMS

# How argparse says that a word is none of those that could stand there.
_CHOICE = re.compile(r"invalid choice: '([^']*)' \(choose from ([^)]*)")

SHELLS = ("bash", "zsh", "fish")


def parsed(arguments: list[str]) -> argparse.Namespace:
    """
    The arguments, read, and as they were *typed*.

    Raises SystemExit with 0 after help, with 3 after wrong usage.
    """
    ours = parser()
    options, unknown = ours.parse_known_args(arguments)
    if unknown:
        _parser_of(ours, options.command).error(f"unrecognized arguments: {' '.join(unknown)}")
    if options.command == "help":
        return parsed([*options.topic, "--help"])
    if options.command is None and not options.version:
        ours.error("what is to be done? give a COMMAND")
    options.typed = tuple(arguments)
    return options


def parser() -> argparse.ArgumentParser:
    """What reads the arguments."""
    top = _Parser(manual.TOP, prog="assaymark")
    top.add_argument("--version", action="store_true", help="show the version and end")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", title="commands", prog=top.prog)
    add_check(_command(commands, "check", manual.CHECK))
    add_baseline(_command(commands, "baseline", manual.BASELINE))
    _add_explain(_command(commands, "explain", manual.EXPLAIN))
    _add_rules(_command(commands, "rules", manual.RULES))
    _add_doctor(_command(commands, "doctor", manual.DOCTOR))
    add_blame(_command(commands, "blame", blame_manual.BLAME))
    add_why(_command(commands, "why", blame_manual.WHY))
    add_session(_command(commands, "session", session_manual.SESSION))
    add_report(_command(commands, "report", report_manual.REPORT))
    add_reviewed(_command(commands, "reviewed", reviewed_manual.REVIEWED))
    add_hooks(_command(commands, "hooks", hooks_manual.HOOKS))
    add_notes(_command(commands, "notes", notes_manual.NOTES))
    add_ledger(_command(commands, "ledger", ledger_manual.LEDGER))
    add_privacy(_command(commands, "privacy", hooks_manual.PRIVACY))
    add_uninstall(_command(commands, "uninstall", hooks_manual.UNINSTALL_ALL))
    add_demo(_command(commands, "demo", demo_manual.DEMO))
    _add_lsp(_command(commands, "lsp", manual.LSP))
    _add_hook(_command(commands, "hook", manual.HOOK))
    _add_completion(_command(commands, "completion", manual.COMPLETION))
    _command(commands, "help", manual.HELP).add_argument(
        "topic", nargs="*", metavar="COMMAND", help="a command; without one, all of them"
    )
    return top


class _Parser(argparse.ArgumentParser):
    """A parser whose help is a page of the manual."""

    def __init__(self, page: Page, prog: str) -> None:
        super().__init__(
            prog=prog,
            usage="\n       ".join(page.synopsis),
            allow_abbrev=False,
            add_help=False,
        )
        self.page = page
        self._positionals.title = "arguments"
        self.add_argument("-h", "--help", action="help", help="show this and end")

    def format_help(self) -> str:
        # Late: only who asks for help needs it.
        from assaymark.cli.manual_page import manual_page

        return manual_page(self, self.page)

    def error(self, message: str) -> NoReturn:
        sys.stderr.write(f"{self.prog}: {message}{_guess(self, message)}\nTry: {self.prog} --help\n")
        raise SystemExit(WRONG_USAGE)


def _parser_of(top: argparse.ArgumentParser, command: str | None) -> argparse.ArgumentParser:
    """The parser of *command*, whose help is the one to read."""
    choices = (action.choices for action in top._actions if isinstance(action.choices, dict))  # noqa: SLF001
    return next((known[command] for known in choices if command in known), top)


def _guess(parser: argparse.ArgumentParser, message: str) -> str:
    """What was meant by the word that *message* complains of: one of what could stand in its place."""
    choice = _CHOICE.search(message)
    if choice is not None:
        return did_you_mean(choice[1], re.findall(r"[\w-]+", choice[2]))
    wrong = message.partition("unrecognized arguments: ")[2].split("=")[0].split(" ")[0]
    # A letter is near to every other one.
    return did_you_mean(wrong, _options(parser)) if wrong.startswith("--") else ""


def _options(parser: argparse.ArgumentParser) -> list[str]:
    """The options of *parser*."""
    actions = parser._actions  # noqa: SLF001, argparse tells nobody else
    return [option for action in actions for option in action.option_strings if option.startswith("--")]


def _command(commands: argparse._SubParsersAction[_Parser], name: str, page: Page) -> _Parser:
    return commands.add_parser(name, help=page.brief, page=page)


def _add_explain(explain: _Parser) -> None:
    explain.add_argument("rule", metavar="RULE", help="its name, as findings show it")
    add_rules_place(explain)


def _add_rules(rules: _Parser) -> None:
    form = rules.add_mutually_exclusive_group()
    form.add_argument("--names", action="store_true", help="nothing but the names")
    form.add_argument("--json", action="store_true", help="every rule with all it says, as JSON")
    add_rules_place(rules)
    inner = rules.add_subparsers(dest="action", metavar="ACTION", title="actions", prog=rules.prog)
    test = _command(inner, "test", manual.RULES_TEST)
    test.add_argument("path", metavar="PATH", help="a page, or a folder of pages")


def _add_doctor(doctor: argparse.ArgumentParser) -> None:
    doctor.add_argument(
        "--settings",
        action="store_true",
        help="each setting, its value, and who gave it; also what was refused",
    )
    doctor.add_argument(
        "--untrusted", action="store_true", help="with --settings: as `check --untrusted` has them"
    )
    doctor.add_argument("path", nargs="?", default=".", metavar="PATH", help="what to show the settings of")


def _add_lsp(lsp: _Parser) -> None:
    # What editors' client libraries add of themselves.
    lsp.add_argument("--stdio", action="store_true", help=argparse.SUPPRESS)
    lsp.add_argument("--clientProcessId", help=argparse.SUPPRESS)


def _add_hook(hook: _Parser) -> None:
    hook.add_argument(
        "tool", choices=(*TOOLS, "git-pre-commit", *GIT_PROGRAMS), metavar="TOOL", help="which agent's"
    )
    hook.add_argument("--record", metavar="FILE", help="also write the event there, without what it says")
    hook.add_argument("payload", nargs="?", metavar="PAYLOAD", help="the event; without it, standard input")


def _add_completion(completion: _Parser) -> None:
    completion.add_argument("shell", choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))
