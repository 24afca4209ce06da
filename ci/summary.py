"""
What a check found, in at most five lines of Markdown: REPORT.json DIFF.

Invariant: what was not checked is said, and no text of a checked file becomes Markdown.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SEVERITIES = ("critical", "high", "medium", "low")
CHECKED = ("clean", "findings")


def lines(report: dict[str, Any], diff: str) -> Iterator[str]:
    """The head, the worst finding, and what was not checked, with empty lines between."""
    found = sorted(report["findings"], key=lambda one: SEVERITIES.index(one["severity"]))
    counted = Counter(one["severity"] for one in found)
    counts = ", ".join(f"{counted[severity]} {severity}" for severity in SEVERITIES if counted[severity])
    where = "" if diff == "all" else " in changed lines"
    n = len(found)
    found_n = f"{n or 'no'} finding{'s' * (n != 1)}"
    yield f"**Assaymark**: {found_n}{where}{counts and f' ({counts})'}"
    for one in found[:1]:
        place = f"{one['path']}:{one['start']['line']}"
        yield ""
        yield f"{'The worst: ' if n > 1 else ''}{code(place)} {code(one['rule'])}: {one['message']}"
    if n_unchecked := sum(one["state"] not in CHECKED for one in report["files"]):
        yield ""
        files = f"{n_unchecked} file{'s' * (n_unchecked != 1)}"
        yield f"Not checked, or only in part: {files}. The log says which, and why."


def code(text: str) -> str:
    """*text* as code, whatever is in it."""
    return f"`{' '.join(text.replace('`', chr(39)).split())}`"


if __name__ == "__main__":
    sys.stdout.write("\n".join(lines(json.loads(Path(sys.argv[1]).read_text("utf-8")), sys.argv[2])) + "\n")
