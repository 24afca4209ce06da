"""Baselines: what they hide, what they show again, and how a broken one is told."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assaymark.workspace.baseline import BadBaselineError, Baseline, path_from, read, written

A, B = ("rule-a", "0" * 16), ("rule-b", "f" * 16)


def stored(folder: Path, files: dict[str, list[tuple[str, str]]]) -> Baseline:
    file = folder / "baseline.json"
    file.write_text(written(files), "utf-8")
    return read(str(file))


def hidden(baseline: Baseline, files: dict[str, list[tuple[str, str]]]) -> dict[str, frozenset[int]]:
    known = baseline.hidden(files)
    return {path: known.of(path, found) for path, found in files.items()}


def test_it_is_small_sorted_and_one_line_an_entry() -> None:
    assert written({"b.py": [A], "a.py": [B, A, B]}) == (
        '{\n  "version": 1,\n  "findings": [\n'
        '    {"path": "a.py", "rule": "rule-a", "fingerprint": "0000000000000000", "count": 1},\n'
        '    {"path": "a.py", "rule": "rule-b", "fingerprint": "ffffffffffffffff", "count": 2},\n'
        '    {"path": "b.py", "rule": "rule-a", "fingerprint": "0000000000000000", "count": 1}\n'
        "  ]\n}\n"
    )
    assert json.loads(written({})) == {"version": 1, "findings": []}


def test_what_stands_in_it_is_hidden_as_often_as_it_stands_there(tmp_path: Path) -> None:
    """Of two equal findings, one of them known, the first is hidden and the second shown."""
    baseline = stored(tmp_path, {"a.py": [A]})
    (tmp_path / "a.py").touch()
    assert hidden(baseline, {"a.py": [A, B, A]}) == {"a.py": {0}}


def test_what_is_found_in_another_file_is_not_known(tmp_path: Path) -> None:
    """As long as the file that it is known of is there."""
    (tmp_path / "a.py").touch()
    baseline = stored(tmp_path, {"a.py": [A]})
    assert hidden(baseline, {"b.py": [A]}) == {"b.py": frozenset()}


def test_a_file_that_was_renamed_is_known_still(tmp_path: Path) -> None:
    """Its old name is gone; each entry is spent once, in the order of the paths."""
    baseline = stored(tmp_path, {"old.py": [A, B]})
    assert hidden(baseline, {"new.py": [A], "other.py": [A, B]}) == {"new.py": {0}, "other.py": {1}}


def test_entries_without_a_finding_are_counted(tmp_path: Path) -> None:
    """Those of files that were checked, and of files that are gone; nothing is known of any other."""
    for name in ("a.py", "unchecked.py"):
        (tmp_path / name).touch()
    baseline = stored(tmp_path, {"a.py": [A, A], "gone.py": [B], "unchecked.py": [A]})
    known = baseline.hidden({"a.py": [A]})
    assert (known.unmatched, known.gone) == ({"a.py": Counter([A])}, Counter([B]))


def test_paths_are_from_the_folder_of_the_baseline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert path_from("here/baseline.json", "here/app/x.py") == "app/x.py"
    assert path_from("baseline.json", str(tmp_path / "app" / "x.py")) == "app/x.py"
    assert path_from("here/baseline.json", "x.py") == "../x.py"


@pytest.mark.parametrize(
    "text, line, what",
    [
        ("{", 1, "not JSON"),
        ('{\n  "version": 1,\n  "findings": [,]\n}', 3, "not JSON"),
        ("[]", 1, "no 'findings'"),
        ('{"findings": [],\n "version": 2}', 2, "version 2 is not 1"),
        ('{"version": 1, "findings": [\n{"rule": "a"}]}', 2, "an entry needs a 'path' and a 'rule'"),
        (
            '{"version": 1, "findings": [\n{"path": "a", "rule": "a", "fingerprnt": 1}]}',
            2,
            "did you mean 'fingerprint'?",
        ),
        ('{"version": 1, "findings": [\n{"path": "a", "rule": "a", "fingerprint": "x"}]}', 2, "sixteen"),
        (
            '{"version": 1, "findings": [\n{"path": "a", "rule": "a", "fingerprint": "0000000000000000", "count": 0}]}',
            2,
            "from 1",
        ),
        ("[" * 100_000, 1, "nested too deep"),
    ],
)
def test_a_broken_one_is_told_with_its_line_and_a_remedy(
    tmp_path: Path, text: str, line: int, what: str
) -> None:
    file = tmp_path / "b.json"
    file.write_text(text, "utf-8")
    with pytest.raises(BadBaselineError) as caught:
        read(str(file))
    assert str(caught.value).startswith(f"{file}:{line}: ")
    assert what in str(caught.value)
    assert "assaymark baseline --output" in str(caught.value)


def test_one_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadBaselineError, match="cannot be read"):
        read(str(tmp_path / "none.json"))


@given(st.lists(st.sampled_from([A, B])), st.lists(st.sampled_from([A, B])))
def test_what_is_hidden_and_what_is_shown_is_what_was_found(
    known: list[tuple[str, str]], found: list[tuple[str, str]]
) -> None:
    """Never more is hidden than is known, and never less than can be."""
    baseline = Baseline("b.json", {"a.py": Counter(known)})
    numbers = baseline.hidden({"a.py": found}).of("a.py", found)
    assert Counter(found[number] for number in numbers) == Counter(known) & Counter(found)
