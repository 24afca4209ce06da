"""Guards that a change removed: by scope, so that what moved, was renamed or reformatted is not among them."""

from __future__ import annotations

import pytest

from assaymark.analysis.advance import needed, opened
from assaymark.analysis.removed import Change, LeftOut, compared, removed, removed_over
from assaymark.rules.page import parse_page
from assaymark.rules.ruleset import RuleSet

PAGE = """\
---
mode: removed
severity: high
confidence: high
cwe: 862
message: "`$WHO` may do this now."
pattern: guard($WHO)
unless-added: other($WHO)
---
# my-rule
## Why it matters
## Use instead
## What it does not see
"""
KEEPING = PAGE.replace("unless-added: other($WHO)\n", "keeps: $WHO\n")
LEAVING = PAGE.replace("unless-added: other($WHO)\n", "leaves: plain($WHO)\n")


def rules(text=PAGE):
    return RuleSet.of([parse_page(text, "rules/python/my-rule.md").rule])


def said(before, after, text=PAGE):
    found = removed("a.py", before.encode(), after.encode(), rules(text))
    return [(one.scope, one.line, one.now[1]) for one in found]


GUARDED = "def f(x):\n    guard(x)\n    return run(x)\n"
BARE = "def f(x):\n    return run(x)\n"


def test_what_is_gone_is_said_with_its_scope_and_where_that_stands_now():
    (one,) = removed("a.py", f"import a\n\n\n{GUARDED}".encode(), BARE.encode(), rules())
    assert (one.rule, one.path, one.scope, one.line, one.now) == ("my-rule", "a.py", "f", 5, ("a.py", 1))
    assert one.message == "`x` may do this now."


@pytest.mark.parametrize(
    "before, after",
    [
        (GUARDED, GUARDED),
        (GUARDED, f"import a\n\n\n{GUARDED}"),
        (GUARDED, "def f(x):\n    guard(\n        x,\n    )\n    return run(x)\n"),
        (GUARDED, "def f(y):\n    guard(y)\n    return run(y)\n"),
        (GUARDED, ""),
        (GUARDED, "def other(a):\n    return a\n"),
        (GUARDED, GUARDED.replace("def f", "def renamed")),
        (GUARDED, "class C:\n    def f(self, x):\n        guard(x)\n        return run(x)\n"),
        (GUARDED, "def f(x):\n    other(x)\n    return run(x)\n"),
        (
            GUARDED,
            f"def check(x):\n    guard(x)\n\n\n{BARE.replace('return', 'check(x)' + chr(10) + '    return')}",
        ),
        (BARE, GUARDED),
        ("guard(a)\nrun(a)\n", "def main():\n    guard(a)\n\n\nrun(a)\n"),
    ],
    ids=[
        "same",
        "moved down",
        "reformatted",
        "another argument",
        "file emptied",
        "function gone",
        "renamed",
        "moved into a class",
        "replaced",
        "moved into a function that is called",
        "added",
        "moved into a function from the module",
    ],
)
def test_what_moved_or_was_replaced_is_not_removed(before, after):
    assert said(before, after) == []


def test_a_renamed_function_that_lost_its_guard_is_found_by_its_lines():
    lines = "".join(f"    step{n}(x)\n" for n in range(9))
    before = f"def f(x):\n    guard(x)\n{lines}"
    assert said(before, f"def g(x):\n{lines}") == [("f", 2, 1)]
    assert said(before, "def g(x):\n    return x\n") == []


def test_each_guard_of_a_scope_is_counted():
    before = "def f(x, y):\n    guard(x)\n    guard(y)\n    return run(x)\n"
    assert said(before, "def f(x, y):\n    guard(x)\n    return run(x)\n") == [("f", 3, 1)]
    assert said(before, "def f(x, y):\n    return run(x)\n") == [("f", 2, 1), ("f", 3, 1)]


def test_a_guard_around_the_scope_counts_for_it_and_one_of_a_stranger_does_not():
    before = "class C:\n    def f(self, x):\n        guard(x)\n        return x\n"
    around = "class C:\n    guard(C)\n\n    def f(self, x):\n        return x\n"
    stranger = "class C:\n    def f(self, x):\n        return x\n\n    def g(self, x):\n        guard(x)\n"
    assert said(before, around) == []
    assert said(before, stranger) == [("C.f", 3, 2)]


