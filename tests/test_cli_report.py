"""`assaymark report RANGE`: what is known of the lines that a range of commits added, and that stand at its end."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest

from assaymark.ledger.events import Reviewed, Saved, stamp
from assaymark.ledger.store import opened
from assaymark.origin import Author, Evidence, Origin, Run, Runs
from assaymark.repository.place import place_of
from cli_world import Ran, World, world

__all__ = ["world"]

AI = Origin(Author.ai, Evidence.hook, tool="claude", model="claude-opus-4-6")
TYPED = Origin(Author.human, Evidence.typed)
FLAW = b"send(a, secret=False)\n"
OTHER = b"old(b)\n"


def _known(world: World, name: str, runs: Runs, *read: tuple[int, int], relation: str = "another") -> None:
    """Effect: the ledger knows where the bytes of a file come from, and that parts of it were read."""
    content = world.read(name)
    with opened(place_of(str(world.here / f"{name}.py")).store, "server") as ledger:
        digest, outline = ledger.secret.digest(content), ledger.secret.outline(content)
        ledger.record([Saved(*stamp("server"), f"{name}.py", digest, runs, outline)])
        if read:
            review = Reviewed(
                *stamp("cli"),
                f"{name}.py",
                digest,
                read,
                "editor",
                relation,
                n_bytes=len(content),
                lines=outline,
            )
            ledger.record([review])


@pytest.fixture
def repository(world: World) -> World:
    """
    A range `old..new` that adds five lines: two of an agent's with a finding, one of which was read by another
    person, one that was typed, with a finding, and two of which nothing is known, one of them blank.
    """
    world.commit(a=b"import os\n", b=b"x = 1\n")
    world.git("tag", "old")
    content = b"import os\n" + FLAW + OTHER + FLAW
    world.commit(a=content)
    world.commit(c=b"y = 1\n\n", b=b"x = 1\n")
    world.git("tag", "new")
    n, m = len(FLAW), len(OTHER)
    runs = (Run(10, TYPED), Run(n, AI), Run(m, AI), Run(n, TYPED))
    _known(world, "a", runs, (10 + n, 10 + n + m))
    # The work tree is not looked at.
    world.write(a=FLAW * 9)
    return world


def _report(world: World, *more: str, spelled: str = "old..new") -> Ran:
    return world.run("report", spelled, *more)


def test_it_counts_evidence_first_and_unknown_always(repository: World) -> None:
    ran = _report(repository, "--format", "json")
    assert ran.code == 0
    report = ran.json
    assert report["lines"] == {"count": 4, "files": 2, "unknown": 1}
    assert report["evidence"]["hook"] == {"count": 2, "of": 4, "percent": 50.0, "unknown": 1}
    assert report["evidence"]["typed"]["count"] == 1
    assert report["evidence"]["none"]["count"] == 1
    assert report["review"]["by-another"]["count"] == 1
    assert report["review"]["unread"]["count"] == 2
    assert report["origin"] == [
        {
            "tool": "Claude Code",
            "model": "claude-opus-4-6",
            "count": 2,
            "of": 4,
            "percent": 50.0,
            "unknown": 1,
        },
        {"tool": "by hand", "model": "", "count": 1, "of": 4, "percent": 25.0, "unknown": 1},
        {"tool": "unknown", "model": "", "count": 1, "of": 4, "percent": 25.0, "unknown": 1},
    ]
    text = _report(repository).out
    assert text.index("Evidence of where") < text.index("Findings in these") < text.index("Origin by tool")


def test_every_percentage_has_what_it_is_of(repository: World) -> None:
    """In text and Markdown, in the same line, and what is unknown of that in the same table."""
    for form in ("text", "markdown"):
        out = _report(repository, "--format", form).out
        shares = re.findall(r"[\d,]+ of [\d,]+ \([\d.]+ %\)", out)
        assert shares
        assert out.count(" %") == len(shares)
        assert "unknown" in out


def test_findings_are_grouped_by_who_read_their_lines(world: World) -> None:
    """With real rules: reviewed by nobody, by who asked, by another person, and typed."""
    flaw = b"eval(input())\n"
    world.commit(a=b"x = 1\n")
    world.git("tag", "old")
    world.commit(a=b"x = 1\n" + flaw, b=flaw, c=flaw, d=flaw)
    n = len(flaw)
    _known(world, "a", (Run(6, TYPED), Run(n, AI)))
    _known(world, "b", (Run(n, AI),), (0, n), relation="requester")
    _known(world, "c", (Run(n, AI),), (0, n))
    _known(world, "d", (Run(n, TYPED),))
    groups = _report(world, "--format", "json", spelled="old..").json["findings"]
    by_standing = {one["standing"]: sorted({flaw["path"] for flaw in one["findings"]}) for one in groups}
    assert by_standing == {
        "unread": ["a.py"],
        "by-requester": ["b.py"],
        "by-another": ["c.py"],
        "written": ["d.py"],
    }
    assert [one["standing"] for one in groups] == ["unread", "by-requester", "by-another", "written"]
    text = _report(world, spelled="old..HEAD").out
    assert text.index("a.py:2:1") < text.index("b.py:1:1") < text.index("c.py:1:1") < text.index("d.py:1:1")


def test_its_head_says_how_to_make_it_again(repository: World) -> None:
    """Full ids of the commits, versions, the rules' digest and the records; made again it is the same."""
    report = _report(repository, "--format", "json").json
    assert re.fullmatch(r"assaymark report [0-9a-f]{40}\.\.[0-9a-f]{40}", report["made"]["command"])
    assert report["made"]["git"].startswith("git version ")
    assert len(report["made"]["rules"]) == 32
    assert report["made"]["record"] == "ledger"
    again = _report(repository, "--format", "json", spelled=report["made"]["command"].split()[-1]).json
    again["range"]["typed"] = report["range"]["typed"]
    assert again == report


