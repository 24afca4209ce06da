"""JavaScript, as far as changes of it are compared: its scopes, its patterns, and that nothing else reads it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from assaymark.analysis.advance import opened
from assaymark.analysis.compared import Side
from assaymark.analysis.snapshot import State
from assaymark.rules.loading import load
from assaymark.rules.patterns.compile import compile_formula
from assaymark.rules.patterns.match import Work, matches
from assaymark.syntax.javascript.values import value_of
from git_world import compiled_rules

SERVER = Path(__file__).parents[1] / "server"


@pytest.mark.parametrize(
    "code, names",
    [
        ("function f() {}", ["f"]),
        ("async function* f() {}", ["f"]),
        ("const f = (x) => x;", ["f"]),
        ("const f = wrap(async (x) => x);", ["f"]),
        ("exports.f = function () {};", ["f"]),
        ("const o = { a: () => 1, 'b-c': function () {}, d() {} };", ["a", "b-c", "d"]),
        ("class A { m() { const q = () => 1; } #p = () => 1; }", ["A", "A.m", "A.m.q", "A.p"]),
        ("app.get('/users', auth, (req, res) => {});", ["get /users"]),
        ("app.use(helmet());", []),
        ("cache.get('key');", []),
        ("router.route('/b').get(h).post(auth, k);", ["get /b", "post /b"]),
        ("app.get('/x', (req) => { function f() {} });", ["get /x", "get /x.f"]),
        ("xs.map((x) => x);", []),
    ],
)
def test_scopes_have_the_names_that_people_call_them_by(code, names):
    assert [scope.name for scope in Side("a.js", code.encode(), "javascript").outline.scopes] == names


@pytest.mark.parametrize(
    "pattern, code, found",
    [
        ("helmet(...)", "app.use(helmet({ a: 1 }));", ["helmet({ a: 1 })"]),
        ("DOMPurify.sanitize($X)", "a(DOMPurify.sanitize(b));", ["DOMPurify.sanitize(b)"]),
        ("$R.get($P, ..., auth, ...)", "app.get('/', auth, h); app.get('/', h);", ["app.get('/', auth, h)"]),
        (
            "f(..., {..., httpOnly: true, ...})",
            "f(1, {a, httpOnly: true}); f({a});",
            ["f(1, {a, httpOnly: true})"],
        ),
        ("$A === $B", "if (a === b || c == d) {}", ["a === b"]),
        (
            "if (!$X.startsWith($R)) { ... }",
            "if (!x.startsWith(r)) { no(); }",
            ["if (!x.startsWith(r)) { no(); }"],
        ),
        ("f('a')", 'f("a"); f(`b`); f("\\u0061")', ['f("a")', 'f("\\u0061")']),
        ("throw new E(...)", "throw new E(1); throw e;", ["throw new E(1);"]),
        ("$X = f()", "const a = f(); b.c = f();", ["a = f()", "b.c = f()"]),
        ("f($X)", "<p>{f(a)}</p>", ["f(a)"]),
    ],
)
def test_patterns_match(pattern, code, found):
    view = Side("a.jsx", code.encode(), "javascript").view
    hits = matches(compile_formula({"pattern": pattern}, "javascript"), view, Work())
    assert [view.text(hit.span).decode() for hit in hits] == found


@pytest.mark.parametrize(
    "text, value",
    [
        ("'a\\'\\n'", "a'\n"),
        ('"\\x41\\u{1F600}"', "A😀"),
        ("0x1F", 31),
        ("1_000", 1000),
        ("1.5e3", 1500.0),
        ("null", None),
    ],
)
def test_literals_have_values(text, value):
    assert value_of(text) == value


@pytest.mark.parametrize("text", ["`a`", "a", "", "'", "0777n"])
def test_what_is_no_literal_has_none(text):
    with pytest.raises(ValueError, match="is no literal"):
        value_of(text)


def test_a_file_of_javascript_is_not_analysed_by_itself():
    assert opened(b"eval(a);", "a.js", load()).state is State.not_analysed


def test_the_grammar_is_imported_when_javascript_is_compared(tmp_path):
    """Opening Python, or comparing it, brings nothing of it along, once the rules are compiled."""
    code = """if True:
        import sys
        from assaymark.analysis.advance import opened
        from assaymark.analysis.removed import removed
        from assaymark.rules.loading import load
        from assaymark.syntax.languages import grammar
        rules = load()
        def loaded():
            modules = sorted(name for name in sys.modules if "javascript" in name)
            return grammar.cache_info().currsize, modules
        opened(b"eval(x)", "a.py", rules)
        removed("a.py", b"@login_required\\ndef f(): ...", b"def f(): ...", rules)
        print(loaded())
        removed("a.js", b"app.use(helmet());", b"app.use(a);", rules)
        print(loaded()[0], "assaymark.syntax.javascript.adapter" in loaded()[1])
    """
    where = {"PYTHONPATH": str(SERVER), "XDG_CACHE_HOME": str(tmp_path)}
    compiled_rules(tmp_path)
    done = subprocess.run([sys.executable, "-c", code], env=where, capture_output=True, text=True, check=True)
    assert done.stdout == "(1, [])\n2 True\n"
