"""`check` on notebooks: cells as one Python file, places in cells, and fixes put back into the JSON."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assaymark.cli import check
from assaymark.text import Edit, Span
from assaymark.workspace.notebook_file import CannotRewriteError, notebook
from cli_world import World, own_cache, spawned, world

__all__ = ["own_cache", "world"]

SCHEMA = json.loads((Path(check.__file__).parent / "check.schema.json").read_text(encoding="utf-8"))
SARIF = json.loads((Path(__file__).parent / "sarif.subset.schema.json").read_text(encoding="utf-8"))
# The keys of a cell in no particular order, numbers that another writer would spell otherwise, and outputs.
CELLS = [
    {"cell_type": "markdown", "metadata": {}, "source": ["# send(a, secret=False)"]},
    {
        "source": ["%matplotlib inline\n", "import x\n"],
        "cell_type": "code",
        "execution_count": 1,
        "metadata": {"scrolled": True},
        "outputs": [{"data": {"text/plain": ["1e-07 send(a, secret=False)"]}, "text": "é 1.50"}],
    },
    {
        "cell_type": "code",
        "metadata": {},
        "source": ["é = 1\n", "if é: send(é, secret=False)\n", "send(\n", "  a, secret=False)"],
    },
    {"cell_type": "code", "metadata": {}, "source": "!ls send(a, secret=False)\nold(1)"},
]


def spelled(
    cells: object = CELLS, language: str = "python", indent: int | None = 1, *, escaped: bool = False
) -> bytes:
    whole = {
        "nbformat_minor": 5,
        "nbformat": 4,
        "cells": cells,
        "metadata": {"language_info": {"name": language}},
    }
    return json.dumps(whole, indent=indent, ensure_ascii=escaped).encode() + b"\n"


def put(world: World, content: bytes, name: str = "nb.ipynb") -> Path:
    (world.here / name).write_bytes(content)
    return world.here / name


def test_places_are_those_of_cells(world: World) -> None:
    """Cell, line and column from 1, cells that hold text counted; what is not Python is silent."""
    put(world, spelled())
    ran = world.check("--format", "text")
    lines = ran.out.splitlines()
    assert lines[0] == "nb.ipynb:cell 3:2:7  high  send-open"
    assert lines[1] == "   2 │ if é: send(é, secret=False)"
    assert lines[2].startswith("     │       ^^^^^^^^^^^^^^^^^^^^^ ")
    assert "nb.ipynb:cell 3:3:1  high  send-open" in lines
    assert "nb.ipynb:cell 4:2:1  medium  old-call" in lines
    assert "   2 │ old(1)" in lines
    assert ran.out.count("send-open is not good") == 2


def test_the_json_names_the_cell(world: World) -> None:
    """Beside line and column within it; the schema holds."""
    put(world, spelled())
    document = world.check().json
    jsonschema.validate(document, SCHEMA, jsonschema.Draft202012Validator)
    assert [one["start"] for one in document["findings"]] == [
        {"line": 2, "column": 7, "cell": 3},
        {"line": 3, "column": 1, "cell": 3},
        {"line": 2, "column": 1, "cell": 4},
    ]
    assert document["findings"][1]["end"] == {"line": 4, "column": 19, "cell": 3}


def test_sarif_names_the_line_of_the_file_and_the_cell(world: World) -> None:
    """A service shows the file as it is stored; the logical location is the cell."""
    content = spelled()
    put(world, content)
    document = world.check("--format", "sarif").json
    jsonschema.validate(document, SARIF, jsonschema.Draft202012Validator)
    results = document["runs"][0]["results"]
    stored = content.decode().split("\n")
    first, second, third = (result["locations"][0] for result in results)
    assert (
        stored[first["physicalLocation"]["region"]["startLine"] - 1].strip()
        == '"if é: send(é, secret=False)\\n",'
    )
    region = second["physicalLocation"]["region"]
    assert [stored[region[key] - 1].strip() for key in ("startLine", "endLine")] == [
        '"send(\\n",',
        '"  a, secret=False)"',
    ]
    # A source that is one string stands on one line.
    assert stored[third["physicalLocation"]["region"]["startLine"] - 1].strip().startswith('"source": "!ls')
    assert third["logicalLocations"] == [{"name": "cell 4", "fullyQualifiedName": "cell 4"}]
    assert third["properties"] == {"cell": 4, "line": 2, "column": 1}
    assert results[2]["message"]["text"].endswith(" (cell 4, line 2)")
    assert "fixes" not in results[0]


def test_the_other_formats_name_the_cell(world: World) -> None:
    """GitHub and GitLab get the line of the file, JUnit and CSV the place in the cell."""
    content = spelled()
    put(world, content)
    row = content.decode().split("\n").index(next(x for x in content.decode().split("\n") if "if é" in x)) + 1
    github = world.check("--format", "github").out.splitlines()[0]
    assert github.startswith(
        f"::error file=nb.ipynb,line={row},endLine={row},title=send-open (high)::nb.ipynb:cell 3:2:7: "
    )
    gitlab = world.check("--format", "gitlab").json[0]
    assert gitlab["location"]["lines"] == {"begin": row}
    assert gitlab["description"].endswith("(cell 3, line 2)")
    junit = ET.fromstring(world.check("--format", "junit").out)
    assert junit[0][0].get("name") == "send-open at cell 3:2:7"
    one = next(csv.DictReader(io.StringIO(world.check("--format", "csv").out, newline="")))
    assert (one["cell"], one["line"], one["column"]) == ("3", "2", "7")


@pytest.mark.parametrize("language", ["R", "julia"])
def test_other_languages_are_not_analysed(world: World, language: str) -> None:
    """And no failure; it is said."""
    put(world, spelled(language=language))
    ran = world.check()
    assert (ran.code, ran.states) == (
        0,
        {"nb.ipynb": "not analysed: a notebook of another language than Python"},
    )
    assert (
        "1 kind not analysed: a notebook of another language than Python"
        in world.check("--format", "text").out
    )


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"cells": 3}', b"x = 1\n", b"\xff\xfe{"])
def test_a_broken_notebook_failed(world: World, content: bytes) -> None:
    """With the reason."""
    put(world, content)
    ran = world.check()
    assert ran.code == 2
    assert ran.states["nb.ipynb"].startswith("failed: ")


def test_an_empty_notebook_is_clean(world: World) -> None:
    """A new one is an empty file, or has no cells."""
    put(world, b"\n", "new.ipynb")
    put(world, spelled([]), "none.ipynb")
    assert world.check().states == {"new.ipynb": "clean", "none.ipynb": "clean"}


def test_standard_input_can_be_a_notebook(world: World) -> None:
    """Its name says so."""
    done = spawned(
        world.here,
        *("check", "--stdin", "--filename", "x.ipynb", "--format", "text"),
        *("--rules", str(world.rules), "--select", "send-open"),
        input=spelled(),
    )
    assert done.stdout.decode().startswith("x.ipynb:cell 3:2:7  high  send-open\n")


def test_names_of_tests_are_known(world: World) -> None:
    """A rule's paths see a Python file of that name."""
    (world.rules.parent / "paths.yml").write_text(
        "rules: [{id: only-tests, languages: [python], severity: ERROR, message: m, pattern: old(...),"
        ' paths: {include: ["test_*.py"]}}]\n',
        encoding="utf-8",
    )
    put(world, spelled(), "test_nb.ipynb")
    put(world, spelled(), "nb.ipynb")
    ran = world.check("--rules", str(world.rules.parent / "paths.yml"), "--select", "only-tests")
    assert [path for _, path, *_ in ran.found] == ["test_nb.ipynb"]


