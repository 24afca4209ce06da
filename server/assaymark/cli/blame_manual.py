"""The manual's pages about where lines come from."""

from __future__ import annotations

from assaymark.cli.manual import Page

_CODES = (("0", "shown"), ("3", "wrong usage, or no such file or line"))

BLAME = Page(
    brief="where each line of a file comes from",
    synopsis=("assaymark blame [-L FIRST,LAST] [--json] FILE",),
    description="""\
Shows of each line the commit that added it, who wrote it as far as that is recorded, and on what
evidence: typed in the editor, an agent and its model, pasted, or unknown. It says nothing of persons.

The ledger of this repository is asked first, which editors and agents' hooks write; then the git notes
of the commit that `git blame` gives a line to (refs/notes/ai and refs/notes/assaymark), and Agent Trace
records. A commit that names an agent as co-author makes no line the agent's.
""",
    examples=(
        ("assaymark blame app/load.py", "the whole file"),
        ("assaymark blame -L 10,40 app/load.py", "some lines; also 10, or 10, to the end"),
        ("assaymark blame --json app/load.py", "for scripts"),
    ),
    tables={"exit codes": _CODES},
)

WHY = Page(
    brief="all that is known of one line",
    synopsis=("assaymark why [--json] FILE:LINE",),
    description="""\
One answer about one line: what a check finds there, where the line comes from and on what evidence, the
agent's session, and the commit that added it.
""",
    examples=(
        ("assaymark why app/load.py:12", "about line 12"),
        ("assaymark why --json app/load.py:12", "for scripts"),
    ),
    tables={"exit codes": _CODES},
)
