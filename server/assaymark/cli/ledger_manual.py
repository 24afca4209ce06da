"""The manual's pages about the ledger."""

from __future__ import annotations

from assaymark.cli.manual import Page

_CODES = (("0", "done"), ("2", "the ledger could not be opened, read or written"), ("3", "wrong usage"))

LEDGER = Page(
    brief="look after what is remembered of where code comes from",
    synopsis=("assaymark ledger ACTION [OPTION ...]",),
    description="""\
Editor, hooks and git report where lines come from; the ledger of a repository remembers that: names,
ranges and hashes, no source text and no prompt. It lies in the git directory, one for all work trees,
in `assaymark/`; where there is no git, in a folder of the user's.
""",
    examples=(
        ("assaymark ledger verify", "say what is in it, and what is wrong with it"),
        ("assaymark ledger compact", "forget what notes say just as well"),
    ),
    tables={
        "files": (
            ("ledger.sqlite", "the ledger"),
            ("spool/", "what waits to be merged by the next reader"),
            ("key", "the secret that its hashes are made with"),
            ("aside/", "records that were damaged"),
            ("ledger.sqlite.corrupt-DATE", "a ledger that was damaged"),
        ),
        "exit codes": _CODES,
    },
)

VERIFY = Page(
    brief="say what is in it, and what is wrong with it",
    synopsis=("assaymark ledger verify",),
    description="""\
Reads all of the ledger of the current folder, and changes nothing. What is wrong is said with what to
do about it.
""",
    examples=(("assaymark ledger verify", "of the repository of the current folder"),),
    tables={"exit codes": (("0", "nothing is wrong"), ("2", "something is"), ("3", "wrong usage"))},
)

COMPACT = Page(
    brief="forget what is old and stands in a note",
    synopsis=("assaymark ledger compact",),
    description="""\
Forgets what was recorded more than 90 days ago, if the file was committed later and the commit has a
note that says where its lines come from. Of saves that followed each other within minutes, the last is
kept. Then the file gives its space back.
""",
    examples=(("assaymark ledger compact", "now and then; nothing depends on it"),),
    tables={"exit codes": _CODES},
)

EXPORT = Page(
    brief="write it as lines of JSON",
    synopsis=("assaymark ledger export [--output FILE]",),
    description="""\
Writes all events and states, one a line. They hold names, ranges and hashes; no text, no prompt, not
the secret, and not where transcripts are. server/LEDGER.md in the sources describes the format.
""",
    examples=(("assaymark ledger export --output ledger.jsonl", "into a file"),),
    tables={"exit codes": _CODES},
)

IMPORT = Page(
    brief="take in an export, or what can be read of a damaged ledger",
    synopsis=("assaymark ledger import FILE",),
    description="""\
Adds what is not known yet; what is known stays. An export can be imported where its secret is: hashes
made with another one match nothing.
""",
    examples=(
        ("assaymark ledger import ledger.jsonl", "an export"),
        (
            "assaymark ledger import .git/assaymark/ledger.sqlite.corrupt-2026-11-23",
            "a ledger that was set aside",
        ),
    ),
    tables={"exit codes": _CODES},
)
