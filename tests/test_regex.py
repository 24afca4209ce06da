"""Regular expressions that are compiled late do what those that are compiled at once do."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assaymark.regex import regex
from assaymark.rules.globs import any_glob, named


def test_a_late_one_finds_what_an_early_one_finds() -> None:
    """Every way of asking, more than once, with its flags."""
    early, late = re.compile("(?P<a>b).", re.DOTALL), regex("(?P<a>b).", re.DOTALL)
    for text in ("b\nxbx", "", "xb"):
        for ask in ("match", "search", "fullmatch", "findall", "split"):
            assert str(getattr(late, ask)(text)) == str(getattr(early, ask)(text))
        assert late.sub("-", text) == early.sub("-", text)
    assert late.pattern == early.pattern


def test_a_late_one_complains_when_it_is_asked() -> None:
    """What is no regular expression is none."""
    broken = regex("(")
    with pytest.raises(re.error):
        broken.search("")


_GLOBS = st.lists(st.text("ab/*?[]!-.", max_size=7), max_size=3).map(tuple)


@given(_GLOBS, st.text("ab/.-", max_size=8))
def test_a_path_is_named_as_its_expression_says(patterns: tuple[str, ...], path: str) -> None:
    """Looking for the plain texts of globs first changes no answer."""
    try:
        expected = any_glob(patterns).search(path) is not None
    except re.error:
        return
    assert named(patterns, path) == expected
