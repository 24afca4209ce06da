"""What stands in editors/README.md is what the server says and does."""

from __future__ import annotations

import subprocess
import sys

import pytest

from assaymark.lsp import door, typed
from editor_contract import COMMAND, README, served, written


def test_the_contract_with_editors_is_fresh() -> None:
    """Its made part is what the server declares."""
    assert README.read_text("utf-8") == written(), f"refresh it: {COMMAND}"


def test_every_method_is_in_the_contract() -> None:
    """But for those of the connection itself."""
    served_by = {name for name, _ in served()}
    late = {*door._LATE_NOTIFICATIONS, *door._REQUESTS}
    ours = {name for name in {*door._NOTIFICATIONS, *late, *typed.METHODS} if "notebook" not in name}
    assert ours <= served_by


@pytest.mark.e2e
def test_initialize_waits_for_no_analysis() -> None:
    """What answers it imports neither the analysis nor the parser, whose import takes longer than the reply."""
    code = "import assaymark.lsp.door, sys; print(*sys.modules)"
    loaded = (
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout.decode().split()
    )
    heavy = (
        "assaymark.analysis",
        "assaymark.rules",
        "assaymark.syntax",
        "tree_sitter",
        "lsprotocol",
        "pygls",
    )
    assert [name for name in loaded if name.startswith(heavy)] == []
