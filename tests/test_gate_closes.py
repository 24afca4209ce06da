"""
Whatever of the records is taken away, a gate that does not pass does not begin to.

Random histories: lines of agents, typed ones and unknown ones, some cut by an agent, read, not read and taken back,
committed with notes and not. `ASSAYMARK_GATES=50` plays more of them, `ASSAYMARK_FIRST_GATE=100` others.
"""

from __future__ import annotations

import itertools
import os
import random
import shutil
from pathlib import Path

import pytest

from assaymark.cli import reviewed
from assaymark.ledger.events import Change, Edited, Saved, stamp
from assaymark.ledger.store import opened
from assaymark.lineage.cuts import cuts
from assaymark.lineage.narrowing import changes
from assaymark.lineage.reviewed import cut_by, with_cut
from assaymark.origin import Arrival, Author, Evidence, Origin, Run, Runs, joined, unknown
from assaymark.repository.place import place_of
from cli_world import World, world

__all__ = ["world"]

FIRST = int(os.environ.get("ASSAYMARK_FIRST_GATE", "0"))
N = int(os.environ.get("ASSAYMARK_GATES", "3"))
N_SUBSETS = 6
ORIGINS = (
    Origin(Author.ai, Evidence.hook, tool="claude", session="s"),
    Origin(Author.human, Evidence.typed),
    unknown(Arrival.bulk),
)
GATES = (("--gate",), ("--gate", "--staged"), ("--gate", "--diff", "base"))
# What a gate rests on, by where it is; a set of them is taken away together.
RECORDS = (
    "assaymark",
    "assaymark/ledger.sqlite",
    "assaymark/key",
    "refs/notes/ai",
    "refs/notes/assaymark",
    "hooks",
)


# With words that an agent may take out, in the line or as a line of its own.
GOES = (b", kept=1", b"    kept=1,\n")
TEXTS = (
    b"send(n%d, secret=False)\n",
    b"n%d = 1\n",
    b"send(n%d, kept=1, secret=False)\n",
    b"send(\n    n%d,\n    kept=1,\n    secret=False,\n)\n",
)


class History:
    """A repository that grows by chance."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.chance = random.Random(seed)
        self.lines: list[tuple[bytes, Origin]] = []
        self.n = self.n_said = 0
        world.commit(a=b"x = 1\n")
        world.git("branch", "base")
        for name, value in (("name", "A"), ("email", "a@example.org")):
            world.git("config", f"user.{name}", value)

    @property
    def content(self) -> bytes:
        return b"".join(text for text, _ in self.lines) + b"x = 1\n"

    @property
    def runs(self) -> Runs:
        return joined([*((Run(len(text), origin),) for text, origin in self.lines), (Run(6, ORIGINS[1]),)])

    def grow(self) -> None:
        """Effect: lines come, and somebody may read some."""
        for _ in range(self.chance.randint(1, 2)):
            self.n += 1
            text = self.chance.choice(TEXTS) % self.n
            at = self.chance.randint(0, len(self.lines))
            self.lines.insert(at, (text, self.chance.choice(ORIGINS)))
        self.world.write(a=self.content)
        with opened(place_of(str(self.world.here)).store, "server") as ledger:
            digest, outline = ledger.secret.digest(self.content), ledger.secret.outline(self.content)
            ledger.record([Saved(*stamp("server"), "a.py", digest, self.runs, outline)])
        self.cut()
        self.read()

    def cut(self) -> None:
        """Effect: an agent may take something out of what somebody wrote, and its hook says so."""
        several = [number for number, (text, _) in enumerate(self.lines) if any(one in text for one in GOES)]
        if not several or self.chance.random() < 0.4:
            return
        number, before = self.chance.choice(several), self.content
        text, origin = self.lines[number]
        cut = cut_by(ORIGINS[0])._replace(between=GOES[0] not in text)
        self.lines[number] = text.replace(GOES[0], b"").replace(GOES[1], b""), with_cut(origin, cut)
        found = changes(before, self.content)
        self.world.write(a=self.content)
        with opened(place_of(str(self.world.here)).store, "hook") as ledger:
            digest, outline = ledger.secret.digest, ledger.secret.outline
            event = Edited(
                *stamp("hook"),
                "a.py",
                ORIGINS[0],
                digest(before),
                digest(self.content),
                tuple(Change(one.start, one.end, one.new_end - one.new_start) for one in found),
                len(self.content),
                outline(self.content),
                lines_before=outline(before),
                cuts=tuple(cuts(before, self.content, found)),
            )
            ledger.record([event])

    def read(self) -> None:
        """Effect: somebody may say that they read some lines, and may take back what was said of some."""
        for chance, more in ((0.7, ()), (0.3, ("--withdraw",))):
            if self.chance.random() < chance:
                first = self.chance.randint(1, len(self.lines) + 1)
                place = f"a.py:{first}-{self.chance.randint(first, len(self.lines) + 1)}"
                self.n_said += self.world.run("reviewed", *more, place).code == 0

    def commit(self) -> None:
        self.world.commit()
        if self.chance.random() < 0.7:
            assert self.world.run("notes", "write", "--missing").code == 0
        # Of what is committed too.
        self.read()


@pytest.mark.parametrize("seed", range(FIRST, FIRST + N))
def test_what_does_not_pass_never_does_with_less(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Any of the records, alone and with others."""
    # Who runs the tests may be an agent.
    monkeypatch.setattr(reviewed, "person", lambda: None)
    history = History(world, seed)
    for _ in range(history.chance.randint(0, 2)):
        history.grow()
        history.commit()
    history.grow()
    if history.chance.random() < 0.7:
        world.git("add", "a.py")
        history.grow()
    git, kept = world.here / ".git", tmp_path / "kept"
    shutil.copytree(git, kept, symlinks=True)
    subsets = [*itertools.combinations(RECORDS, 1), RECORDS]
    subsets += [tuple(history.chance.sample(RECORDS, history.chance.randint(2, 5))) for _ in range(N_SUBSETS)]
    for gate in GATES:
        if world.check(*gate).code == 0:
            continue
        for gone in subsets:
            for name in gone:
                place = git / name
                if place.is_dir():
                    shutil.rmtree(place)
                else:
                    place.unlink(missing_ok=True)
            assert world.check(*gate).code in {1, 2}, (gate, gone)
            shutil.rmtree(git)
            shutil.copytree(kept, git, symlinks=True)
