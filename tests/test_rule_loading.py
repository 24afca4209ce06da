"""Loading rules: where they are found, how they are kept compiled, and what is never trusted."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from assaymark.finding import Level
from assaymark.rules.cache import cache_folder
from assaymark.rules.loading import load, load_with, read_page
from assaymark.rules.pages import RulesNotFoundError, found_in, pages_folder, rule_files
from assaymark.rules.ready import Some, ready

RULES = Path(__file__).parents[1] / "rules"
SEMGREP = "rules: [{id: own, message: m, severity: INFO, languages: [python], pattern: f(...)}]\n"


@pytest.fixture
def pages(tmp_path):
    """Three pages in a folder of their own."""
    folder = tmp_path / "rules"
    (folder / "python").mkdir(parents=True)
    for name in ("eval-code", "temp-name", "weak-cipher"):
        shutil.copy(RULES / "python" / f"{name}.md", folder / "python")
    return folder


@pytest.fixture
def kept(tmp_path):
    """A cache folder."""
    return tmp_path / "cache"


def only_file(folder):
    (file,) = folder.iterdir()
    return file


def test_the_pages_of_the_project_load_without_a_problem():
    rules = load_with(RULES, (), None)
    assert rules.problems == ()
    assert len(rules.rules) >= 25
    asked = {"any": rules.for_language("any"), "python": rules.for_language("python")}
    compared = [rule for language in ("javascript", "python") for rule in rules.removals(language)]
    assert {*asked["any"], *asked["python"], *compared} == set(rules.rules)
    assert not set(compared) & {*asked["any"], *asked["python"]}


def test_what_comes_from_the_cache_equals_what_was_read(pages, kept):
    first = load_with(pages, (), kept)
    assert load_with(pages, (), kept) == first
    assert load_with(pages, (), None) == first


def test_a_file_that_is_as_it_was_is_read_once(pages, kept):
    """The second folder of a workspace has the very rules of the first, with the formulas that it read."""
    load_with(pages, (), kept)
    first = load_with(pages, (), kept)
    assert load_with(pages, (), kept) is first
    only_file(kept).touch()
    again = load_with(pages, (), kept)
    assert again is not first
    assert again == first


def test_a_warm_start_imports_neither_yaml_nor_a_grammar(kept):
    code = f"""if True:
        import sys
        from pathlib import Path
        from assaymark.rules.loading import load_with
        rules = load_with(Path({str(RULES)!r}), (), Path({str(kept)!r}))
        print(len(rules.rules), sorted(sys.modules.keys() & {{"yaml", "tree_sitter", "tree_sitter_python"}}))
    """
    runs = [
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=True
        )
        for _ in range(2)
    ]
    assert "yaml" in runs[0].stdout
    assert runs[1].stdout.split(maxsplit=1)[1].strip() == "[]"


def environment():
    return {**os.environ, "PYTHONPATH": str(RULES.parent / "server")}


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[: len(data) // 2],
        lambda data: data.replace(b"eval", b"evil"),
        lambda data: b"",
        lambda data: b"\xff\xfe" * 100,
        lambda data: b"[]\n[]\n",
        lambda data: b"[" * 100_000,
        lambda data: signed({"key": json.loads(data.splitlines()[1])["key"]}),
        lambda data: signed({**json.loads(data.splitlines()[1]), "rules": [{}]}),
        lambda data: signed(json.loads(data.splitlines()[1])),
        lambda data: signed({**json.loads(data.splitlines()[1]), "key": "another"}),
    ],
)
def test_a_damaged_or_foreign_cache_file_is_ignored_and_rewritten(pages, kept, damage):
    first = load_with(pages, (), kept)
    file = only_file(kept)
    good = file.read_bytes()
    file.write_bytes(damage(good))
    assert load_with(pages, (), kept) == first
    assert file.read_bytes() == good


def signed(content):
    """A cache file with a right checksum."""
    body = json.dumps(content).encode() + b"\n"
    return json.dumps({"checksum": zlib.crc32(body)}).encode() + b"\n" + body


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="only root can give a file away")
def test_a_cache_file_of_another_user_is_ignored(pages, kept):
    first = load_with(pages, (), kept)
    file = only_file(kept)
    os.chown(file, 12345, 12345)
    assert load_with(pages, (), kept) == first
    assert file.stat().st_uid == os.getuid()


def test_a_changed_page_is_read_again(pages, kept):
    first = load_with(pages, (), kept)
    page = pages / "python" / "eval-code.md"
    page.write_text(page.read_text().replace("severity: high", "severity: low"))
    second = load_with(pages, (), kept)
    assert second.digest != first.digest
    assert second.named("eval-code").severity.value == "low"
    page.unlink()
    assert load_with(pages, (), kept).named("eval-code") is None


def test_a_folder_that_cannot_be_written_changes_nothing(pages, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert len(load_with(pages, (), blocked / "cache").rules) == 3


def test_rules_of_ones_own_come_beside_ours_and_their_problems_are_kept(pages, kept, tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    (own / "a.yml").write_text(SEMGREP)
    (own / "b.yaml").write_text(SEMGREP + "  # again\n")
    (own / "c.yml").write_bytes(b"\xff")
    for _ in range(2):
        rules = load_with(pages, [own], kept)
        assert rules.named("own") is not None
        assert [str(problem) for problem in rules.problems] == [
            f"{own}/b.yaml:1: rule own: {own}/a.yml has a rule of this id; rename one",
            f"{own}/c.yml:1: not UTF-8; save it as UTF-8",
        ]


def test_a_broken_page_is_a_problem_and_the_others_stay(pages):
    (pages / "python" / "eval-code.md").write_text("nothing")
    rules = load_with(pages, (), None)
    assert [rule.id for rule in rules.rules] == ["temp-name", "weak-cipher"]
    assert [str(problem) for problem in rules.problems] == [
        "rules/python/eval-code.md:1: no front matter; the first line is '---'"
    ]


def test_rules_that_are_not_there_are_an_error():
    with pytest.raises(RulesNotFoundError, match="no rules at nowhere"):
        load_with(RULES, [Path("nowhere")], None)


def test_pages_are_found_beside_the_code_else_in_the_checkout_else_not_at_all(tmp_path):
    installed, checkout = tmp_path / "pages", tmp_path / "rules"
    with pytest.raises(RulesNotFoundError) as caught:
        found_in(installed, checkout)
    assert str(installed) in str(caught.value)
    assert str(checkout) in str(caught.value)
    (checkout / "python").mkdir(parents=True)
    assert found_in(installed, checkout) == checkout
    (installed / "python").mkdir(parents=True)
    assert found_in(installed, checkout) == installed
    assert pages_folder() == RULES


def test_the_page_of_a_rule_is_found_again(pages):
    rules = load_with(RULES, (), None)
    assert read_page(rules.rules[0]).rule == rules.rules[0]


def test_hidden_folders_and_links_into_a_loop_hold_no_rules(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.yml").write_text(SEMGREP)
    (tmp_path / "a.yml").write_text(SEMGREP)
    (tmp_path / "README.md").write_text("")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert rule_files(tmp_path) == (tmp_path / "a.yml",)


def test_a_selection_takes_names_and_stars(pages):
    rules = load_with(pages, (), None)
    assert {rule.id for rule in rules.selected(["weak-*", "eval-code", "t*"], ["weak-cipher"]).rules} == {
        "eval-code",
        "temp-name",
    }
    assert rules.selected() is rules
    assert rules.selected(["eval-code"]).digest != rules.digest
    assert rules.unknown(["eval-code", "evil-code", "weak-*"]) == ("evil-code",)


HOME = Path("/home/ada")


@pytest.mark.parametrize(
    "environ, platform, expected",
    [
        ({}, "linux", HOME / ".cache"),
        ({"XDG_CACHE_HOME": "/caches"}, "linux", Path("/caches")),
        ({"XDG_CACHE_HOME": "here"}, "linux", HOME / ".cache"),
        ({}, "darwin", HOME / "Library" / "Caches"),
        ({"LOCALAPPDATA": "/local"}, "win32", Path("/local")),
    ],
)
def test_the_cache_folder_follows_the_customs_of_the_platform(environ, platform, expected):
    assert cache_folder(environ, HOME, platform) == expected / "assaymark"


def test_there_is_no_cache_folder_inside_a_repository(tmp_path):
    (tmp_path / ".git").mkdir()
    inside = tmp_path / "deep" / "cache"
    assert cache_folder({"XDG_CACHE_HOME": str(inside)}, HOME, "linux") is None


def test_what_a_text_can_be_about_comes_with_all_that_it_speaks_for() -> None:
    """A comment that silences one of those silences it, so these are read where no word leads to them, too."""
    rules = load().up_to(Level.default)
    speaking = [rule for rule in rules.for_language("python") if rule.speaks_for]
    assert speaking
    for rule in speaking:
        some = ready((), Some(Level.default, rule.needed.leads.words))
        assert some is not None
        known = {one.id for one in some.rules}
        assert {rule.id, *(one for one in rule.speaks_for if rules.named(one))} <= known
        assert known | some.left_out == {one.id for one in load().rules}
