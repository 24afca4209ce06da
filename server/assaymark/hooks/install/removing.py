"""
Items taken out of JSON that was edited since they were put in.

Invariants:
    Only items that are ours go, and with them the lists and objects that they leave empty and that were
    made for them.
    Comments stay, as does every byte of what others wrote but for the comma and the blanks between an item
    and its neighbour.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import lru_cache
from typing import TypeAlias

from assaymark.hooks.install.jsonc import Value, after_blank, parsed

Step: TypeAlias = str | int
Way: TypeAlias = tuple[Step, ...]
_BLANKS = " \t\r\n"


def without(
    text: str, is_ours: Callable[[dict[str, object]], bool], made: Collection[Way] | None = None
) -> str:
    """
    *text* without the handlers under `hooks` that are ours.

    *made*: the objects and lists that were made for them; None if that is not known. Raises NotReadableError.
    """
    while True:
        way = _first(text, is_ours)
        if way is None:
            return text
        text = _dropped(text, way)
        for above in _above(way):
            holder = _at(text, above)
            if holder is None or holder.parts or not (made is None or above in made or len(above) > 2):
                break
            text = _dropped(text, _whole_group(above))


def without_alone(text: str, key: str) -> str:
    """*text* without the member *key* of its object, if it is the only one. Raises NotReadableError."""
    root = parsed(text)
    is_alone = root is not None and [member.key for member in root.members or ()] == [key]
    return _dropped(text, (key,)) if is_alone else text


def entries(text: str) -> Iterator[tuple[Way, dict[str, object]]]:
    """Where each handler under `hooks` stands, and its strings. Raises NotReadableError."""
    root = _read(text)
    hooks = root.get("hooks") if root is not None else None
    for event in hooks.members or () if hooks is not None else ():
        for n, item in enumerate(event.value.items or ()):
            way: Way = ("hooks", event.key, n)
            yield way, _strings(item)
            group = item.get("hooks")
            for m, inner in enumerate(group.items or () if group is not None else ()):
                yield (*way, "hooks", m), _strings(inner)


# Where ours stand, what is above them and what is dropped is asked of the same text, one after the other.
_read = lru_cache(maxsize=1)(parsed)


def _strings(item: Value) -> dict[str, object]:
    return {member.key: member.value.plain for member in item.members or ()}


def _first(text: str, is_ours: Callable[[dict[str, object]], bool]) -> Way | None:
    return next((way for way, strings in entries(text) if is_ours(strings)), None)


def _above(way: Way) -> Iterator[Way]:
    """What may be left empty, innermost first: the list in a group, the list of an event, the events."""
    if len(way) > 3:
        yield way[:-1]
    yield way[:2]
    yield way[:1]


def _whole_group(way: Way) -> Way:
    """A group without handlers goes as a whole, with what it says of them."""
    return way[:3] if len(way) > 3 else way


def _at(text: str, way: Way) -> Value | None:
    value = _read(text)
    for step in way:
        if value is None:
            return None
        if isinstance(step, str):
            value = value.get(step)
        else:
            value = value.items[step] if value.items is not None and step < len(value.items) else None
    return value


def _dropped(text: str, way: Way) -> str:
    """*text* without what stands at *way*."""
    holder, step = _at(text, way[:-1]), way[-1]
    if holder is None:
        return text
    if isinstance(step, int):
        n = step
    else:
        n = max(n for n, member in enumerate(holder.members or ()) if member.key == step)
    start, end = holder.parts[n]
    if n + 1 < len(holder.parts):
        return text[:start] + _behind_comma(text, end).lstrip(_BLANKS)
    if holder.comma:
        before, after = text[:start].rstrip(_BLANKS), _behind_comma(text, end)
    elif n:
        previous = holder.parts[n - 1][1]
        comma = after_blank(text, previous)
        before, after = (text[:comma] + text[comma + 1 : start]).rstrip(_BLANKS), text[end:]
    else:
        before, after = text[:start].rstrip(_BLANKS), text[end:]
    is_bare = before.endswith(("[", "{")) and after.lstrip(_BLANKS)[:1] in {"]", "}"}
    return before + (after.lstrip(_BLANKS) if is_bare else after)


def _behind_comma(text: str, end: int) -> str:
    """What follows the comma behind *end*; comments before it stay."""
    comma = after_blank(text, end)
    return text[end:comma].strip(_BLANKS) + text[comma + 1 :]
