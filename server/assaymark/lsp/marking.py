"""
What somebody marks as reviewed in the editor, and where that is offered.

Invariants:
    Marking is offered where the list of what is not reviewed leads, and nowhere else; the command takes any
    lines.
    What is marked is what stood there when the command came.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, NamedTuple

from assaymark.analysis.reviewing import line_standing
from assaymark.lineage.lines import line_origin
from assaymark.lineage.reviews import Standing, reviews_of
from assaymark.lsp.due import due
from assaymark.lsp.places import is_file_of
from assaymark.lsp.refusal import INVALID_PARAMS, Refused, text_at, value_at, whole_at
from assaymark.lsp.reviews import NotRecorded
from assaymark.person import Refusal, agent_in, surroundings
from assaymark.syntax.functions import function_over
from assaymark.text import Span

if TYPE_CHECKING:
    from assaymark.lsp.document import Document
    from assaymark.lsp.part import Part
    from assaymark.lsp.session import Session

_SCOPES = ("run", "function", "file")
_READ = frozenset((Standing.by_requester, Standing.by_another))
_CAVEAT = "(Not a guarantee that they are free of flaws.)"


class Lines(NamedTuple):
    """Lines *first* to *last* (from 0, both included) of a document."""

    first: int
    last: int

    def __str__(self) -> str:
        if self.first == self.last:
            return f"line {self.first + 1}"
        return f"lines {self.first + 1}–{self.last + 1}"


class Offer(NamedTuple):
    """What a menu offers: its title, and the command with its argument."""

    title: str
    command: str
    argument: dict[str, object]


def offers(session: Session, part: Part, span: Span) -> Iterator[Offer]:
    """What can be marked, or taken back, at *span* of the text."""
    first, last = (part.position(at).line for at in (span.start, span.end))
    if not session.recording.is_on(part.document):
        return
    wanted = Lines(first, last) if span.length else _run_at(session, part, first)
    if wanted is None or not _has_unread(session, part, wanted):
        wanted = _found_at(session, part, span)
    if wanted is not None:
        yield Offer(f"Mark {wanted} as reviewed", "assaymark.markReviewed", _argument(part, wanted))
    function = _function_at(part, first)
    if function is not None and function != wanted and _has_unread(session, part, function):
        title = f"Mark this function as reviewed ({function})"
        yield Offer(title, "assaymark.markReviewed", _argument(part, function))
    if _ids(session, part, Lines(first, first)):
        argument = _argument(part, Lines(first, first))
        yield Offer("Take the review of this line back", "assaymark.withdrawReview", argument)


def mark(session: Session, named: object) -> str:
    """What to tell who marked what *named* says. Effect: that is recorded. Raises Refused."""
    _refuse_agents()
    part, lines = _target(session, named)
    try:
        session.reviews.mark(part.document, (_of_text(part, lines),))
    except NotRecorded as problem:
        raise Refused(INVALID_PARAMS, str(problem)) from problem
    return f"Recorded: you have read {lines} of {_name(part)}. {_CAVEAT}"


def mark_session(session: Session, which: str) -> str:
    """What to tell who has read all of an agent's session. Effect: that is recorded. Raises Refused."""
    _refuse_agents()
    from assaymark.ledger.store import Unavailable, opened
    from assaymark.lsp.methods.session import place_asked
    from assaymark.record.conversations import NoConversation
    from assaymark.record.unread import unread_of

    here, n_lines = place_asked(session, {}), 0
    try:
        with opened(here.store, "server") as ledger:
            for one in unread_of(here, ledger, which):
                n_lines += sum(last - first + 1 for first, last in one.lines)
                file = Path(one.place.top, one.place.path or "")
                document = session.document(file.as_uri())
                if document is not None and is_file_of(document.uri, _content(session, document)):
                    session.reviews.mark(document, one.lines)
                else:
                    session.reviews.mark_file(ledger, one.place, one.content, one.lines)
    except (NoConversation, NotRecorded, OSError, Unavailable) as problem:
        raise Refused(INVALID_PARAMS, str(problem)) from problem
    return f"Recorded: you have read {n_lines} line{'' if n_lines == 1 else 's'} of the session. {_CAVEAT}"


def withdraw(session: Session, named: object) -> str:
    """What to tell who takes back the reviews of what *named* says. Effect: they hold no longer."""
    _refuse_agents()
    part, lines = _target(session, named)
    ids = _ids(session, part, lines)
    if not ids:
        return f"Nobody has marked {lines} of {_name(part)} as reviewed."
    try:
        session.reviews.withdraw(part.document, ids)
    except NotRecorded as problem:
        raise Refused(INVALID_PARAMS, str(problem)) from problem
    several = "1 review was" if len(ids) == 1 else f"{len(ids)} reviews were"
    return f"{several} taken back: {lines} of {_name(part)} are not reviewed."


