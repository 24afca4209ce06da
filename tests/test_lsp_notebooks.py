"""Notebooks: cells as one text, findings in their cells, and nothing that reaches from one into another."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assaymark.analysis.snapshot import Snapshot
from assaymark.finding import Change
from assaymark.lsp.document import Document
from assaymark.text import Span
from cli_world import page
from e2e.authors import asking_hints, lenses
from e2e.inside import PULLS, PUSHED, Inside, Message, found, insert, of, reached, replace, reply_to

NOTEBOOK = "file:///project/app/explore.ipynb"
ENABLED = {"notebookDocument": {"synchronization": {}}}
HINTS: Message = {"textDocument": {"diagnostic": {}, "inlayHint": {}, "codeLens": {}}}
PULLING, PUSHED_TO = PULLS | ENABLED, PUSHED | ENABLED


def uri_of(name: object) -> str:
    return f"vscode-notebook-cell:/project/app/explore.ipynb#{name}"


class Notebook:
    """A notebook in an editor; cells are called by name."""

    def __init__(self, *texts: str, capabilities: Message = PULLING, **options: Any) -> None:
        options.setdefault("initializationOptions", {"typingDelay": 0})
        self.editor = Inside(capabilities, **options)
        self.version = 1
        self.came = self.open(*texts)

    def open(self, *texts: str) -> list[Message]:
        self.names: list[object] = list(range(len(texts)))
        self.texts: dict[object, str] = dict(enumerate(texts))
        return self.editor.notify(
            "notebookDocument/didOpen",
            {
                "notebookDocument": {
                    "uri": NOTEBOOK,
                    "notebookType": "jupyter-notebook",
                    "version": 1,
                    "cells": [listed(name) for name in self.names],
                },
                "cellTextDocuments": [item(name, text) for name, text in self.texts.items()],
            },
        )

    def change(self, **cells: object) -> list[Message]:
        self.version += 1
        notebook = {"uri": NOTEBOOK, "version": self.version}
        return self.editor.notify(
            "notebookDocument/didChange", {"notebookDocument": notebook, "change": {"cells": cells}}
        )

    def edit(self, name: object, *changes: Message) -> list[Message]:
        document = {"uri": uri_of(name), "version": self.version + 1}
        return self.change(textContent=[{"document": document, "changes": list(changes)}])

    def insert(self, start: int, name: object, text: str) -> list[Message]:
        array = {"start": start, "deleteCount": 0, "cells": [listed(name)]}
        return self.change(structure={"array": array, "didOpen": [item(name, text)]})

    def remove(self, start: int, name: object) -> list[Message]:
        array = {"start": start, "deleteCount": 1}
        return self.change(structure={"array": array, "didClose": [{"uri": uri_of(name)}]})

    def close(self) -> list[Message]:
        cells = [{"uri": uri_of(name)} for name in self.names]
        params = {"notebookDocument": {"uri": NOTEBOOK}, "cellTextDocuments": cells}
        return self.editor.notify("notebookDocument/didClose", params)

    def report(self, name: object, previous: str | None = None) -> Message:
        return self.editor.report(previous, uri_of(name))

    def found(self, name: object) -> list[tuple[str, int]]:
        """Rule and line of what is found in the cell."""
        return [(one["code"], one["range"]["start"]["line"]) for one in self.report(name)["items"]]

    @property
    def source(self) -> bytes:
        return self.editor.session.read(NOTEBOOK).snapshot.text.whole()


def listed(name: object, kind: int = 2) -> Message:
    return {"kind": kind, "document": uri_of(name)}


def item(name: object, text: str, language: str = "python") -> Message:
    return {"uri": uri_of(name), "languageId": language, "version": 1, "text": text}


def test_notebooks_are_offered_to_who_has_them() -> None:
    """And only then a file is said to depend on others."""
    for capabilities, has_notebooks in ((PULLING, True), (PULLS, False)):
        offered = Inside(capabilities).sent[0]["result"]["capabilities"]
        assert ("notebookDocumentSync" in offered) is has_notebooks
        assert offered["diagnosticProvider"]["interFileDependencies"] is has_notebooks


def test_cells_are_one_text() -> None:
    """An import in one cell is what a call in another means; each finding is in its own cell."""
    notebook = Notebook("import yaml as y", "%matplotlib inline\nx = 1\n", "\ny.load(body)")
    assert [notebook.found(name) for name in range(3)] == [[], [], [("yaml-unsafe-load", 1)]]


def test_typing_in_one_cell_changes_another() -> None:
    """The cell that is typed in is asked for by the client; for the other one it is told to ask again."""
    notebook = Notebook("import json as y", "y.load(body)")
    assert [notebook.found(name) for name in range(2)] == [[], []]
    came = notebook.edit(0, replace(0, 7, 0, 11, "yaml"))
    assert len(of(came, "workspace/diagnostic/refresh")) == 1
    assert notebook.found(1) == [("yaml-unsafe-load", 0)]


def test_typing_in_one_cell_that_changes_no_other_is_silent() -> None:
    """Lines of a cell count from its own first."""
    notebook = Notebook("x = 1", "eval(body)")
    first = notebook.report(1)
    assert notebook.edit(0, insert(0, 0, "\n\n")) == []
    assert notebook.report(1, first["resultId"])["kind"] == "unchanged"


def test_a_key_is_an_edit_of_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """The notebook is never analysed anew for it."""
    notebook = Notebook("x = 1", "def f(y):\n    return y")
    opened: list[object] = []
    monkeypatch.setattr(notebook.editor.session.desk, "open", lambda *_, **__: opened.append(1))
    for column, key in enumerate("; eval(y)"):
        notebook.edit(1, insert(1, 12 + column, key))
    assert [line for _, line in notebook.found(1)] == [1]
    assert opened == []


def test_a_magic_is_blank_while_it_is_one() -> None:
    """What is typed before it makes it Python, and the other way round."""
    notebook = Notebook("%timeit eval(x)")
    assert notebook.found(0) == []
    notebook.edit(0, replace(0, 0, 0, 8, ""))
    assert [line for _, line in notebook.found(0)] == [0]


def test_cells_come_go_and_move() -> None:
    """A moved cell is taken out and put in, without being opened again."""
    notebook = Notebook("import yaml", "yaml.load(a)", "eval(b)")
    notebook.insert(1, "new", "yaml = 3")
    assert notebook.source == b"import yaml\nyaml = 3\nyaml.load(a)\neval(b)"
    notebook.remove(1, "new")
    assert notebook.source == b"import yaml\nyaml.load(a)\neval(b)"
    notebook.change(structure={"array": {"start": 0, "deleteCount": 1}})
    notebook.change(structure={"array": {"start": 2, "deleteCount": 0, "cells": [listed(0)]}})
    assert notebook.source == b"yaml.load(a)\neval(b)\nimport yaml"
    notebook.change(data=[listed(1, kind=1)])
    assert notebook.source == b"eval(b)\nimport yaml"


def test_a_cell_of_another_language_is_no_part_of_the_text() -> None:
    """It has a report, and nothing in it."""
    notebook = Notebook("x = 1")
    array = {"start": 1, "deleteCount": 0, "cells": [listed("sql")]}
    notebook.change(structure={"array": array, "didOpen": [item("sql", "eval(x)", "sql")]})
    assert notebook.source == b"x = 1"
    assert notebook.found("sql") == []


def test_pushed_cells_have_their_versions_and_are_withdrawn() -> None:
    """Each cell is published by itself, when it changed; a closed notebook shows nothing."""
    notebook = Notebook("x = 1", "eval(body)", capabilities=PUSHED_TO)
    assert seen(notebook.came) == [(0, 1, 0), (1, 1, 1)]
    assert seen(notebook.edit(0, insert(0, 0, "eval(x)\n"))) == [(0, 2, 1)]
    assert seen(notebook.remove(0, 0)) == [(0, 2, 0)]
    assert seen(notebook.close()) == [(1, 1, 0)]


def test_hover_and_fixes_work_in_a_cell() -> None:
    """Positions are the cell's, and so are the edits, with its version."""
    notebook = Notebook("import yaml", "x = 1\nyaml.load(body)")
    hover = asked(notebook, "textDocument/hover", position={"line": 1, "character": 3})
    assert hover["range"]["start"] == {"line": 1, "character": 0}
    place = {"line": 1, "character": 0}
    action, *_ = asked(
        notebook, "textDocument/codeAction", range={"start": place, "end": place}, context={"diagnostics": []}
    )
    (edits,) = action["edit"]["documentChanges"]
    assert edits["textDocument"] == {"uri": uri_of(1), "version": 1}
    assert [one["range"]["start"]["line"] for one in edits["edits"]] == [1]


