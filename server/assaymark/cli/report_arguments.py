"""What can be typed after `assaymark report`."""

from __future__ import annotations

import argparse

FORMS = ("text", "json", "csv", "markdown")


def add_report(report: argparse.ArgumentParser) -> None:
    report.add_argument("range", metavar="RANGE", help="as v1.4..v1.5; v1.4.. is all since")
    report.add_argument(
        "--format",
        choices=FORMS,
        default="text",
        help=f"{', '.join(FORMS)} (default: text)",
        metavar="FORMAT",
    )
    report.add_argument(
        "--untrusted", action="store_true", help="let the settings of the repository loosen nothing"
    )
