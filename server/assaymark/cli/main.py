"""
The command line: reads what was typed, hands over to one command, ends with its exit code.

Invariants:
    A command is imported only when it was asked for.
    An interrupt ends with 130, a closed output with the code of the command, a fault of ours with 2; none
    shows a traceback.
"""

from __future__ import annotations

import gc
import os
import sys
from argparse import Namespace
from typing import NoReturn

from assaymark.cli.arguments import parsed
from assaymark.cli.output import NotWrittenError, Target, say
from assaymark.cli.usage import WRONG_USAGE, CannotJudgeError, UsageError, fault

NOT_DONE = 2
INTERRUPTED = 130
_LONGEST_COMMAND = 100


def main() -> NoReturn:
    """Run the command line of this process, and end it."""
    try:
        here = os.getcwd()  # noqa: PTH109
    except OSError:
        sys.exit(_complained("the current folder is not there any more; change to one that is", WRONG_USAGE))
    # `python -m` puts the current folder first, and what is checked is never imported.
    if sys.path and sys.path[0] in {"", here}:
        del sys.path[0]
    # What is imported does not become garbage, and looking for some costs a tenth of the start.
    gc.disable()
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """
    The exit code of *arguments*.

    Effect: does what they ask for.
    """
    try:
        return _run(parsed(arguments))
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else WRONG_USAGE
    except UsageError as error:
        return _complained(str(error), WRONG_USAGE)
    except (NotWrittenError, CannotJudgeError) as error:
        return _complained(str(error), NOT_DONE)
    except Exception as error:
        if os.environ.get("ASSAYMARK_TRACEBACK"):
            raise
        return _complained(f"{fault(error)}; ASSAYMARK_TRACEBACK=1 shows more", NOT_DONE)
    except KeyboardInterrupt:
        return _complained("interrupted", INTERRUPTED)


def _complained(what: str, code: int) -> int:
    if sys.stderr is not None:
        sys.stderr.write(f"assaymark: {what}\n")
    return code


def _run(options: Namespace) -> int:
    if options.version:
        from assaymark.cli.version import version

        say([f"assaymark {version()}\n"])
        return 0
    match options.command:
        case "check":
            return _check(options)
        case "baseline":
            from assaymark.cli.baseline import Wanted, baseline
            from assaymark.cli.typed import standing_of

            return baseline(Wanted(tuple(options.paths), standing_of(options), options.output))
        case "explain":
            from assaymark.cli.explain import explain
            from assaymark.cli.typed import rules_here

            return explain(options.rule, rules_here(options))
        case "rules" if options.action == "test":
            from assaymark.cli.rules import test

            return test(options.path)
        case "rules" if options.names:
            from assaymark.cli.rules import names

            return names(tuple(options.rules))
        case "rules":
            from assaymark.cli.rules import index
            from assaymark.cli.typed import rules_here

            return index(rules_here(options), as_json=options.json)
        case "completion":
            from assaymark.cli.completion import completion

            return completion(options.shell)
        case "doctor":
            return _doctor(options)
        case "lsp":
            from assaymark.lsp.server import serve

            gc.enable()
            return serve()
        case _:
            return _of_origins(options)


def _of_origins(options: Namespace) -> int:
    """The exit code of a command about where code comes from."""
    match options.command:
        case "blame":
            from assaymark.cli.blame import Wanted as Blame
            from assaymark.cli.blame import blame

            return blame(Blame(options.file, options.lines, options.json))
        case "why":
            from assaymark.cli.typed import standing_of
            from assaymark.cli.why import Wanted as Why
            from assaymark.cli.why import why

            return why(Why(options.place, standing_of(options), options.json))
        case "session":
            from assaymark.cli.session import Wanted as Session
            from assaymark.cli.session import session
            from assaymark.cli.typed import standing_of

            wanted = (options.which, options.since, options.format, options.lists)
            return session(Session(standing_of(options), *wanted))
        case "report":
            from assaymark.cli.ranged import report
            from assaymark.cli.typed import standing_of

            return report(options.range, standing_of(options), options.format)
        case "reviewed":
            from assaymark.cli.reviewed import reviewed

            return reviewed(options)
        case _:
            return _of_records(options)


def _of_records(options: Namespace) -> int:
    """The exit code of a command about what is recorded, and by whom."""
    match options.command:
        case "hooks":
            from assaymark.cli.hooks import hooks

            return hooks(options)
        case "demo":
            from assaymark.cli.demo import demo

            return demo(options.which, keep=options.keep)
        case "notes":
            from assaymark.cli.notes import notes

            return notes(options)
        case "ledger":
            from assaymark.cli.ledger import ledger

            return ledger(options)
        case "privacy":
            from assaymark.cli.privacy import privacy

            return privacy(as_json=options.json)
        case "uninstall":
            from assaymark.cli.uninstall import uninstall

            return uninstall(yes=options.yes)
        case _:
            from assaymark.cli.entry import hooked
            from assaymark.hooks.entry import hook

            if options.tool.startswith("git-"):
                return hooked(list(options.typed[1:])) or 0
            return hook(options.tool, options.payload, options.record)