def test_a_cell_knows_nothing_of_its_neighbours() -> None:
    """A whole cell that is asked about gives the actions of that cell alone."""
    notebook = Notebook("import yaml\nyaml.load(a)", "yaml.load(b)")
    everything = {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}
    actions = asked(notebook, "textDocument/codeAction", range=everything, context={"diagnostics": []})
    assert len([one for one in actions if not one["title"].startswith("Silence")]) == 1


@pytest.fixture
def rules(tmp_path: Path) -> str:
    """A folder with a rule that has a safe fix."""
    (tmp_path / "python").mkdir()
    (tmp_path / "python" / "wrapped.md").write_text(page("wrapped"))
    return str(tmp_path)


def test_all_fixes_of_a_cell_are_of_that_cell(rules: str) -> None:
    """The others keep theirs."""
    notebook = Notebook(
        "wrap(0)", "%time y\nwrap(1)\nwrap('é😀') + wrap(3)", initializationOptions={"rules": [rules]}
    )
    context = {"diagnostics": [], "only": ["source.fixAll"]}
    place = {"line": 0, "character": 0}
    (action,) = asked(
        notebook, "textDocument/codeAction", range={"start": place, "end": place}, context=context
    )
    (change,) = action["edit"]["documentChanges"]
    assert change["textDocument"]["uri"] == uri_of(1)
    places = [(one["range"]["start"]["line"], one["range"]["end"]["character"]) for one in change["edits"]]
    assert places == [(1, 7), (2, 11), (2, 21)]


