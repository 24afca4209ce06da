"""
Notebooks: their code cells, and the one Python source that the cells are together.

Invariants:
    The cells stand in the joined source byte for byte, in their order, one line end between two; what is
    not Python in them is blank there (`magics`).
    A line of the source belongs to one cell; so a place in it is a place in a cell, and the other way round.
Source: the notebook format, nbformat 3 and 4.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate

from assaymark.dataclass import dataclass
from assaymark.text import LINE_END
from assaymark.workspace.magics import blanked
from assaymark.workspace.project import NOTEBOOK, is_notebook


class NotANotebookError(Exception):
    """Why there are no cells to read."""


class OtherLanguageError(NotANotebookError):
    """It is a notebook, and not one of Python."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell, and its place among all cells of the notebook, from 0."""

    source: bytes
    index: int


@dataclass(frozen=True, slots=True)
class Joined:
    """Cells as one source; *starts* are the first lines of the cells, *offsets* their first bytes."""

    source: bytes
    starts: tuple[int, ...]
    offsets: tuple[int, ...]

    def cell_at(self, line: int) -> tuple[int, int]:
        """The number of the cell that *line* (from 0) is in, and the line within it (from 0)."""
        number = max(bisect_right(self.starts, line) - 1, 0)
        return number, line - self.starts[number] if self.starts else line


def cells_of(ipynb: bytes) -> tuple[Cell, ...]:
    """
    The code cells of the notebook that *ipynb* spells.

    Raises NotANotebookError when it spells none, OtherLanguageError when its cells are not Python.
    """
    try:
        notebook = json.loads(ipynb)
    except (ValueError, RecursionError):
        msg = "not JSON, which a notebook is"
        raise NotANotebookError(msg) from None
    cells = _all_cells(notebook)
    if _is_of_another_language(notebook):
        msg = "a notebook of another language than Python"
        raise OtherLanguageError(msg)
    return tuple(
        Cell(_source(cell), index) for index, cell in enumerate(cells) if cell.get("cell_type") == "code"
    )


def joined(cells: Sequence[bytes]) -> Joined:
    """The one source that *cells* are, in their order."""
    parts = [joinable(cell) for cell in cells]
    sizes = accumulate((len(part) + 1 for part in parts), initial=0)
    lines = accumulate((n_lines(part) for part in parts), initial=0)
    return Joined(b"\n".join(parts), tuple(lines)[:-1], tuple(sizes)[:-1])


def joinable(cell: bytes) -> bytes:
    r"""*cell* as it stands in a joined source: a `\r` at its end would be one line end with what follows."""
    part = blanked(cell)
    return part[:-1] + b"\n" if part.endswith(b"\r") else part


def n_lines(cell: bytes) -> int:
    """How many lines *cell* has; an empty one has one."""
    return 1 + sum(1 for _ in LINE_END.finditer(cell))


def known_as(path: str) -> str:
    """The path by which rules and languages know the notebook *path*: that of a Python file."""
    return path[: -len(NOTEBOOK)] + ".py" if is_notebook(path) else path


def _all_cells(notebook: object) -> list[Mapping[str, object]]:
    if isinstance(notebook, dict):
        lists = [cells for cells in _held(notebook) if isinstance(cells, list)]
        if lists:
            return [cell for cells in lists for cell in cells if isinstance(cell, dict)]
    msg = "no cells in it, which a notebook has"
    raise NotANotebookError(msg)


def _held(notebook: Mapping[str, object]) -> Iterator[object]:
    """The lists of cells: format 4 has one, format 3 one for each worksheet."""
    if "cells" in notebook:
        yield notebook["cells"]
        return
    sheets = notebook.get("worksheets")
    for sheet in sheets if isinstance(sheets, list) else []:
        yield sheet.get("cells") if isinstance(sheet, dict) else None


def _is_of_another_language(notebook: Mapping[str, object]) -> bool:
    """Whether the notebook says what runs its cells, or what they are in, and none of that is Python."""
    facts = notebook.get("metadata")
    said = []
    for where, name in (("language_info", "name"), ("kernelspec", "language"), ("kernelspec", "name")):
        held = facts.get(where) if isinstance(facts, dict) else None
        language = held.get(name) if isinstance(held, dict) else None
        if isinstance(language, str) and language:
            said.append(language.lower())
    return bool(said) and not any("python" in one for one in said)


def _source(cell: Mapping[str, object]) -> bytes:
    lines = cell.get("source", cell.get("input", ""))
    text = lines if isinstance(lines, str) else ""
    if isinstance(lines, list):
        text = "".join(line for line in lines if isinstance(line, str))
    # Half a surrogate pair, which JSON can spell, is no character.
    return text.encode("utf-8", "replace")
