"""What comments and baselines keep from being shown, on the command line: counted, listed, and never lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli_world import World, own_cache, world

__all__ = ["own_cache", "world"]

OURS = "# assaymark: ignore[send-open] -- the receiver is us"
SILENT = f"send(a, secret=False)  {OURS}\nsend(b, secret=False)  # nosec\nold(c)\n"


def found(world: World, *arguments: str) -> list[tuple[str, str, int]]:
    return [(rule, path, line) for rule, path, line, _ in world.check(*arguments).found]


def baseline(world: World, *arguments: str) -> str:
    ran = world.run("baseline", "--rules", str(world.rules), "--select", "send-open,old-call", *arguments)
    assert ran.code == 0, ran.err
    return ran.out


def known(world: World) -> list[dict[str, object]]:
    entries = json.loads((world.here / "assaymark-baseline.json").read_text("utf-8"))["findings"]
    assert isinstance(entries, list)
    return entries


WITH = ("--baseline", "assaymark-baseline.json")


def test_what_comments_silence_is_not_found_and_is_counted(world: World) -> None:
    world.write(app=SILENT)
    assert found(world) == [("old-call", "app.py", 3)]
    ran = world.check("--format", "text")
    assert ran.code == 0
    assert "2 silenced by comments; --show-silenced lists them.\n" in ran.out


def test_what_is_silenced_can_be_listed_with_its_reasons(world: World) -> None:
    world.write(app=SILENT)
    out = world.check("--format", "text", "--show-silenced").out
    assert "app.py:1:1  silenced  send-open  by # assaymark: the receiver is us\n" in out
    assert "app.py:2:1  silenced  send-open  by # nosec\n" in out


def test_json_lists_what_is_silenced(world: World) -> None:
    world.write(app=SILENT)
    silenced = world.check().json["silenced"]
    assert [(one["by"], one["reason"], one["finding"]["start"]["line"]) for one in silenced] == [
        ("assaymark", "the receiver is us", 1),
        ("nosec", "", 2),
    ]


def test_sarif_says_what_suppresses_a_result(world: World) -> None:
    world.write(app=SILENT)
    baseline(world)
    results = world.check("--format", "sarif", *WITH).json["runs"][0]["results"]
    assert [(one["ruleId"], one.get("suppressions"), one["baselineState"]) for one in results] == [
        (
            "send-open",
            [{"kind": "inSource", "status": "accepted", "justification": "the receiver is us"}],
            "new",
        ),
        ("send-open", [{"kind": "inSource", "status": "accepted"}], "new"),
        ("old-call", [{"kind": "external", "status": "accepted"}], "unchanged"),
    ]


def test_the_comments_of_other_tools_can_be_left_unheard(world: World) -> None:
    world.write(app=SILENT)
    (world.here / "assaymark.toml").write_text("foreign-comments = false\n", "utf-8")
    assert ("send-open", "app.py", 2) in found(world)


def test_a_day_that_passes_is_noticed_in_spite_of_the_cache(
    world: World, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of many files, whose results are kept: the one with a day in it is judged by the day it is."""
    source = "send(a, secret=False)  # assaymark: ignore[send-open] until 2026-11-23 -- soon\n"
    world.write(**{f"f{number}": "x = 1\n" for number in range(20)}, app=source)
    assert own_cache is not None
    for day, lines in (("2026-11-23", []), ("2026-11-24", [("send-open", "app.py", 1)])):
        monkeypatch.setattr("assaymark.workspace.today.time.strftime", lambda _, day=day: day)
        assert found(world) == lines


def test_a_baseline_hides_what_it_holds(world: World) -> None:
    world.write(app="send(a, secret=False)\nold(b)\n")
    out = baseline(world)
    assert out.startswith("Written: assaymark-baseline.json, 2 findings in 1 file.\n")
    ran = world.check("--format", "text", *WITH)
    assert ran.code == 0
    assert "No findings." in ran.out
    assert "2 silenced by the baseline; --show-silenced lists them.\n" in ran.out
    assert found(world) != []


def test_what_moved_or_was_indented_anew_is_known_still(world: World) -> None:
    world.write(app="send(a, secret=False)\n")
    baseline(world)
    world.write(app="import os\n\nif os:\n    send(a,\n         secret=False)\n    old(b)\n")
    assert found(world, *WITH) == [("old-call", "app.py", 6)]


def test_of_equal_findings_as_many_are_hidden_as_were_known(world: World) -> None:
    """The first ones: the last is shown."""
    world.write(app="send(a, secret=False)\n")
    baseline(world)
    world.write(app="send(a, secret=False)\nold(b)\nsend(a, secret=False)\n")
    assert found(world, *WITH) == [("old-call", "app.py", 2), ("send-open", "app.py", 3)]