def test_what_is_lacking_comes_before_every_count(
    repository: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No notes, and a clone whose history ends inside of the range."""
    clone = tmp_path / "clone"
    repository.git("clone", "-q", "--depth", "2", f"file://{repository.here}", str(clone))
    monkeypatch.chdir(clone)
    out = _report(repository, spelled="HEAD~1..HEAD").out
    notes, shallow = out.index("! refs/notes/ai is not in this clone"), out.index("! This clone ends before")
    assert max(notes, shallow) < out.index("%")
    assert "Record:     none\n" in out


def test_csv_is_one_table(repository: World) -> None:
    rows = list(csv.DictReader(io.StringIO(_report(repository, "--format", "csv").out)))
    (hook,) = [row for row in rows if (row["section"], row["name"]) == ("evidence", "hook")]
    assert (hook["count"], hook["of"], hook["percent"], hook["unknown"]) == ("2", "4", "50.0", "1")


def test_nothing_is_said_of_persons(repository: World) -> None:
    """No name, no address, in any form."""
    for form in ("text", "json", "csv", "markdown"):
        assert "a@example.org" not in _report(repository, "--format", form).out


@pytest.mark.parametrize(
    "spelled, why",
    [
        ("old", "is no range"),
        ("old...new", "is no range"),
        ("..new", "is no range"),
        ("none..new", "git knows no commit 'none' here"),
        ("--all..new", "the following arguments are required: RANGE"),
    ],
)
def test_what_is_no_range_is_wrong_usage(repository: World, spelled: str, why: str) -> None:
    ran = _report(repository, spelled=spelled)
    assert ran.code == 3
    assert why in ran.err


def test_hostile_names_change_no_form(world: World) -> None:
    """A path that is markup, a formula and steers a terminal stays text."""
    world.commit(a=b"x = 1\n")
    world.git("tag", "old")
    (world.here / "=1|`x`\x1b[31m.py").write_bytes(b"eval(input())\n")
    world.commit()
    for form in ("text", "json", "csv", "markdown"):
        ran = _report(world, "--format", form, spelled="old..HEAD")
        assert ran.code == 0
        assert "\x1b" not in ran.out
    rows = csv.DictReader(io.StringIO(_report(world, "--format", "csv", spelled="old..HEAD").out))
    assert [row["place"][:2] for row in rows if row["section"] == "finding"][:1] == ["'="]
    assert json.loads(_report(world, "--format", "json", spelled="old..HEAD").out)