def test_a_function_that_guards_already_is_as_good_where_it_comes_to_be_called():
    check = "def check(x):\n    guard(x)\n\n\n"
    called = "def f(x):\n    check(x)\n    return run(x)\n"
    assert said(check + GUARDED, check + called) == []
    assert said(check + called.replace("return", "guard(x)\n    return"), check + called) == [("f", 7, 5)]


def test_what_went_to_another_file_is_compared_there():
    lines = "".join(f"    step{n}(x)\n" for n in range(9))
    whole, bare = f"def f(x):\n    guard(x)\n{lines}".encode(), f"def f(x):\n{lines}".encode()
    moved = [Change("a.py", whole, b""), Change("b.py", b"", whole)]
    lost = [Change("a.py", whole, b""), Change("b.py", b"", bare)]
    assert removed_over(moved, rules()) == ()
    assert [(one.path, one.now) for one in removed_over(lost, rules())] == [("a.py", ("b.py", 1))]


def test_what_a_check_guarded_may_go_along_with_it():
    """A branch under it, or what followed it in its block."""
    branch = "def f(x):\n    if guard(x):\n        show(secret)\n    return run(x)\n"
    assert said(branch, BARE) == []
    assert said(branch, "def f(x):\n    show(secret)\n    return run(x)\n") == [("f", 2, 1)]
    refusal = "def f(x):\n    if y:\n        if not guard(x):\n            return None\n        show(secret)\n    return run(x)\n"
    assert said(refusal, BARE) == []
    assert said(refusal, "def f(x):\n    if y:\n        show(secret)\n    return run(x)\n") == [("f", 3, 1)]


def test_a_page_may_ask_that_what_was_guarded_still_stands_there():
    before = "def f(x):\n    return guard(x) + 1\n"
    assert said(before, "def f(x):\n    return x + 1\n", KEEPING) == [("f", 2, 1)]
    assert said(before, "def f(x):\n    return 1\n", KEEPING) == []


def test_a_page_may_ask_for_what_is_left():
    before = "def f(x):\n    return guard(x) + 1\n"
    assert said(before, "def f(x):\n    return plain(x) + 1\n", LEAVING) == [("f", 2, 1)]
    assert said(before, "def f(x):\n    return x + 1\n", LEAVING) == []


def test_a_single_text_is_never_asked():
    """Neither is it a reason to parse it."""
    assert opened(GUARDED.encode(), "a.py", rules()).findings() == []
    assert not needed(GUARDED.encode(), "a.py", rules(), "python")


def test_files_of_no_language_are_passed_over_and_too_large_ones_are_named():
    large = GUARDED.encode() + b"#" * 5_000_001
    changes = [Change("a.md", GUARDED.encode(), b"x"), Change("a.py", large, b"x")]
    assert compared(changes, rules()) == ((), (LeftOut("a.py", "it is too large"),))


def test_what_there_was_no_time_for_is_named():
    """Before each file it is asked whether there is."""
    changes = [Change(f"{name}.py", GUARDED.encode(), BARE.encode()) for name in "abc"]
    found = compared(changes, rules(), lambda path: path == "b.py")
    assert [one.path for one in found.removed] == ["b.py"]
    assert found.left_out == tuple(LeftOut(path, "the time was over") for path in ("a.py", "c.py"))


def test_a_script_without_an_ending_is_compared():
    """By what its first line says, or said."""
    line = b"#!/usr/bin/env python3\n"
    for before, after, n in ((line, line, 1), (b"", line, 1), (line, b"", 1), (b"", b"", 0)):
        change = Change("tool", before + GUARDED.encode(), after + BARE.encode())
        assert len(compared([change], rules()).removed) == n


def test_what_was_not_understood_is_named():
    """A guard may be there, or have been."""
    broken = BARE.encode() + b"def (:\n"
    found = compared([Change("a.py", GUARDED.encode(), broken)], rules())
    assert found.left_out == (LeftOut("a.py", "not all of it was understood"),)


def test_nothing_raises_on_broken_texts():
    for cut in range(len(GUARDED)):
        removed("a.py", GUARDED.encode(), GUARDED[:cut].encode(), rules())
        removed("a.py", GUARDED[:cut].encode(), BARE.encode() + b"\xff\x00", rules())
