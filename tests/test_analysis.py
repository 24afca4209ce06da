"""The analysis of a text: what it says of itself, and that nothing makes it raise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assaymark.analysis.advance import needed, opened
from assaymark.analysis.snapshot import Limits, State
from assaymark.finding import Level
from assaymark.rules.loading import load

RULES = load()


def _found(source: str, path: str = "x.py") -> list[tuple[str, int]]:
    content = source.encode()
    return [
        (finding.rule, content.count(b"\n", 0, finding.span.start) + 1)
        for finding in opened(content, path, RULES).findings()
    ]


def test_a_kind_of_file_that_we_do_not_analyse_is_said_to_be_so() -> None:
    snapshot = opened(b"eval(x)", "x.proto", RULES)
    assert (snapshot.state, snapshot.reason) == (State.not_analysed, "no language that is analysed")


@pytest.mark.parametrize(
    "content, limits, reason",
    [
        (b"x = 1\n" * 100, Limits(max_bytes=599), "600 bytes; the limit is 599 (max-bytes)"),
        (b"x = 1\n" + b"y" * 50, Limits(max_line=49), "a line of 50 bytes; the limit is 49 (max-line)"),
    ],
)
def test_a_file_beyond_a_limit_is_failed_and_never_clean(content: bytes, limits: Limits, reason: str) -> None:
    snapshot = opened(content, "x.py", RULES, limits)
    assert (snapshot.state, snapshot.reason) == (State.failed, reason)


def test_a_rule_that_runs_out_of_steps_makes_the_file_partial() -> None:
    snapshot = opened(b"import yaml\nyaml.load(x)\n", "x.py", RULES, Limits(max_steps=1))
    assert snapshot.state is State.partial
    assert "max-steps" in snapshot.reason


@pytest.mark.parametrize(
    "broken", ["def g(\n", 'def g():\n    """\n', "class C(\n", "x = [1,\n", "@\n", "if x\n"]
)
def test_an_error_hides_nothing_outside_itself(broken: str) -> None:
    """What stands before and behind half a statement is found as if it were whole."""
    flawed = "def f(x):\n    return eval(x)\n\n"
    alone = _found(flawed)
    assert alone != []
    found = _found(flawed + broken + "\n" + flawed)
    behind = len((flawed + broken + "\n").splitlines())
    assert [*alone, *((rule, line + behind) for rule, line in alone)] == found


def test_a_method_of_a_very_long_class_is_seen_in_its_class() -> None:
    """Each finding is told once, at its own line."""
    methods = "".join(f"    def m{i}(self, x):\n        return {i}\n\n" for i in range(600))
    flawed = "    def bad(self, x):\n        return eval(x)\n\n"
    source = f"class C:\n{methods}{flawed}{methods}"
    assert [line for _, line in _found(source)] == [1 + 3 * 600 + 2]


def test_a_file_without_the_words_of_any_rule_is_not_needed() -> None:
    rules = RULES.up_to(Level.default)
    assert not needed(b"x = 1\n", "x.py", rules, "python")
    assert needed(b"import yaml\nyaml.load(x)\n", "x.py", rules, "python")


def test_only_what_a_rule_may_match_in_is_parsed() -> None:
    """Of many functions the one that is flawed, and what stands at the margin."""
    idle = b"def f%d(x):\n    return [\n        x\n    ]\n\n"
    functions = b"".join(idle % number for number in range(50))
    snapshot = opened(b"import os\n\n" + functions + b"def g(x):\n    eval(x)\n\n" + functions, "x.py", RULES)
    parsed = [section.chunk.data[:6] for section in snapshot.text if section.piece.is_parsed]
    assert (len(snapshot.text), parsed) == (102, [b"import", b"def g("])
    assert snapshot.findings()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 100,
        bytes(range(256)),
        b"(" * 50_000 + b"eval(x)" + b")" * 50_000,
        b"\xff\xfe" + "eval(x)".encode("utf-16-le"),
    ],
    ids=["empty", "nul", "bytes", "deep", "utf-16"],
)
def test_no_bytes_make_it_raise(content: bytes) -> None:
    assert opened(content, "x.py", RULES).text.whole() == content


@given(st.binary(max_size=300))
def test_no_random_bytes_make_it_raise(content: bytes) -> None:
    assert opened(content, "x.py", RULES).text.whole() == content


@given(
    st.sampled_from(
        ["yaml.load(x)", "eval(x)", "os.system('a' + x)", "import os", "from yaml import load as l"]
    ),
    st.sampled_from(["", "l(x)\n", "load(x)\n"]),
)
def test_needed_never_leaves_out_a_file_with_findings(line: str, more: str) -> None:
    """The words that leave a file unparsed are words that every finding needs."""
    source = f"import yaml, os\n{line}\n{more}".encode()
    if opened(source, "x.py", RULES).findings():
        assert needed(source, "x.py", RULES, "python")
