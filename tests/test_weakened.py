"""What a change did to tests, of Python, JavaScript and TypeScript: gone, not run, asserting less, alone."""

from __future__ import annotations

import pytest

from assaymark.analysis.removed import Change
from assaymark.analysis.weakened import weakened
from assaymark.syntax import languages

JAVASCRIPT = """\
describe("orders", () => {
  beforeEach(() => login());

  test("shows them", async () => {
    const page = await open("/orders");
    expect(page.status).toBe(200);
    expect(page.rows).toHaveLength(2);
  });

  it("asks for a login", () => {
    assert.equal(open("/orders").status, 302);
  });
});
"""
TYPESCRIPT = JAVASCRIPT.replace("const page =", "const page: Page<Order> =").replace("() =>", "(): void =>")
PYTHON = """\
class TestOrders:
    def test_shows(self):
        assert page.status == 200
        self.assertEqual(page.rows, 2)

    def test_login(self):
        assert page.status == 302


def test_alone():
    assert x
"""
CALM = [
    ("shows them", "shows all of them"),
    ('"shows them"', "'shows them'"),
    ('describe("orders"', 'describe("all orders"'),
    ('describe("orders"', 'describe.concurrent("orders"'),
    ("beforeEach(() => login());", ""),
    ("  it(", '  it("is new", () => { expect(1).toBe(1); });\n  it('),
    ("login());", 'login());  // it.skip("x"); expect(1)'),
    ('const page = await open("/orders");', 'const page = await open("it.only(1)"); /x/.test("y");'),
    ("assert.equal(", "t.fail(); assert.equal("),
    ("() => login()", "() => { this.page.skip(); regex.test(only); }"),
    ("expect(page.status).toBe(200);", "expect(page.status)\n      .toBe(200);"),
]
WORSE = [
    ('test("shows', 'test.skip("shows', "skipped", "orders > shows them", 4),
    ('test("shows', 'xtest("shows', "skipped", "orders > shows them", 4),
    ('test("shows', 'test.todo("shows', "skipped", "orders > shows them", 4),
    ('test("shows', 'test.skipIf(slow())("shows', "skipped", "orders > shows them", 4),
    (
        'test("shows them", async',
        'test("shows them", { skip: true }, async',
        "skipped",
        "orders > shows them",
        4,
    ),
    ("const page", 'test.skip(slow, "later"); const page', "skipped", "orders > shows them", 4),
    ('it("asks', 'xit("asks', "skipped", "orders > asks for a login", 10),
    ("assert.equal(", "this.skip(); assert.equal(", "skipped", "orders > asks for a login", 10),
    ('describe("', 'describe.skip("', "skipped", "orders", 1),
    ('describe("', 'xdescribe("', "skipped", "orders", 1),
    ('it("asks', 'it.only("asks', "alone", "orders > asks for a login", 10),
    ('it("asks', 'fit("asks', "alone", "orders > asks for a login", 10),
    ('describe("', 'describe.only("', "alone", "orders", 1),
    ("    expect(page.rows).toHaveLength(2);\n", "", "fewer assertions", "orders > shows them", 4),
    ("expect(page.rows)", "// expect(page.rows)", "fewer assertions", "orders > shows them", 4),
    ("assert.equal(", "ignore(", "fewer assertions", "orders > asks for a login", 10),
    ('test("shows them"', 'keep("shows them"', "deleted", "orders > shows them", None),
]


def _found(path: str, before: str, after: str) -> list[tuple[str, str, int | None]]:
    told = weakened([Change(path, before.encode(), after.encode())])
    assert told.left_out == ()
    return [(one.what, one.name, one.now) for one in told.found]


@pytest.mark.parametrize(
    "path, text", [("a.test.js", JAVASCRIPT), ("a.mts", TYPESCRIPT), ("a.tsx", TYPESCRIPT)]
)
@pytest.mark.parametrize("old, new, what, name, line", WORSE)
def test_a_test_of_javascript_that_got_weaker(
    path: str, text: str, old: str, new: str, what: str, name: str, line: int | None
) -> None:
    """Whatever library's words say so; a group is named, and not each test in it."""
    old, new = (
        one.replace("const page =", "const page: Page<Order> =") if ":" in text else one for one in (old, new)
    )
    assert old in text
    assert _found(path, text, text.replace(old, new, 1)) == [(what, name, line)]


@pytest.mark.parametrize("old, new", CALM)
def test_what_weakens_no_test_of_javascript_is_silent(old: str, new: str) -> None:
    """A new title, other words around, comments and strings."""
    assert old in JAVASCRIPT
    assert _found("a.test.js", JAVASCRIPT, JAVASCRIPT.replace(old, new, 1)) == []


SHAPES = """\
test.each([1, 2])("each %d", (n) => { expect(n).toBe(n); });
test.each`a | b`(`table ${1}`, ({ a }) => { expect(a).toBe(a); });
describe(Orders, function () { specify("named", withDatabase(async () => { x.should.equal(1); })); });
test("outer", async (t) => { await t.test("inner", (t) => { t.is(1, 1); }); });
QUnit.test("qunit", (assert) => { assert.ok(1); });
Deno.test("deno", { permissions: {} }, () => { assertEquals(1, 1); });
test.describe("playwright", () => { test("page", run); });
it("cypress", () => { cy.get("a").click().should("be.visible"); });
"""


