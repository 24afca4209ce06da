"""
What help says beside the options: each command's synopsis, description, examples and tables.

Invariants:
    Every line of examples can be typed: a test reads each of them with the parser.
    It imports nothing of the analysis: who asks for help does not wait.
"""

from __future__ import annotations

from typing import TypeAlias

from assaymark.dataclass import dataclass, field

# What stands on the left, and what is said about it.
Rows: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """What help says about a command: paragraphs to be filled, and *tables* by their titles."""

    brief: str
    synopsis: tuple[str, ...]
    description: str
    examples: Rows
    tables: dict[str, Rows] = field(default_factory=dict)


_EXIT_CODES = (
    ("0", "no finding at or above the gate (--fail-on, by default high)"),
    ("1", "findings at or above the gate; --gate: in lines that nobody read; --dry-run: files would change"),
    ("2", "something that should have been checked was not, or a gate cannot judge; outranks 1"),
    ("3", "wrong usage, or settings that cannot be understood; nothing was checked"),
    ("130", "interrupted, which is also how --watch ends"),
)
_SIMPLE_EXIT_CODES = (("0", "done"), ("3", "wrong usage"))
_ENVIRONMENT = (
    ("NO_COLOR", "when set, nothing is coloured"),
    ("FORCE_COLOR", "when set, colours go into files and pipes too; NO_COLOR wins"),
    ("COLUMNS", "how wide a terminal is, where that is not known"),
    ("XDG_CONFIG_HOME", "where settings of one's own are (APPDATA on Windows)"),
    ("XDG_CACHE_HOME", "where results are kept (LOCALAPPDATA on Windows)"),
    ("ASSAYMARK_TRACEBACK", "when set, a fault of assaymark's shows its traceback"),
)

TOP = Page(
    brief="check code for security",
    synopsis=("assaymark COMMAND [OPTION ...]", "assaymark --version"),
    description="""\
Checks code for security, as it is typed and before it is committed.

Assaymark finds security flaws in Python files and notebooks. It runs on this machine: no account,
no telemetry, no network. `assaymark help COMMAND` says all about a command.
""",
    examples=(
        ("assaymark check", "check the current folder"),
        ("assaymark explain yaml-unsafe-load", "why a rule exists, and what to write instead"),
        ("assaymark lsp", "serve an editor"),
        ("assaymark help check", "all about a command"),
    ),
    tables={"exit codes": _EXIT_CODES, "environment": _ENVIRONMENT},
)

