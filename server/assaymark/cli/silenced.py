"""The findings that comments and baselines keep from being shown, as people read them: `--show-silenced`."""

from __future__ import annotations

from collections.abc import Iterator

from assaymark.cli.report import BASELINE, Report, Withheld
from assaymark.cli.style import Style, harmless


def as_text(report: Report, style: Style) -> Iterator[str]:
    """A line for each, and an empty one behind them."""
    lines = [_line(file.path, one, style) for file in report.files for one in file.withheld]
    yield from lines
    if lines:
        yield "\n"


def _line(path: str, one: Withheld, style: Style) -> str:
    found = one.reported
    place = style("path", f"{harmless(path)}:{found.place}")
    by = "the baseline" if one.by == BASELINE else f"# {one.by}"
    reason = f": {harmless(one.reason)}" if one.reason else ""
    return f"{place}  {style('faint', 'silenced')}  {found.finding.rule}  by {by}{reason}\n"