def test_whatever_shape_tests_have_they_are_seen() -> None:
    """All of them gone: those in groups with the group."""
    assert [name for _, name, _ in _found("a.spec.ts", SHAPES, "")] == [
        "each %d",
        "table ${1}",
        "Orders",
        "outer",
        "outer > inner",
        "qunit",
        "deno",
        "playwright",
        "cypress",
    ]
    asserting = {name for what, name, _ in _found("a.js", SHAPES, _without_checks(SHAPES)) if what}
    assert asserting == {
        "each %d",
        "table ${1}",
        "Orders > named",
        "outer > inner",
        "qunit",
        "deno",
        "cypress",
    }


def _without_checks(text: str) -> str:
    for check in ("expect(", "assertEquals(", "assert.ok(", "t.is("):
        text = text.replace(check, "f(")
    return text.replace(".should", ".f")


def test_tests_that_move_are_not_gone() -> None:
    """To another file of the change, or out of their group; where one of two of a title is left, one is gone."""
    start, end = JAVASCRIPT.index("  it("), JAVASCRIPT.rindex("});")
    moved, rest = JAVASCRIPT[start:end], JAVASCRIPT[:start] + JAVASCRIPT[end:]
    changes = [Change("a.js", JAVASCRIPT.encode(), rest.encode()), Change("b.ts", b"", moved.encode())]
    assert weakened(changes).found == ()
    assert [(one.name, one.what) for one in weakened(changes[:1]).found] == [
        ("orders > asks for a login", "deleted")
    ]
    twice = JAVASCRIPT + JAVASCRIPT.replace("orders", "bills").replace("toBe(200)", "toBe(201)")
    assert _found("a.js", twice, JAVASCRIPT) == [("deleted", "bills", None)]
    assert weakened([Change("a.js", twice.encode(), JAVASCRIPT.encode())]).found[0].n_before == 2


@pytest.mark.parametrize(
    "old, new, expected",
    [
        (PYTHON, "", [("deleted", "TestOrders", None), ("deleted", "test_alone", None)]),
        ("class TestOrders", "class TestAllOrders", []),
        ("def test_shows", "def test_shows_them", []),
        (
            "    def test_login",
            "    @pytest.mark.skip\n    def test_login",
            [("skipped", "TestOrders.test_login", 7)],
        ),
        ("class Test", "@unittest.skip\nclass Test", [("skipped", "TestOrders", 2)]),
        ("        self.assertEqual(page.rows, 2)\n", "", [("fewer assertions", "TestOrders.test_shows", 2)]),
        ("class Test", "pytestmark = [pytest.mark.skip]\n\n\nclass Test", [("skipped", "test_orders.py", 1)]),
        ("class Test", "x = 1\nraise unittest.SkipTest\n\n\nclass Test", [("skipped", "test_orders.py", 2)]),
        ("class Test", "pytestmark = pytest.mark.django_db  # no skip_it\n\n\nclass Test", []),
        ("    def test_login", "    def check(self):\n        assert y\n\n    def test_login", []),
    ],
)
def test_tests_of_python(old: str, new: str, expected: list[tuple[str, str, int | None]]) -> None:
    """A class is named for what is its own, or where nothing of it is left."""
    assert _found("test_orders.py", PYTHON, PYTHON.replace(old, new, 1)) == expected


def test_a_file_that_skips_itself_does_so_once() -> None:
    """Whatever it needs for that."""
    skips = f'if slow:\n    pytest.skip("x", allow_module_level=True)\n{PYTHON}'
    for text in (skips, f'pytest.skip("x", allow_module_level=True)\n{PYTHON}'):
        (one,) = weakened([Change("test_orders.py", PYTHON.encode(), text.encode())]).found
        assert (one.what, one.name, one.n_before, one.n_after) == ("skipped", "test_orders.py", 0, 1)


def test_one_of_two_methods_of_a_name_is_gone() -> None:
    """That the other class has one is no comfort."""
    both = PYTHON + PYTHON.replace("Orders", "Bills").replace("test_alone", "test_beside")
    gone = both.replace("    def test_login(self):\n        assert page.status == 302\n", "", 1)
    assert _found("test_a.py", both, gone) == [("deleted", "TestOrders.test_login", None)]


def test_what_is_not_known_of_tests_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that is not understood, one that is too large, a grammar that is not there."""

    def why(after: bytes) -> list[str]:
        return [one.why for one in weakened([Change("a.ts", TYPESCRIPT.encode(), after)]).left_out]

    assert why(TYPESCRIPT.encode() + b"class {{{") == ["not all of it was understood"]
    assert why(b"it(" + b" " * 5_000_000) == ["it is too large"]
    monkeypatch.setattr(languages, "is_available", lambda _: False)
    assert why(b"it(1)") == ["there is no grammar for typescript here"]


def test_what_has_no_tests_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is a language that has none."""
    monkeypatch.setattr(languages, "is_available", lambda _: False)
    for path in ("a.ts", "a.js", "a.txt"):
        assert weakened([Change(path, b"f(1);", b"f(2);")]) == ((), ())
