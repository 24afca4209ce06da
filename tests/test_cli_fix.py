"""`assaymark check --fix`: safe, whole, and looked at again."""

from __future__ import annotations

import pytest

from assaymark.cli import fixing
from cli_world import FLAWED, World, world

__all__ = ["world"]


def test_safe_fixes_are_made(world: World) -> None:
    """What is left is reported, and what was done."""
    world.write(a=b"x = 1\n" + FLAWED, b="risk(1)\n")
    ran = world.check("--fix")
    assert world.read("a") == b"x = 1\nsend(a, secret=True)\nold(b)\n"
    assert world.read("b") == b"risk(1)\n"
    assert ran.code == 0
    assert [rule for rule, *_ in ran.found] == ["old-call", "risky"]
    assert ran.json["fixed"] == [{"path": "a.py", "line": 2, "rule": "send-open", "done": True}]


def test_unsafe_fixes_are_made_when_asked_for(world: World) -> None:
    """By name."""
    world.write(b="risk(1)\n")
    assert world.check("--fix", "--unsafe").found == []
    assert world.read("b") == b"sure(1)\n"


def test_text_says_what_was_done(world: World) -> None:
    """Before the summary."""
    world.write(a=FLAWED)
    out = world.check("--fix", "--format", "text").out
    assert "1 finding fixed in 1 file:\n  a.py:1  send-open\n" in out
    assert "assaymark check --fix" not in out


def test_fixes_that_touch_are_made_one_after_the_other(world: World) -> None:
    """The outer call first; what is left of the inner one is looked at again."""
    world.write(a="x = wrap(wrap(wrap(1))) + wrap(2)\n")
    ran = world.check("--fix")
    assert world.read("a") == b"x = 1 + 2\n"
    assert [one["done"] for one in ran.json["fixed"]] == [True] * 4


@pytest.mark.parametrize("flaw, rule", [("snap(1)", "breaks"), ("again(1)", "pointless")])
def test_a_fix_that_does_not_hold_is_not_made(world: World, flaw: str, rule: str) -> None:
    """It would break the syntax, or end no finding; others in the file are made."""
    world.write(a=f"{flaw}\nwrap(1)\n")
    ran = world.check("--fix")
    assert world.read("a") == f"{flaw}\n1\n".encode()
    assert [one["rule"] for one in ran.json["fixed"] if not one["done"]] == [rule]
    assert "it would break the syntax, or end no finding" in world.check("--fix", "--format", "text").out


def test_a_broken_file_can_be_fixed(world: World) -> None:
    """It has as many errors afterwards."""
    world.write(a="def f(:\n\nwrap(1)\n")
    world.check("--fix")
    assert world.read("a") == b"def f(:\n\n1\n"


def test_a_file_keeps_its_spelling(world: World) -> None:
    """Byte order mark, line ends and encoding."""
    world.write(
        mark=b"\xef\xbb\xbfwrap('\xc3\xa9')\r\nx = 1\r\n",
        latin=b"# coding: latin-1\nwrap('\xe9')\n",
    )
    world.check("--fix")
    assert world.read("mark") == b"\xef\xbb\xbf'\xc3\xa9'\r\nx = 1\r\n"
    assert world.read("latin") == b"# coding: latin-1\n'\xe9'\n"


def test_only_what_is_shown_is_fixed(world: World) -> None:
    """A rule that was left out, or a severity, or an unchanged line, is not touched."""
    world.commit(a="wrap(1)\nsend(a, secret=False)\n")
    world.check("--fix", "--ignore", "wrapped", "--severity", "critical")
    assert world.read("a") == b"wrap(1)\nsend(a, secret=False)\n"
    world.write(a="wrap(1)\nsend(a, secret=False)\nwrap(2)\n")
    world.check("--fix", "--diff", "HEAD")
    assert world.read("a") == b"wrap(1)\nsend(a, secret=False)\n2\n"


def test_a_file_that_changed_meanwhile_is_left_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever changed it wins."""
    world.write(a=FLAWED)
    text_of = fixing.text_of

    def changing(raw: bytes, path: str) -> object:
        world.write(a=b"# theirs\n" + FLAWED)
        return text_of(raw, path)

    monkeypatch.setattr(fixing, "text_of", changing)
    ran = world.check("--fix")
    assert world.read("a") == b"# theirs\n" + FLAWED
    assert [one.get("reason") for one in ran.json["fixed"]] == ["the file changed meanwhile"]
    assert ran.code == 1


def test_a_file_that_cannot_be_written_is_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its findings are still there."""
    world.write(a=FLAWED)

    def full(place: str, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(fixing, "replace", full)
    ran = world.check("--fix")
    assert ran.json["fixed"][0]["reason"] == "the file cannot be written: no space left on device"
    assert len(ran.found) == 2
