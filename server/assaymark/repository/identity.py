"""Who git says works here."""

from __future__ import annotations

import re

from assaymark.repository.git import GitError, run

_IDENT = re.compile(r"^(?P<who>.*<[^<>]*>)(?: \d+ [+-]\d+)?$")


def person(top: str) -> str:
    """`Name <e-mail>` as git would write it into a commit made in *top*; empty where it does not know."""
    try:
        said = run(("var", "GIT_COMMITTER_IDENT"), top).decode("utf-8", "replace").strip()
    except GitError:
        return ""
    found = _IDENT.match(said)
    return found["who"] if found else ""


def address(person: str) -> str:
    """The e-mail address in `Name <e-mail>`, as two people are told apart; empty where there is none."""
    _, _, rest = person.rpartition("<")
    return rest.partition(">")[0].strip().casefold() if rest else ""
