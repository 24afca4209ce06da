"""
What a file, an editor or a command line says, made values: one decoder for all of them.

Invariant: what is not understood is said, with its place and what to write instead, and sets nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from assaymark.settings.declared import BY_NAME, DECLARED
from assaymark.settings.guess import did_you_mean
from assaymark.settings.layer import Entry, Given, Layer, Wrong
from assaymark.settings.shapes import Ground, WrongValueError

_CAMEL = {setting.camel: setting.name for setting in DECLARED}
_KEBAB = {setting.name: setting.name for setting in DECLARED}

# The place of the setting that is written so.
Where = Callable[[str], str]


def from_file(values: Mapping[str, object], layer: Layer, ground: Ground, where: Where) -> Given:
    """What the table *values* of a file says."""
    return _decoded(values, _KEBAB, layer, ground, where)


def from_editor(values: Mapping[str, object], layer: Layer, ground: Ground) -> Given:
    """What an editor's object *values* says; null is what editors say of what nobody set."""
    said = {key: value for key, value in values.items() if value is not None and key != "trusted"}
    return _decoded(said, _CAMEL, layer, ground, lambda key: f"the editor's setting {key}")


def from_command_line(values: Mapping[str, object], ground: Ground) -> Given:
    """What was typed: *values* by the names of settings."""
    return _decoded(values, _KEBAB, Layer.command_line, ground, lambda name: f"--{name}")


def _decoded(
    values: Mapping[str, object], names: Mapping[str, str], layer: Layer, ground: Ground, where: Where
) -> Given:
    entries: dict[str, Entry] = {}
    wrong: list[Wrong] = []
    for key, value in _flat(values, names):
        name, place = names.get(key), where(key)
        if name is None:
            wrong.append(Wrong(place, f"{key!r} is not a setting{did_you_mean(key, names)}"))
            continue
        try:
            entries[name] = Entry(BY_NAME[name].shape(value, ground), place)
        except WrongValueError as error:
            # The place of a line does not name the setting; that of an option does.
            wrong.append(Wrong(place, str(error) if place.endswith(key) else f"{key}: {error}"))
    return Given(layer, entries, tuple(wrong))


def _flat(values: Mapping[str, object], names: Mapping[str, str]) -> Iterator[tuple[str, object]]:
    """Keys and values; what stands in a table of settings has both names, with a dot between."""
    for key, value in values.items():
        is_table = isinstance(value, dict) and any(name.startswith(f"{key}.") for name in names)
        if isinstance(value, dict) and is_table:
            yield from ((f"{key}.{inner}", said) for inner, said in value.items())
        else:
            yield key, value