CHECK = Page(
    brief="check files and folders",
    synopsis=(
        "assaymark check [OPTION ...] [PATH ...]",
        "assaymark check --stdin --filename PATH [OPTION ...]",
    ),
    description="""\
Checks Python files and notebooks: those that are named, and all in folders that are named, by
default the current one. Left out are what .gitignore names and git does not track, folders that
tools keep or others wrote (.git, .venv, node_modules, ...), symbolic links, and binary files. Files
of other kinds are counted, and said not to be analysed.

A finding says where it is, how bad it is when it is true, by which rule, and what to write instead.
In a notebook the place is the number of the cell, of any kind, and the line in it.

Nothing that could not be checked looks clean: it is named with the reason in every format, and the
exit code is 2.

With --gate the question is another one: whether changed lines with a finding at or above --fail-on
were read by anybody. Lines count as changed against the last commit, or with --diff against where HEAD
parted from that commit. What a person typed does not block; what nothing is recorded of does, as an
agent's. What was not checked, and what this clone cannot tell, is no pass: exit code 2.

What is known or accepted is kept apart, and counted: a comment silences a finding, a baseline hides
those that were there before, and settings in files choose rules and files. An option outranks what a
file of settings says.
""",
    examples=(
        ("assaymark check", "the current folder"),
        ("assaymark check app/ tools/build.py", "some folders and files"),
        ("assaymark check --fix --dry-run", "show what --fix would change, as a diff"),
        ("assaymark check --fix", "apply the safe fixes"),
        ("assaymark check --fix --unsafe app/load.py", "and those that can change what the code does"),
        ("assaymark check --baseline assaymark-baseline.json", "only what came since that was written"),
        ("assaymark check --staged", "what is about to be committed"),
        ("assaymark check --diff origin/main", "only findings on lines that differ from origin/main"),
        ("assaymark check --gate --staged", "whether somebody read what is about to be committed"),
        ("assaymark check --gate --diff origin/main", "the same of a branch, as in a pipeline"),
        ("assaymark check --show-silenced", "and what comments and the baseline silence"),
        ("assaymark check --watch", "the current folder, and then whatever is saved"),
        ("assaymark check --level strict --severity medium", "more rules, and nothing that is low"),
        ("assaymark check --deep --level strict", "and everything that bandit finds"),
        ("assaymark check --exclude 'migrations' --exclude '*_pb2.py'", "without some files and folders"),
        ("assaymark check --select 'yaml-*,sql-*'", "by some rules only"),
        ("assaymark check --statistics --level pedantic", "how often each rule speaks"),
        ("assaymark check --report sarif=assaymark.sarif", "text for people, and a file for a program"),
        ("assaymark check --format github", "notes on the lines of a pull request"),
        ("assaymark check --format gitlab --output gl-code-quality-report.json", "for a merge request"),
        ("assaymark check --stdin --filename app/load.py < app/load.py", "a text that is in no file"),
    ),
    tables={
        "formats": (
            ("text", "for people: a block for each finding, and a summary"),
            ("json", "all there is to know; check.schema.json in the package describes it"),
            ("sarif", "SARIF 2.1.0, which code-scanning services read"),
            ("github", "workflow commands: notes on the lines of a pull request"),
            ("gitlab", "a Code Quality report for merge requests"),
            ("junit", "JUnit's XML, as Jenkins reads it: a suite for each file"),
            ("csv", "a row for each finding, for spreadsheets"),
        ),
        "comments that silence what is found on their line": (
            ("# assaymark: ignore[RULE] -- reason", "until it is taken away"),
            ("# assaymark: ignore[RULE] until 2027-03-01 -- reason", "until that day"),
            ("# nosec, # noqa: S..., # nosemgrep", "those of other tools, for what they find too"),
        ),
        "exit codes": _EXIT_CODES,
        "files": (
            (".gitignore", "what it names is not checked, unless git tracks it"),
            ("assaymark.toml", "settings; server/SETTINGS.md in the sources describes them"),
            ("pyproject.toml", "settings, under [tool.assaymark], where there is no assaymark.toml"),
            ("~/.config/assaymark/assaymark.toml", "settings of one's own; those of a project outrank them"),
            ("/etc/assaymark.toml", "managed settings, which outrank all others"),
            ("assaymark-baseline.json", "known findings, written by `assaymark baseline`"),
            ("~/.cache/assaymark/", "results of earlier runs, by content; --no-cache does without"),
        ),
        "environment": (
            *_ENVIRONMENT,
            (
                "WATCHFILES_FORCE_POLLING",
                "when set, --watch looks at the files itself, as network folders need",
            ),
        ),
    },
)

BASELINE = Page(
    brief="write down what is found now",
    synopsis=("assaymark baseline [OPTION ...] [PATH ...]",),
    description="""\
Checks, and writes what is found into a file, so that `assaymark check --baseline FILE` shows only
what comes later. The file holds names of rules, paths and fingerprints, and no source text. A
fingerprint survives that a line moves or is indented anew, and that its file gets another name.
""",
    examples=(
        ("assaymark baseline", "write assaymark-baseline.json"),
        ("assaymark baseline app/ --output known.json", "of a folder, into another file"),
        ("assaymark baseline --level pedantic", "of all rules, for checks at that level"),
    ),
    tables={
        "exit codes": (
            ("0", "written"),
            ("2", "written, but something was not checked"),
            ("3", "wrong usage; nothing was written"),
        )
    },
)

EXPLAIN = Page(
    brief="say why a rule exists and what to write instead",
    synopsis=("assaymark explain [--rules FILE|DIR] RULE",),
    description="""\
Shows the page of a rule: why it matters, what to write instead, and what the rule does not see.
""",
    examples=(
        ("assaymark explain yaml-unsafe-load", "a rule, as findings name it"),
        ("assaymark explain my-rule --rules rules/my-rule.md", "one of your own"),
    ),
    tables={"exit codes": _SIMPLE_EXIT_CODES},
)

RULES = Page(
    brief="list the rules, or run their pages' examples",
    synopsis=(
        "assaymark rules [--names | --json] [--rules FILE|DIR]",
        "assaymark rules test PATH",
    ),
    description="""\
Lists every rule with its severity and its message. A rule is a Markdown page that holds its
patterns, its documentation and its tests; `rules test` runs those tests.
""",
    examples=(
        ("assaymark rules", "every rule, one a line"),
        ("assaymark rules --names", "nothing but their names"),
        ("assaymark rules --json", "all that they say, for a program"),
        ("assaymark rules test rules/python", "run the examples of a folder of pages"),
        ("assaymark rules test rules/python/yaml-unsafe-load.md", "of one page"),
    ),
    tables={
        "exit codes": (
            ("0", "done; every example is as its page says"),
            ("1", "an example of a page is not as the page says"),
            ("2", "a rule was left out, since it could not be understood"),
            ("3", "wrong usage"),
        ),
    },
)