def _refuse_agents() -> None:
    """Raises Refused where an agent runs the editor."""
    agent = agent_in(surroundings())
    if agent is not None:
        because = Refusal(f"editor belongs to {agent.name} ({agent.evidence})", "Ask the user to run")
        raise Refused(INVALID_PARAMS, because.text("mark code as reviewed", "assaymark reviewed"))


def _target(session: Session, named: object) -> tuple[Part, Lines]:
    """The document and its lines that *named* says: by `range`, or by `scope` and `line`. Raises Refused."""
    part = session.part(text_at(named, "uri"))
    if part is None:
        raise Refused(INVALID_PARAMS, "uri: the document is not open")
    if value_at(named, "range") is not None:
        return part, _in_range(named)
    scope = text_at(named, "scope") if value_at(named, "scope") is not None else "run"
    if scope not in _SCOPES:
        raise Refused(INVALID_PARAMS, f"scope: one of {', '.join(_SCOPES)} is needed, or a range")
    if scope == "file":
        return part, Lines(0, part.position(part.span.end).line)
    line = whole_at(named, "line")
    lines = _function_at(part, line) if scope == "function" else _run_at(session, part, line)
    if lines is None:
        missing = "no function" if scope == "function" else "nothing of an agent's that is not reviewed"
        raise Refused(INVALID_PARAMS, f"there is {missing} at line {line + 1}")
    return part, lines


def _content(session: Session, document: Document) -> bytes:
    entry = session.read(document.uri)
    return b"" if entry is None else entry.snapshot.text.whole()


def _name(part: Part) -> str:
    return PurePath(part.document.path).name


def _in_range(named: object) -> Lines:
    first, last = whole_at(named, "range", "start", "line"), whole_at(named, "range", "end", "line")
    # A selection of whole lines ends at the start of the next.
    if last > first and whole_at(named, "range", "end", "character") == 0:
        last -= 1
    return Lines(first, max(first, last))


def _argument(part: Part, lines: Lines) -> dict[str, object]:
    start, end = ({"line": line, "character": 0} for line in (lines.first, lines.last + 1))
    return {"uri": part.uri, "range": {"start": start, "end": end}}


def _of_text(part: Part, lines: Lines) -> tuple[int, int]:
    """*lines* as those of the text, from 1."""
    text = part.entry.snapshot.text
    last = min(part.line + lines.last, max(text.n_lines - 1, 0))
    return part.line + lines.first + 1, last + 1


def _run_at(session: Session, part: Part, line: int) -> Lines | None:
    """The run of an agent's lines without a review that *line* of the document is in."""
    text = part.entry.snapshot.text
    place = text.place_of_line(part.line + line)
    number = part.line + line - place.line
    for run in session.asides.agents(part.document).near(text, place.leaf, _NONE):
        if run.first <= number <= run.last:
            shift = place.line - part.line
            return Lines(max(run.first + shift, 0), run.last + shift)
    return None


def _found_at(session: Session, part: Part, span: Span) -> Lines | None:
    """The lines of a finding at *span* of the text that somebody should read, whoever wrote them."""
    found = next(due(session, part, span), None)
    if found is None:
        return None
    return Lines(max(found.first - part.line, 0), found.last - part.line)


def _function_at(part: Part, line: int) -> Lines | None:
    """The function around *line* of the document."""
    snapshot = part.entry.snapshot
    place = snapshot.text.place_of_line(part.line + line)
    if snapshot.language is None:
        return None
    inside = snapshot.text.line_span(part.line + line)
    content = snapshot.text.slice(inside)
    start = inside.start - place.start + len(content) - len(content.lstrip())
    span = function_over(place.leaf.piece, Span(start, start), snapshot.language)
    if span is None:
        return None
    chunk, shift = place.leaf.chunk, place.line - part.line
    return Lines(chunk.line_of(span.start) + shift, chunk.line_of(max(span.start, span.end - 1)) + shift)


def _has_unread(session: Session, part: Part, lines: Lines) -> bool:
    """Whether an agent wrote any of *lines* that nobody reviewed."""
    agents, text = session.asides.agents(part.document), part.entry.snapshot.text
    place = text.place_of_line(part.line + lines.first)
    while True:
        if any(
            lines.first <= place.line + at - part.line <= lines.last for at in agents.of(text, place.leaf)
        ):
            return True
        following = text.after(place)
        if following is None or following.line - part.line > lines.last:
            return False
        place = following


def _ids(session: Session, part: Part, lines: Lines) -> Sequence[str]:
    """The reviews of any of *lines*."""
    snapshot, reviews = part.entry.snapshot, session.reviews.of(part.document)
    found: dict[str, None] = {}
    last = min(part.line + lines.last, snapshot.text.n_lines - 1)
    for line in range(part.line + lines.first, last + 1):
        if line_standing(snapshot, line, reviews) in _READ:
            place = snapshot.text.place_of_line(line)
            origin = line_origin(place.leaf.chunk, place.leaf.origins, line - place.line)
            found |= {review.id: None for review in reviews_of(origin, reviews)}
    return list(found)


_NONE: frozenset[int] = frozenset()
