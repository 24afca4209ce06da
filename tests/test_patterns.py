"""What the pattern language promises beside what matches: errors, limits, bindings, plain data, broken code."""

from __future__ import annotations

import json
import pickle
import re
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assaymark.rules.patterns.compile import RuleError, compile_formula
from assaymark.rules.patterns.formula import Formula
from assaymark.rules.patterns.literals import required_texts, required_words
from assaymark.rules.patterns.match import Match, Work, matches
from assaymark.rules.patterns.need import Alternative, Needs
from assaymark.rules.patterns.needs import needs
from assaymark.rules.patterns.pattern import Many, Meta, Shape, Word
from assaymark.rules.patterns.plain import from_plain, to_plain
from assaymark.rules.patterns.replace import filled, rewritten
from assaymark.rules.patterns.skeleton import skeleton_of
from assaymark.rules.patterns.tables import table_of
from assaymark.syntax.view import view_of_source
from assaymark.syntax.words import words_of


def formula_of(rule: str | dict[str, object]) -> Formula:
    return compile_formula({"pattern": rule} if isinstance(rule, str) else rule, "python")


def needed_by(rule: str | dict[str, object]) -> Needs:
    return needs(formula_of(rule), table_of("python").reserved)


def found(rule: str | dict[str, object], code: str) -> list[Match]:
    return matches(formula_of(rule), view_of_source(code.encode()), Work())


def texts(rule: str | dict[str, object], code: str) -> list[str]:
    content = code.encode()
    return [content[match.span.start : match.span.end].decode() for match in found(rule, code)]


def both(*operators: dict[str, object]) -> dict[str, object]:
    return {"patterns": list(operators)}


@pytest.mark.parametrize(
    "rule, key, says",
    [
        ({"patern": "f()"}, "patern", "did you mean 'pattern'?"),
        ({"pattern": "f("}, "pattern", "does not parse as python"),
        ({"pattern": "f()\ng(\n"}, "pattern", "line 2"),
        ({"pattern": "f($x)"}, "pattern", "capitals"),
        ({"pattern": "..."}, "pattern", "matches everything"),
        ({"pattern": ""}, "pattern", "is empty"),
        ({"pattern": 'f("=~/a/")'}, "pattern", "metavariable-regex"),
        ({"pattern": "f(" * 200 + ")" * 200}, "pattern", "nested"),
        ({"pattern": 3}, "pattern", "is a text"),
        ({"pattern-regex": "("}, "pattern-regex", "not a regular expression"),
        ({"pattern-regex": "(a+)+"}, "pattern-regex", "exponential"),
        ({"patterns": []}, "patterns", "a list of operators"),
        ({"patterns": [{"pattern-not": "f()"}]}, "patterns", "nothing says what to look for"),
        ({"patterns": ["f()"]}, "patterns", "has one key"),
        ({"pattern-either": [{"pattern-not": "f()"}]}, "pattern-not", "does not stand in pattern-either"),
        ({"pattern": "f()", "patterns": []}, "patterns", "exactly one of"),
        (both({"pattern": "f()"}, {"pattern-nut": "g()"}), "pattern-nut", "did you mean 'pattern-not'?"),
        (
            both({"pattern": "f($X)"}, {"metavariable-regex": {"metavariable": "$X"}}),
            "metavariable-regex",
            "needs 'regex'",
        ),
        (
            both({"pattern": "f($X)"}, {"metavariable-regex": {"metavariable": "$Y", "regex": "a"}}),
            "metavariable-regex",
            "no pattern binds $Y",
        ),
        (
            both({"pattern": "f($X)"}, {"focus-metavariable": "$Y"}),
            "focus-metavariable",
            "no pattern binds $Y",
        ),
        (
            both({"pattern": "f($X)"}, {"metavariable-comparison": {"comparison": "open($X)"}}),
            "comparison",
            "open(…) is not understood",
        ),
        (
            both({"pattern": "f($X)"}, {"metavariable-comparison": {"comparison": "$X ** 9 > 1"}}),
            "comparison",
            "Pow is not understood",
        ),
        (
            both({"pattern": "f($X)"}, {"metavariable-comparison": {"comparison": "$X >"}}),
            "comparison",
            "not a comparison",
        ),
        (
            both({"pattern": "f($X)"}, {"metavariable-pattern": {"metavariable": "$X", "language": "regex"}}),
            "language",
            "not a key that is understood",
        ),
        (
            {"pattern": "f()", "options": {"taint_assume_safe_numbers": True}},
            "taint_assume_safe_numbers",
            "there are",
        ),
        (
            {"pattern": "f()", "options": {"constant_propagation": "no"}},
            "constant_propagation",
            "true or false",
        ),
    ],
)
def test_error_names_the_key_and_what_to_write(rule: dict[str, object], key: str, says: str) -> None:
    """A rule that is not understood is refused, never read as something else."""
    with pytest.raises(RuleError) as caught:
        formula_of(rule)
    assert caught.value.key == key
    assert says in caught.value.message


