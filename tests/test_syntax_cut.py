"""The cut of a text: what it is, and that an edit gives what a fresh cut gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tree_sitter import Node

from assaymark.syntax import cut as cut_module
from assaymark.syntax.cut import LONG_UNIT, ParseWork, Piece, cut, recut
from assaymark.syntax.languages import adapter, parser
from assaymark.text import Chunk, Edit, Span, Text
from editing import an_edit, applied, corpus


@dataclass(frozen=True, eq=False)
class Leaf:
    """A piece, and nothing else."""

    piece: Piece
    marked: bool = False
    flagged: bool = False
    fresh: bool = False
    keys: frozenset[bytes] = frozenset()

    @property
    def chunk(self) -> Chunk:
        return self.piece.chunk


def _leaf(piece: Piece, _at: int) -> Leaf:
    return Leaf(piece)


def _cut(content: bytes) -> list[Piece]:
    return cut(content, "python", ParseWork())


def _outline(pieces: list[Piece]) -> list[tuple[bytes, bytes, int, bool, str]]:
    return [
        (piece.chunk.data, piece.chunk.prefix, piece.looked, piece.continues, str(piece.tree.root_node))
        for piece in pieces
    ]


def _starts(content: bytes) -> list[bytes]:
    return [piece.chunk.data.partition(b"\n")[0] for piece in _cut(content)]


def test_definitions_at_column_0_start_a_chunk() -> None:
    """A decorated definition is one chunk with its decorators."""
    source = (
        b"x = 1\n\n@a\n@b(\n)\ndef f():\n    pass\n\nclass C:\n    def m(self): pass\nasync def g(): pass\n"
    )
    assert _starts(source) == [b"x = 1", b"@a", b"class C:", b"async def g(): pass"]


def test_a_string_that_holds_definitions_is_one_chunk() -> None:
    source = b'x = """\ndef f():\nclass C:\n"""\ndef g(): pass\n'
    assert _starts(source) == [b'x = """', b"def g(): pass"]


def test_an_open_bracket_hides_no_definition_behind_it() -> None:
    assert _starts(b"def f():\n    g(\ndef h():\n    eval(x)\n") == [b"def f():", b"def h():"]


def test_a_string_that_never_closes_hides_no_definition_behind_it() -> None:
    assert _starts(b'def f():\n    """\ndef h():\n    eval(x)\n') == [b"def f():", b"def h():"]


def _long_class() -> bytes:
    members = "".join(f"    @property\n    def m{i}(self):\n        return {i}\n\n" for i in range(600))
    return f"class C(Base):\n    k = 1\n\n{members}y = 2\n".encode()


def test_what_stands_behind_a_very_long_class_is_not_of_it() -> None:
    """A definition inside an `if` that follows the class is no member, and the `else` has its `if`."""
    behind = b"if Base:\n    def f():\n        pass\nelse:\n    f = None\n"
    pieces = _cut(_long_class() + behind)
    assert not any(piece.tree.root_node.has_error for piece in pieces)
    assert pieces[-1].chunk.data.endswith(behind)
    text = b'class C:\n    """\nAt the margin.\n    """\n' + _long_class().partition(b"\n")[2]
    assert len(_cut(text)) > 500


def test_a_very_long_class_is_cut_at_its_members() -> None:
    """Each member is parsed behind the class header."""
    pieces = _cut(_long_class())
    assert len(_long_class()) > LONG_UNIT
    assert len(pieces) > 500
    assert {piece.chunk.prefix for piece in pieces[1:]} == {b"class C(Base):\n"}
    assert not any(piece.tree.root_node.has_error for piece in pieces)
    assert pieces[5].tree.root_node.children[0].type == "class_definition"


def test_a_lone_return_ends_a_line_for_the_grammar_too() -> None:
    assert not any(
        piece.tree.root_node.has_error for piece in _cut(b"x = 1\rif x:\r    y = 2\rdef f(): pass\r")
    )


@pytest.mark.parametrize("content", corpus(), ids=lambda content: f"{len(content)}-bytes")
def test_the_trees_of_the_chunks_are_the_tree_of_the_file(content: bytes) -> None:
    """For a whole file without errors the cut loses nothing."""
    tree = parser("python").parse(content)
    pieces = _cut(content)
    if tree.root_node.has_error or any(piece.chunk.prefix for piece in pieces):
        return
    whole = [str(child) for child in tree.root_node.children]
    assert [str(child) for piece in pieces for child in piece.tree.root_node.children] == whole


