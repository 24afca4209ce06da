"""What notes say of lines that a person typed and an agent took something out of."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from assaymark.ledger.events import Saved, stamp
from assaymark.ledger.store import opened
from assaymark.lineage.reviews import Standing
from assaymark.origin import Author, Cut, Evidence, Origin, Run, joined
from assaymark.record.reading import of_file
from assaymark.record.standing import judged
from assaymark.repository import notes
from assaymark.repository.place import place_of
from git_world import World, hooked, isolated, made, text

TYPED = Origin(Author.human, Evidence.typed, time=1_763_100_000)
DAY = 1_763_164_800
CUT = Origin(Author.human, Evidence.typed, time=1_763_100_000, cut=Cut("claude", DAY, session="c7"))


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    isolated(monkeypatch, tmp_path)
    world = made(tmp_path / "repository")
    hooked(world)
    world.commit(a=text("start"))
    return world


def save(world: World, *rows: tuple[str, Origin]) -> None:
    """Effect: a.py holds these lines, and the ledger knows whose they are."""
    content = "".join(f"{row}\n" for row, _ in rows).encode()
    world.write("a.py", content)
    runs = joined([(Run(len(row.encode()) + 1, origin),) for row, origin in rows])
    with opened(place_of(world.here).store) as ledger:
        digest, outline = ledger.secret.digest(content), ledger.secret.outline(content)
        ledger.record([Saved(*stamp("server"), "a.py", digest, runs, outline)])


def commit(world: World) -> None:
    world.git("add", ".")
    world.git("commit", "-qm", "x")


def forget(world: World) -> None:
    shutil.rmtree(place_of(world.here).store)


def cuts(world: World) -> list[Cut | None]:
    place = place_of(str(Path(world.here, "a.py")))
    return [line.origin.cut for line in of_file(place, world.read("a.py")).lines if line.origin.parts]


def unread(world: World) -> list[bool]:
    content = world.read("a.py")
    standings = judged(place_of(str(Path(world.here, "a.py"))), content).standings
    return [one is Standing.unread for one in standings[: content.count(b"\n")]]


def test_a_note_says_who_cut_a_line_and_on_which_day(world: World) -> None:
    """Without the conversation, and without a time of the day."""
    save(world, ("a = 1", TYPED), ("load(f)", CUT))
    commit(world)
    forget(world)
    assert unread(world) == [False, True]
    (told,) = [one for one in cuts(world) if one is not None]
    assert (told.tool, told.session) == ("claude", "")
    records = json.loads(world.note(ref=notes.OURS).partition("---\n")[2])["evidence"].values()
    assert [one["cut"] for one in records if "cut" in one] == [{"tool": "claude", "date": "2025-11-15"}]


@pytest.mark.parametrize("said", ['"cut": 7', '"cut": {}', '"cut": {"tool": 1, "date": "yesterday"}'])
def test_a_cut_that_cannot_be_understood_is_one_by_nobody_known(world: World, said: str) -> None:
    """It is not left out: a line does not become typed for that."""
    save(world, ("load(f)", TYPED))
    commit(world)
    forget(world)
    assert unread(world) == [False]
    odd = world.note(ref=notes.OURS).replace('"evidence": "typed"', f'"evidence": "typed", {said}')
    world.git("notes", "--ref=assaymark", "add", "-f", "-m", odd)
    assert unread(world) == [True]


def test_a_line_that_a_later_commit_took_from_a_statement_is_missed_in_it(world: World) -> None:
    """Notes do not tell who took it; a ledger that saw a person do it does."""
    rows = [(row, TYPED) for row in ("load(", "    f,", "    Safe,", ")", "a = 1", "b = 2", "c = 3")]
    save(world, *rows)
    commit(world)
    save(world, *rows[:2], rows[3], rows[4], rows[6])
    commit(world)
    assert unread(world) == [False] * 5
    forget(world)
    assert unread(world) == [True, True, True, False, False]


def test_a_ledger_tells_no_gap_that_notes_would_not(world: World) -> None:
    """Else to take it away would help: the lines around are of several commits here."""
    between = Origin(Author.human, Evidence.typed, cut=Cut("claude", DAY, between=True))
    save(world, ("load(", TYPED), ("    f,", TYPED), (")", TYPED))
    commit(world)
    save(world, ("load(", TYPED), ("    f,", TYPED), ("    Safe,", TYPED), (")", TYPED))
    commit(world)
    save(world, ("load(", TYPED), ("    f,", between), (")", between))
    commit(world)
    before = unread(world)
    forget(world)
    assert before == unread(world) == [False] * 3