def test_language_without_patterns_is_refused() -> None:
    """A language without a table is not matched with another's."""
    with pytest.raises(RuleError, match="cobol"):
        compile_formula({"pattern": "f()"}, "cobol")


def test_bindings_say_text_and_place() -> None:
    """A metavariable is bound to what stands for it."""
    [match] = found("f($X, $...REST)", "f(a, b,  c)")
    assert {name: bound.text for name, bound in match.bindings.items()} == {"$X": "a", "$...REST": "b,  c"}
    span = match.bindings["$X"].span
    assert span is not None
    assert (span.start, span.end) == (2, 3)


def test_string_metavariable_is_bound_to_the_content() -> None:
    """The quotes are not part of what `"$X"` stands for."""
    [match] = found('f("$X")', "f('abc')")
    assert match.bindings["$X"].text == "abc"


def test_imported_name_is_bound_to_what_it_imports() -> None:
    """`$F` in `pickle.$F` is the name in the module, not the alias."""
    [match] = found("pickle.$F(...)", "from pickle import loads as l\nl(x)\n")
    assert match.bindings["$F"].text == "loads"


def test_groups_of_a_regex_are_bound() -> None:
    """`$1` is the first group, `$NAME` the group of that name."""
    [match] = found({"pattern-regex": "(?P<KEY>[A-Z]+)=([0-9]+)"}, "# KEY=12\n")
    assert {name: bound.text for name, bound in match.bindings.items()} == {
        "$KEY": "KEY",
        "$1": "KEY",
        "$2": "12",
    }


def test_one_match_for_a_span() -> None:
    """Many ways to match one place are one match."""
    assert texts("f(..., $X, ...)", "f(a, b, c)") == ["f(a, b, c)"]


def test_template_is_filled() -> None:
    """A metavariable that is not bound stays as it is."""
    [match] = found("f($X, $...REST)", "f(a, b, c)")
    assert filled("g($X, $...REST, $Y, $1)", match.bindings) == "g(a, b, c, $Y, $1)"


@pytest.mark.parametrize(
    "plain", [[], ["Nothing"], ["Leaf"], ["Leaf", 1, 2, 3], "Leaf", None, [["Leaf"]], ["Meta", None]]
)
def test_what_is_not_stored_by_us_is_refused(plain: object) -> None:
    """Reading stored data builds formulas or fails."""
    with pytest.raises(ValueError, match="store"):
        from_plain(plain)


def test_plain_survives_json() -> None:
    """A formula with every operator comes back equal."""
    formula = formula_of(
        both(
            {
                "pattern-either": [
                    {"pattern": "f($X, b'\\x00', 1.5, None, ...)"},
                    {"pattern": "$X.g(...)\n...\n$Y"},
                ]
            },
            {"pattern-inside": "@d\nclass $C(B):\n  ...\n"},
            {"pattern-not": "f(1)"},
            {"pattern-not-inside": "def $F($A, *args, k: int = 1, **kw): ..."},
            {"pattern-not-regex": "a+"},
            {"metavariable-regex": {"metavariable": "$X", "regex": "a"}},
            {"metavariable-pattern": {"metavariable": "$X", "pattern": 'f"a{$Z}..."'}},
            {"metavariable-comparison": {"comparison": "$X > 1", "metavariable": "$X", "base": 8}},
            {"focus-metavariable": ["$X"]},
        )
    )
    assert from_plain(json.loads(json.dumps(to_plain(formula)))) == formula


def test_limit_of_steps_ends_matching() -> None:
    """What is given up is said."""
    work = Work(limit=50)
    assert (
        matches(formula_of("f(..., $X, ..., $Y, ...)"), view_of_source(b"f(a, b, c, d)\n" * 20), work) == []
    )
    assert work.exhausted


