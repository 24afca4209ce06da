"""
What a change did to tests: those that are gone, that do not run now, and that assert less.

Invariants:
    A test that moved to another file of the change, or has another place in its own or another name, is
    not gone.
    Of a group of which nothing is left that is said once, and not of each test in it.
    It says what is there no longer, and nothing about why.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from assaymark.analysis.compared import Side
from assaymark.analysis.removed import Change, LeftOut
from assaymark.analysis.snapshot import Limits
from assaymark.dataclass import replace
from assaymark.syntax import languages
from assaymark.syntax.cases import Case
from assaymark.text import LINE_END

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from assaymark.syntax.outline import Scope

_LIMITS = Limits()
# What every test begins with, in one language or the other.
_DEFINED = re.compile(rb"\b(?:def|class)[ \t]+[tT]est|\b[fx]?(?:test|it|specify|context|describe|suite)\b")
_TEST = re.compile(r"(?:^|\.)(?:test|Test)\w*$")
_SKIPS = re.compile(
    rb"@(?:pytest\.mark\.|unittest\.)?(?:skip|skipif|skipIf|skipUnless|xfail|expectedFailure)\b"
    rb"|\b(?:pytest\.skip|pytest\.xfail|self\.skipTest)\s*\("
)
_ASSERTIONS = re.compile(
    rb"^[ \t]*assert\b|\bself\.(?:assert\w+|fail\w*)\s*\(|\bpytest\.raises\s*\(|\bassert_\w+\s*\(",
    re.MULTILINE,
)
# At the margin: what keeps all tests of a file from running.
_SKIPS_ALL = re.compile(
    rb"^(?:pytestmark\b[^\n]*\b(?:skip|skipif|xfail)\b|pytest\.skip\s*\([^\n]*|raise\s+(?:unittest\.)?SkipTest\b)"
    rb"|\ballow_module_level\s*=\s*True\b",
    re.MULTILINE,
)
_BLANKS = re.compile(rb"\s+")


class Weakened(NamedTuple):
    """
    A test that is gone (`deleted`), is `skipped` now, asserts less, or keeps others from running (`alone`).

    The counts are of what it is about: of a group that is gone, the tests in it. It stands on line *now*.
    """

    path: str
    name: str
    what: str
    n_before: int
    n_after: int
    now: int | None


class Weakenings(NamedTuple):
    """What became of the tests of a change, as far as was looked, and where it was not."""

    found: tuple[Weakened, ...]
    left_out: tuple[LeftOut, ...]


class _Tests(NamedTuple):
    """The tests of a file before and after its change."""

    change: Change
    before: Sequence[Case]
    after: Sequence[Case]


class _Pair(NamedTuple):
    """A test before the change and what it is now, None where it is gone."""

    before: Case
    now: Case | None


def weakened(changes: Iterable[Change]) -> Weakenings:
    """What became of the tests of *changes*, made together."""
    several: list[_Tests] = []
    left_out: list[LeftOut] = []
    for change in changes:
        tests, why = _tests(change)
        several += [] if tests is None else [tests]
        left_out += [LeftOut(change.path, why)] if why else []
    pairs = _paired(several)
    found = (one for tests, some in zip(several, pairs, strict=True) for one in _of_file(tests, some))
    return Weakenings(tuple(found), tuple(left_out))


def _tests(change: Change) -> tuple[_Tests | None, str]:
    """The tests of a file, None where it can have none; and why not all of them are known."""
    language = languages.tested_language_of(change.path) or change.language
    if language is None or change.before == change.after:
        return None, ""
    texts = (change.before, change.after)
    if not any(map(_DEFINED.search, texts)):
        return None, ""
    if max(map(len, texts)) > _LIMITS.max_bytes:
        return None, "it is too large"
    if language == "python":
        before, after = (_cases_of_python(Side(change.path, text, language)) for text in texts)
        return _Tests(change, before, after), ""
    if not languages.is_available(language):
        return None, f"there is no grammar for {language} here"
    # Late: few sessions write JavaScript.
    from assaymark.syntax.javascript.cases import cases_in

    roots = [languages.parser(language).parse(text).root_node for text in texts]
    tests = _Tests(change, *(cases_in(root, language) for root in roots))
    unclear = roots[1].has_error and (tests.before or tests.after)
    return tests, "not all of it was understood" if unclear else ""


def _cases_of_python(side: Side) -> list[Case]:
    scopes: dict[str, list[Scope]] = {}
    for scope in side.outline.scopes:
        if _TEST.search(scope.name):
            scopes.setdefault(scope.name, []).append(scope)
    # With all that stands in each; what stands in a test within it is taken out then.
    found = {name: _case_of_python(name, several, side.content) for name, several in scopes.items()}
    outer = {name: next((one for one in _around(name) if one in found), "") for name in found}
    own = {name: replace(case, around=outer[name]) for name, case in found.items()}
    for name, around in outer.items():
        if around:
            n_skips = own[around].n_skips - found[name].n_skips
            own[around] = replace(
                own[around], n_skips=n_skips, n_checks=own[around].n_checks - found[name].n_checks
            )
    return [_whole(side), *own.values()]


def _whole(side: Side) -> Case:
    """All tests of a file, as a group that is called like the file."""
    name, skips = posixpath.basename(side.path), list(_SKIPS_ALL.finditer(side.content))
    return Case(name, name, skips[0].start() if skips else 0, is_group=True, n_skips=len(skips))


def _case_of_python(name: str, scopes: Sequence[Scope], content: bytes) -> Case:
    title = name.rpartition(".")[2]
    text = b"\n".join(content[one.span.start : one.span.end] for one in scopes)
    return Case(
        name,
        title,
        scopes[0].named,
        is_group=title.startswith("T"),
        n_skips=len(_SKIPS.findall(text)),
        n_checks=len(_ASSERTIONS.findall(text)),
        body=_BLANKS.sub(b"", b"".join(content[one.body : one.span.end] for one in scopes)),
    )


def _around(name: str) -> Iterator[str]:
    """The names of what a scope called *name* may stand in, the nearest first."""
    while name:
        name = name.rpartition(".")[0]
        yield name


def _paired(several: Sequence[_Tests]) -> list[list[_Pair]]:
    """By file, the tests before with what they are now: by name, else, of what came, by title or body."""
    sides = [(_numbered(tests.before), _numbered(tests.after)) for tests in several]
    came = [case for before, after in sides for key, case in after.items() if key not in before]
    pairs = [[_Pair(case, after.get(key)) for key, case in before.items()] for before, after in sides]
    pairs = _completed(pairs, came, lambda case: case.title)
    return _completed(pairs, came, lambda case: case.body)


def _numbered(cases: Iterable[Case]) -> dict[tuple[str, int], Case]:
    """*cases* by their names; several of one name are numbered."""
    counts: Counter[str] = Counter()
    found = {}
    for case in cases:
        counts[case.name] += 1
        found[case.name, counts[case.name]] = case
    return found


def _completed(
    pairs: list[list[_Pair]], came: list[Case], sign: Callable[[Case], object]
) -> list[list[_Pair]]:
    """*pairs* where what has no partner got one that bears the same sign. Effect: *came* loses those."""
    by_sign: dict[object, list[Case]] = {}
    for case in came:
        by_sign.setdefault((case.is_group, sign(case)), []).append(case)
    completed = []
    for some in pairs:
        found = []
        for before, now in some:
            same = by_sign.get((before.is_group, sign(before))) if now is None and sign(before) else None
            found.append(_Pair(before, same.pop(0) if same else now))
        completed.append(found)
    came[:] = [case for left in by_sign.values() for case in left]
    return completed


def _of_file(tests: _Tests, pairs: Sequence[_Pair]) -> Iterator[Weakened]:
    path, text = tests.change.path, tests.change.after
    for case, n_tests in _gone(pairs):
        yield Weakened(path, case.name, "deleted", n_tests, 0, None)
    for before, now in pairs:
        if now is not None and now.n_skips > before.n_skips:
            counts = before.n_skips, now.n_skips
            yield Weakened(path, before.name, "skipped", *counts, _line(text, now))
        if now is not None and now.n_checks < before.n_checks:
            counts = before.n_checks, now.n_checks
            yield Weakened(path, before.name, "fewer assertions", *counts, _line(text, now))
    known = {before.name for before, _ in pairs if before.is_alone}
    for case in tests.after:
        if case.is_alone and case.name not in known:
            yield Weakened(path, case.name, "alone", 0, 1, _line(text, case))


def _gone(pairs: Sequence[_Pair]) -> Iterator[tuple[Case, int]]:
    """What is gone, and how many tests that is: of a group of which nothing is left, the group alone."""
    around = {before.name: before.around for before, _ in pairs}
    n_tests: Counter[str] = Counter()
    n_kept: Counter[str] = Counter()
    for before, now in pairs:
        name = "" if before.is_group else before.name
        while name:
            n_tests[name] += 1
            n_kept[name] += now is not None
            name = around[name]
    gone = [before for before, now in pairs if now is None and n_tests[before.name]]
    whole = {case.name for case in gone if case.is_group and not n_kept[case.name]}
    for case in gone:
        if case.around not in whole and (not case.is_group or case.name in whole):
            yield case, n_tests[case.name] if case.is_group else 1


def _line(text: bytes, case: Case) -> int:
    return len(LINE_END.findall(text, 0, case.start)) + 1