def _doctor(options: Namespace) -> int:
    if not options.settings:
        if options.untrusted or options.path != ".":
            msg = "doctor looks at the installation; add --settings to see what holds for a place"
            raise UsageError(msg)
        from assaymark.cli.doctor import doctor

        return doctor()
    from assaymark.cli.settings_table import settings_table
    from assaymark.cli.typed import standing_of

    return settings_table(options.path, standing_of(options))


def _check(options: Namespace) -> int:
    _refuse_contradictions(options)
    from assaymark.cli.batch import n_processors
    from assaymark.cli.check import Options, check
    from assaymark.cli.typed import standing_of

    standing = standing_of(options)
    if options.gate:
        from assaymark.cli.gate_doubts import of_a_gate

        standing = of_a_gate(standing, options.diff)
    return check(
        Options(
            paths=tuple(options.paths),
            standing=standing,
            n_jobs=options.jobs or n_processors(),
            targets=_targets(options),
            stdin_as=options.filename if options.stdin else None,
            staged=options.staged,
            diff=options.diff,
            fix=options.fix,
            unsafe=options.unsafe,
            dry_run=options.dry_run,
            watch=options.watch,
            cached=not options.no_cache,
            exit_zero=options.exit_zero,
            show_silenced=options.show_silenced,
            gate=options.gate,
            origin=options.origin,
            fixing=_fixing(options),
        )
    )


def _fixing(options: Namespace) -> str:
    """The command that also makes the safe fixes; nothing where they are made, or cannot be."""
    if options.fix or options.stdin or options.staged:
        return ""
    # Late: few checks print it.
    import shlex

    typed = (word for word in options.typed[1:] if word != "--watch")
    command = shlex.join(["assaymark", "check", "--fix", *typed])
    return command if len(command) <= _LONGEST_COMMAND else "the same command with --fix"


def _targets(options: Namespace) -> tuple[Target, ...]:
    """Where reports go. Raises UsageError for a folder that is not there: before the check, not after it."""
    form = "statistics" if options.statistics else options.format
    targets = (Target(form, options.output), *(Target(*report) for report in options.report))
    for file in filter(None, (target.file for target in targets)):
        folder = os.path.dirname(file)  # noqa: PTH120 - paths stay strings
        if folder and not os.path.isdir(folder):  # noqa: PTH112
            msg = f"cannot write {file}: there is no folder {folder}"
            raise UsageError(msg)
    return targets


def _has_twice(output: str | None, reports: list[tuple[str, str]]) -> bool:
    files = [os.path.abspath(file) for file in (output, *(file for _, file in reports)) if file is not None]  # noqa: PTH100 - paths stay strings
    return len(set(files)) < len(files)


def _refuse_contradictions(options: Namespace) -> None:
    """Raises UsageError for options that do not go together."""
    wrong = {
        "--stdin needs --filename, which says what it is": options.stdin and not options.filename,
        "--filename is the name of standard input; add --stdin": options.filename and not options.stdin,
        "--stdin checks standard input; leave the paths out": options.stdin and options.paths,
        "--stdin and --staged are two different texts; choose one": options.stdin and options.staged,
        "--stdin has no older state; leave --diff out": options.stdin and options.diff,
        "--fix changes files; it cannot change standard input": options.stdin and options.fix,
        "--fix changes files; it cannot change what is staged": options.staged and options.fix,
        "--statistics is text; leave --format out": options.statistics and options.format != "text",
        "--watch only looks, and changes no file; leave --fix out": options.watch and options.fix,
        "--watch looks at files; leave --stdin out": options.watch and options.stdin,
        "--watch looks at files; leave --staged out": options.watch and options.staged,
        "--watch tells people; leave --format, --output, --report and --statistics out": options.watch
        and (options.format != "text" or options.output or options.report or options.statistics),
        "--gate asks about changed lines; standard input has no older state": options.gate and options.stdin,
        "--gate only looks, and changes no file; leave --fix out": options.gate and options.fix,
        "--gate asks once; leave --watch out": options.gate and options.watch,
        "--gate asks whose the lines are; leave --no-origin out": options.gate and options.origin is False,
        "a gate that never blocks is none; leave --gate or --exit-zero out": options.gate
        and options.exit_zero,
        "--dry-run shows what --fix would do; add --fix": options.dry_run and not options.fix,
        "--dry-run shows a diff; leave --format, --output, --report and --statistics out": options.dry_run
        and (options.format != "text" or options.output or options.report or options.statistics),
        "two reports into one file; give each its own": _has_twice(options.output, options.report),
        "--unsafe says which fixes; add --fix": options.unsafe and not options.fix,
    }
    for complaint, is_so in wrong.items():
        if is_so:
            raise UsageError(complaint)
