"""
One test as it is written, whatever the language: what the text of a file tells of it.

Invariant: what stands in a test within it counts for that one alone.
"""

from __future__ import annotations

from assaymark.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Case:
    """
    A test, or a group of them. *name* has the names around it, *title* is its own; it stands at *start*.

    *around* is the group that it is in. *n_skips* is how often it says that it is not to run, *n_checks* how
    often it asserts something; *is_alone*: others are not to run. *body* is what follows its title, without
    blanks: of a test that was given another name it is the same.
    """

    name: str
    title: str
    start: int
    around: str = ""
    is_group: bool = False
    n_skips: int = 0
    n_checks: int = 0
    is_alone: bool = False
    body: bytes = b""
