"""
What a regular expression needs, to leave out what it cannot match.

Invariants:
    Sound: what the expression matches holds one of the texts, upper and lower case aside, and each of the
    words. Where that is not plain from how it is written, there are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TypeAlias

_MIN_LENGTH = 3
_MAX_TEXTS = 32
_TOKEN = re.compile(
    r"""(?P<open>\((?:\?:|\?i:|\?P<\w+>|(?!\?)))   # a group that matches what it holds
      | (?P<look>\(\?<?[=!])                   # one that only looks
      | (?P<other>\(\?)                       # one that says something else
      | (?P<close>\))
      | (?P<bar>\|)
      | (?P<repeat>[*?+]|\{\d*,?\d*\})
      | (?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])
      | \\(?P<plain>[^A-Za-z0-9])
      | (?P<odd>\\[xuUN0-9])
      | (?P<class>\\.|[.^$])
      | (?P<letter>[A-Za-z0-9_ \-/:=@<>!"'%&,;~`#])
      | (?P<strange>.)""",
    re.VERBOSE | re.DOTALL,
)
_FLAGS = re.compile(r"\(\?[aimsu]+\)")
_FIRST = re.compile(r"\\x([0-9a-f]{2})(?![*?{])")
# A set of signs that are in no dotted name.
_SIGNS = re.compile(r"\[(?:[^\w\s\\.^\]-])+\]")
_IN_WORD = re.compile(r"\w")

Token: TypeAlias = "re.Match[str]"  # noqa: S105 - a piece of a regular expression
Texts = frozenset[str]
_NONE: Texts = frozenset()


def flags_of(regex: str) -> str:
    """The flags that *regex* opens with, such as `(?is)`."""
    flags = _FLAGS.match(regex)
    return flags[0] if flags else ""


def tokens_of(regex: str) -> list[Token] | None:
    """What *regex* is written of, its flags left out; None where that is not read."""
    tokens = list(_TOKEN.finditer(regex, len(flags_of(regex))))
    # Flags inside, verbose expressions and characters by their numbers are not.
    if any(token["other"] or token["odd"] or token["strange"] for token in tokens):
        return None
    return tokens


def required_texts(regex: str) -> Texts:
    """Lower-case texts of which every match of *regex* holds one; none when that is not known."""
    tokens = tokens_of(regex)
    if tokens is None:
        return _NONE
    found, end = _alternatives(tokens, 0)
    return found if end == len(tokens) and len(found) <= _MAX_TEXTS else _NONE


def _alternatives(tokens: list[Token], at: int) -> tuple[Texts, int]:
    """What the alternatives up to the closing bracket need, and where that is."""
    needed: list[Texts] = []
    while True:
        found, at = _row(tokens, at)
        needed.append(found)
        if at == len(tokens) or tokens[at]["close"]:
            return (frozenset().union(*needed) if all(needed) else _NONE), at
        at += 1


def _row(tokens: list[Token], at: int) -> tuple[Texts, int]:
    """What one alternative needs: the best of what stands in a row."""
    found: list[Texts] = []
    run = ""
    while at < len(tokens) and not tokens[at]["close"] and not tokens[at]["bar"]:
        token = tokens[at]
        letter = token["letter"] or token["plain"] or ""
        inner = _NONE
        if token["open"] or token["look"]:
            inner, at = _alternatives(tokens, at + 1)
        if token["look"]:
            inner = _NONE
        at += 1
        repeat = tokens[at]["repeat"] if at < len(tokens) else None
        may_be_none = repeat is not None and repeat != "+"
        if letter and not may_be_none:
            run += letter
        if not letter or repeat is not None:
            found.append(frozenset((run.lower(),)))
            run = ""
        if not may_be_none:
            found.append(inner)
    found.append(frozenset((run.lower(),)))
    return _best(found), at


def required_words(regex: str, *, anchored: bool) -> frozenset[str]:
    """
    Words, as a text's words are counted, that every match of *regex* holds whole.

    *anchored* says that a match starts where its text starts.
    """
    tokens = tokens_of(regex)
    if tokens is None or "i" in flags_of(regex):
        return frozenset()
    elements = list(elements_of(tokens))
    if any(tokens[start]["bar"] for start, _ in elements):
        return frozenset()
    return frozenset(_whole_words(tokens, elements, is_edge=anchored))


def matches_no_name(regex: str) -> bool:
    """Whether every match of *regex* holds a sign that is in no dotted name."""
    tokens = tokens_of(regex)
    return tokens is not None and _holds_sign(tokens)


def _holds_sign(tokens: list[Token]) -> bool:
    return all(any(map(_is_sign_or_group, _mandatory(row))) for row in alternatives_of(tokens))


def _is_sign_or_group(element: list[Token]) -> bool:
    first = element[0]
    if first["open"]:
        return _holds_sign(element[1:-1])
    if first["set"]:
        return _SIGNS.fullmatch(first[0]) is not None
    return _is_sign(first) and (first["letter"] or first["plain"]) != "."


def _mandatory(row: list[Token]) -> Iterator[list[Token]]:
    """The things in a row that every match has."""
    for start, end in elements_of(row):
        repeat = row[end]["repeat"] if end < len(row) else None
        if repeat is None or repeat == "+":
            yield row[start:end]


def alternatives_of(tokens: list[Token]) -> Iterator[list[Token]]:
    """The rows between the bars of the outermost level."""
    first = 0
    for start, _ in elements_of(tokens):
        if tokens[start]["bar"]:
            yield tokens[first:start]
            first = start + 1
    yield tokens[first:]


def first_bytes(regex: str) -> frozenset[bytes]:
    """The byte that opens every match of *regex* over bytes, if it opens a character that is no ASCII."""
    tokens = list(_TOKEN.finditer(regex))
    first = _FIRST.match(regex)
    if first is None or any(tokens[start]["bar"] for start, _ in elements_of(tokens)):
        return frozenset()
    lead = int(first[1], 16)
    return frozenset((bytes((lead,)),)) if lead >= 0xC2 else frozenset()


def elements_of(tokens: list[Token]) -> Iterator[tuple[int, int]]:
    """Where each thing that stands in the outermost row starts and ends; repeats are things too."""
    start = depth = 0
    for at, token in enumerate(tokens):
        depth += bool(token["open"] or token["look"]) - bool(token["close"])
        if depth == 0:
            yield start, at + 1
            start = at + 1


def _whole_words(tokens: list[Token], elements: list[tuple[int, int]], *, is_edge: bool) -> Iterator[str]:
    """The runs of letters between two edges; *is_edge* says whether the start is one."""
    word, is_open = "", is_edge
    for number, (start, end) in enumerate(elements):
        token = tokens[start]
        letter = token["letter"] or token["plain"] or ""
        behind = tokens[end]["repeat"] if end < len(tokens) else None
        if token["repeat"] or (token["look"] and not _is_edge(tokens, start, end)):
            continue
        if letter and _IN_WORD.match(letter) and behind is None:
            word += letter if is_open else ""
            continue
        ends_here = _is_edge(tokens, start, end)
        if word and ends_here and (behind is None or behind == "+"):
            yield word
        # What may be left out is an edge only where there was one before it.
        optional = behind is not None and behind != "+"
        is_open = ends_here and (not optional or (is_open and not word))
        word = ""
        if number == len(elements) - 1:
            return


def _is_edge(tokens: list[Token], start: int, end: int) -> bool:
    """Whether a word ends, and may start, where this element is or ends."""
    token = tokens[start]
    text = "".join(part[0] for part in tokens[start:end])
    if token["look"]:
        return text in ("(?<!\\w)", "(?!\\w)")
    if token["open"]:
        lasts = [at - 1 for at in range(start + 1, end) if tokens[at]["bar"] or at == end - 1]
        return all(at > start and _is_sign(tokens[at]) for at in lasts)
    return token[0] in ("\\b", "^", "$") or _is_sign(token)


def _is_sign(token: Token) -> bool:
    """Whether it matches one character that is in no word."""
    letter = token["letter"] or token["plain"]
    return letter is not None and letter.isascii() and not _IN_WORD.match(letter)


def _best(found: Iterable[Texts]) -> Texts:
    """The texts that are the longest, if long enough to say something."""
    best = max((texts for texts in found if texts), key=_shortest, default=_NONE)
    return best if best and _shortest(best) >= _MIN_LENGTH else _NONE


def _shortest(texts: Texts) -> int:
    return min(map(len, texts))