def test_an_edit_stays_in_its_cell_and_takes_no_magic_away() -> None:
    """The text that is analysed has blanks where the cell has a magic; a fix knows only those."""
    notebook = Notebook("x = 1", "if x:\n    %run y\nwrap(1)")
    part = notebook.editor.session.part(uri_of(1))

    def takes(start: int, end: int) -> bool:
        return part.edits([Change(Span(start, end), b"y")]) is not None

    first, text = part.span.start, notebook.source
    at = text.index(b"wrap")
    assert takes(at, at + 7)
    assert takes(first, first + 5)
    assert not takes(first, at)
    assert not takes(0, at + 7)
    assert not takes(0, 1)


def test_nothing_of_a_cell_is_kept_when_it_went() -> None:
    """Nor of its notebook, once that is closed."""
    notebook = Notebook(
        "x = eval(y)\n",
        "z = eval(y)\n",
        capabilities=PULLING | HINTS,
        initializationOptions={"statusNotifications": True},
    )
    for name in (0, 1):
        asking_hints(notebook.editor, uri=uri_of(name))
        notebook.editor.come(asking_hints(notebook.editor, uri=uri_of(name)))
        lenses(notebook.editor, uri_of(name))
    notebook.remove(1, 1)
    kept = notebook.editor.session
    assert uri_of(1) not in {key for key, _ in kept.asides._answers}
    assert uri_of(1) not in kept.statuses._told
    assert uri_of(0) in kept.statuses._told
    notebook.close()
    notebook.editor.clock.pass_by(1_000)
    assert not reached(kept, Document)
    assert not reached(kept, Snapshot)


