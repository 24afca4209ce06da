"""Bandit as an engine: which of its tests are asked of what, what it finds and where, and what it cannot read."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from bandit.core import extension_loader

from assaymark.engines.bandit import opinion as opinions
from assaymark.engines.bandit.asking import installed, opinion
from assaymark.engines.bandit.readable import readable, undeclared
from assaymark.engines.bandit.terms import Configuration, Terms, asked_of, covered_by, left_over
from assaymark.engines.bandit.words import WORDS, folded, may_find
from assaymark.finding import Confidence, Level, Severity
from assaymark.rules.loading import load

SWALLOWED = b"try:\n    go()\nexcept Exception:\n    pass\n"


def found(content: bytes, terms: Terms | None = None, path: str = "app/x.py") -> list[tuple[str, bytes]]:
    said = opinion(content, path, terms or Terms())
    return [(one.rule, content[one.span.start : one.span.end]) for one in said.findings]


def test_a_finding_has_bandits_scales_and_link() -> None:
    """What both scales call at least medium is strict, the rest pedantic; the link says more."""
    said = opinion(b"import xmlrpc.client\nassert x\n", "x.py", Terms()).findings
    assert [(one.rule, one.severity, one.confidence, one.level) for one in said] == [
        ("bandit/B411", Severity.high, Confidence.high, Level.strict),
        ("bandit/B101", Severity.low, Confidence.high, Level.pedantic),
    ]
    assert said[0].link.endswith("#b411-import-xmlrpclib")
    assert said[0].cwe == (20,)


@pytest.mark.parametrize(
    "content, span",
    [
        (b"x = '\xc3\xa9'; assert  x , 1\n", b"assert  x , 1"),
        (SWALLOWED, b"except Exception:"),
        (b"def f(a,\n      password='x'):\n    return 1\n", b"def f(a,\n      password='x'):"),
        (b"open(\n  '/tmp/a'\n)\n", b"'/tmp/a'"),
        (b"x = 1\n  # \xe2\x80\xae.\n", b"# \xe2\x80\xae."),
        (b"# \xe2\x80\xa8 one line\n# \xe2\x80\xae\n", b"# \xe2\x80\xae"),
    ],
)
def test_a_finding_stands_where_its_node_stands(content: bytes, span: bytes) -> None:
    """Spans are bytes; what has a body is marked in its head; a finding without a node marks its line."""
    assert span in [text for _, text in found(content)]


def test_a_password_is_not_repeated() -> None:
    """Bandit quotes what it found; reports and caches are no place for it."""
    said = opinion(b"password = 'hunter2'\n", "x.py", Terms()).findings
    assert [one.message for one in said] == ["Possible hardcoded password."]


def test_an_opinion_survives_json() -> None:
    """It comes from another process."""
    said = opinion(SWALLOWED + b"def f(:\n", "x.py", Terms())
    assert opinions.from_plain(json.loads(json.dumps(opinions.to_plain(said)))) == said
    with pytest.raises(ValueError, match="not an opinion"):
        opinions.from_plain([1, 2])


# Which tests are asked


def test_what_pages_cover_is_not_asked() -> None:
    """Neither is what is ignored; of what is selected, only that."""
    assert found(SWALLOWED) == [("bandit/B110", b"except Exception:")]
    assert found(SWALLOWED, Terms(covered=("B110",))) == []
    assert found(SWALLOWED, Terms(covered=("B110",), everything=True)) != []
    assert found(SWALLOWED, Terms(ignore=("bandit/*",))) == []
    assert found(SWALLOWED, Terms(select=("eval-code",))) == []
    assert found(SWALLOWED + b"assert x\n", Terms(select=("bandit/B101",))) == [("bandit/B101", b"assert x")]


def test_at_the_default_level_none_of_bandits_own_tests_is_asked() -> None:
    """What they find is strict or pedantic."""
    assert left_over(installed(), Terms(level=Level.default)) == ()


def test_covered_tests_are_those_of_the_pages() -> None:
    """By their ids, and those of no other tool."""
    covered = covered_by(load().rules)
    assert set(covered) <= {test.id for test in installed()} | {"B320"}
    assert covered == tuple(sorted(covered))


# Words


def test_every_test_of_bandit_has_its_words() -> None:
    """A test that bandit brings anew is asked of every file until its words stand in the table."""
    assert {test.id for test in installed() if not test.foreign} == set(WORDS)


def test_the_words_of_a_list_stand_in_all_its_names() -> None:
    """Bandit's lists compare whole names, so a word of each of them is in every text that they find."""
    for entries in extension_loader.MANAGER.blacklist.values():
        for entry in entries:
            for name in entry["qualnames"]:
                assert may_find(entry["id"], folded(name.encode())), (entry["id"], name)


@pytest.mark.parametrize("content", ["ｅｖａｌ(x)", "EVAL", "x = eval"])
def test_words_are_seen_as_python_reads_names(content: str) -> None:
    """Compatibility forms and case make no difference."""
    assert may_find("B307", folded(content.encode()))


def test_a_test_without_words_is_asked_of_every_file() -> None:
    """Nothing is known of it."""
    assert may_find("B999", "")
    assert asked_of(b"", installed(), Terms()) == frozenset()
    assert asked_of(b"", installed(), Terms(everything=True)) == {test.id for test in installed()}


# Configuration