def test_steps_are_counted() -> None:
    """Work grows with the candidates, not with the text."""
    few, many = Work(), Work()
    matches(formula_of("f(1)"), view_of_source(b"f(1)\n" + b"x = [1, 2]\n" * 10), few)
    matches(formula_of("f(1)"), view_of_source(b"f(1)\n" + b"x = [1, 2]\n" * 1000), many)
    assert few.steps == many.steps > 0


@pytest.mark.parametrize(
    "code",
    [b"f(" * 20_000, b"[" * 20_000 + b"]" * 20_000, b"f" + b".a()" * 20_000, b"f" + b".a" * 20_000],
    ids=["open", "closed", "calls", "attributes"],
)
def test_deep_nesting_does_not_raise(code: bytes) -> None:
    """Twenty thousand brackets are walked in loops, as far as the steps go."""
    view = view_of_source(code)
    for pattern in ("f($X)", "(f(...))", "$X. ... .f(...)"):
        matches(formula_of(pattern), view, Work(limit=50_000))


@pytest.mark.parametrize("pattern", ["$X", "[$X]", "$X == $X", "$X($Y)", "f(<... a ...>)", "f.a.a($X)"])
def test_deep_nesting_with_many_candidates_does_not_raise(pattern: str) -> None:
    """Neither does what is looked for everywhere, or by a word that is everywhere."""
    for code in (b"f(" * 1_000, b"[" * 1_000 + b"]" * 1_000, b"f" + b".a()" * 1_000, b"a == (" * 1_000):
        matches(formula_of(pattern), view_of_source(code), Work(limit=50_000))


@pytest.mark.parametrize(
    "code, expected",
    [
        ("def a(:\n    f(1)\n", ["f(1)"]),
        ("f(1)\nx = (\nf(2)\n", ["f(1)", "f(2)"]),
        ("f(\n", []),
        ("f(1", []),
        ("x = [\nf(2)\n", ["f(2)"]),
        ("f()\nf(1)\n", ["f(1)"]),
    ],
)
def test_broken_code_hides_nothing_outside_itself(code: str, expected: list[str]) -> None:
    """What is complete is matched; what lacks its end is not."""
    assert texts("f($X)", code) == expected


def test_anchored_patterns_meet_no_name_that_is_declared() -> None:
    """A keyword, a parameter or an attribute of the name is no use of it."""
    code = "foo(foo=1)\na.foo\ndef g(foo): return foo\nimport foo\n"
    assert [match.span.start for match in found("foo", code)] == [0, 36]


def test_commutative_operands() -> None:
    """With commutative_boolop the operands may stand the other way round."""
    options = {"commutative_boolop": True, "commutative_compop": True}
    assert texts({"pattern": "a and b"}, "b and a\n") == []
    assert texts({"pattern": "a and b", "options": options}, "b and a\n") == ["b and a"]
    assert texts({"pattern": "a == 1", "options": options}, "1 == a\n") == ["1 == a"]


def test_constants_are_not_propagated_when_that_is_off() -> None:
    """With constant_propagation off, a literal is what is written as one."""
    rule = {"pattern": "f('a')", "options": {"constant_propagation": False}}
    assert texts(rule, "x = 'a'\nf(x)\nf('a')\n") == ["f('a')"]


def test_alias_inside_a_function_holds_there_only() -> None:
    """Semgrep would see both calls."""
    code = "def g():\n    from subprocess import run as r\n    r(1)\ndef h():\n    r(2)\n"
    assert texts("subprocess.run(...)", code) == ["r(1)"]


@pytest.mark.parametrize(
    "regex, texts",
    [
        ("(?i).*passw", {"passw"}),
        ("(password|secret_key)$", {"password", "secret_key"}),
        ("(?:pass(word)?|pwd.*)", {"pass", "pwd"}),
        (".*(abc|[de]).*", set()),
        ("abc?de", set()),
        ("abcd*e", {"abc"}),
        ("abcd+e", {"abcd"}),
        ("(abc)*def", {"def"}),
        ("(abc){2,}", set()),
        (r"a\.bc\d+xyz", {"a.bc"}),
        ("(?!abc)defg", {"defg"}),
        (r"\x41bcde", set()),
        ("abc|", set()),
        ("(?x) a b c", set()),
        ("[abc", set()),
        ("", set()),
    ],
)
def test_texts_that_a_regex_needs(regex: str, texts: set[str]) -> None:
    """Only what is plainly needed is asked for."""
    assert required_texts(regex) == texts