def test_a_result_that_was_kept_has_its_places(world: World, own_cache: Path) -> None:
    """The second run says what the first one said."""
    for number in range(20):
        put(world, spelled(), f"n{number}.ipynb")
    assert world.check().out == world.check().out
    assert own_cache.exists()


def test_diff_looks_at_changed_lines(world: World) -> None:
    """Those of the file."""
    put(world, spelled())
    world.commit()
    changed = [dict(cell) for cell in CELLS]
    changed[3] = {**CELLS[3], "source": "old(2)"}
    put(world, spelled(changed))
    assert [rule for rule, *_ in world.check("--diff", "HEAD").found] == ["old-call"]


@pytest.mark.parametrize("indent", [None, 1, 4])
@pytest.mark.parametrize("escaped", [True, False])
def test_a_fix_changes_its_lines_and_nothing_else(world: World, indent: int | None, escaped: bool) -> None:
    """Indentation, order of keys, escapes, outputs and the last line end are as they were."""
    before = spelled(indent=indent, escaped=escaped)
    place = put(world, before)
    ran = world.check("--fix")
    fixed = [dict(cell) for cell in CELLS]
    fixed[2] = {**CELLS[2], "source": ["é = 1\n", "if é: send(é, secret=True)\n", "send(a, secret=True)"]}
    assert place.read_bytes() == spelled(fixed, indent=indent, escaped=escaped)
    assert ran.json["fixed"] == [
        {"path": "nb.ipynb", "line": line, "rule": "send-open", "done": True, "cell": 3} for line in (2, 3)
    ]
    jsonschema.validate(ran.json, SCHEMA, jsonschema.Draft202012Validator)


