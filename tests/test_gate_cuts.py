"""A gate over lines of several commits that an agent took something out of, with its ledger and without."""

from __future__ import annotations

import shutil

import pytest

from assaymark.cli import reviewed
from assaymark.ledger.events import Change, Edited, Saved, stamp
from assaymark.ledger.store import opened
from assaymark.lineage.cuts import cuts
from assaymark.lineage.narrowing import changes
from assaymark.origin import Author, Evidence, Origin, covering
from assaymark.repository.place import place_of
from cli_world import World, world

__all__ = ["world"]

TYPED, AGENT = (
    Origin(Author.human, Evidence.typed),
    Origin(Author.ai, Evidence.hook, tool="claude", session="s"),
)


def typed(world: World, content: bytes) -> None:
    """Effect: a person typed what of *content* was not there, and commits it."""
    world.write(a=content)
    with opened(place_of(str(world.here)).store, "server") as ledger:
        digest, outline = ledger.secret.digest(content), ledger.secret.outline(content)
        ledger.record([Saved(*stamp("server"), "a.py", digest, covering(len(content), TYPED), outline)])
    commit(world)


def commit(world: World) -> None:
    world.commit()
    assert world.run("notes", "write", "--missing").code == 0


def agent_takes(world: World, piece: bytes) -> None:
    """Effect: an agent takes *piece* away, its hook says so, and it is committed."""
    before = world.read("a")
    after = before.replace(piece, b"", 1)
    world.write(a=after)
    found = changes(before, after)
    with opened(place_of(str(world.here)).store, "hook") as ledger:
        edits = tuple(Change(one.start, one.end, one.new_end - one.new_start) for one in found)
        digest, outline = ledger.secret.digest, ledger.secret.outline
        ledger.record(
            [
                Edited(
                    *stamp("hook"), "a.py", AGENT, digest(before), digest(after), edits, len(after), outline(after),
                    lines_before=outline(before), cuts=tuple(cuts(before, after, found)),
                )
            ]
        )  # fmt: skip
    commit(world)


@pytest.fixture
def repository(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A repository in which a person typed a statement, in three commits."""
    # Who runs the tests may be an agent.
    monkeypatch.setattr(reviewed, "person", lambda: None)
    world.commit(a=b"x = 1\n")
    for name, value in (("name", "A"), ("email", "a@example.org")):
        world.git("config", f"user.{name}", value)
    typed(world, b"send(\n    n,\n\n)\nx = 1\n")
    typed(world, b"send(\n    n,\n\n    kept=1,\n)\nx = 1\n")
    typed(world, b"send(\n    n,\n\n    kept=1,\n    secret=False,\n)\nx = 1\n")
    world.git("branch", "base")
    return world


def codes(world: World) -> list[int]:
    """What the gate ends with, with the ledger, and without."""
    code = world.check("--gate", "--diff", "base").code
    shutil.move(world.here / ".git" / "assaymark", world.here / ".git" / "aside")
    without = world.check("--gate", "--diff", "base").code
    shutil.rmtree(world.here / ".git" / "assaymark", ignore_errors=True)
    shutil.move(world.here / ".git" / "aside", world.here / ".git" / "assaymark")
    return [code, without]


def test_a_line_of_another_commit_that_an_agent_takes_is_missed(repository: World) -> None:
    """No note tells of a line that is gone; the change does, and nobody is known to have taken it."""
    agent_takes(repository, b"    kept=1,\n")
    assert codes(repository) == [1, 1]
    assert repository.run("reviewed", "a.py:1-5").code == 0
    assert codes(repository)[0] == 0


def test_a_line_that_a_person_took_is_missed_where_nobody_knows_that(repository: World) -> None:
    """A ledger does; without it, to have looked at the lines around is to be said."""
    typed(repository, b"send(\n    n,\n\n    secret=False,\n)\nx = 1\n")
    assert codes(repository) == [0, 1]


def test_blank_lines_that_go_take_nothing(repository: World) -> None:
    """Be it known who took them or not."""
    typed(repository, b"send(\n    n,\n\n    secret=False,\n)\nx = 1\n")
    repository.git("branch", "-f", "base")
    typed(repository, b"send(\n    n,\n    secret=False,\n)\nx = 1\n")
    assert codes(repository) == [0, 0]