def test_a_renamed_file_is_known_still(world: World) -> None:
    world.write(app="send(a, secret=False)\n")
    baseline(world)
    (world.here / "app.py").rename(world.here / "main.py")
    assert found(world, *WITH) == []
    world.write(app="send(a, secret=False)\n")
    assert found(world, *WITH) == [("send-open", "main.py", 1)]


def test_entries_that_are_no_longer_found_are_counted_with_a_remedy(world: World) -> None:
    world.write(app="send(a, secret=False)\nold(b)\n", other="old(c)\n")
    baseline(world)
    world.write(app="send(a, secret=False)\n")
    (world.here / "other.py").unlink()
    out = world.check("--format", "text", *WITH).out
    remedy = "write it anew with: assaymark baseline --output assaymark-baseline.json"
    assert f"2 entries of assaymark-baseline.json are no longer found; {remedy}\n" in out
    assert "no longer found" not in world.check("--format", "text", "--select", "send-open", *WITH).out
    assert "1 entry of" in world.check("--format", "text", "app.py", *WITH).out


def test_a_baseline_is_the_same_from_every_folder(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.write(app__x="send(a, secret=False)\n")
    baseline(world)
    assert [entry["path"] for entry in known(world)] == ["app/x.py"]
    monkeypatch.chdir(world.here / "app")
    assert found(world, "--baseline", "../assaymark-baseline.json") == []


def test_a_baseline_can_be_a_setting(world: World) -> None:
    world.write(app="send(a, secret=False)\n")
    baseline(world)
    (world.here / "assaymark.toml").write_text('baseline = "assaymark-baseline.json"\n', "utf-8")
    assert found(world) == []


def test_writing_a_baseline_anew_heeds_no_older_one(world: World) -> None:
    world.write(app="send(a, secret=False)\n")
    (world.here / "assaymark.toml").write_text('baseline = "assaymark-baseline.json"\n', "utf-8")
    (world.here / "assaymark-baseline.json").write_text("broken", "utf-8")
    baseline(world)
    assert len(known(world)) == 1


def test_a_broken_baseline_is_wrong_usage_and_never_all_clear(world: World) -> None:
    world.write(app="x = 1\n")
    (world.here / "assaymark-baseline.json").write_text('{\n"version": 9,\n"findings": []}', "utf-8")
    ran = world.check(*WITH)
    assert (ran.code, ran.out) == (3, "")
    assert "assaymark-baseline.json:2: the baseline cannot be used: version 9 is not 1" in ran.err


def test_what_cannot_be_checked_is_said_and_not_in_the_baseline(world: World) -> None:
    world.write(app="send(a, secret=False)\n", bad=b"\xff\xfe\xff")
    ran = world.run("baseline", "--rules", str(world.rules), "--select", "send-open")
    assert ran.code == 2
    assert "bad.py: not checked" in ran.out
    assert [entry["path"] for entry in known(world)] == ["app.py"]


def test_fixes_leave_alone_what_is_known(world: World) -> None:
    world.write(app="send(a, secret=False)\n")
    baseline(world)
    world.write(app="send(a, secret=False)\nsend(b, secret=False)\n")
    world.check("--fix", *WITH)
    assert world.read("app") == b"send(a, secret=False)\nsend(b, secret=True)\n"


def test_only_the_lines_that_changed_are_compared_with_what_is_known(world: World) -> None:
    """With `--diff`: an older finding does not free its entry for a newer one like it."""
    world.commit(app="send(a, secret=False)\n")
    baseline(world)
    world.write(app="send(a, secret=False)\nsend(a, secret=False)\n")
    assert found(world, "--diff", "HEAD", *WITH) == [("send-open", "app.py", 2)]


def test_an_ignore_of_a_test_of_bandits_is_unused_only_when_bandit_was_asked(world: World) -> None:
    """Without bandit nobody knows."""
    world.write(app="x = 1  # assaymark: ignore[bandit/B101] -- x\n")
    asked = ("--level", "pedantic", "--select", "ignore-unused,bandit/B101")
    assert found(world, *asked, "--bandit", "off") == []
    assert found(world, *asked, "--bandit", "all") == [("ignore-unused", "app.py", 1)]


def test_the_rules_about_comments_are_explained_and_listed(world: World) -> None:
    assert world.run("explain", "ignore-unused").out.startswith("ignore-unused · low\n")
    assert "ignore-expired " in world.run("rules").out
    rules = world.run("check", "--format", "sarif", str(world.here)).json["runs"][0]["tool"]["driver"][
        "rules"
    ]
    assert "ignore-unknown-rule" in [rule["id"] for rule in rules]
