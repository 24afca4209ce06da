"""The manual's page about reviews."""

from __future__ import annotations

from assaymark.cli.manual import Page

REVIEWED = Page(
    brief="say which lines you have read",
    synopsis=(
        "assaymark reviewed [--sign | --no-sign] [--dry-run] [--json] WHAT ...",
        "assaymark reviewed [OPTION ...] --staged",
        "assaymark reviewed --withdraw [OPTION ...] (--staged | WHAT ...)",
        "assaymark reviewed --pull-request [FILE] [--base COMMIT] [OPTION ...]",
        "assaymark reviewed --list [--json]",
    ),
    description="""\
Records that you have read lines: of a file as it is now, of what is staged, or what commits added. The
review stays with these lines when they are moved, formatted, committed or rebased, and ends where somebody
else changes them. What is committed gets it in its git notes; the rest does when it is committed.

Only a person can say so: the command refuses in the shell of an agent, and without a terminal. A program
that runs as you could still write such a record, so without a signature it is called a claim. --sign signs
with the SSH key that git signs commits with (gpg.format, user.signingkey); it is what happens by itself where
git signs commits with one. Who knows the key (gpg.ssh.allowedSignersFile) can tell that it was yours.

--pull-request takes approvals over from GitHub: from the event file of an Action, or from what
`gh api repos/OWNER/NAME/pulls/N/reviews` prints. An approval counts for the commits that were there when it
was given; what was taken over of one that is dismissed is withdrawn. Nothing is asked of any other machine.
""",
    examples=(
        ("assaymark reviewed app/load.py:10-40", "these lines, as they are now"),
        ("assaymark reviewed --staged", "before a commit"),
        ("assaymark reviewed --session", "what the last session of an agent wrote"),
        ("assaymark reviewed main..feature", "what these commits added"),
        ("assaymark reviewed --sign HEAD", "the last commit, signed"),
        ("assaymark reviewed --withdraw app/load.py:10-40", "take back what was said of these lines"),
        ("assaymark reviewed --list", "the reviews that are known, with their numbers"),
        ("assaymark reviewed --pull-request", "in an Action, on pull_request_review"),
    ),
    tables={
        "exit codes": (
            ("0", "recorded, or nothing to record"),
            ("2", "not recorded: an agent's shell, no terminal, no key, or an event of another kind"),
            ("3", "wrong usage"),
        ),
        "files": (
            ("server/REVIEW.md", "in the sources: what a review is worth"),
            ("server/NOTES.md", "in the sources: what stands in a note"),
        ),
    },
)
