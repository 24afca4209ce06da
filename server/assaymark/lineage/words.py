"""
The origin of a line in words, for people.

Invariants:
    What is said is about lines, never about persons.
    Unknown is said as unknown, and that a lot came at once is no evidence of an agent.
    Days are those of UTC; the year stands there only when it is not this one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assaymark.lineage.reviews import Channel, Signature
from assaymark.origin import Arrival, Author, Evidence, Origin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assaymark.lineage.lines import LineOrigin
    from assaymark.lineage.reviews import Review

_NAMES = {
    "agent": "an agent",
    "aider": "Aider",
    "amp": "Amp",
    "assaymark": "a fix of Assaymark",
    "claude": "Claude Code",
    "cline": "Cline",
    "codex": "Codex",
    "copilot": "GitHub Copilot",
    "copilot-cli": "GitHub Copilot CLI",
    "cursor": "Cursor",
    "droid": "Droid",
    "format": "a formatter",
    "gemini": "Gemini CLI",
    "github-copilot": "GitHub Copilot",
    "kiro": "Kiro",
    "opencode": "OpenCode",
    "rename": "a rename",
    "tool": "a tool",
    "windsurf": "Windsurf",
}
# Behind "Evidence:", and in brackets where several are told of.
_EVIDENCE = {
    Evidence.hook: "its edit hook",
    Evidence.accept: "the editor reported it",
    Evidence.digest: "the file is as it left it",
    Evidence.note: "the git note of the commit",
}
_CHANNELS = {
    Channel.editor: "in the editor",
    Channel.terminal: "in the terminal",
    Channel.pull_request: "in a pull request",
    Channel.trailer: "by the commit's trailer",
}
_SIGNED = {
    Signature.good: ", signed",
    Signature.none: " (a claim: it is not signed)",
    Signature.unknown_key: " (a claim: its key is not known here)",
    Signature.bad: " (a claim: its signature does not hold)",
}
_NOT_AI = "That is not evidence of AI."
_NOT_REVIEWED = "not reviewed"
# What stands behind the first of an agent's lines.
HINT = f"AI, {_NOT_REVIEWED}"
PARTLY = f"partly {HINT}"
CHANGED = f"changed by {HINT}"

_ORDER = (Author.ai, Author.tool, Author.human, Author.unknown)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY = 86_400
_EPOCH = 719_163  # 1 January 1970, as a proleptic Gregorian ordinal


def hint(line: LineOrigin, *, names_model: bool = False) -> str:
    """What stands behind the first of the lines that an agent wrote or changed; it may name the model."""
    cut, origin = line.cut, line.agent
    if not line.is_ai and cut is not None:
        return f"changed by {name_of(cut.tool)}, {_NOT_REVIEWED}" if names_model and cut.tool else CHANGED
    if names_model and origin is not None:
        return f"{origin.model or name_of(origin.tool) or 'AI'}, {_NOT_REVIEWED}"
    return PARTLY if line.is_mixed else HINT


def why_unread(line: LineOrigin) -> str:
    """Why somebody should read *line*, as `written by an AI`."""
    cut = line.cut
    if line.is_ai:
        return "written by an AI"
    if cut is not None:
        return f"changed by {'an AI' if cut.tool else 'something unknown'}"
    if any(origin.author is Author.unknown for origin, *_ in line.parts):
        return "of unknown origin"
    return "in a statement that changed"


def lens(n_findings: int, n_ai: int, n_changed: int, n_lines: int) -> str:
    """
    What stands over a function: its findings in lines not reviewed, and how much of it an agent wrote, and
    how much it changed.
    """
    findings = f"{n_findings} finding{'' if n_findings == 1 else 's'}"
    of = f" of {n_lines} line{'' if n_lines == 1 else 's'}"
    counts = [f"{n_ai}{of} by AI" if n_ai or not n_changed else ""]
    counts.append(f"{n_changed}{'' if n_ai else of} changed by AI" if n_changed else "")
    return f"{findings} · {', '.join(filter(None, [*counts, _NOT_REVIEWED]))}"


def sentence(
    number: int,
    line: LineOrigin,
    today: int,
    n_lines: int = 0,
    read: Sequence[Review] = (),
    *,
    is_due: bool = False,
) -> str:
    """
    Where line *number* (from 1) comes from, and who *read* it; nothing when it is blank.

    *today* is a proleptic Gregorian ordinal, *n_lines* how many lines came with it, if that is known.
    *is_due*: somebody should read it, or its statement.
    """
    origins = _told_apart(line)
    if not origins:
        return ""
    if len(origins) > 1:
        origin = ", ".join(f"partly {_in_short(origin, today)}" for origin in origins) + "."
    else:
        origin = _in_full(origins[0], today, n_lines)
    cut = _cut(line, today, is_due=is_due)
    is_unread = cut or any(origin.author is Author.ai for origin in origins)
    said = f"{review(read[-1], today)}." if read else "Not reviewed." if is_unread else ""
    return " ".join(filter(None, [f"Line {number}:", origin, cut and f"{cut}.", said]))


def review(read: Review, today: int) -> str:
    """A review in words: `Reviewed 14 Nov by Ann, in the editor (a claim: it is not signed)`."""
    who = read.who.partition("<")[0].strip()
    day = "" if read.time is None else f" {day_of(read.time, today)}"
    return f"Reviewed{day}{f' by {who}' if who else ''}, {_CHANNELS[read.channel]}{_SIGNED[read.signature]}"


def review_in_short(read: Review, today: int) -> str:
    """The same for a column of many: `reviewed 14 Nov`, or `review claimed 14 Nov`."""
    said = "reviewed" if read.signature is Signature.good else "review claimed"
    return said if read.time is None else f"{said} {day_of(read.time, today)}"


def briefly(line: LineOrigin, today: int, *, is_due: bool = False) -> str:
    """The same for a column of many, without who read it."""
    origins = _told_apart(line)
    said = [_in_short(origin, today) for origin in origins]
    if len(origins) == 1 and origins[0].author is Author.unknown:
        said = [f"unknown ({_how(origins[0], today)})"]
    return "; ".join(filter(None, [*said, _cut(line, today, is_due=is_due)]))


def name_of(tool: str) -> str:
    """What people call the tool; one that we have no name for is called as it calls itself."""
    return _NAMES.get(tool, tool)


def day_of(time: int, today: int) -> str:
    """The day of *time* (seconds since 1970), as `14 Nov`; with its year when *today* is in another."""
    year, month, day = _date(_EPOCH + time // _DAY)
    said = f"{day} {_MONTHS[month - 1]}"
    return said if year == _date(today)[0] else f"{said} {year}"


def _cut(line: LineOrigin, today: int, *, is_due: bool) -> str:
    """What was done to *line* without a word: `Claude Code changed something in it, 14 Nov`."""
    cut = line.cut
    # Lines that are gone are of no account but within a statement.
    if cut is None or (cut.between and not is_due):
        return ""
    what = "took lines away beside it" if cut.between else "changed something in it"
    said = f"{name_of(cut.tool) or 'something unknown'} {what}"
    return said if cut.time is None else f"{said}, {day_of(cut.time, today)}"


def _told_apart(line: LineOrigin) -> list[Origin]:
    """
    The origins of *line* that read differently, the agents' first and the unknown last.

    Two conversations of an agent are one here.
    """
    found: dict[tuple[object, ...], Origin] = {}
    for origin, *_ in line.parts:
        day = None if origin.time is None else origin.time // _DAY
        kind = origin.author, origin.evidence, origin.tool, origin.model, origin.arrival, origin.named, day
        found.setdefault(kind, origin)
    return sorted(found.values(), key=lambda origin: _ORDER.index(origin.author))


def _in_full(origin: Origin, today: int, n_lines: int) -> str:
    if origin.author is Author.unknown:
        return _unknown(origin, today, n_lines)
    if origin.evidence is Evidence.typed:
        return f"{_whose(origin, today)}."
    return f"{_whose(origin, today)}. Evidence: {_EVIDENCE[origin.evidence]}."


def _in_short(origin: Origin, today: int) -> str:
    if origin.author is Author.unknown:
        return f"of unknown origin ({_how(origin, today)})"
    if origin.evidence is Evidence.typed:
        return _whose(origin, today)
    return f"{_whose(origin, today)} ({_EVIDENCE[origin.evidence]})"


def _whose(origin: Origin, today: int) -> str:
    if origin.evidence is Evidence.typed:
        who = ["typed in the editor"]
    elif origin.author is Author.human:
        who = ["written by hand"]
    else:
        nameless = "an AI that is not named" if origin.author is Author.ai else "a tool"
        who = [name_of(origin.tool) or nameless, *filter(None, [origin.model])]
    return ", ".join(who if origin.time is None else [*who, day_of(origin.time, today)])


def _unknown(origin: Origin, today: int, n_lines: int) -> str:
    if origin.named:
        return f"origin unknown. The commit names {name_of(origin.named)}; which lines is not recorded."
    if origin.arrival is Arrival.bulk:
        came = f"{n_lines} lines" if n_lines > 1 else "it"
        return f"origin unknown: {came} came in at once and no tool reported {_them(n_lines)}. {_NOT_AI}"
    return f"origin unknown ({_how(origin, today)})."


def _how(origin: Origin, today: int) -> str:
    """How something of unknown origin came, as it stands in brackets."""
    if origin.named:
        return f"the commit names {name_of(origin.named)}"
    if origin.arrival is Arrival.standing and origin.time is not None:
        return f"committed {day_of(origin.time, today)}, before recording began"
    if origin.arrival is Arrival.committed:
        when = "" if origin.time is None else f" {day_of(origin.time, today)}"
        return f"committed{when}; not recorded"
    return _ARRIVALS.get(origin.arrival or Arrival.committed, "nothing was recorded of it")


def _them(n_lines: int) -> str:
    return "them" if n_lines > 1 else "it"


_ARRIVALS = {
    Arrival.standing: "it was there before recording began",
    Arrival.bulk: "it came in at once and no tool reported it",
    Arrival.pasted: "pasted",
    Arrival.disk: "the file changed on disk and no tool reported it",
}


def _date(ordinal: int) -> tuple[int, int, int]:
    """
    Year, month and day of a proleptic Gregorian ordinal.

    Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
    """
    # Counted from 1 March of year 0, so that the leap day is the last of its year.
    era, of_era = divmod(ordinal + 305, 146_097)
    year = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    shifted = (5 * of_year + 2) // 153
    day = of_year - (153 * shifted + 2) // 5 + 1
    month = shifted + 3 if shifted < 10 else shifted - 9
    return year + era * 400 + (month <= 2), month, day
