"""What people read of a line's origin: exact sentences, that claim no more than is known."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assaymark.dataclass import replace
from assaymark.lineage.lines import LineOrigin, Part
from assaymark.lineage.words import day_of, hint, lens, name_of, sentence, why_unread
from assaymark.origin import STANDING, Arrival, Author, Cut, Evidence, Origin, unknown

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
TODAY = dt.date(2026, 11, 23).toordinal()


def seconds(year: int, month: int, day: int) -> int:
    return int(dt.datetime(year, month, day, 9, tzinfo=dt.UTC).timestamp())


NOV_14 = seconds(2026, 11, 14)
CLAUDE = Origin(Author.ai, Evidence.hook, "claude", "claude-opus-4-6", time=NOV_14)
TYPED = Origin(Author.human, Evidence.typed, time=NOV_14)


def of(*origins: Origin) -> LineOrigin:
    return LineOrigin(tuple(Part(origin, 5) for origin in origins))


def said(*origins: Origin, n_lines: int = 0) -> str:
    return sentence(12, of(*origins), TODAY, n_lines)


@pytest.mark.parametrize(
    "origin, expected",
    [
        (CLAUDE, "Claude Code, claude-opus-4-6, 14 Nov. Evidence: its edit hook. Not reviewed."),
        (
            Origin(Author.ai, Evidence.accept, "copilot", time=seconds(2025, 1, 2)),
            "GitHub Copilot, 2 Jan 2025. Evidence: the editor reported it. Not reviewed.",
        ),
        (
            Origin(Author.ai, Evidence.digest, "codex"),
            "Codex. Evidence: the file is as it left it. Not reviewed.",
        ),
        (
            Origin(Author.ai, Evidence.note),
            "an AI that is not named. Evidence: the git note of the commit. Not reviewed.",
        ),
        (TYPED, "typed in the editor, 14 Nov."),
        (Origin(Author.human, Evidence.typed), "typed in the editor."),
        (Origin(Author.human, Evidence.note), "written by hand. Evidence: the git note of the commit."),
        (
            Origin(Author.tool, Evidence.accept, "assaymark", time=NOV_14),
            "a fix of Assaymark, 14 Nov. Evidence: the editor reported it.",
        ),
        (Origin(Author.tool, Evidence.accept, "ruff"), "ruff. Evidence: the editor reported it."),
        (STANDING, "origin unknown (it was there before recording began)."),
        (
            unknown(Arrival.standing, seconds(2026, 11, 3)),
            "origin unknown (committed 3 Nov, before recording began).",
        ),
        (
            unknown(Arrival.committed, seconds(2026, 11, 3)),
            "origin unknown (committed 3 Nov; not recorded).",
        ),
        (unknown(Arrival.pasted), "origin unknown (pasted)."),
        (unknown(Arrival.disk), "origin unknown (the file changed on disk and no tool reported it)."),
        (
            unknown(Arrival.bulk),
            "origin unknown: it came in at once and no tool reported it. That is not evidence of AI.",
        ),
        (
            Origin(Author.unknown, Evidence.commit, named="claude"),
            "origin unknown. The commit names Claude Code; which lines is not recorded.",
        ),
    ],
)
def test_an_origin_is_one_sentence(origin: Origin, expected: str) -> None:
    """Whose the line is, since when, and on what evidence; an agent's is said not to be reviewed."""
    assert said(origin) == f"Line 12: {expected}"


def test_lines_that_came_together_are_counted() -> None:
    """That many came at once is said, and that it is no evidence."""
    assert said(unknown(Arrival.bulk), n_lines=14) == (
        "Line 12: origin unknown: 14 lines came in at once and no tool reported them."
        " That is not evidence of AI."
    )


