"""The manual's page about reports on a range of commits."""

from __future__ import annotations

from assaymark.cli.manual import Page

REPORT = Page(
    brief="say what is known of the lines that a range of commits added",
    synopsis=("assaymark report [--format FORMAT] [--untrusted] RANGE",),
    description="""\
Looks at the lines that the commits of a range added, by `git blame`, and that stand at its end. It
says on what evidence it is known where they come from; which findings are in lines reviewed by nobody,
by who asked for them alone, or by another person; and how many lines each tool and model wrote.

Every percentage stands beside what it is of and beside how much of that is of unknown origin. Nothing
is counted by person, and nothing is a score. What this clone lacks, as notes or history, is said before
any count. The head names what is needed to make the report again: commits, versions, records. Rules and
settings are those that hold now.
""",
    examples=(
        ("assaymark report v1.4..v1.5", "what came with a release"),
        ("assaymark report --format markdown main..", "what a branch has that main has not"),
        ("assaymark report --format json v1.4..v1.5", "for programs"),
    ),
    tables={
        "exit codes": (
            ("0", "written, whatever it says"),
            ("2", "written, but something was not checked"),
            ("3", "wrong usage, or no such commits"),
        )
    },
)
