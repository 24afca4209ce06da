"""The benches measure what they say, and a budget that is broken is called broken."""

from __future__ import annotations

import ast
import tomllib
from dataclasses import replace
from pathlib import Path

import batch
import keystrokes
import pytest
from made_up import FLAWS, source
from puller import Document, Server

BUDGETS = tomllib.loads((Path(__file__).parent / "bench" / "budgets.toml").read_text("utf-8"))
ROWS = [
    keystrokes.Row("assaymark", "in a method", 2_000, 5, 80, median_ms=0.5, p95_ms=0.9),
    keystrokes.Row("assaymark", "in a method", 45_000, 99, 80, median_ms=0.6, p95_ms=1.0),
    keystrokes.Row("ruff", "in a method", 45_000, 99, 80, median_ms=33.0, p95_ms=40.0),
    keystrokes.Row("assaymark", "with 500 findings", 2_000, 500, 80, median_ms=0.5, p95_ms=0.9),
]
STARTS = [keystrokes.Start("assaymark", initialize_s=0.5, memory_mb=100)]
TIMES = batch.Times(
    no_cache_s=2,
    cold_s=2.2,
    warm_s=0.3,
    bandit_s=50,
    one_file_first_s=0.2,
    one_file_next_s=0.15,
    n_files=2_000,
    n_failed=0,
    n_findings=10,
    n_bandit=10,
)


@pytest.mark.parametrize("n_lines, n_flaws", [(100, 1), (300, 2), (2_000, None), (2_000, 500), (9_000, 500)])
def test_a_made_up_file_is_python_of_the_size_asked_for(n_lines: int, n_flaws: int | None) -> None:
    """It has about as many lines and exactly as many flaws, and is the same each time."""
    text = source(n_lines, n_flaws)
    ast.parse(text)
    assert abs(text.count("\n") - n_lines) < 60
    flaws = sum(text.count(flaw.format("DEFAULTS['retries']")) for flaw in FLAWS)
    assert flaws == (n_flaws or n_lines // 400)
    assert text == source(n_lines, n_flaws)


def test_budgets_that_are_kept_are_held() -> None:
    """The figures that the design hopes for break nothing."""
    assert all(holds for holds, _ in keystrokes._judged(ROWS, STARTS, BUDGETS["keystrokes"]))
    assert all(holds for holds, _ in batch._judged(TIMES, BUDGETS["batch"]))


@pytest.mark.parametrize(
    "number, worse",
    [
        (0, {"p95_ms": 1.6}),
        (1, {"median_ms": 0.9}),
        (1, {"p95_ms": 1.9}),
        (2, {"median_ms": 0.5}),
        (2, {"p95_ms": 0.9}),
        (3, {"n_findings": 499}),
    ],
)
def test_a_broken_budget_of_keystrokes_is_called_broken(number: int, worse: dict[str, float]) -> None:
    """One figure that is worse breaks one budget."""
    rows = [replace(row, **worse) if row is ROWS[number] else row for row in ROWS]
    assert [holds for holds, _ in keystrokes._judged(rows, [], BUDGETS["keystrokes"])].count(False) == 1


@pytest.mark.parametrize("worse", [{"initialize_s": 0.7}, {"memory_mb": 151}])
def test_a_broken_budget_of_the_start_is_called_broken(worse: dict[str, float]) -> None:
    """What a server costs before anything is typed is held too."""
    starts = [replace(STARTS[0], **worse)]
    assert [holds for holds, _ in keystrokes._judged([], starts, BUDGETS["keystrokes"])].count(False) == 1


@pytest.mark.parametrize("worse", [{"bandit_s": 39}, {"warm_s": 0.6}, {"one_file_next_s": 0.31}])
def test_a_broken_budget_of_the_batch_is_called_broken(worse: dict[str, float]) -> None:
    """One figure that is worse breaks one budget."""
    verdicts = batch._judged(replace(TIMES, **worse), BUDGETS["batch"])
    assert [holds for holds, _ in verdicts].count(False) == 1


@pytest.mark.e2e
@pytest.mark.parametrize("scenario", keystrokes.SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_a_scenario_leaves_the_text_as_it_was(scenario: object, tmp_path: Path) -> None:
    """Ruff's server finds all 500 flaws after the scenario was typed again and again, as before it."""
    (tmp_path / "ruff.toml").write_text('[lint]\nselect = ["S"]\n')
    text = source(2_000, 500)
    path = tmp_path / "typed.py"
    path.write_text(text)
    server = Server(keystrokes._commands(["ruff"])["ruff"], tmp_path, patience_s=20)
    try:
        document = Document(server, path, text)
        assert document.n_findings == 500
        row = keystrokes._row("ruff", scenario, document, text, 20)
        assert row.n_samples >= 20
        assert document.n_findings == 500
    finally:
        server.close()