def test_a_line_of_several_is_said_to_be_of_all() -> None:
    """Each part with its evidence, the one that comes first in the line first."""
    assert said(CLAUDE, TYPED, unknown(Arrival.pasted)) == (
        "Line 12: partly Claude Code, claude-opus-4-6, 14 Nov (its edit hook), partly typed in the editor,"
        " 14 Nov, partly of unknown origin (pasted). Not reviewed."
    )
    assert said(TYPED, unknown(Arrival.bulk)) == (
        "Line 12: partly typed in the editor, 14 Nov,"
        " partly of unknown origin (it came in at once and no tool reported it)."
    )


def test_what_reads_the_same_is_said_once() -> None:
    """Two conversations of an agent on one day are one author."""
    one, other = (Origin(Author.ai, Evidence.hook, "claude", session=name) for name in ("a", "b"))
    assert said(one, other) == "Line 12: Claude Code. Evidence: its edit hook. Not reviewed."


def test_a_blank_line_is_not_spoken_of() -> None:
    """It is nobody's."""
    assert said() == ""


@pytest.mark.parametrize("arrival", list(Arrival))
def test_what_is_unknown_is_never_called_an_agents(arrival: Arrival) -> None:
    """However it came, and whoever a commit names."""
    assert "unknown" in said(unknown(arrival))
    assert "eviewed" not in said(unknown(arrival))


@given(st.integers(1, dt.date.max.toordinal()))
def test_days_are_those_of_the_calendar(ordinal: int) -> None:
    """As the standard library counts them, in UTC; the year of today goes without saying."""
    date = dt.date.fromordinal(ordinal)
    time = (ordinal - dt.date(1970, 1, 1).toordinal()) * 86_400 + 86_399
    said = f"{date.day} {MONTHS[date.month - 1]}"
    assert day_of(time, ordinal) == said
    assert day_of(time, ordinal + 366 if ordinal < 1000 else ordinal - 366) == f"{said} {date.year}"


def test_hints_and_lenses_are_short() -> None:
    """The model stands in a hint only when asked for; what is not named is "AI"."""
    copilot, noted = (
        Origin(Author.ai, evidence, tool)
        for evidence, tool in ((Evidence.accept, "copilot"), (Evidence.note, ""))
    )
    assert [hint(of(origin), names_model=True) for origin in (CLAUDE, copilot, noted)] == [
        "claude-opus-4-6, not reviewed",
        "GitHub Copilot, not reviewed",
        "AI, not reviewed",
    ]
    assert hint(of(CLAUDE)) == "AI, not reviewed"
    assert hint(of(CLAUDE, TYPED)) == "partly AI, not reviewed"
    assert lens(2, 34, 0, 41) == "2 findings · 34 of 41 lines by AI, not reviewed"
    assert lens(1, 1, 0, 1) == "1 finding · 1 of 1 line by AI, not reviewed"


def test_what_an_agent_only_changed_is_said_to_be_changed() -> None:
    """It is no line of an agent's, and is to be read all the same."""
    cut, by_nobody = (replace(TYPED, cut=Cut(tool)) for tool in ("claude", ""))
    assert hint(of(cut)) == "changed by AI, not reviewed"
    assert hint(of(cut), names_model=True) == "changed by Claude Code, not reviewed"
    assert lens(1, 0, 1, 8) == "1 finding · 1 of 8 lines changed by AI, not reviewed"
    assert lens(1, 2, 1, 8) == "1 finding · 2 of 8 lines by AI, 1 changed by AI, not reviewed"
    lines = [of(CLAUDE), of(cut), of(by_nobody), of(unknown(Arrival.pasted)), of(TYPED)]
    assert [why_unread(line) for line in lines] == [
        "written by an AI",
        "changed by an AI",
        "changed by something unknown",
        "of unknown origin",
        "in a statement that changed",
    ]


def test_a_tool_without_a_name_of_ours_has_its_own() -> None:
    """Nothing is hidden behind a word like "other"."""
    assert [name_of("claude"), name_of("new-agent")] == ["Claude Code", "new-agent"]
