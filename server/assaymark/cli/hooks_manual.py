"""The manual's pages about hooks, what is stored, and leaving again."""

from __future__ import annotations

from assaymark.cli.manual import Page

_INSTALL_CODES = (
    ("0", "done, or nothing to do"),
    ("1", "with --dry-run: files would change"),
    ("2", "something could not be read or written; it is as it was, and the rest is done"),
    ("3", "wrong usage"),
)

_DONE = (("0", "done"), ("3", "wrong usage"))
_LOOKED = (("0", "done"), ("2", "what is recorded cannot be read"), ("3", "wrong usage"))

HOOKS = Page(
    brief="have agents and git report where code comes from",
    synopsis=("assaymark hooks ACTION [OPTION ...] [TOOL ...]",),
    description="""\
Coding agents and git run programs of others at certain moments: hooks. With them Assaymark records
which lines an agent wrote, and carries that through commits. Everything stays on this machine.
""",
    examples=(
        ("assaymark hooks install", "for every tool that is used here, and for git"),
        ("assaymark hooks status", "what is installed, and what came in"),
        ("assaymark hooks uninstall", "and everything is as it was"),
    ),
    tables={"exit codes": _INSTALL_CODES},
)

INSTALL = Page(
    brief="put hooks into the settings of tools and of git",
    synopsis=("assaymark hooks install [--user | --project] [--dry-run] [--yes] [TOOL ...]",),
    description="""\
Adds to the settings of each tool, and to the hooks of git in this repository, and changes nothing
else in them. Without a TOOL, those that are used here. What is left for you to do is said: Codex, for
one, runs new hooks only after you trusted them.

The hooks of git run beside those that are there (scripts, husky, lefthook, pre-commit), in the folder
that core.hooksPath names. One tells before a commit of staged lines that nobody read; it stops the
commit only where the setting gate.pre-commit is `block`. Nothing else makes a commit fail.

With --project, the settings of this project are written, after asking: they take effect for everybody
who has Assaymark, and nobody else notices them.
""",
    examples=(
        ("assaymark hooks install --dry-run", "show what would be written, as a diff"),
        ("assaymark hooks install", "for every tool that is used here, and for git"),
        ("assaymark hooks install claude git", "for Claude Code and git"),
        ("assaymark hooks install --project claude", "for everybody in this project"),
    ),
    tables={
        "files": (
            ("~/.claude/settings.json", "Claude Code; in a project .claude/settings.json"),
            ("~/.cursor/hooks.json", "Cursor; .cursor/hooks.json"),
            ("~/.copilot/hooks/assaymark.json", "GitHub Copilot; .github/hooks/assaymark.json"),
            ("~/.codex/hooks.json", "Codex, or config.toml beside it; .codex/hooks.json"),
            ("~/.gemini/settings.json", "Gemini CLI; .gemini/settings.json"),
            ("~/.codeium/windsurf/hooks.json", "Windsurf; .windsurf/hooks.json"),
            ("~/.local/state/assaymark/hooks/", "what was put where, so that it can be taken out again"),
        ),
        "exit codes": _INSTALL_CODES,
    },
)

UNINSTALL = Page(
    brief="take the hooks out again",
    synopsis=("assaymark hooks uninstall [--user | --project] [--dry-run] [TOOL ...]",),
    description="""\
Every file is byte for byte as it was; one that was not there is gone. In a file that was edited since,
only our entries are taken out. Without --user and --project: what holds everywhere, and what was
installed from this machine in this repository.
""",
    examples=(
        ("assaymark hooks uninstall", "all of them"),
        ("assaymark hooks uninstall cursor", "those of Cursor"),
        ("assaymark hooks uninstall --project claude", "those that everybody in this project gets"),
    ),
    tables={"exit codes": _INSTALL_CODES},
)

STATUS = Page(
    brief="show where hooks are installed, and what came in",
    synopsis=("assaymark hooks status [--json]",),
    description="""\
For each tool: the files that its hooks are in, the last event that came in, and the edits of today.
Then the files that changed on the disk without a tool reporting it.
""",
    examples=(("assaymark hooks status", "all tools"), ("assaymark hooks status --json", "for a program")),
    tables={"exit codes": _LOOKED},
)

HOOKS_DOCTOR = Page(
    brief="wait for one edit of a tool, and say what arrived",
    synopsis=("assaymark hooks doctor --live TOOL [--timeout SECONDS]",),
    description="""\
Says where the hooks of the tool are installed, waits until the tool edits a file in this repository,
and says what its hook reported. Ctrl-C ends it.
""",
    examples=(("assaymark hooks doctor --live claude", "then let Claude Code change a file"),),
    tables={
        "exit codes": (
            ("0", "an edit arrived"),
            ("1", "nothing arrived, or something that was not understood"),
            ("2", "what is recorded cannot be read"),
            ("3", "wrong usage"),
            ("130", "interrupted"),
        )
    },
)

UNINSTALL_ALL = Page(
    brief="take out all hooks, and delete what was recorded",
    synopsis=("assaymark uninstall --all [--yes]",),
    description="""\
Takes out the hooks of every tool, and those of git in every repository that they were installed in
from this machine. Then offers to delete what is recorded of these repositories, and the notes in
refs/notes/assaymark of the one here, with the copies of what remotes have (refs/notes/ai-remote/ and
refs/notes/assaymark-remote/). Those in refs/notes/ai stay: other programs write there too. The program
itself is removed by what installed it: pipx, uv or pip.
""",
    examples=(
        ("assaymark uninstall --all", "asks before it deletes"),
        ("assaymark uninstall --all --yes", "and without asking"),
    ),
    tables={"exit codes": _INSTALL_CODES},
)

PRIVACY = Page(
    brief="say what is stored, where, for how long, and what would be pushed",
    synopsis=("assaymark privacy [--json]",),
    description="""\
Says what Assaymark keeps of the repository here and of this user: each kind of record and what it
holds, its place, its size, and how long it stays; and what would leave this machine with
`assaymark notes push`. It changes nothing.
""",
    examples=(("assaymark privacy", "of the repository here"),),
    tables={"exit codes": _DONE},
)
