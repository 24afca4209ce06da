"""A notebook's cells, the source that they are together, and what is blank in it."""

from __future__ import annotations

import ast
import json
import sysconfig
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assaymark.text import LINE_END
from assaymark.workspace.magics import blanked
from assaymark.workspace.notebook import (
    NotANotebookError,
    OtherLanguageError,
    cells_of,
    joined,
    known_as,
)

_PIECES = ["%", "!", "?", "=", "x", "(", ")", '"', "'''", "#", "\\", "\n", "\r\n", "\r", " ", "é", "%%sh\n"]
CELLS = st.lists(st.lists(st.sampled_from(_PIECES)).map(lambda pieces: "".join(pieces).encode()), max_size=5)


def notebook(*cells: object, **facts: object) -> bytes:
    return json.dumps({"nbformat": 4, "cells": list(cells), "metadata": facts}).encode()


def code(source: object) -> dict[str, object]:
    return {"cell_type": "code", "source": source}


def test_code_cells_are_read_and_know_their_place() -> None:
    """A source is a string or a list of lines; text cells are left out, and counted."""
    found = cells_of(notebook({"cell_type": "markdown", "source": "# x"}, code(["a = 1\n", "b"]), code("c")))
    assert [(cell.source, cell.index) for cell in found] == [(b"a = 1\nb", 1), (b"c", 2)]


def test_the_older_format_is_read() -> None:
    """Format 3 keeps cells in worksheets, and calls a source input."""
    old = {"worksheets": [{"cells": [{"cell_type": "code", "input": ["a\n", "b"]}]}]}
    assert [cell.source for cell in cells_of(json.dumps(old).encode())] == [b"a\nb"]


@pytest.mark.parametrize("content", [b"", b"x = 1", b"[]", b"{}", b'{"cells": 3}', b"\xff", b"[" * 100_000])
def test_what_is_no_notebook_is_said_to_be_none(content: bytes) -> None:
    """Any bytes give cells or a reason."""
    with pytest.raises(NotANotebookError):
        cells_of(content)


def test_another_language_is_told_apart() -> None:
    """A notebook of R is a notebook, and is not Python."""
    with pytest.raises(OtherLanguageError):
        cells_of(notebook(code("x <- 1"), language_info={"name": "R"}, kernelspec={"name": "ir"}))


def test_what_runs_a_notebook_outranks_what_it_is_said_to_be_written_in() -> None:
    """Jupyter starts the kernel by its name."""
    said = {"language_info": {"name": "R"}, "kernelspec": {"language": "R", "name": "python3"}}
    assert [cell.source for cell in cells_of(notebook(code("x = 1"), **said))] == [b"x = 1"]


def test_a_line_of_the_joined_source_is_a_line_of_a_cell() -> None:
    """Empty cells have a line, and so has what stands behind a last line end."""
    together = joined([b"a\nb\n", b"", b"c"])
    assert together.source == b"a\nb\n\n\nc"
    assert (together.starts, together.offsets) == ((0, 3, 4), (0, 5, 6))
    assert [together.cell_at(line) for line in range(5)] == [(0, 0), (0, 1), (0, 2), (1, 0), (2, 0)]


@given(CELLS)
def test_cells_keep_their_places_in_the_joined_source(cells: list[bytes]) -> None:
    """Whatever the cells hold, each line and each byte of them is where `Joined` says."""
    together = joined(cells)
    for number, cell in enumerate(cells):
        at = together.offsets[number]
        part = together.source[at : at + len(cell)]
        assert len(part) == len(cell)
        assert together.source[:at].count(b"\n") >= number
        lines_before = sum(1 for _ in LINE_END.finditer(together.source[:at]))
        assert together.cell_at(lines_before) == (number, 0)


@given(CELLS)
def test_blanking_keeps_lengths_and_line_ends(cells: list[bytes]) -> None:
    """So every place is the same before and after."""
    for cell in cells:
        assert [*map(_shape, LINE_END.finditer(blanked(cell)))] == [*map(_shape, LINE_END.finditer(cell))]
        assert len(blanked(cell)) == len(cell)


@pytest.mark.parametrize(
    "cell, python",
    [
        (b"%matplotlib inline\nx", b"                  \nx"),
        (b"!pip install \\\n  x\ny", b"              \n   \ny"),
        (b"x.y??\nz", b"     \nz"),
        (b"?x", b"  "),
        (b"if x:\n    %run y\n", b"if x:\n    _     \n"),
        (b"files = !ls /\n", b"files = _    \n"),
        (b"a, b = %magic", b"a, b = _     "),
        (b"%%time\nx = 1", b"      \nx = 1"),
        (b"\n%%bash\nrm x", b"\n      \n    "),
        (b"%%\nx", b"  \n "),
    ],
)
def test_what_is_not_python_is_blank(cell: bytes, python: bytes) -> None:
    """Magics, commands and help are; a value of one is a name of which nothing is known."""
    assert blanked(cell) == python


@pytest.mark.parametrize(
    "cell",
    [
        b"x = (a\n% b)",
        b"x = a \\\n% b",
        b'"""\n%x\n"""',
        b"x = '''\n!ls'''",
        b"def f(\n    a,\n    /, b): pass",
        b"x = 1  # why = !y?",
        b'print("a?")\nx = "= !ls"',
        b"a != b",
        b"'\\\n%x'",
    ],
)
def test_python_is_left_as_it_is(cell: bytes) -> None:
    """What only looks like a magic stands in brackets, in a string, in a comment or behind a backslash."""
    ast.parse(cell)
    assert blanked(cell) == cell


def test_the_standard_library_is_left_as_it_is() -> None:
    """Nothing in it is a magic."""
    folder = Path(sysconfig.get_path("stdlib"))
    for name in ("argparse.py", "ast.py", "decimal.py", "inspect.py", "textwrap.py", "typing.py"):
        source = (folder / name).read_bytes()
        assert blanked(source) == source, name


def test_rules_know_a_notebook_as_a_python_file() -> None:
    """So what is said of `tests/**` holds for it too."""
    assert known_as("tests/a.ipynb") == "tests/a.py"
    assert known_as("a.py") == "a.py"


def _shape(found: object) -> str:
    return repr(found)
