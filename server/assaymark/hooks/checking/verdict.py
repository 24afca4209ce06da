"""
An edit that is looked at, and what came of that: as values, and as plain ones that can be handed over.

Invariant: nothing is imported here but what recording has imported before.
"""

from __future__ import annotations

from assaymark.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from assaymark.hooks.placing import Step
    from assaymark.origin import Origin
    from assaymark.repository.place import Place

    PlainVerdict: TypeAlias = tuple[bool, str, list[list[str]], list[list[str | int]]]

# What a finding is known by in its file: its rule, and its fingerprint.
Mark = tuple[str, str]


class Edit(NamedTuple):
    """What an agent made of the file at *place*; *origin* is that of what came."""

    place: Place
    step: Step
    origin: Origin


class Fresh(NamedTuple):
    """
    A finding that came with an edit; *line* from 1.

    *message* is what its rule says, with names of the file in it, *template* what that was made from.
    """

    rule: str
    fingerprint: str
    line: int
    severity: str
    message: str
    template: str

    @property
    def mark(self) -> Mark:
        return self.rule, self.fingerprint


class Verdict(NamedTuple):
    """
    What came of looking at an edit: what is *there* in all that was looked at, and what of that is *new*.

    *is_asked*: the settings do not leave the file out. *wrong* says why not all of it may have been found.
    """

    is_asked: bool = False
    wrong: str = ""
    there: frozenset[Mark] = frozenset()
    new: tuple[Fresh, ...] = ()


def to_plain(verdict: Verdict) -> PlainVerdict:
    """*verdict* as JSON can hold it."""
    there = sorted(map(list, verdict.there))
    return verdict.is_asked, verdict.wrong, there, [list(one) for one in verdict.new]


def from_plain(plain: object) -> Verdict:
    """The verdict that *plain* says. Raises ValueError where it says none."""
    match plain:
        case [bool(is_asked), str(wrong), [*there], [*new]]:
            marks = frozenset((str(rule), str(fingerprint)) for rule, fingerprint in map(_texts, there))
            return Verdict(is_asked, wrong, marks, tuple(map(_fresh, new)))
    msg = "no verdict"
    raise ValueError(msg)


def _texts(value: object) -> list[str]:
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return value
    msg = "no texts"
    raise ValueError(msg)


def _fresh(value: object) -> Fresh:
    match value:
        case [str(rule), str(fingerprint), int(line), str(severity), str(message), str(template)]:
            return Fresh(rule, fingerprint, line, severity, message, template)
    msg = "no finding"
    raise ValueError(msg)