def test_skips_and_tests_are_honoured() -> None:
    """By id, as bandit reads them."""
    text = SWALLOWED + b"assert x\n"
    assert found(text, Terms(configuration=Configuration(skips=("B110", "B101")))) == []
    assert [rule for rule, _ in found(text, Terms(configuration=Configuration(tests=("B110",))))] == [
        "bandit/B110"
    ]


def test_excluded_paths_are_passed_over() -> None:
    """Patterns are parts of the path or globs, as bandit has them."""
    for pattern in ("app", "./app/*", "*/x.py"):
        assert found(SWALLOWED, Terms(configuration=Configuration(exclude=(pattern,)))) == []
    assert found(SWALLOWED, Terms(configuration=Configuration(exclude=("tests",)))) != []


def test_a_test_with_settings_of_the_project_is_asked_though_a_page_covers_it() -> None:
    """The page knows only bandit's own settings; the words neither."""
    told = Configuration(plugins={"hardcoded_tmp_directory": {"tmp_dirs": ["/scratch"]}})
    assert found(b"x = '/scratch/a'\n", Terms(covered=("B108",), configuration=told)) == [
        ("bandit/B108", b"'/scratch/a'")
    ]
    assert found(b"x = '/tmp/a'\n", Terms(configuration=told)) == []


def test_settings_do_not_stay_for_the_next_file() -> None:
    """Bandit keeps them on its functions."""
    found(b"", Terms(configuration=Configuration(plugins={"assert_used": {"skips": ["*"]}}), everything=True))
    assert found(b"assert x\n") == [("bandit/B101", b"assert x")]


def test_nosec_is_honoured_unless_told_otherwise() -> None:
    """By the project or by the terms."""
    text = b"assert x  # nosec B101\n"
    assert found(text) == []
    assert found(text, Terms(honours_nosec=False)) != []
    assert found(text, Terms(configuration=Configuration(ignores_nosec=True))) != []
    assert found(b"assert x  # nosec B102\n") != []


def test_what_the_baseline_knows_is_not_found() -> None:
    """As bandit compares: file, test, text and scales, not the line."""
    said = opinion(SWALLOWED, "app/x.py", Terms()).findings[0]
    known = ("app/x.py", "B110", said.message, "LOW", "HIGH")
    assert found(SWALLOWED, Terms(configuration=Configuration(known=(known,)))) == []
    assert found(SWALLOWED, Terms(configuration=Configuration(known=(known,))), "app/y.py") != []


# What cannot be read


def test_what_parses_is_read_and_the_rest_is_said() -> None:
    """A half-written function hides nothing around it."""
    said = opinion(SWALLOWED + b"def f(a:\n    return\n\n\ndef g():\n    assert x\n", "x.py", Terms())
    assert [one.rule for one in said.findings] == ["bandit/B110", "bandit/B101"]
    assert said.half_written
    assert said.note.startswith("not checked by bandit: lines 5–")


def test_lines_and_offsets_stay() -> None:
    """What is blanked is blanked byte for byte."""
    text = "é = 1\r\ndef f(:\r\n  é\r\rassert x\n".encode()
    rest = readable(text).content
    assert len(rest) == len(text)
    assert rest.count(b"\r") == text.count(b"\r")


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="what is valid from 3.12 on is what this needs")
def test_what_only_a_newer_python_reads_is_said() -> None:
    """It is no half-written text, and no clean one either."""
    said = opinion(b"assert x\n\n\ndef f(d):\n    return f'{d['a']}'\n", "x.py", Terms())
    assert [one.rule for one in said.findings] == ["bandit/B101"]
    assert said.unread == "lines 4–5 are not valid in Python 3.11"
    assert not said.half_written


@pytest.mark.parametrize("text", [b"assert (", b"(" * 500 + b"assert", b"assert\0", b"assert = 1"])
def test_a_text_that_cannot_be_read_is_never_clean(text: bytes) -> None:
    """Nothing is found and that is said."""
    said = opinion(text, "x.py", Terms())
    assert said.findings == ()
    assert said.unread


def test_a_test_that_gives_up_is_said() -> None:
    """Bandit logs it and goes on."""
    text = b"import tarfile\ntarfile.open(x).extractall(members=a.b(c))\n"
    said = opinion(text, "x.py", Terms())
    assert "tarfile_unsafe_members failed on line 2" in said.unread


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_a_declared_encoding_is_that_of_the_file_and_not_of_its_text(end: bytes) -> None:
    """Texts are UTF-8 here; a declaration in one of the first two lines must not be believed."""
    text = end.join((b"#!x", b"# -*- coding: latin-1 -*-", "'é'; assert x".encode(), b"# coding: latin-1"))
    assert found(text) == [("bandit/B101", b"assert x")]
    assert len(undeclared(text)) == len(text)
    assert undeclared(text).endswith(b"# coding: latin-1")


# Isolation


def test_nothing_of_the_project_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even when it lies in the current folder under the name of something that bandit imports."""
    Path(tmp_path, "yaml.py").write_text("raise SystemExit('imported')\n")
    Path(tmp_path, "evil.py").write_text("raise SystemExit('imported')\n")
    monkeypatch.chdir(tmp_path)
    assert found(b"import evil\nassert x\n") == [("bandit/B101", b"assert x")]
    assert "evil" not in sys.modules
