"""Who provides a grammar, and what is said when nobody does."""

from __future__ import annotations

import importlib.util

import pytest
from tree_sitter import Parser

from assaymark.syntax.languages import Unavailable, grammar, language_of, providers


@pytest.mark.parametrize(
    "path, first_line, language",
    [
        ("a/b.py", b"", "python"),
        ("a\\b.PYI", b"", "python"),
        ("bin/tool", b"#!/usr/bin/env python3", "python"),
        ("bin/tool", b"#!/bin/sh", None),
        ("a.proto", b"", None),
    ],
)
def test_a_file_has_its_language_by_its_ending_or_its_first_line(
    path: str, first_line: bytes, language: str | None
) -> None:
    assert language_of(path, first_line) == language


def test_an_official_grammar_parses() -> None:
    assert not Parser(grammar("python")).parse(b"x = 1\n").root_node.has_error


def test_the_bundle_serves_a_language_without_an_official_wheel() -> None:
    """Where the bundle is installed its grammar works under this runtime; where not, that is said."""
    if importlib.util.find_spec("tree_sitter_languages") is None:
        with pytest.raises(Unavailable, match="no grammar for perl is installed; its files are not analysed"):
            grammar("perl")
    else:
        assert not Parser(grammar("perl")).parse(b"my $x = 1;\n").root_node.has_error


def test_a_language_that_nobody_provides_is_unavailable() -> None:
    with pytest.raises(Unavailable, match="no grammar for klingon"):
        grammar("klingon")


def test_every_provider_is_named() -> None:
    """Python's is the official wheel; what is behind it is the bundle."""
    named = {provider.language: provider.distribution for provider in providers()}
    assert named["python"] == "tree-sitter-python"
    assert named["perl"] == "tree-sitter-languages"
