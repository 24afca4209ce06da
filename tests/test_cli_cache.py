"""Results that are kept: equal texts are not checked again, different ones are."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from assaymark.cli import single
from cli_world import FLAWED, World, own_cache, world

__all__ = ["own_cache", "world"]


@pytest.fixture
def many(world: World, own_cache: Path) -> World:
    for number in range(20):
        world.write(**{f"m{number:02}": FLAWED + b"x = %d\n" % number})
    return world


@pytest.fixture
def analysed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that were analysed."""
    paths: list[str] = []
    opened = single.opened

    def watched(content: bytes, path: str, *others: Any, **options: Any) -> object:
        paths.append(path)
        return opened(content, path, *others, **options)

    monkeypatch.setattr(single, "opened", watched)
    return paths


def test_an_equal_run_analyses_nothing(many: World, analysed: list[str]) -> None:
    """And reports the same, word for word."""
    first = many.check()
    assert len(analysed) == 20
    analysed.clear()
    second = many.check()
    assert (second.out, analysed) == (first.out, [])


def test_a_changed_file_is_analysed(many: World, analysed: list[str]) -> None:
    """It and no other, even when size and time are as before."""
    many.check()
    analysed.clear()
    many.write(m07=FLAWED.replace(b"(b)", b"(c)") + b"x = 7\n")
    many.check()
    assert analysed == ["m07.py"]


@pytest.mark.parametrize(
    "options", [("--select", "old-call"), ("--ignore", "risky"), ("--max-bytes", "4000000")]
)
def test_other_rules_or_limits_are_another_run(
    many: World, analysed: list[str], options: tuple[str, ...]
) -> None:
    """What was found with others does not count."""
    many.check()
    analysed.clear()
    many.check(*options)
    assert len(analysed) == 20


def test_what_is_shown_does_not_matter(many: World, analysed: list[str]) -> None:
    """Severity and gate are applied to what is kept."""
    many.check()
    analysed.clear()
    assert len(many.check("--severity", "high").found) == 20
    assert analysed == []


def test_without_a_cache(many: World, analysed: list[str], own_cache: Path) -> None:
    """Nothing is used, and nothing is written."""
    many.check("--no-cache")
    many.check("--no-cache")
    assert len(analysed) == 40
    assert list(own_cache.glob("results*")) == []


def test_failures_are_not_kept(many: World) -> None:
    """What could not be read may be readable next time."""
    many.write(m00=b"\xff")
    assert many.check().code == 2
    many.write(m00=FLAWED)
    assert many.check().code == 1


def test_no_text_is_kept(many: World, own_cache: Path) -> None:
    """Names of rules and places are, and what a fix would write."""
    many.write(m00=b"password = 'hunter2'\nold(1)\n")
    many.check()
    assert b"hunter2" not in next(own_cache.glob("results*")).read_bytes()


@pytest.mark.parametrize(
    "value", ["", "[]", "{}", '["clean", "", [[]]]', '["eaten", "", []]', "[" * 100_000, "null"]
)
def test_a_row_that_is_not_whole_counts_as_none(many: World, own_cache: Path, value: str) -> None:
    """The file is analysed again."""
    first = many.check()
    with sqlite3.connect(next(own_cache.glob("results*"))) as database:
        database.execute("UPDATE results SET value = ?", (value,))
    database.close()
    assert many.check().out == first.out


def test_rows_go_after_a_month(many: World, own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache does not grow for ever."""
    many.check()
    monkeypatch.setattr("assaymark.cli.cache.time.time", lambda: __import__("time").monotonic() + 4e9)
    many.write(new=FLAWED)
    many.check()
    with sqlite3.connect(next(own_cache.glob("results*"))) as database:
        assert database.execute("SELECT count(*) FROM results").fetchone() == (1,)
    database.close()
