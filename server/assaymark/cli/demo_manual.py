"""The manual's page about demonstrations."""

from __future__ import annotations

from assaymark.cli.demo_arguments import DEMOS
from assaymark.cli.manual import Page

DEMO = Page(
    brief="see with your own eyes what Assaymark claims",
    synopsis=(f"assaymark demo [--keep] {'|'.join(DEMOS)}",),
    description="""\
Makes a repository in a temporary folder, works in it with git, with agents' hooks and with the server,
each a program of its own, and prints every command. Nothing outside of that folder is read or written,
no agent is needed, and nothing leaves this machine. At the end the folder is removed.
""",
    examples=(
        ("assaymark demo origin", "who wrote which line, and on what evidence"),
        ("assaymark demo history", "amend, rebase and squash lose nothing"),
        ("assaymark demo crash", "hooks are killed while they write"),
        ("assaymark demo privacy", "a secret in code and prompt, looked for wherever we write"),
        ("assaymark demo cheat", "an agent that marks, silences, ignores and excludes: nothing of it counts"),
        ("assaymark demo session", "an agent's session, what needs a look on top"),
        ("assaymark demo gate", "a gate that passes nothing when notes are gone or a rule hangs"),
        ("assaymark demo --keep origin", "and leave the folder for you to look at"),
    ),
    tables={
        "exit codes": (
            ("0", "it came out as it should"),
            ("1", "it did not; what is wrong is said"),
            ("2", "something could not be run, such as git"),
            ("3", "wrong usage"),
        ),
    },
)
