"""
Whom a commit names: agents, by the e-mails of its authors and co-authors and by trailers that tools add, and
people who say that they read it, by `Reviewed-by`.

Invariants:
    A commit that names an agent says nothing of lines, so no origin by AI ever comes from here.
    An agent that says it read a commit is no reviewer.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from assaymark.lineage.reviews import Channel, Relation, Review
from assaymark.origin import Author, Evidence, Origin


class Named(NamedTuple):
    """An agent as people call it, and its model when the commit says it."""

    agent: str
    model: str = ""


_NO_REPLY = r"(?:\d+\+)?{}@users\.noreply\.github\.com"
# E-mails only: anybody may be called Claude.
_EMAILS = tuple(
    (re.compile(pattern, re.IGNORECASE), agent)
    for pattern, agent in (
        (r"noreply@anthropic\.com", "Claude"),
        (r"(?:175728472|223556219|198982749)\+Copilot@users\.noreply\.github\.com", "Copilot"),
        (r"copilot@github\.com", "Copilot"),
        (r"cursoragent@cursor\.com", "Cursor"),
        (_NO_REPLY.format(r"gemini-code-assist\[bot\]"), "Gemini"),
        (r"noreply@openai\.com", "Codex"),
        (_NO_REPLY.format(r"devin-ai-integration\[bot\]"), "Devin"),
        (_NO_REPLY.format(r"google-labs-jules\[bot\]"), "Jules"),
        (r"noreply@aider\.chat", "aider"),
    )
)
_TRAILER = re.compile(r"([A-Za-z][A-Za-z-]{1,40}):[ \t]*(.+)")
_PERSON = re.compile(r"(.*?)\s*<([^<>]*)>\s*")
_OF_TOOLS = {"claude-session": "Claude"}
_LONGEST = 65_536
_REVIEWED = "reviewed-by"
_MOST_REVIEWS = 20
# What the id of a review begins with that a commit's message tells of.
OF_TRAILER = "t_"


def named_in(message: str, people: tuple[str, ...] = ()) -> tuple[Named, ...]:
    """The agents that *message*, or *people* as `Name <e-mail>` (author and committer), name; each once."""
    found: dict[str, Named] = {}
    for agent in (*_trailers(message[-_LONGEST:]), *filter(None, map(_person, people))):
        if agent.agent not in found or (agent.model and not found[agent.agent].model):
            found[agent.agent] = agent
    return tuple(found.values())


def origin_by(named: tuple[Named, ...], time: int | None = None) -> Origin | None:
    """What is known of lines of a commit that names these; None when it names none."""
    if not named:
        return None
    agents = " and ".join(agent.agent for agent in named)
    return Origin(Author.unknown, Evidence.commit, named=agents, time=time)


def reviews_by(commit: str, author: str, message: str, time: int | None = None) -> tuple[Review, ...]:
    """
    The reviews of *commit*, by *author* as `Name <e-mail>`, that its message tells of.

    Only the last paragraph counts, as for git: a message quotes others, indented or not, above it.
    """
    last = message[-_LONGEST:].rstrip().rpartition("\n\n")[2]
    people = [
        found[2].strip()
        for line in last.split("\n")
        if (found := _TRAILER.fullmatch(line.rstrip())) and found[1].lower() == _REVIEWED
    ]
    readers = [person for person in dict.fromkeys(people) if email_of(person) and _person(person) is None]
    return tuple(
        Review(f"{OF_TRAILER}{commit}_{n}", Channel.trailer, relation_to(author, person), time, person)
        for n, person in enumerate(readers[:_MOST_REVIEWS])
    )


def relation_to(author: str, reader: str) -> Relation:
    """Who *reader* is to a commit by *author*, both as `Name <e-mail>`."""
    return Relation.requester if email_of(author) == email_of(reader) else Relation.another


def email_of(person: str) -> str:
    """The e-mail of `Name <e-mail>`, to be compared; empty when there is none."""
    found = _PERSON.fullmatch(person)
    return found[2].strip().casefold() if found else ""


def _trailers(message: str) -> list[Named]:
    return [
        agent
        for line in message.split("\n")
        if (found := _TRAILER.fullmatch(line.strip())) and (agent := _trailer(found[1].lower(), found[2]))
    ]


def _trailer(name: str, value: str) -> Named | None:
    if name == "co-authored-by":
        return _person(value)
    if name == "made-with" and value.strip().lower() == "cursor":
        return Named("Cursor")
    if name == "assisted-by":
        # The kernel's form: AGENT:MODEL [TOOL…].
        agent, _, model = value.split(maxsplit=1)[0].partition(":")
        return Named(agent[:40], model[:100]) if agent and "@" not in agent else _person(value)
    return Named(_OF_TOOLS[name]) if name in _OF_TOOLS else None


def _person(person: str) -> Named | None:
    found = _PERSON.fullmatch(person)
    if found is None:
        return None
    name, email = found[1], found[2].strip()
    for pattern, agent in _EMAILS:
        if pattern.fullmatch(email):
            return Named(agent, _model(name, agent))
    return Named("aider") if name.endswith("(aider)") else None


def _model(name: str, agent: str) -> str:
    """The model in a name as `Claude Opus 4.6 (1M context)`."""
    plain = re.sub(r"\s*\([^)]*\)\s*$", "", name).strip()
    return plain[:100] if agent == "Claude" and plain.lower() not in {"claude", "claude code"} else ""
