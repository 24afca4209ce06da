"""What can be typed after `assaymark demo`."""

from __future__ import annotations

import argparse

DEMOS = ("origin", "history", "crash", "privacy", "cheat", "session", "gate")


def add_demo(demo: argparse.ArgumentParser) -> None:
    demo.add_argument("which", choices=DEMOS, metavar="|".join(DEMOS), help="what to show")
    demo.add_argument("--keep", action="store_true", help="leave the folder, and say where it is")