def test_a_message_that_cannot_be_read_changes_nothing() -> None:
    """Not even by those of its parts that can."""
    notebook = Notebook("x = 1\n", "y = eval(z)\n")
    before = notebook.found(1)
    array = {"start": 0, "deleteCount": 1}
    notebook.change(
        structure={"array": array, "didClose": [{"uri": uri_of(0)}]},
        textContent=[{"document": {"uri": uri_of(1)}, "changes": []}],
    )
    assert notebook.found(1) == before
    assert notebook.editor.session.document(uri_of(0)) is not None


def test_a_closed_cell_leaves_no_pull_open() -> None:
    """The pull of a cell that is removed meanwhile is cancelled."""
    notebook = Notebook("x = 1", "y = 2")
    pull = notebook.editor.pull(uri=uri_of(1))
    params = {
        "notebookDocument": {"uri": NOTEBOOK, "version": 2},
        "change": {
            "cells": {
                "structure": {
                    "array": {"start": 1, "deleteCount": 1},
                    "didClose": [{"uri": uri_of(1)}],
                }
            }
        },
    }
    came = notebook.editor.come(pull, {"method": "notebookDocument/didChange", "params": params})
    assert reply_to(came, pull)["error"]["code"] == -32802


_SCRAPS = [
    "eval(x)\n",
    "%time ",
    "!ls",
    "\n",
    "\r",
    "\r\n",
    "é😀",
    "import yaml\n",
    "yaml.load(b)",
    "(",
    '"""',
    "# ",
    "x = ",
]
_TEXTS = st.lists(st.sampled_from(_SCRAPS), max_size=5).map("".join)
_CUTS = st.tuples(st.integers(0, 3), st.integers(0, 12), st.integers(0, 3), st.integers(0, 12))
_STEPS = st.one_of(
    st.tuples(st.just("edit"), st.integers(0, 9), _CUTS, _TEXTS),
    st.tuples(st.just("insert"), st.integers(0, 9), _TEXTS),
    st.tuples(st.just("remove"), st.integers(0, 9)),
    st.tuples(st.just("move"), st.integers(0, 9), st.integers(0, 9)),
)


@given(st.lists(_TEXTS, max_size=4), st.lists(_STEPS, max_size=6))
def test_any_run_of_changes_equals_a_fresh_open(texts: list[str], steps: list[tuple[Any, ...]]) -> None:
    """Of cells edited, added, removed and moved: the same text, and the same findings in the same cells."""
    notebook = Notebook(*texts)
    for number, step in enumerate(steps):
        made(notebook, number, *step)
    cells = [
        notebook.editor.session.document(NOTEBOOK).notebook.text(uri_of(name)) for name in notebook.names
    ]
    fresh = Notebook(*(cell.source.decode() for cell in cells))
    assert notebook.source == fresh.source
    for number, name in enumerate(notebook.names):
        assert found(notebook.report(name)["items"]) == found(fresh.report(number)["items"])


def made(notebook: Notebook, number: int, kind: str, at: int, *rest: Any) -> None:
    names = notebook.names
    if kind == "insert":
        at = min(at, len(names))
        names.insert(at, f"new-{number}")
        notebook.insert(at, f"new-{number}", rest[0])
        return
    if not names:
        return
    at %= len(names)
    if kind == "remove":
        notebook.remove(at, names.pop(at))
    elif kind == "edit":
        notebook.edit(names[at], replace(*rest[0], rest[1]))
    else:
        name = names.pop(at)
        to = rest[0] % (len(names) + 1)
        names.insert(to, name)
        notebook.change(structure={"array": {"start": at, "deleteCount": 1}})
        notebook.change(structure={"array": {"start": to, "deleteCount": 0, "cells": [listed(name)]}})


def asked(notebook: Notebook, method: str, **params: Any) -> Any:
    return notebook.editor.request(method, {"textDocument": {"uri": uri_of(1)}, **params})["result"]


def seen(messages: Sequence[Message]) -> list[tuple[int, int, int]]:
    """Cell, version and number of findings of each publish."""
    return [
        (int(one["uri"].rpartition("#")[2]), one["version"], len(one["diagnostics"]))
        for one in of(list(messages), "textDocument/publishDiagnostics")
    ]