def test_a_fix_says_its_cell(world: World) -> None:
    """In the text as well."""
    put(world, spelled())
    assert "  nb.ipynb:cell 3:2  send-open\n" in world.check("--fix", "--format", "text").out


def test_spelling_that_is_unusual_stays(world: World) -> None:
    """A byte order mark, CRLF, escapes that nobody needs, and several lines in one string."""
    cell = '{"cell_type": "code",\r\n "source" : [ "a = \\"\\u0041\\"\\nwrap(1)\\n" ,\r\n\t"wrap(2)\\n", "b = \\"\\u0041\\"" ] }'
    before = ('\ufeff{\r\n"cells": [' + cell + '], "x": 1.50 }').encode()
    place = put(world, before)
    world.check("--fix")
    after = before.replace(
        b'"a = \\"\\u0041\\"\\nwrap(1)\\n" ,', b'"a = \\"A\\"\\n" ,\r\n\t"1\\n" ,'
    ).replace(b"wrap(2)", b"2")
    assert place.read_bytes() == after


def test_a_source_that_is_one_string_stays_one(world: World) -> None:
    """And a notebook of format 3 is one too."""
    place = put(world, b'{"worksheets": [{"cells": [{"cell_type": "code", "input": "x\\nwrap(1)\\n"}]}]}')
    world.check("--fix")
    assert place.read_bytes() == b'{"worksheets": [{"cells": [{"cell_type": "code", "input": "x\\n1\\n"}]}]}'


def test_a_fix_that_reaches_too_far_is_refused() -> None:
    """Into the next cell, or into what is not Python."""
    whole = notebook(spelled([{"cell_type": "code", "source": source} for source in ("%time\na\n", "b")]))
    assert whole.joined.source == b"     \na\n\nb"
    for span in (Span(6, 10), Span(0, 7)):
        with pytest.raises(CannotRewriteError, match="reaches into"):
            whole.rewritten([Edit(span, b"c")], b"")
    with pytest.raises(CannotRewriteError, match="another text"):
        whole.rewritten([Edit(Span(6, 7), b"!ls")], b"     \n!ls\n\nb")


LINES = st.lists(st.sampled_from(["a\n", "b = 'é'\n", "\n", "𝒳", "c\r\n", "\r"]), max_size=5)


