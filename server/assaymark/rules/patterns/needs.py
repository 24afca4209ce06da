"""
What a formula needs to match at all, so that it is not asked where it cannot.

Invariants:
    Sound: where a formula matches, one of its alternatives holds; only positive patterns count for that.
    *reach* is that of the widest operator, negative ones included.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from assaymark.rules.patterns.formula import (
    All,
    Either,
    Formula,
    Inside,
    Leaf,
    MetavariableRegex,
    Not,
    NotInside,
    Regex,
)
from assaymark.rules.patterns.literals import first_bytes, required_words
from assaymark.rules.patterns.need import Alternative, Needs
from assaymark.rules.patterns.paths import last_of
from assaymark.rules.patterns.pattern import Anchor, Arguments, Definition, Many, Members, Pattern, Shape
from assaymark.rules.patterns.pattern import Sequence as StatementSequence

_MAX_ALTERNATIVES = 256

_LOOKS_AROUND = re.compile(r"\(\?[^:P]|[\^$]|\\[bBAZ]")
# How a decorator with arguments is written, in every language that has some.
_CALL = r"@[^\n(]+\("
_RUN = re.compile(r"[a-z0-9_]{3,}")


_ALWAYS = Alternative(frozenset(), frozenset())


def needs(formula: Formula, reserved: frozenset[str]) -> Needs:
    """What *formula* needs; *reserved* are the keywords of its language."""
    wide = _is_wide(formula, confined=False)
    alternatives = tuple(_least(_alternatives(formula, wide=wide)))
    if not wide:
        return Needs(alternatives, "chunk", None)
    return Needs(alternatives, "file", *_met_by(formula, reserved))


def _alternatives(formula: Formula, *, wide: bool) -> list[Alternative]:
    match formula:
        case Leaf():
            return [_of_leaf(formula)]
        case Either():
            return [alternative for part in formula.parts for alternative in _alternatives(part, wide=wide)]
        case Inside():
            return (
                _alternatives(formula.part, wide=wide)
                if _is_seen_whole(formula.part, wide=wide)
                else [_ALWAYS]
            )
        case All():
            return _all_of([_alternatives(part, wide=wide) for part in formula.parts])
        case MetavariableRegex():
            # Where several chunks take part, they are known by their words alone.
            if wide:
                return [Alternative(_encoded(formula.words), frozenset())]
            sought = frozenset((formula.sought,)) if formula.sought else frozenset()
            texts = frozenset() if sought else _in_words(formula.texts)
            return [Alternative(_encoded(formula.words), frozenset(), texts, sought)]
        case Regex():
            words = _encoded(required_words(formula.regex, anchored=False))
            return [Alternative(words | first_bytes(formula.regex), frozenset(), in_bytes=_searched(formula))]
        case _:
            return [_ALWAYS]


def _of_leaf(leaf: Leaf) -> Alternative:
    decorators = leaf.pattern.decorators if isinstance(leaf.pattern, Definition) else ()
    in_bytes = frozenset(_CALL if _is_call(decorator) else "@" for decorator in decorators)
    return Alternative(_encoded(leaf.anchor.words), leaf.anchor.paths, in_bytes=in_bytes)


def _is_call(decorator: Pattern) -> bool:
    return isinstance(decorator, Shape) and any(isinstance(part, Arguments) for part in decorator.parts)


def _encoded(words: frozenset[str]) -> frozenset[bytes]:
    return frozenset(word.encode() for word in words)


def _is_seen_whole(formula: Formula, *, wide: bool) -> bool:
    """
    Whether all of what *formula* matches is seen together with what is inside it.

    A very long class is cut at its members; a sequence goes on through the file, so its rule looks at that.
    """
    match formula:
        case Leaf(pattern=StatementSequence()):
            return wide
        case Leaf(pattern=Definition(shape=shape)):
            return not any(isinstance(part, Members) for part in shape.parts)
        case Leaf() | Regex():
            return True
        case All() | Either():
            return all(_is_seen_whole(part, wide=wide) for part in formula.parts)
        case Inside() | Not() | NotInside():
            return _is_seen_whole(formula.part, wide=wide)
        case _:
            return True


def _all_of(parts: Sequence[list[Alternative]]) -> list[Alternative]:
    """One alternative of each part, together; the longest parts are left out when those are too many."""
    joined = [_ALWAYS]
    for alternatives in sorted(parts, key=len):
        if len(joined) * len(alternatives) > _MAX_ALTERNATIVES:
            break
        joined = _least(_both(one, other) for one in joined for other in alternatives)
    return joined


def _least(alternatives: Iterable[Alternative]) -> list[Alternative]:
    """Those of *alternatives* that need not all that another one needs, and more."""
    found = list(dict.fromkeys(alternatives))
    return [one for one in found if not any(_is_more(one, other) for other in found if other is not one)]


def _is_more(one: Alternative, other: Alternative) -> bool:
    return (
        other.words <= one.words
        and other.paths <= one.paths
        and other.texts <= one.texts
        and other.sought <= one.sought
        and other.in_bytes <= one.in_bytes
    )


def _both(one: Alternative, other: Alternative) -> Alternative:
    return Alternative(
        one.words | other.words,
        one.paths | other.paths,
        one.texts | other.texts,
        one.sought | other.sought,
        one.in_bytes | other.in_bytes,
    )


def _searched(formula: Regex) -> frozenset[str]:
    """The expression itself, where what stands around a match says nothing about it."""
    return frozenset() if _LOOKS_AROUND.search(formula.regex) else frozenset((formula.regex,))


def _in_words(texts: frozenset[str]) -> frozenset[frozenset[bytes]]:
    """What of each text stands in one word; nothing when one of them has too little of that."""
    runs = [max(_RUN.findall(text), key=len, default="") for text in texts]
    return frozenset((frozenset(run.encode() for run in runs),)) if runs and all(runs) else frozenset()


def _is_wide(formula: Formula, *, confined: bool) -> bool:
    """
    Whether a sequence in *formula* may match at module level; *confined* says that it is inside a function.
    """
    match formula:
        case Leaf():
            return isinstance(formula.pattern, StatementSequence) and not confined
        case All():
            confined = confined or any(_is_function(part) for part in formula.parts)
            return any(_is_wide(part, confined=confined) for part in formula.parts)
        case Either():
            return any(_is_wide(part, confined=confined) for part in formula.parts)
        case Not():
            # What is excluded has the span of what was found.
            return _is_wide(formula.part, confined=confined)
        case Inside() | NotInside():
            return _is_wide(formula.part, confined=False)
        case _:
            return False


def _is_function(part: Formula) -> bool:
    match part:
        case Inside(part=Leaf(pattern=Definition(shape=shape))):
            return not any(isinstance(inner, Members) for inner in shape.parts)
        case _:
            return False


def _met_by(formula: Formula, reserved: frozenset[str]) -> tuple[frozenset[bytes] | None, frozenset[str]]:
    """
    The words by which every chunk that matters is known, and the paths whose aliases are among them.

    None when there are none for some chunks.
    """
    found: set[bytes] = set()
    paths: set[str] = set()
    for anchor in _parts(formula, positive=True):
        if anchor is None or not (anchor.words or anchor.paths):
            return None, frozenset()
        # One of them is enough; keywords are everywhere, and a path may have many names.
        seldom = anchor.words - reserved
        if seldom or not anchor.paths:
            found.add(max(seldom or anchor.words, key=_rareness).encode())
        else:
            path = max(anchor.paths, key=_rareness)
            found.add(last_of(path))
            paths.add(path)
    return frozenset(found), frozenset(paths)


def _rareness(word: str) -> tuple[int, str]:
    return len(word), word


def _parts(formula: Formula, *, positive: bool) -> Iterator[Anchor | None]:
    """What each part of the file that matters holds; None for a part that could be any."""
    match formula:
        case Leaf(pattern=StatementSequence() as sequence):
            yield from _items(sequence, positive=positive)
        case Leaf():
            if positive:
                yield formula.anchor
        case Regex():
            yield None
        case All() | Either():
            for part in formula.parts:
                yield from _parts(part, positive=positive)
        case Not():
            yield from _parts(formula.part, positive=positive)
        case Inside() | NotInside():
            yield from _parts(formula.part, positive=False)
        case _:
            return


def _items(sequence: StatementSequence, *, positive: bool) -> Iterator[Anchor | None]:
    last = len(sequence.items) - 1
    for index, (item, anchor) in enumerate(zip(sequence.items, sequence.anchors, strict=True)):
        if not isinstance(item, Many):
            yield anchor
            # Two that follow one another directly would do so wherever what is between them is left out.
            if index < last and not isinstance(sequence.items[index + 1], Many):
                yield None
        elif item.name is not None or (positive and index in (0, last)):
            yield None
