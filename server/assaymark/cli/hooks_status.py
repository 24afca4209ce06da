"""`assaymark hooks status`: where hooks are installed, and what came in by them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

from assaymark.cli.hooks_events import Seen, seen_today
from assaymark.cli.output import say, style
from assaymark.cli.style import harmless
from assaymark.dataclass import dataclass
from assaymark.hooks.install.installing import GIT, NAMES, where
from assaymark.hooks.install.places import Site
from assaymark.hooks.install.record import records
from assaymark.record.absence import gone

_LISTED = 5


@dataclass(frozen=True, slots=True)
class Standing:
    """A tool, the files that its hooks are in, what was seen of it, and the file that they are gone from."""

    tool: str
    files: tuple[str, ...]
    seen: Seen
    gone: str


def status(site: Site, *, as_json: bool) -> int:
    """The exit code. Effect: prints how things stand."""
    known = records(site.state)
    today = seen_today(site.place)
    lost = gone(site.place)
    rows = [
        Standing(name, where(name, site, known), today.by_tool.get(name, Seen()), lost.get(name, ""))
        for name in NAMES
    ]
    if as_json:
        say([json.dumps(_plain(rows, today.unexplained, site), indent=2), "\n"])
    else:
        say(_text(rows, today.unexplained, site))
    return 0


def _text(rows: list[Standing], unexplained: dict[str, int], site: Site) -> Iterator[str]:
    look = style()
    for row in rows:
        places = ", ".join(harmless(site.shown(place)) for place in row.files)
        name = f"{look('path', row.tool)}{' ' * (9 - len(row.tool))}"
        yield f"{name} {f'installed: {places}' if places else 'not installed'}\n"
        if row.gone:
            where_from = harmless(site.shown(row.gone))
            yield f"{'':9} gone from {where_from}; to have them again: assaymark hooks install {row.tool}\n"
        if row.files or row.seen.last:
            yield f"{'':9} {_came(row)}\n"
    if unexplained:
        n_edits = sum(unexplained.values())
        paths = [harmless(path) for path in sorted(unexplained)]
        more = f" and {len(paths) - _LISTED} more" if len(paths) > _LISTED else ""
        edits = "1 change" if n_edits == 1 else f"{n_edits} changes"
        yield f"{edits} on the disk that no tool reported: {', '.join(paths[:_LISTED])}{more}\n"


def _came(row: Standing) -> str:
    seen = row.seen
    if not seen.last:
        return "nothing came in yet"
    what = ("commit" if row.tool == GIT else "edit") + ("" if seen.n_edits == 1 else "s")
    unread = f"; {seen.n_unread} not understood" if seen.n_unread else ""
    return f"last event {_when(seen.last)}; {seen.n_edits} {what} today{unread}"


def _when(moment: int) -> str:
    day, now = time.localtime(moment), time.localtime()
    form = "%H:%M" if day[:3] == now[:3] else "%Y-%m-%d %H:%M"
    return time.strftime(form, day)


def _plain(rows: list[Standing], unexplained: dict[str, int], site: Site) -> dict[str, object]:
    tools = [
        {
            "tool": row.tool,
            "installed": list(row.files),
            "gone": row.gone or None,
            "last_event": row.seen.last or None,
            "edits_today": row.seen.n_edits,
            "not_understood_today": row.seen.n_unread,
        }
        for row in rows
    ]
    return {"repository": site.place.top, "tools": tools, "unexplained_today": unexplained}
