"""What names are bound to, and what they stand for at their place."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assaymark.syntax.bindings import Bindings
from assaymark.syntax.cut import ParseWork, cut
from assaymark.syntax.languages import adapter
from assaymark.syntax.names import Resolution
from assaymark.syntax.python.constants import _plain_number
from assaymark.syntax.view import view_of_source
from editing import an_edit, applied, corpus


def _resolved(source: str, mark: str = "HERE") -> Resolution:
    """What the name before `# HERE` on its line's end stands for: the callee of the first call there."""
    line = next(line for line in source.splitlines() if mark in line)
    name = line.split("(")[0].strip().rpartition(".")[2]
    view = view_of_source(source.encode())
    start = source.encode().index(line.encode())
    node = next(node for node in view.occurrences(name.encode()) if node.start >= start)
    chain = node.parent if node.parent is not None and node.parent.kind == "attribute" else node
    return view.names.resolve(chain)


def _constant(source: str) -> object:
    """The constant value of the argument of `show(…)`."""
    view = view_of_source(source.encode())
    call = view.occurrences(b"show")[-1].parent
    assert call is not None
    arguments = call.child("arguments")
    assert arguments is not None
    found = view.names.constant(arguments.named_children[0])
    return found.value if found is not None else ...


@pytest.mark.parametrize(
    "source, paths",
    [
        ("import subprocess\nsubprocess.run(x)  # HERE", ("subprocess.run",)),
        ("import subprocess as s\ns.run(x)  # HERE", ("subprocess.run",)),
        ("from subprocess import run as r\nr(x)  # HERE", ("subprocess.run",)),
        ("import xml.dom.minidom\nxml.dom.minidom.parse(x)  # HERE", ("xml.dom.minidom.parse",)),
        ("import xml.dom.minidom as m\nm.parse(x)  # HERE", ("xml.dom.minidom.parse",)),
        ("from os import *\nsystem(x)  # HERE", ("os.system",)),
        ("from .here import f\nf(x)  # HERE", (".here.f",)),
        ("try:\n    import a as m\nexcept E:\n    import b as m\nm.f(x)  # HERE", ("a.f", "b.f")),
        ("def g():\n    from yaml import load\n    def h():\n        load(x)  # HERE", ("yaml.load",)),
        ("def g():\n    global os\n    import os\ndef h():\n    os.system(x)  # HERE", ("os.system",)),
        ("if a:\n    import pickle\npickle.loads(x)  # HERE", ("pickle.loads",)),
    ],
)
def test_an_import_gives_a_name_its_path(source: str, paths: tuple[str, ...]) -> None:
    assert _resolved(source) == Resolution("import", paths)


@pytest.mark.parametrize(
    "source, kind",
    [
        ("def g():\n    import yaml\ndef h():\n    yaml.load(x)  # HERE", "unbound"),
        ("import yaml\ndef h(yaml):\n    yaml.load(x)  # HERE", "parameter"),
        ("import yaml\ndef h():\n    yaml = C()\n    yaml.load(x)  # HERE", "variable"),
        ("def eval(x): pass\neval(x)  # HERE", "definition"),
        ("class C:\n    def eval(self): pass\n    def g(self):\n        eval(x)  # HERE", "unbound"),
        ("x = [y for y in z]\ny(x)  # HERE", "unbound"),
    ],
)
def test_the_innermost_scope_that_binds_a_name_answers(source: str, kind: str) -> None:
    assert _resolved(source).kind == kind


@pytest.mark.parametrize(
    "source, value",
    [
        ("show('a')", "a"),
        (r"show('a\n')", "a\n"),
        (r"show(r'a\n')", r"a\n"),
        ("show(b'a')", b"a"),
        ("show('a' 'b')", "ab"),
        ("x = 'a'\nshow(x)", "a"),
        ("x = 'a'\ny = x + '/b'\nshow(y + '/c')", "a/b/c"),
        ("x = 'a'\nshow(f'{x}/b')", "a/b"),
        ("x = 'a'\nshow('%s-%d' % (x, 3))", "a-3"),
        ("x = 'a'\nshow('{}!'.format(x))", "a!"),
        ("def f():\n    x = 3\n    show(x)", 3),
        ("show(-1)", -1),
        ("show(0x1F)", 31),
        ("show(None)", None),
        ("x = 'a'\nx = 'b'\nshow(x)", ...),
        ("x = 'a'\nx += 'b'\nshow(x)", ...),
        ("x = 'a'\ndef f():\n    global x\n    x = 'b'\nshow(x)", ...),
        ("def f(x):\n    show(x)", ...),
        ("def f():\n    x = 'a'\n    def g():\n        nonlocal x\n        x = 'b'\n    show(x)", ...),
        ("x = f()\nshow(x)", ...),
        ("show(f'{x!r}')", ...),
        ("x = x + 'a'\nshow(x)", ...),
    ],
)
def test_a_constant_is_known_when_its_parts_are(source: str, value: object) -> None:
    assert _constant(source) == value


