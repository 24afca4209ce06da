"""The manual's pages about notes."""

from __future__ import annotations

from assaymark.cli.manual import Page

_CODES = (
    ("0", "done, or nothing to do"),
    ("2", "git could not do it; what was there before is there still"),
    ("3", "wrong usage"),
)

NOTES = Page(
    brief="look at, write and exchange the notes that say where lines come from",
    synopsis=("assaymark notes ACTION [OPTION ...]",),
    description="""\
Where the lines of a commit come from is kept in git notes on it: in refs/notes/ai, by the grammar of
git-ai, and in refs/notes/assaymark, with the evidence. Notes stay on this machine until somebody
pushes them; `git push` alone does not.
""",
    examples=(
        ("assaymark notes status", "which commits have notes, and what is not pushed"),
        ("assaymark notes fetch", "those of others, joined with ours"),
        ("assaymark notes push", "ours, after showing what leaves"),
    ),
    tables={
        "exit codes": _CODES,
        "files": (("server/NOTES.md", "in the sources: what stands in a note"),),
    },
)

STATUS = Page(
    brief="say which commits have notes",
    synopsis=("assaymark notes status",),
    description="""\
Counts notes, says how many of the last commits have one, what a remote has (as of the last fetch),
and warns of git settings that damage notes. It writes nothing and asks no other machine.
""",
    examples=(("assaymark notes status", "of this repository"),),
    tables={"exit codes": _CODES},
)

FETCH = Page(
    brief="fetch notes and join them with ours",
    synopsis=("assaymark notes fetch [REMOTE]",),
    description="""\
Asks a remote for its notes. A note that only one side has, or changed, is taken as it is; where both
have something to say of a commit, both stay. Nothing of ours is written over.
""",
    examples=(
        ("assaymark notes fetch", "from the remote of this branch"),
        ("assaymark notes fetch upstream", "from another one"),
    ),
    tables={"exit codes": _CODES},
)

PUSH = Page(
    brief="push notes, after showing what leaves",
    synopsis=("assaymark notes push [--dry-run] [--yes] [REMOTE]",),
    description="""\
Fetches first, so that nothing there is written over, and pushes then. Before notes of this repository
leave for a remote for the first time, it shows what they say and asks. No setting of git is changed:
no later `git push` takes notes along.
""",
    examples=(
        ("assaymark notes push --dry-run", "show what would leave"),
        ("assaymark notes push", "to the remote of this branch"),
        ("assaymark notes push --yes origin", "without being asked"),
    ),
    tables={"exit codes": _CODES},
)

CARRY = Page(
    brief="give the commits of a squash or rebase merge the notes of what they were made of",
    synopsis=("assaymark notes carry --from BASE..HEAD --to COMMIT",),
    description="""\
A forge that squashes or rebases a pull request runs no hooks here. This rebuilds the notes from what
the commits changed. It refuses when the merged commit does not change, line for line, what the others
changed: then no line could be carried safely.
""",
    examples=(
        ("assaymark notes carry --from main~1..feature --to main", "after a squash merge of feature"),
        ("assaymark notes carry --from 1a2b3c4..5d6e7f8 --to 9a8b7c6", "by ids, as in CI"),
    ),
    tables={
        "exit codes": (*_CODES[:1], ("1", "refused: the trees do not agree"), *_CODES[1:]),
    },
)

WRITE = Page(
    brief="write the notes of commits that were made without the hook",
    synopsis=("assaymark notes write --missing [--last N]",),
    description="""\
Looks at the last commits without a note, and writes what is known of their lines: what was recorded
of exactly that content, and the notes of commits that they were picked or squashed from.
""",
    examples=(
        ("assaymark notes write --missing", "of the last 200 commits"),
        ("assaymark notes write --missing --last 20", "of the last 20"),
    ),
    tables={"exit codes": _CODES},
)