@pytest.fixture
def short_sight(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits so small that every text meets them."""
    monkeypatch.setattr(cut_module, "LOOK", 300)
    monkeypatch.setattr(cut_module, "LONG_UNIT", 800)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.usefixtures("short_sight")
@given(st.data())
def test_recutting_equals_cutting_near_the_limits(data: st.DataObject) -> None:
    """The same, where nearly every piece looks as far as it may and nearly every class is very long."""
    _recutting_equals_cutting(data)


@given(st.data())
def test_recutting_equals_cutting(data: st.DataObject) -> None:
    """After any edits the chunks and their trees are those of a fresh cut."""
    _recutting_equals_cutting(data)


def _recutting_equals_cutting(data: st.DataObject) -> None:
    content = data.draw(st.sampled_from((*corpus(), _long_class())))
    text = Text([Leaf(piece) for piece in _cut(content)])
    for _ in range(data.draw(st.integers(1, 4))):
        edit = data.draw(an_edit(content))
        content = applied(content, edit)
        text = recut(text, edit, "python", _leaf, ParseWork()).text
        assert text.whole() == content
        assert _outline([leaf.piece for leaf in text]) == _outline(_cut(content))


_SCRAPS = st.sampled_from(
    (
        "(",
        ")",
        "[",
        "}",
        '"',
        "'",
        '"""',
        "'''",
        "\\",
        "#",
        "\n",
        "\r",
        "\r\n",
        "@",
        "def f(): ",
        "class C: ",
        " ",
        "x",
    )
)


@given(st.one_of(st.lists(_SCRAPS, max_size=30).map(lambda scraps: "".join(scraps).encode()), st.binary()))
def test_what_is_closed_is_never_closed_by_what_follows(content: bytes) -> None:
    """The quick look and the one that counts brackets agree: only what leaves something open reads on."""
    is_read_on = False

    def following() -> Iterator[bytes]:
        nonlocal is_read_on
        is_read_on = True
        yield b""

    adapter("python").closes(content, following())
    assert adapter("python").is_closed(content) == (not is_read_on)


@pytest.mark.parametrize("scrap", [b"(", b")", b'"""\\', b"('", b"[]#'\n"])
def test_whether_a_text_is_closed_is_seen_in_one_pass(scrap: bytes) -> None:
    """A million brackets or quotes take no longer than their number; what is checked here is that it ends."""
    assert adapter("python").is_closed(scrap * 200_000) == (scrap in (b")", b"[]#'\n"))


def test_what_leaves_nothing_open_is_cut_without_its_tree() -> None:
    pieces = _cut(b"def f():\n    g(\n\n)\ndef g():\n    return $\ndef h(): (\n")
    assert [piece.is_parsed for piece in pieces] == [False, False, True]


def test_decorators_stand_with_their_definition_even_if_that_is_broken() -> None:
    """Without a parse: what reads on for a definition ends with it."""
    pieces = _cut(b"@a(\n    b,\n)\ndef f():\n    return $\n\ndef g(): pass\n")
    assert [piece.chunk.n_breaks for piece in pieces] == [6, 1]
    assert not any(piece.is_parsed for piece in pieces)


def test_a_keystroke_parses_what_it_touches() -> None:
    """A character in one of many functions parses a chunk or two, not the file."""
    content = b"".join(b"def f%d():\n    return %d\n\n" % (i, i) for i in range(2000))
    text = Text([Leaf(piece) for piece in _cut(content)])
    work = ParseWork()
    at = content.index(b"return 1000")
    recut(text, Edit(Span(at, at), b"x"), "python", _leaf, work)
    assert (work.n_chunks, work.n_bytes < 100) == (1, True)


def test_a_long_run_of_comments_is_parsed_once() -> None:
    """The tree is that of a shorter run, and a long string that looks like comments is left as it is."""
    comments = b"# don't {x}\n" * 20_000
    assert [child.type for piece in _cut(b"x = 1\n" + comments + b"y = 2\n") for child in _named(piece)] == [
        "expression_statement",
        "expression_statement",
    ]
    held = b'x = """\n' + b"# a\n" * 1000 + b'"""\n'
    assert _cut(held)[0].tree.root_node.children[0].text == held.rstrip()


def _named(piece: Piece) -> list[Node]:
    return [child for child in piece.tree.root_node.children if child.type != "comment"]
