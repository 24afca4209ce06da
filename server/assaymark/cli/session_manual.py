"""The manual's page about an agent's session."""

from __future__ import annotations

from assaymark.cli.manual import Page

SESSION = Page(
    brief="what an agent's session did that needs a look",
    synopsis=(
        "assaymark session [--format FORMAT] [last|ID]",
        "assaymark session --since TIME",
        "assaymark session --list",
    ),
    description="""\
Compares the files that an agent's session wrote with what they held before it, and says what needs a look,
the worst first: guards that it removed (checks of permissions, escaping, timeouts and the like), findings
in its lines, tests of Python, JavaScript and TypeScript that are gone, skipped, keep others from running or
assert less, settings that it loosened, comments that silence, hooks, permissions and dependencies that came,
files outside of the folder. Then the lines that nobody has reviewed.

What a file held before is asked of git, by the digest that was recorded; where git has not got it, the last
commit before the session is compared with, and that is said. After ten seconds no further file is compared;
which ones were not is said.
""",
    examples=(
        ("assaymark session", "the last one"),
        ("assaymark session --since 2h", "all of the last two hours, as one"),
        ("assaymark session --list", "which ones there are"),
        ("assaymark session --format markdown", "for a pull request"),
    ),
    tables={
        "exit codes": (
            ("0", "nothing of severity high or above needs a look"),
            ("1", "something does"),
            ("2", "nothing does, but not all was compared: it is named with the reason, and is no pass"),
            ("3", "wrong usage, or no such session"),
        )
    },
)