RULES_TEST = Page(
    brief="run the examples of rule pages",
    synopsis=("assaymark rules test PATH",),
    description="""\
Runs the examples of a page, or of all pages in a folder, and names those that fail.
""",
    examples=(("assaymark rules test rules/python/yaml-unsafe-load.md", "one page"),),
    tables={"exit codes": (("0", "all are as their pages say"), ("1", "some are not"), ("3", "wrong usage"))},
)

DOCTOR = Page(
    brief="say what this installation is made of, and what is wrong with it",
    synopsis=("assaymark doctor", "assaymark doctor --settings [--untrusted] [PATH]"),
    description="""\
Looks at the program, its grammars, its rules, the places it uses and the settings of the current
folder. What is missing is said with what would put it right. It writes nothing, and checks no code.

With --settings: each setting that holds for a file or folder, its value, the layer and the line it
came from, and what was refused and why. Layers, weakest first: default, user, repository, editor,
command line, managed.
""",
    examples=(
        ("assaymark doctor", "all of it"),
        ("assaymark doctor --settings", "which settings hold here, and why"),
        ("assaymark doctor --settings app/load.py", "and for one file"),
    ),
    tables={
        "exit codes": (
            ("0", "no problem"),
            ("2", "something that is needed is missing or broken"),
            ("3", "wrong usage, or --settings and a file of settings that cannot be understood"),
        )
    },
)

LSP = Page(
    brief="serve an editor on standard input and output",
    synopsis=("assaymark lsp",),
    description="""\
Speaks the Language Server Protocol. An editor starts it; how to set up Neovim, Helix, Emacs and
others stands in editors/README.md.
""",
    examples=(("assaymark lsp", "what an editor runs"),),
    tables={"exit codes": (("0", "the editor ended it as the protocol says"), ("1", "it ended otherwise"))},
)

HOOK = Page(
    brief="take what a coding agent reports (agents run this)",
    synopsis=("assaymark hook TOOL [--record FILE] [PAYLOAD]",),
    description="""\
Reads one event of an agent, a JSON object on standard input, and records which bytes of which file
it wrote. Where a tool gives the event as its last argument (`notify` of Codex), it is read from there.
It decides nothing for the agent (`{}` is all that it answers) and ends with 0, whatever comes; what it
did not understand is recorded by the names of its fields.

Texts of files and prompts are not kept: only ranges and keyed hashes are.

With --record, the event goes into FILE too, a line each, with every text replaced by its length and
kind: to see what a tool sends, and to attach to a bug report.
""",
    examples=(
        ("assaymark hook claude < event.json", "what Claude Code runs after an edit"),
        ("assaymark hook cursor --record events.jsonl < event.json", "and shows what Cursor sends"),
    ),
    tables={
        "tools": (
            ("claude, cursor, copilot, copilot-cli", "edits, commands, prompts, models"),
            ("codex, gemini, windsurf", "the same"),
            ("cline, droid, kiro, opencode", "edits"),
            ("git-pre-commit", "what git's hook runs: whether staged lines were read; not always 0"),
            ("git-post-commit, ...-rewrite, -merge", "what git's hooks run, for notes on commits"),
        ),
        "exit codes": (("0", "always, once a tool of these is named"), ("3", "wrong usage")),
    },
)

COMPLETION = Page(
    brief="print what makes a shell complete all this",
    synopsis=("assaymark completion SHELL",),
    description="""\
Prints a script by which bash, zsh or fish completes commands, options, their values, files and the
names of rules. Put it where the shell looks for such scripts, and open a new shell.

For zsh, that folder has to be in fpath: put `fpath+=~/.zfunc` and then `autoload -U compinit &&
compinit` into ~/.zshrc.
""",
    examples=(
        ("assaymark completion bash > ~/.local/share/bash-completion/completions/assaymark", "bash"),
        ("assaymark completion zsh > ~/.zfunc/_assaymark", "zsh"),
        ("assaymark completion fish > ~/.config/fish/completions/assaymark.fish", "fish"),
    ),
    tables={"exit codes": _SIMPLE_EXIT_CODES},
)

HELP = Page(
    brief="say all about a command",
    synopsis=("assaymark help [COMMAND ...]",),
    description="""\
Says what `assaymark COMMAND --help` says.
""",
    examples=(("assaymark help check", "one command"), ("assaymark help rules test", "one within another")),
    tables={"exit codes": _SIMPLE_EXIT_CODES},
)