@given(regex=st.from_regex(r"\A(?:[abc]|\((?:[abc]|\|){1,5}\)|[*?+]|\.|\||\\d){0,12}\Z"), data=st.data())
def test_texts_that_a_regex_needs_are_in_every_match(regex: str, data: st.DataObject) -> None:
    """Sound, whatever the expression."""
    try:
        compiled = re.compile(regex)
    except re.error:
        return
    match = data.draw(st.from_regex(compiled, fullmatch=True))
    needed = required_texts(regex)
    assert not needed or any(text in match.lower() for text in needed)


@pytest.mark.parametrize(
    "regex, words",
    [
        (r"^(?:flask\.|self\.)?request\.(?:args|form)", {"request"}),
        (r"(?s)^(?!.*quote\()[^\[]*(?<!\w)request\.args\b", {"request", "args"}),
        (r"\babc\b.*\bde_f\b", {"abc", "de_f"}),
        ("^abc$", {"abc"}),
        ("abc", set()),
        (r"^abc(d)?\.", set()),
        (r"^(x\.)?(y)?abc\.", set()),
        (r"^abc\.?", set()),
        ("(?i)^abc$", set()),
        ("^abc$|^d$", set()),
    ],
)
def test_words_that_a_regex_needs(regex: str, words: set[str]) -> None:
    """What stands between two edges, and cannot be left out."""
    assert required_words(regex, anchored=True) == words


@given(
    regex=st.from_regex(
        r"\A(?:[ab.^$|]|\\[.bwW]|\((?:\?:|\?!|\?<!\\w)?(?:[ab]|\\\.|\|){1,4}\)|[*?+]){0,10}\Z"
    ),
    text=st.text(alphabet="ab. \n", max_size=12),
)
@settings(max_examples=300)
def test_words_that_a_regex_needs_are_in_every_match(regex: str, text: str) -> None:
    """Sound, whatever the expression, from the start of a text and anywhere in it."""
    try:
        compiled = re.compile(regex)
    except re.error:
        return
    words = words_of(text.encode())
    if compiled.match(text):
        assert {word.encode() for word in required_words(regex, anchored=True)} <= words
    if compiled.search(text):
        assert {word.encode() for word in required_words(regex, anchored=False)} <= words


@pytest.mark.parametrize(
    "regex, skeleton",
    [
        (
            r"^(?:flask\.|self\.)?request\.(?:args|form)(?:\[|\.get\()",
            r"request\.(?:args|form)(?:\[|\.get\()",
        ),
        (r"(?s)^(?!.*x\()[^\[]*(?<!\w)request\.(?:args|json\(.*\))$", r"(?s)request\.(?:args|json\()"),
        (r"https?://\w+", "https?://"),
        ("abc", ""),
        (r"a\.\w+bc", ""),
        (r"(?i)abc\.d", ""),
        (r"abc\.d|e", ""),
        (r"(\w)abc\.\1", ""),
    ],
)
def test_what_of_a_regex_can_be_searched_for(regex: str, skeleton: str) -> None:
    """What stands together in every match, from its first letters on."""
    assert skeleton_of(regex) == skeleton


_PIECE = r"(?:abc|[.]|\\\.|[ab]|\[ab\]|\^|\$|\\b|a[?*+]|a\{1,2\}|\((?:\?:|\?!|\?<!\\w)?(?:[ab]|\\\.|\||\$){1,4}\)\??)"


@given(regex=st.from_regex(rf"\A{_PIECE}{{1,7}}\Z"), data=st.data())
@settings(max_examples=300)
def test_what_can_be_searched_for_is_in_every_match(regex: str, data: st.DataObject) -> None:
    """Sound, whatever the expression, and whatever stands around."""
    try:
        compiled = re.compile(regex)
    except re.error:
        return
    text = data.draw(st.one_of(st.text(alphabet="abc.", max_size=12), st.from_regex(compiled)))
    match = compiled.match(text)
    if match is not None:
        assert re.search(skeleton_of(regex), f"x{match[0]}x")


