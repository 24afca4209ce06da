"""
The text of a comment, read: our own `assaymark: ignore[...]`, and what other tools take for a silence.

Formats:
    assaymark: ignore[rule-id, other-rule] until 2027-03-01 -- reason
    nosec, nosec B602, B603, nosec: test_name     (bandit: words that name no test count as prose)
    noqa: S602                                    (flake8, ruff: a bare one says nothing about security)
    nosemgrep, nosemgrep: rule.id                 (Semgrep; also nosem)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assaymark.regex import regex
from assaymark.suppress.bandit_names import BANDIT_TESTS
from assaymark.suppress.days import ordinal_of
from assaymark.suppress.silence import Fault, Name, Silence, Tool
from assaymark.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOOLS = rb"(?P<own>assaymark:)|(?P<bandit>nosec\b)|(?P<ruff>(?i:noqa)\b)|(?P<semgrep>(?i:nosem(?:grep)?)\b)"
_OPENERS = regex(_TOOLS)
# Where one begins: behind the sign of a comment, or a further one in it. Prose may speak of all of them.
_MARK = regex(rb"(?:#|\A//|\A--)[ \t]*(?=" + _TOOLS.replace(b"?P<", b"?P<next_") + rb")")
_OWN = regex(
    r"\s*(?P<word>[\w-]*)\s*(?P<names>\[[^\]]*\]?)?(?P<rest>(?:(?!\s--).)*)(?:\s--(?P<reason>.*))?$",
    re.DOTALL,
)
_UNTIL = regex(r"until\s+(\S+)$")
_LOOKS_LIKE_A_DAY = regex(r"\bunti?l|\d{4}-\d|\d\d\.\d\d\.\d")
_NAMES = regex(r"[^\s,\[\]]+")
_TESTS = regex(r"B\d+|[A-Za-z\d_]+")
_CODES = regex(r"[A-Z]+\d+", re.IGNORECASE)
_IDS = regex(r"[^\s,]+")
# What the quick fix of an editor without snippets leaves behind for the reason.
_PLACEHOLDER = "reason"
_FORM = "write ignore[rule-id] -- reason"


def silences_in(comment: bytes, start: int) -> Iterator[Silence]:
    """What *comment*, which starts at byte *start*, silences; one for each tool that it speaks to."""
    marks = list(_MARK.finditer(comment))
    ends = [*(mark.start() for mark in marks[1:]), len(comment)]
    for mark, end in zip(marks, ends, strict=False):
        opener = _OPENERS.match(comment, mark.end())
        if opener is None or not opener.lastgroup:
            continue
        span = Span(start + opener.start(), start + len(comment[:end].rstrip()))
        found = _READERS[Tool[opener.lastgroup]](comment[opener.end() : end], span, start + opener.end())
        if found is not None:
            yield found


def _own(piece: bytes, span: Span, at: int) -> Silence | None:
    # Latin-1 maps each byte to one character, so that positions in it are bytes.
    found = _OWN.match(piece.decode("latin-1"))
    if found is None:
        return None
    word, listed = found["word"], found["names"]
    names = _names(listed or "", at + found.start("names")) if listed else ()
    fault, remedy = _fault(word, listed, names)
    if fault is not None:
        return Silence(Tool.own, span, (), fault=fault, remedy=remedy)
    rest, until = found["rest"].strip(), None
    day = _UNTIL.match(rest)
    if day is not None:
        until = ordinal_of(day[1])
    if until is None and _LOOKS_LIKE_A_DAY.search(rest):
        remedy = f"{_shown(rest)!r} is no day; write until 2027-03-01"
        return Silence(Tool.own, span, names, fault=Fault.bad_day, remedy=remedy)
    reason = (found["reason"] or "").strip().encode("latin-1").decode("utf-8", "replace")
    return Silence(Tool.own, span, names, until, "" if reason == _PLACEHOLDER else reason)


def _fault(word: str, listed: str | None, names: tuple[Name, ...]) -> tuple[Fault | None, str]:
    """Why the comment cannot be honoured, and what to write instead."""
    if word != "ignore":
        return Fault.unreadable, f"{_shown(word)!r} is nothing that a comment can ask for; {_FORM}"
    if listed is not None and not listed.endswith("]"):
        return Fault.unreadable, f"the ']' behind the names of the rules is missing; {_FORM}"
    if not names:
        return Fault.unreadable, f"an ignore without a rule silences nothing; {_FORM}"
    return None, ""


def _shown(text: str) -> str:
    return text.encode("latin-1").decode("utf-8", "replace")


def _names(listed: str, at: int) -> tuple[Name, ...]:
    return tuple(
        Name(_shown(found[0]), Span(at + found.start(), at + found.end()), frozenset((found[0],)))
        for found in _NAMES.finditer(listed)
    )


def _bandit(piece: bytes, span: Span, at: int) -> Silence | None:
    said = piece.partition(b"#")[0].decode("latin-1")
    known = ((found, _test(found[0])) for found in _TESTS.finditer(said))
    names = tuple(
        Name(found[0], Span(at + found.start(), at + found.end()), frozenset((f"bandit/{test}",)))
        for found, test in known
        if test
    )
    return Silence(Tool.bandit, span, names)


def _test(word: str) -> str:
    """The id of the test that *word* names; nothing when it names none."""
    return word if word[0] == "B" and word[1:].isdigit() else BANDIT_TESTS.get(word, "")


def _ruff(piece: bytes, span: Span, at: int) -> Silence | None:
    said = piece.decode("latin-1")
    if not said.lstrip().startswith(":"):
        return None
    names = tuple(
        Name(found[0], Span(at + found.start(), at + found.end()), _code(found[0].upper()))
        for found in _listed(_CODES, said, said.index(":") + 1)
    )
    return Silence(Tool.ruff, span, names) if names else None


def _code(code: str) -> frozenset[str]:
    """What a code of flake8's or ruff's stands for: the S numbers are bandit's."""
    is_bandits = code[0] == "S" and code[1:].isdigit()
    return frozenset((f"ruff/{code}", *([f"bandit/B{code[1:]}"] if is_bandits else [])))


def _semgrep(piece: bytes, span: Span, at: int) -> Silence | None:
    said = piece.decode("latin-1")
    if not said.lstrip().startswith(":"):
        return Silence(Tool.semgrep, span)
    names = tuple(
        Name(found[0], Span(at + found.start(), at + found.end()), _rule(found[0]))
        for found in _listed(_IDS, said, said.index(":") + 1)
    )
    return Silence(Tool.semgrep, span, names)


def _rule(name: str) -> frozenset[str]:
    """What a rule's name stands for: Semgrep puts the folders of a rule before its id."""
    last = name.rpartition(".")[2]
    return frozenset((name, last, f"semgrep/{name}", f"semgrep/{last}"))


def _listed(kind: re.Pattern[str], text: str, at: int) -> Iterator[re.Match[str]]:
    """The words of *kind* that stand in a row from *at* on, with commas or blanks between them."""
    while True:
        while text[at : at + 1] in {" ", ",", "\t"}:
            at += 1
        found = kind.match(text, at)
        if found is None:
            return
        yield found
        at = found.end()


_READERS = {Tool.own: _own, Tool.bandit: _bandit, Tool.ruff: _ruff, Tool.semgrep: _semgrep}
