"""
The tests that JavaScript and TypeScript write as calls: `test("…", …)`, `it("…", …)`, groups with `describe`.

Known are the words of Jest, Vitest, Mocha, Jasmine, Playwright, Cypress, node:test, QUnit and Deno. What
stands in a comment or a string is none of them, since the grammar tells.

Invariant: one pass over the calls of a tree, without recursion.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tree_sitter import Query, QueryCursor

from assaymark.dataclass import replace
from assaymark.syntax.cases import Case
from assaymark.syntax.languages import grammar

if TYPE_CHECKING:
    from tree_sitter import Node as RawNode

_TESTS = frozenset(("it", "specify", "test"))
_GROUPS = frozenset(("context", "describe", "suite"))
_NOT_RUN = frozenset(f"x{word}" for word in _TESTS | _GROUPS)
_ALONE = frozenset(f"f{word}" for word in _TESTS | _GROUPS)
# What has `test` as a member.
_OWNERS = frozenset(("Deno", "QUnit", "t"))
_SKIPS = frozenset(("fail", "failing", "fails", "fixme", "runIf", "skip", "skipIf", "todo"))
# What a test may say of itself besides.
_MARKS = _SKIPS | {"concurrent", "each", "for", "only", "parallel", "sequential", "serial"}
_SELVES = frozenset(("context", "ctx", "t", "task", "this")) | _TESTS | _GROUPS
_FUNCTIONS = frozenset(("arrow_function", "function_expression", "generator_function"))
_GIVEN = _FUNCTIONS | {"call_expression", "identifier", "member_expression"}
_STRINGS = frozenset(("string", "template_string"))
_TITLES = _STRINGS | {"binary_expression", "identifier", "member_expression"}
_OFF = frozenset((b"false", b"null", b"undefined"))
# Functions that check something, by their names, and members of these and of what a test is given.
_CHECKS = re.compile(r"(?:assert|expect)(?:[A-Z]\w*)?$")
_CHECKS_OF_EXPECT = frozenset(("assertions", "fail", "hasAssertions", "poll", "soft", "unreachable"))
_CHECKS_OF_T = frozenset(
    (
        "deepEqual",
        "deepStrictEqual",
        "doesNotThrow",
        "equal",
        "equals",
        "fail",
        "false",
        "falsy",
        "is",
        "like",
        "match",
        "not",
        "notDeepEqual",
        "notEqual",
        "notOk",
        "notRegex",
        "notThrows",
        "ok",
        "pass",
        "regex",
        "rejects",
        "same",
        "snapshot",
        "strictEqual",
        "throws",
        "true",
        "truthy",
    )
)
_BLANKS = re.compile(rb"\s+")
_LONGEST_TITLE = 120
_LONGEST_CHAIN = 8


def cases_in(root: RawNode, language: str) -> list[Case]:
    """The tests and groups of a tree, those around others before them."""
    found: list[Case] = []
    skips: list[int] = []
    checks: list[int] = []
    # The numbers of the cases around a call, with where they end.
    around: list[tuple[int, int]] = []
    # Calls that make the function that is called next: of `test.skipIf(reason)("…", …)` the first.
    making: set[int] = set()
    calls = QueryCursor(Query(grammar(language), "(call_expression) @call")).captures(root).get("call", [])
    for call in sorted(calls, key=lambda one: (one.start_byte, -one.end_byte)):
        while around and around[-1][1] <= call.start_byte:
            around.pop()
        function = call.child_by_field_name("function")
        if function is None:
            continue
        if function.type == "call_expression":
            making.add(function.id)
        case = _case(call, found[around[-1][0]] if around else None)
        if case is not None:
            around.append((len(found), call.end_byte))
            found.append(case)
            skips.append(case.n_skips)
            checks.append(0)
        elif around and call.id not in making:
            skips[around[-1][0]] += _is_skip(call)
            checks[around[-1][0]] += _is_check(call)
    return [
        replace(case, n_skips=n_skips, n_checks=n_checks)
        for case, n_skips, n_checks in zip(found, skips, checks, strict=True)
    ]


def _case(call: RawNode, outer: Case | None) -> Case | None:
    """The test or group that *call* is, in *outer*."""
    arguments, words = call.child_by_field_name("arguments"), _words_of_test(call)
    if arguments is None or not words or not arguments.named_children:
        return None
    first, *others = arguments.named_children
    bodies = [one for one in others if one.type in _GIVEN]
    is_run = any(one.type in _FUNCTIONS for one in bodies) or (first.type in _STRINGS and bool(bodies))
    if not is_run and (first.type not in _STRINGS or others or _is_group(words)):
        return None
    if first.type not in _TITLES:
        return None
    title = _title(first)
    marks = _marks(others)
    skips = [word for word in words if word in _SKIPS or word in _NOT_RUN]
    return Case(
        title if outer is None else f"{outer.name} > {title}",
        title,
        first.start_byte,
        "" if outer is None else outer.name,
        _is_group(words),
        n_skips=len(skips) + len(marks & _SKIPS) + (not is_run and not skips),
        is_alone="only" in words or "only" in marks or bool(_ALONE.intersection(words)),
        body=_BLANKS.sub(b"", b",".join(one.text or b"" for one in others)),
    )


def _words_of_test(call: RawNode) -> list[str]:
    """The words before the title, `test`, `each`; none where *call* is no test and no group."""
    words = _words(call)
    function = call.child_by_field_name("function")
    if not words and function is not None and function.type == "call_expression":
        # `test.each(table)("…", …)`, `it.skipIf(reason)("…", …)`
        words = _words(function)
        if not words or words[-1] not in _MARKS:
            return []
    own = words[1:] if words[:1] and words[0] in _OWNERS and len(words) > 1 else words
    if not own or own[0] not in _TESTS | _GROUPS | _NOT_RUN | _ALONE:
        return []
    return own if all(word in _MARKS or word in _GROUPS for word in own[1:]) else []


def _is_group(words: list[str]) -> bool:
    return any(word in _GROUPS or word[1:] in _GROUPS for word in words)


def _title(node: RawNode) -> str:
    text = (node.text or b"").decode(errors="replace")
    bare = text[1:-1] if node.type in _STRINGS else text
    return " ".join(bare.split())[:_LONGEST_TITLE]


def _marks(arguments: list[RawNode]) -> set[str]:
    """What an object among *arguments* switches on: `{ skip: true }`."""
    pairs = (
        pair
        for one in arguments
        if one.type == "object"
        for pair in one.named_children
        if pair.type == "pair"
    )
    found = set()
    for pair in pairs:
        key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
        if key is not None and value is not None and value.text not in _OFF:
            found.add((key.text or b"").decode(errors="replace").strip("\"'"))
    return found


def _is_skip(call: RawNode) -> bool:
    """Whether the test around is not to run, says *call*: `this.skip()`, `test.skip(reason, "…")`."""
    match _words(call):
        case [self, "skip" | "todo" | "fixme"]:
            return self in _SELVES
        case [self, "fail"]:
            return self == "test"
        case _:
            return False


def _is_check(call: RawNode) -> bool:
    words = _words(call)
    if not words:
        function = call.child_by_field_name("function")
        name = None if function is None else function.child_by_field_name("property")
        return name is not None and name.text == b"should"
    if len(words) == 1:
        return _CHECKS.match(words[0]) is not None
    if words[0] == "expect":
        return words[-1] in _CHECKS_OF_EXPECT
    if words[0] == "t" and words[-1] in _CHECKS_OF_T:
        return True
    return "assert" in words or "should" in words or words[-1] == "expect"


def _words(call: RawNode) -> list[str]:
    """The names of what is called, `a`, `b` of `a.b()`; none where it is anything else."""
    node, words = call.child_by_field_name("function"), []
    for _ in range(_LONGEST_CHAIN):
        if node is None:
            return []
        if node.type in {"identifier", "this"}:
            words.append(_text(node))
            return words[::-1]
        member = node.child_by_field_name("property") if node.type == "member_expression" else None
        if member is None:
            return []
        words.append(_text(member))
        node = node.child_by_field_name("object")
    return []


def _text(node: RawNode) -> str:
    return (node.text or b"").decode(errors="replace")
