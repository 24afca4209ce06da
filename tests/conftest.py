"""
What all tests share: how much Hypothesis tries, and the sizes that are reported and not enforced.

HYPOTHESIS_PROFILE chooses: `dev` (the default), `ci` (the same examples every time, so that a red build is due
to its change), `nightly` (`make nightly`: ten times as many, others every time), `second` (few, on the second Python) or
`fuzz` (`make fuzz`). The golden property and test_lineage_sessions try many more than a profile says; any other test
that sets `max_examples` itself is outside of this.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("dev", max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("dev"), max_examples=100, derandomize=True)
settings.register_profile("nightly", settings.get_profile("dev"), max_examples=1_000, print_blob=True)
settings.register_profile("fuzz", settings.get_profile("dev"), max_examples=12_500, print_blob=True)
settings.register_profile("second", settings.get_profile("dev"), max_examples=10)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))

# Whoever runs the tests may have settings of their own; in here nobody has.
for _variable in ("XDG_CONFIG_HOME", "APPDATA"):
    os.environ[_variable] = str(Path(__file__).resolve().parent / "no-settings")
# Nor is anything recorded of what the tests take for files.
_STATE = tempfile.TemporaryDirectory(prefix="assaymark-tests-")
os.environ["XDG_STATE_HOME"] = _STATE.name

# Started with `nohup` or in the background of a script, what the tests start would be deaf to an interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Hundreds of programs are started, and each would compile our modules again where nothing may keep them.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


def pytest_collection_finish() -> None:
    """
    Effect: garbage is looked for less often, and not among what lives as long as the tests.

    Thousands of tests and compiled rules were walked again and again: a third of the time of the longest ones.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Effect: the golden property, by far the longest, comes first, so that nobody waits for it alone."""
    items.sort(key=lambda item: "test_typing_equals_opening" not in item.nodeid)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Effect: prints what tests recorded under the name `report` (which travels through xdist)."""
    lines = list(_reported(terminalreporter.stats))
    if lines:
        terminalreporter.section("reported, not enforced")
    for line in lines:
        terminalreporter.line(line)


def _reported(stats: dict[str, list[object]]) -> Iterator[str]:
    for report in stats.get("passed", []):
        for name, value in getattr(report, "user_properties", []):
            if name == "report":
                yield from str(value).splitlines()