def test_a_character_that_is_no_ascii_is_a_word_by_its_first_byte() -> None:
    """So a rule about such characters is asked only where there are some."""
    (needed,) = needed_by({"pattern-regex": r"\xe2(\x80|\x81)"}).alternatives
    assert needed == Alternative(frozenset({b"\xe2"}), frozenset(), in_bytes=frozenset({r"\xe2(\x80|\x81)"}))
    assert b"\xe2" in words_of("d\u200f/m".encode())
    (needed,) = needed_by({"pattern-regex": r"\xe2|a"}).alternatives
    assert needed.words == frozenset()


def test_condition_on_a_name_is_not_asked_of_imports_alone() -> None:
    """What a metavariable stands for after imports need not be spelled in the view."""
    rule = both(
        {"pattern": "pickle.$F(...)"}, {"metavariable-regex": {"metavariable": "$F", "regex": "loads"}}
    )
    assert texts(rule, "from pickle import loads as l\nl(x)\n") == ["l(x)"]


def test_needs_are_words_and_paths() -> None:
    """A path through an import is needed by its last name or an alias; a value that may be a constant's is not."""
    needed = needed_by("subprocess.run(..., shell=True)")
    assert needed == Needs(
        (Alternative(frozenset({b"shell"}), frozenset({"subprocess.run"})),), "chunk", None
    )


def test_what_is_below_a_path_is_needed_by_the_path() -> None:
    """`pickle.$F` is spelled, imported under some name, or comes with everything that pickle has."""
    needed = needed_by("pickle.$F(...)")
    assert needed.alternatives == (Alternative(frozenset(), frozenset({"pickle."})),)
    for code in (
        "import pickle as p\np.loads(x)",
        "from pickle import loads as l\nl(x)",
        "from pickle import *\nf(x)",
    ):
        assert texts("pickle.$F(...)", code), code
    assert texts("os.path.$F(...)", "import os as o\no.path.join(x)") == ["o.path.join(x)"]


@pytest.mark.parametrize("rule", ["$F($X)", '"..."', {"pattern-regex": "(?<!x)abc"}])
def test_what_has_no_words_is_always_asked(rule: str | dict[str, object]) -> None:
    """An alternative without words and paths holds everywhere."""
    assert needed_by(rule).alternatives == (Alternative(frozenset(), frozenset()),)


def test_needs_of_operators_are_joined() -> None:
    """All parts are needed, one of the alternatives is; what excludes needs nothing, nor does a class around."""
    rule = both(
        {"pattern-either": [{"pattern": "f()"}, {"pattern": "g()"}]},
        {"pattern-inside": "while $X: ..."},
        {"pattern-inside": "class $C(Model): ..."},
        {"pattern-not": "h()"},
    )
    paths = [alternative.paths for alternative in needed_by(rule).alternatives]
    words = {alternative.words for alternative in needed_by(rule).alternatives}
    assert paths == [frozenset({"f"}), frozenset({"g"})]
    assert words == {frozenset({b"while"})}


@pytest.mark.parametrize(
    "rule, reach, vocabulary",
    [
        ("f()\n...\nx.close()", "file", {b"f", b"close"}),
        ("f()\ng()", "file", None),
        ("f()\n...", "file", None),
        ("$X = $Y\n...\ng($X)", "file", None),
        ("def $F(...):\n  ...\n  f()\n  ...", "chunk", None),
        (both({"pattern": "f()\n...\ng()"}, {"pattern-inside": "def $F(...): ..."}), "chunk", None),
        (both({"pattern": "f()"}, {"pattern-inside": "g()\n..."}), "file", {b"f", b"g"}),
        (both({"pattern": "f()"}, {"pattern-not-inside": "$X.g()\n..."}), "file", {b"f", b"g"}),
        (both({"pattern": "f()"}, {"pattern-not-inside": "g()\n..."}), "file", {b"f", b"g"}),
        # One word is enough to know a chunk by, and a keyword is the last choice.
        ("with a.f(mode='r') as $X: ...\n...", "file", None),
        ("$X = a.f(mode=1)\n...\nwith b.g(): ...\n...\nh()", "file", {b"mode", b"g", b"h"}),
    ],
)
def test_reach_is_that_of_the_widest_operator(
    rule: str | dict[str, object], reach: str, vocabulary: set[bytes] | None
) -> None:
    """A sequence that may stand at module level is looked for in the whole file."""
    needed = needed_by(rule)
    assert needed.reach == reach
    assert needed.vocabulary == vocabulary