@given(st.lists(LINES, min_size=1, max_size=4), st.data())
def test_an_edit_lands_where_it_should(cells: list[list[str]], data: st.DataObject) -> None:
    """Whatever changes in a cell, the file reads as the changed source, and the other cells are spelled as before."""
    sources = [{"cell_type": "code", "source": lines} for lines in cells]
    raw = spelled(sources)
    whole = notebook(raw)
    number = data.draw(st.integers(0, len(cells) - 1))
    begin, size = whole.joined.offsets[number], len(whole.cells[number].source)
    text = whole.cells[number].source
    cuts = [len(text.decode()[:at].encode()) for at in range(len(text.decode()) + 1)]
    start, end = sorted((data.draw(st.sampled_from(cuts)), data.draw(st.sampled_from(cuts))))
    edit = Edit(Span(begin + start, begin + end), data.draw(st.sampled_from([b"", b"x", b"x\ny", b"\n"])))
    source = whole.joined.source
    content = source[: edit.span.start] + edit.new + source[edit.span.end :]
    assert 0 <= start <= end <= size
    try:
        after = whole.rewritten([edit], content)
    except CannotRewriteError:
        # A CR at the end of a cell, a cell without a string: said, and left alone.
        assert not cells[number] or "\r" in "".join(cells[number])
        return
    read = json.loads(after)["cells"]
    assert [cell["source"] for at, cell in enumerate(read) if at != number] == [
        lines for at, lines in enumerate(cells) if at != number
    ]
    assert "".join(read[number]["source"]).encode() == text[:start] + edit.new + text[end:]


@given(st.lists(LINES, min_size=1, max_size=3))
def test_every_line_has_its_row(cells: list[list[str]]) -> None:
    """The row of the string that the line starts in."""
    raw = spelled([{"cell_type": "code", "source": lines} for lines in cells])
    whole, stored = notebook(raw), raw.decode().split("\n")
    for line, start in enumerate(_starts(whole.joined.source)):
        place = whole.place(line)
        spelled_there = stored[place.row - 1].strip().rstrip(",")
        lines = cells[place.cell - 1]
        if lines and start < len(whole.joined.source) and spelled_there.startswith('"'):
            assert json.loads(spelled_there) in lines


def _starts(source: bytes) -> list[int]:
    text = source.replace(b"\r\n", b"\n\n")
    return [
        0,
        *(at + 1 for at, byte in enumerate(text) if byte in b"\r\n" and source[at : at + 2] != b"\r\n"),
    ]


def test_staged_notebooks_are_read_from_the_index(world: World) -> None:
    """Not from the work tree."""
    world.commit(a="x = 1\n")
    put(world, spelled())
    world.git("add", "nb.ipynb")
    put(world, b"{")
    assert [rule for rule, *_ in world.check("--staged").found] == ["send-open", "send-open", "old-call"]


def test_a_comment_in_a_cell_silences(world: World) -> None:
    """And the place of what it silences is that of the cell."""
    put(
        world,
        spelled(
            [CELLS[0], {"cell_type": "code", "source": "old(1)  # assaymark: ignore[old-call] -- known"}]
        ),
    )
    assert world.check().found == []
    out = world.check("--format", "text", "--show-silenced").out
    assert out.startswith("nb.ipynb:cell 2:1:1  silenced  old-call")


def test_a_baseline_knows_findings_in_cells(world: World) -> None:
    """Also when their cell moves."""
    put(world, spelled())
    chosen = ("--rules", str(world.rules), "--select", "send-open,old-call")
    assert world.run("baseline", *chosen).code == 0
    put(world, spelled([*CELLS[::-1], {"cell_type": "code", "source": "old(3)"}]))
    found = world.check("--baseline", "assaymark-baseline.json", *chosen).found
    assert [(rule, line) for rule, _, line, _ in found] == [("old-call", 1)]