@pytest.mark.parametrize("content", corpus(), ids=lambda content: f"{len(content)}-bytes")
def test_the_quick_look_at_the_top_sees_what_the_full_one_sees(content: bytes) -> None:
    """Without `global` the statements at the top bind what all scopes together say they do."""
    table = adapter("python")
    for piece in cut(content, "python", ParseWork()):
        if b"global" not in piece.chunk.data:
            root, n_prefix = piece.tree.root_node, len(piece.chunk.prefix)
            assert _plain(table.top_level(root, n_prefix)) == _plain(table.scopes(root, n_prefix).of[0])


@settings(deadline=None)
@given(st.data())
def test_what_a_text_states_that_it_binds_is_what_its_tree_says(data: st.DataObject) -> None:
    """A definition binds its name, whatever it holds; asked of texts that parse."""
    table = adapter("python")
    content = data.draw(st.sampled_from(corpus()))
    for _ in range(data.draw(st.integers(0, 3))):
        content = applied(content, data.draw(an_edit(content)))
    for piece in cut(content, "python", ParseWork()):
        stated = table.stated(piece.chunk.data, is_member=bool(piece.chunk.prefix))
        if stated is not None and _is_python(piece.chunk.prefix + piece.chunk.data):
            assert _plain(stated) == _plain(table.top_level(piece.tree.root_node, len(piece.chunk.prefix)))


def _is_python(content: bytes) -> bool:
    try:
        ast.parse(content)
    except (SyntaxError, ValueError):
        return False
    return True


@pytest.mark.parametrize(
    "source, stated",
    [
        ("def f(a=(b := 1)):\n    import os\n\n    x = 1\n)\n# c\n", ["f"]),
        ("@a(\n    b,\n)\n@c\nasync def f[T](): pass\n", ["f"]),
        ("class C: import os\r\n", ["C"]),
        ("def f():\n    pass\nimport os\n", None),
        ("def f():\n    pass\rx = 1", None),
        ('def f():\n    """\nText.\n"""\n', None),
        ("def f():\n    global x\n    x = 1\n", None),
        ("def f():\n    pass\n\x0cimport os\n", None),
        ("def h\u00e9(): pass\n", None),
        ("import os\n", None),
    ],
)
def test_what_a_text_states_is_one_definition(source: str, stated: list[str] | None) -> None:
    """Where anything else stands at the margin, or may bind there, the tree is asked."""
    found = adapter("python").stated(source.encode(), is_member=False)
    assert (found if found is None else list(found)) == stated


def _plain(bindings: Bindings) -> dict[str, list[str]]:
    return {name: sorted(map(repr, ways)) for name, ways in bindings.items() if ways}


@pytest.mark.parametrize(
    "source",
    [
        "x = 5subprocess.run(c)",
        "x = 0x1fsubprocess",
        "\u201csubprocess.run\u201d",
        "subprocess\u00b2",
        "1_0subprocess",
    ],
)
def test_every_name_of_a_tree_is_a_word_and_is_found(source: str) -> None:
    """Also one that stands beside a number, or beside what is no ASCII: what is no word is never looked for."""
    view = view_of_source(source.encode())
    names = [node for node in view.of_kinds(frozenset({"identifier"})) if node.text.isascii()]
    for node in names:
        assert node.text in view.words
        assert node in view.occurrences(node.text)
    assert names


@given(st.text(alphabet="a5_x0\u00e9\u00b2\u201c .(e", max_size=12))
def test_every_name_of_a_random_tree_is_a_word_and_is_found(source: str) -> None:
    view = view_of_source(source.encode())
    for node in view.of_kinds(frozenset({"identifier"})):
        if node.text.isascii() and node.text:
            assert node.text in view.words
            assert node in view.occurrences(node.text)


@given(st.text("0123456789._eEjxX-+ ", max_size=20))
def test_a_plain_number_is_what_python_reads(text: str) -> None:
    """Where digits are read here, that is what a literal is."""
    found = _plain_number(text.encode())
    if found is not None:
        known = ast.literal_eval(text)
        assert (type(found), found) == (type(known), known)
    assert _plain_number(b"60") == 60
    assert _plain_number(b"0.5") == 0.5