def test_records_are_plain_values() -> None:
    """Equal by class and fields, copied and stored whole, never changed, never made from other fields."""
    call = Shape("call", (Word("f"), Meta("$X")))
    assert call == Shape(kind="call", parts=(Word("f"), Meta("$X")), given=frozenset(), commutative=False)
    assert hash(call) == hash(pickle.loads(pickle.dumps(call)))
    assert call != Shape("call", (Word("f"), Many("$X")))
    assert repr(Word("f")) == "Word(text='f')"
    with pytest.raises(AttributeError):
        setattr(call, "kind", "other")  # noqa: B010 -- the checker knows that it cannot be assigned to
    for fields in ([], ["call"], ["call", (), frozenset[str](), False, 1]):
        with pytest.raises(TypeError):
            cast("type[Any]", Shape)(*fields)


@pytest.mark.parametrize(
    "code, expected",
    [
        ("import a.b\na.b.f(1)\n", ["a.b.f(1)"]),
        ("import a.b as c\nc.f(1)\n", ["c.f(1)"]),
        ("import a as c\nc.b.f(1)\n", ["c.b.f(1)"]),
        ("from a import b as c\nc.f(1)\n", ["c.f(1)"]),
        ("from a.b import f as g\ng(1)\n", ["g(1)"]),
        ("from a.b import *\nf(1)\n", ["f(1)"]),
        ("from a import *\nb.f(1)\n", ["b.f(1)"]),
        ("def g():\n    import a.b as c\n    c.f(1)\n", ["c.f(1)"]),
        ("def g(a):\n    a.b.f(1)\n", ["a.b.f(1)"]),
        ("import c\nc.f(1)\nf(1)\n", []),
        ("from c import *\nf(1)\n", []),
    ],
)
def test_whatever_leads_to_a_name_is_followed(code: str, expected: list[str]) -> None:
    """Where nothing leads to the last name of a path, nothing is tried."""
    assert texts("a.b.f(...)", code) == expected


def test_stars_are_looked_up_where_one_would_change_the_answer() -> None:
    """Or a star import that is typed later would not be heard of."""
    view = view_of_source(b"f(1)\n")
    assert matches(formula_of("a.f(...)"), view, Work()) == []
    assert "*" in view.looked_up


def test_what_is_dear_is_looked_for_near_what_was_found() -> None:
    """Whichever stands first: the cost is that of the pattern that a word leads to."""
    everywhere: dict[str, object] = {"pattern": "$F($X, ...)"}
    name: dict[str, object] = {"pattern": "f(...)"}
    code = b"g(1, h(2))\n" * 500 + b"f(3)\n"
    for rule in (both(everywhere, name), both(name, everywhere)):
        work = Work()
        assert len(matches(formula_of(rule), view_of_source(code), work)) == 1
        assert work.steps < 100


def guarded(*conditions: dict[str, object]) -> dict[str, object]:
    """Two calls, one inside the other, in a function with a decorator that names a route."""
    inside = {"pattern-inside": '@$APP.$VERB("$ROUTE")\ndef $VIEW(..., $NAME, ...):\n    ...'}
    calls: list[object] = [{"pattern": "f(<... $NAME ...>)"}, {"pattern": "g(...)"}]
    return {"patterns": [{"pattern-either": calls}, inside, *conditions]}


@pytest.mark.parametrize(
    "code, expected",
    [
        ("@app.get('/')\ndef v(a):\n    f(a)\n    f(b)\n", ["f(a)"]),
        ("@app.get('/')\ndef v(a):\n    def w():\n        g(f(a))\n", ["f(a)", "g(f(a))"]),
        ("@app.get('x')\ndef v(a):\n    f(a)\n", []),
        ("@app.put('/')\ndef v(a):\n    f(a)\n", []),
        ("@app.put('/')\n@app.get('/')\ndef v(a):\n    f(a)\n", ["f(a)"]),
        ("@app.put('/')\ndef u(a):\n    @app.get('/')\n    def v(a):\n        f(a)\n", ["f(a)"]),
        ("@app.get('/')\ndef v(a=f(1)):\n    pass\n", []),
        ("@app.get(g(1))\n@app.get('/')\ndef v(a):\n    pass\n", ["g(1)"]),
        ("def v(a):\n    f(a)\n", []),
    ],
)
def test_what_a_definition_around_is_asked_first(code: str, expected: list[str]) -> None:
    """What has decorators is seldom, so calls elsewhere are not looked at; what is found is the same."""
    route: dict[str, object] = {"metavariable-regex": {"metavariable": "$ROUTE", "regex": "^/"}}
    verb: dict[str, object] = {"metavariable-regex": {"metavariable": "$VERB", "regex": "^get$"}}
    assert sorted(texts(guarded(route, verb), code)) == expected


