"""What can be typed after `assaymark blame` and `assaymark why`."""

from __future__ import annotations

import argparse


def add_blame(blame: argparse.ArgumentParser) -> None:
    blame.add_argument("file", metavar="FILE", help="the file, as it is in the work tree")
    blame.add_argument("-L", dest="lines", metavar="FIRST,LAST", help="only these lines, from 1")
    blame.add_argument("--json", action="store_true", help="as JSON")


def add_why(why: argparse.ArgumentParser) -> None:
    why.add_argument("place", metavar="FILE:LINE", help="the line, from 1")
    why.add_argument("--json", action="store_true", help="as JSON")
    why.add_argument(
        "--untrusted",
        action="store_true",
        help="as `check --untrusted`: the repository's settings loosen nothing",
    )
