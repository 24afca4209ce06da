"""What can be typed after `assaymark session`."""

from __future__ import annotations

import argparse

FORMATS = ("text", "json", "markdown")


def add_session(session: argparse.ArgumentParser) -> None:
    session.add_argument(
        "which", nargs="?", default="last", metavar="ID", help="the start of its id, or `last` (the default)"
    )
    session.add_argument("--since", metavar="TIME", help="all sessions of the last 30m, 2h, 3d or 1w as one")
    session.add_argument("--list", action="store_true", dest="lists", help="only which sessions there are")
    session.add_argument(
        "--format",
        choices=FORMATS,
        default="text",
        metavar="FORMAT",
        help="text, json, markdown (default: text)",
    )
    session.add_argument(
        "--untrusted",
        action="store_true",
        help="as `check --untrusted`: the repository's settings loosen nothing",
    )
