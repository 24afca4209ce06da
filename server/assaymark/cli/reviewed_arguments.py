"""What can be typed after `assaymark reviewed`."""

from __future__ import annotations

import argparse


def add_reviewed(reviewed: argparse.ArgumentParser) -> None:
    reviewed.add_argument(
        "targets",
        nargs="*",
        metavar="WHAT",
        help="FILE, FILE:10-40, a commit, or BASE..HEAD; with --withdraw also a review's number",
    )
    what = reviewed.add_mutually_exclusive_group()
    what.add_argument("--staged", action="store_true", help="the lines that are staged")
    what.add_argument(
        "--session",
        nargs="?",
        const="last",
        metavar="ID",
        help="what an agent's session wrote that is not reviewed yet (default: the last)",
    )
    what.add_argument("--list", action="store_true", help="show the reviews that are known")
    what.add_argument(
        "--pull-request",
        nargs="?",
        const="",
        metavar="FILE",
        help="the commits of a pull request that was approved, as FILE tells (- for standard input;"
        " default: $GITHUB_EVENT_PATH)",
    )
    reviewed.add_argument("--withdraw", action="store_true", help="take reviews back instead")
    reviewed.add_argument(
        "--base", metavar="COMMIT", help="with --pull-request: where it starts, if that is not told"
    )
    sign = reviewed.add_mutually_exclusive_group()
    sign.add_argument("--sign", action="store_true", default=None, help="sign with git's SSH key")
    sign.add_argument("--no-sign", dest="sign", action="store_false", help="do not, though git signs commits")
    reviewed.add_argument("--dry-run", action="store_true", help="say what would be recorded, record nothing")
    reviewed.add_argument("--json", action="store_true", help="as JSON")
