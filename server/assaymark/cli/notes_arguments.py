"""What can be typed after `assaymark notes`."""

from __future__ import annotations

import argparse

from assaymark.cli import notes_manual as manual

LAST = 200


def add_notes(notes: argparse.ArgumentParser) -> None:
    inner = notes.add_subparsers(
        dest="action", metavar="ACTION", title="actions", prog=notes.prog, required=True
    )
    inner.add_parser("status", help=manual.STATUS.brief, page=manual.STATUS)
    _add_remote(inner.add_parser("fetch", help=manual.FETCH.brief, page=manual.FETCH))
    push = inner.add_parser("push", help=manual.PUSH.brief, page=manual.PUSH)
    _add_remote(push)
    push.add_argument("--dry-run", action="store_true", help="show what would leave, and push nothing")
    push.add_argument("--yes", action="store_true", help="do not ask")
    carry = inner.add_parser("carry", help=manual.CARRY.brief, page=manual.CARRY)
    carry.add_argument(
        "--from", dest="made_of", metavar="BASE..HEAD", required=True, help="the commits that have notes"
    )
    carry.add_argument("--to", metavar="COMMIT", required=True, help="what they became; of several the last")
    write = inner.add_parser("write", help=manual.WRITE.brief, page=manual.WRITE)
    write.add_argument("--missing", action="store_true", required=True, help="where there is none yet")
    write.add_argument(
        "--last", type=int, default=LAST, metavar="N", help=f"how many commits to look at (default: {LAST})"
    )


def _add_remote(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("remote", nargs="?", metavar="REMOTE", help="default: the one of this branch")