def test_calls_outside_of_what_they_have_to_be_in_are_not_looked_at() -> None:
    """The cost is that of finding them."""
    few, many = (Work(), Work())
    matches(formula_of(guarded()), view_of_source(b"def v(a):\n    f(a)\n"), few)
    matches(formula_of(guarded()), view_of_source(b"def v(a):\n    f(h(i(j(k(l, m, n)))), a)\n"), many)
    assert few.steps == many.steps < 20


def fix_of(replace: str, with_: str, code: str) -> str | None:
    """What stands in the place of the first match of *replace* once it is rewritten."""
    view = view_of_source(code.encode())
    match = matches(formula_of(replace), view, Work())[0]
    return rewritten(with_, match.bindings, match.span, view)


@pytest.mark.parametrize(
    "code, fixed",
    [
        ("f(a, k=None, b=2)", "f(a, b=2, k=1)"),
        ("f(a, k=None)", "f(a, k=1)"),
        ("f(k=None)", "f(k=1)"),
        ("f(a,\n  *b, k=None, **c)", "f(a,\n  *b, **c, k=1)"),
        ("f('#', k=None, b=2)", "f('#', b=2, k=1)"),
        ("f(a, # why\n  b, k=None)", "f(a, # why\n  b, k=1)"),
        ("f(a, # why\n  k=None, b=2)", None),
        ("f(a, k=None # why\n)", None),
    ],
)
def test_an_ellipsis_is_written_without_the_keyword_that_stood_in_it(code: str, fixed: str | None) -> None:
    """Its parts as they stand, commas between them; not at all where a comment would be lost."""
    assert fix_of("f($...REST, k=None)", "f($...REST, k=1)", code) == fixed


@pytest.mark.parametrize(
    "code, fixed",
    [
        ("f(a, k=None, b=2)", "f(a, k=1, b=2)"),
        ("f(a, k=None)", "f(a, k=1)"),
        ("f(k=None, a=1)", "f(k=1, a=1)"),
        ("f(k=None)", "f(k=1)"),
    ],
)
def test_what_stands_before_a_keyword_stays_there(code: str, fixed: str) -> None:
    """And an ellipsis that stands for nothing goes with its comma."""
    pattern = "f($...BEFORE, k=None, $...AFTER)"
    assert fix_of(pattern, "f($...BEFORE, k=1, $...AFTER)", code) == fixed
    assert fix_of(pattern, "f($...BEFORE, $...AFTER)", code) == fixed.replace("k=1, ", "").replace(
        ", k=1", ""
    ).replace("k=1", "")


@pytest.mark.parametrize(
    "code, fixed",
    [
        ("import m\nm.f(1)", "m.f(2)"),
        ("import m as n\nn.f(1)", "n.f(2)"),
        ("from m import f\nf(1)", "f(2)"),
        ("from m import f as g\ng(1)", "g(2)"),
    ],
)
def test_a_name_that_an_import_resolved_is_written_as_it_stands(code: str, fixed: str) -> None:
    """What it stands for is no name that the file has."""
    assert fix_of("$M.$F(1)", "$M.$F(2)", code) == fixed
    assert fix_of("m.f(1)", "m.f(2)", code) == "m.f(2)"
    assert fix_of("$CALL(1)", "$CALL(2)", code) == fixed


def test_a_path_that_the_file_has_no_name_for_is_not_written() -> None:
    """`m.other` would be read of a name that nothing binds."""
    assert fix_of("$M.$F(1)", "$M.other(2)", "from m import f\nf(1)") is None
    assert fix_of("$M.$F(1)", "$M.other(2)", "import m as n\nn.f(1)") == "n.other(2)"


def test_no_keyword_is_written_twice() -> None:
    """What an ellipsis brings along stays the only one."""
    assert fix_of("f($...REST)", "f($...REST, k=1)", "f(a, k=2)") is None
    assert fix_of("f($...REST)", "f($...REST, k=1)", "f(a, kk=2)") == "f(a, kk=2, k=1)"
