"""
What variables say and no gate believes: that git look elsewhere than in the repository in which it asks.

Invariants:
    What git says itself while it commits is believed: before a commit by path, or of all that is tracked, its
    index is a file of its own.
    Git's settings may come from variables, since none of them changes what is asked here (`repository/git`).
    The user's own settings, whose place is in a variable too, loosen nothing where an agent runs the gate.
"""
# Paths stay strings, as everywhere that git says them.
# ruff: noqa: PTH118

from __future__ import annotations

import os

from assaymark.cli.usage import CannotJudgeError
from assaymark.repository import reach
from assaymark.repository.place import git_directory, place_of

_REPOSITORY = ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR")
# Objects and commits from elsewhere.
_OBJECTS = ("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_SHALLOW_FILE")
_INDEX = "GIT_INDEX_FILE"
_AGENTS_OWN = "{} runs this ({}), and what the user's settings are is decided by variables"


def refuse_another(here: str) -> None:
    """Raises CannotJudgeError where git was told of another repository than the one around *here*."""
    place = place_of(here)
    if reach.repository(here) != (git_directory(place.top), place.common, place.top):
        told = [name for name in _REPOSITORY if os.environ.get(name)]
        why = f"{' and '.join(told)} {'names' if len(told) == 1 else 'name'}" if told else "git takes it for"
        _refuse(f"{why} another repository than the one in {place.top}")
    others = [name for name in _OBJECTS if os.environ.get(name)]
    if others:
        _refuse(f"{others[0]} has git look elsewhere than in {place.top}")


def refuse_another_index(here: str) -> None:
    """
    Raises CannotJudgeError where another index than that of the repository around *here* would be looked at.

    Who asks for git, before a commit, was told the index that is committed.
    """
    given = os.environ.get(_INDEX)
    if not given:
        return
    place = place_of(here)
    own = os.path.realpath(os.path.join(place.top, given))
    folder, name = os.path.split(own)
    if folder != git_directory(place.top) or not (name == "index" or name.endswith(".lock")):
        _refuse(f"{_INDEX} names another index than that of {place.top}")


def mistrust() -> str:
    """Why the user's settings loosen no gate here: an agent runs it. Effect: looks at who started this."""
    from assaymark.person import agent_in, surroundings

    agent = agent_in(surroundings())
    return "" if agent is None else _AGENTS_OWN.format(agent.name, agent.evidence)


def _refuse(why: str) -> None:
    msg = f"cannot judge review: {why}"
    raise CannotJudgeError(msg)
