"""
Where an event happens: who reports, the place that is worked in, what the conversation said before.

Invariants:
    A path of a payload is trusted as little as its author: it leads to a file of a repository, or of the
    folder that is worked in where there is no git, or nowhere.
    Names that are no names (of a model, a conversation) are as good as absent.
"""
# Paths stay strings: a hook waits for this.
# ruff: noqa: PTH100, PTH109, PTH112, PTH116, PTH117, PTH118, PTH120, PTH123

from __future__ import annotations

import os
import stat

from assaymark.hooks.report import NotPlaced, Wrote
from assaymark.hooks.sessions import Known, known, remember
from assaymark.origin import Arrival, Author, Evidence, Origin, unknown
from assaymark.repository.place import Place, place_of
from assaymark.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from assaymark.hooks.report import Report, Turn

# What is larger is no source that somebody reads.
MOST_BYTES = 5 * 1024 * 1024
_LONGEST_NAME = 200


class Scene(NamedTuple):
    """
    Who reports, the place that is worked in, and what is known of the conversation.

    The hook *began* then, by `time.monotonic`.
    """

    turn: Turn
    home: Place
    known: Known
    began: float


class TooLargeError(Exception):
    """A file is larger than what is looked at."""


def scene_of(turn: Turn, reports: Iterable[Report], began: float) -> Scene:
    """The scene of *reports*."""
    turn = turn._replace(
        session=_name(turn.session),
        call=_name(turn.call),
        model=_name(turn.model),
        agent=_name(turn.agent),
        prompt=_name(turn.prompt),
    )
    home = home_of(turn, reports)
    return Scene(turn, home, known(home.store, turn.tool, turn.session), began)


def home_of(turn: Turn, reports: Iterable[Report]) -> Place:
    """The place that is worked in."""
    return place_of(_folder(turn, reports))


def standing(scene: Scene, path: str) -> Place | None:
    """The place of the file that a tool calls *path*; None where it is not ours to record."""
    if not path or "\0" in path:
        return None
    spelled = _spelled(path)
    asked = os.path.join(scene.turn.cwd or scene.home.top, spelled)
    place = place_of(asked)
    if place.path is not None and place.common is not None:
        return place
    # Without git a folder's files belong together because somebody works in it.
    inside = scene.home.inside(asked) if scene.home.common is None else None
    return None if inside is None else scene.home._replace(path=inside)


def outside(scene: Scene, path: str, place: Place | None) -> str:
    """The absolute path of what a tool calls *path*, if that is of none of the repository's work trees."""
    if not path or "\0" in path or (place is not None and place.store == scene.home.store):
        return ""
    return os.path.abspath(os.path.join(scene.turn.cwd or scene.home.top, _spelled(path)))


def content_of(place: Place) -> bytes | None:
    """What the file at *place* holds; None where there is no file. Raises TooLargeError."""
    file = os.path.join(place.top, place.path or "")
    try:
        found = os.stat(file)
        if not stat.S_ISREG(found.st_mode):
            return None
        if found.st_size > MOST_BYTES:
            raise TooLargeError
        with open(file, "rb") as opened:
            return opened.read(MOST_BYTES)
    except OSError:
        return None


def model_of(scene: Scene) -> str:
    """The model that wrote, as far as the tool says; a subagent may have another than its conversation."""
    if scene.turn.model or scene.turn.agent:
        return scene.turn.model
    if scene.known.model or scene.turn.tool != "claude":
        return scene.known.model
    # Late: most conversations begin with an event that names their model.
    from assaymark.hooks.transcript import last_model

    return _name(last_model(scene.turn.transcript))


def origin_of(scene: Scene, time: int, *, accepted: bool = False) -> Origin:
    """The origin of what the agent of *scene* wrote."""
    return Origin(
        Author.ai,
        Evidence.accept if accepted else Evidence.hook,
        tool=scene.turn.tool,
        model=model_of(scene),
        session=scene.turn.session,
        prompt="" if accepted else scene.known.prompt,
        time=time,
    )


def origin_of_theirs(time: int) -> Origin:
    """The origin of what a person made of a proposal: not surely the model's, nor seen being typed."""
    return unknown(Arrival.bulk, time)


def said_first(scene: Scene, what: str) -> bool:
    """
    Whether *what* was not said yet in this conversation.

    Effect: it counts as said.
    """
    turn, store = scene.turn, scene.home.store
    now = known(store, turn.tool, turn.session)
    if what in now.said:
        return False
    remember(store, turn.tool, turn.session, now._replace(said=(*now.said, what)))
    return True


def _folder(turn: Turn, reports: Iterable[Report]) -> str:
    """The folder that is worked in: as the tool says, else that of the first file."""
    for folder in (turn.cwd, *turn.roots):
        # Not there: it is of another machine, or of a container.
        if folder and "\0" not in folder and os.path.isdir(folder):
            return os.path.join(folder, "")
    for report in reports:
        if isinstance(report, Wrote | NotPlaced) and os.path.isabs(report.path):
            return os.path.dirname(report.path)
    return os.getcwd()


def _spelled(path: str) -> str:
    path = path.removeprefix("file://")
    # Cursor has Windows paths as `/c:/folder`.
    return path[1:] if os.name == "nt" and path[:1] == "/" and path[2:3] == ":" else path


def _name(text: str) -> str:
    return text if len(text) <= _LONGEST_NAME and text.isprintable() else ""
