"""
The settings in force: what the layers say, by their strength and by who may loosen what.

Invariants:
    What is managed holds, whatever the others say.
    In a workspace that is not trusted, what comes with the code makes nothing looser: of a setting that it
    would loosen, the stricter of both values holds. So it is with what an agent wrote in trusted ones, until
    somebody has reviewed it.
    What was not honoured is said, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from assaymark.analysis.snapshot import Limits
from assaymark.dataclass import dataclass, replace
from assaymark.settings.declared import DECLARED, Setting
from assaymark.settings.layer import Doubt, Entry, Given, Layer, Wrong
from assaymark.settings.values import Settings

_NOT_TRUSTED = "the workspace is not trusted"
_IN_DOUBT = "nobody has reviewed it"
_NOT_READ = "the user's or the managed settings could not be understood"


@dataclass(frozen=True, slots=True)
class Held:
    """The value that a setting has, who gave it and where, and whether that loosened what held before."""

    setting: Setting
    value: object
    layer: Layer = Layer.default
    where: str = ""
    loosens: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """What a layer wanted of a setting and did not get, or not in full, and why; or all that, in *said*."""

    setting: Setting
    layer: Layer
    where: str
    why: str
    said: str = ""

    def __str__(self) -> str:
        return self.said or f"{self.where}: {self.setting.name} is not honoured: {self.why}"


@dataclass(frozen=True, slots=True, eq=False)
class Resolved:
    """
    The settings in force, how each came about, and what was not honoured or not understood.

    Equal by identity: it is the same object wherever the same layers speak. *looser* are the values, whoever
    gave them, that made settings looser which are so in the end.
    """

    settings: Settings
    held: tuple[Held, ...]
    refused: tuple[Refused, ...] = ()
    wrong: tuple[Wrong, ...] = ()
    looser: tuple[Held, ...] = ()

    @property
    def loosened(self) -> tuple[Held, ...]:
        """What came with the code and is in force, though it makes the check looser."""
        return tuple(held for held in self.held if held.loosens and held.layer is Layer.repository)

    def of(self, name: str) -> Held:
        """How the setting *name* came about."""
        return next(held for held in self.held if held.setting.name == name)


def resolved(layers: Iterable[Given], *, trusted: bool = True) -> Resolved:
    """What holds when *layers*, in any order, have spoken; *trusted* is the workspace."""
    ordered = sorted(layers, key=lambda given: given.layer.strength)
    # Who cannot read what is managed, or what the user wants, must not take the code's word for it.
    sound = not any(given.wrong for given in ordered if given.layer in {Layer.managed, Layer.user})
    doubt = _NOT_TRUSTED if not trusted else "" if sound else _NOT_READ
    held: list[Held] = []
    refused: list[Refused] = []
    looser: list[Held] = []
    for setting in DECLARED:
        *steps, value = _held(setting, ordered, doubt, refused)
        held.append(value)
        if setting.stricter(setting.default, value.value) != value.value:
            looser += (one for one in dict.fromkeys((*steps, value)) if one.loosens)
    wrong = tuple(one for given in ordered for one in given.wrong)
    settings = settings_of({one.setting.name: one.value for one in held})
    return Resolved(settings, tuple(held), tuple(refused), wrong, tuple(looser))


def settings_of(values: Mapping[str, object]) -> Settings:
    """The settings with these *values*, one for each that is declared."""
    fields: dict[str, Any] = {setting.field: values[setting.name] for setting in DECLARED}
    limits = Limits(max_bytes=fields.pop("limits.max_bytes"))
    return Settings(limits=limits, **fields)


def _held(setting: Setting, layers: list[Given], doubt: str, refused: list[Refused]) -> list[Held]:
    """The value of *setting* after each of *layers*. Effect: *refused* has what was not honoured."""
    said = [(given, entry) for given in layers if (entry := given.entries.get(setting.name)) is not None]
    managed = next((entry.where for given, entry in said if given.layer is Layer.managed), None)
    held = Held(setting, setting.default)
    steps = [held]
    for given, entry in said:
        layer = given.layer
        why_not = given.mistrusted or (doubt if layer.comes_with_the_code else "")
        if managed is not None and layer is not Layer.managed and not setting.adds:
            refused.append(Refused(setting, layer, entry.where, f"it is managed in {managed}"))
            continue
        sure = entry if given.sure is None else given.sure.get(setting.name)
        if sure is not None:
            held, why = _laid_over(held, layer, sure, why_not)
            steps.append(held)
            if why:
                refused.append(Refused(setting, layer, entry.where, why))
        if sure is not entry:
            held, why = _laid_over(held, layer, entry, _IN_DOUBT)
            steps.append(held)
            refused += _doubted(given, entry, held) if why else ()
    return steps


def _doubted(given: Given, entry: Entry, held: Held) -> Iterator[Refused]:
    """What of *entry* is not honoured since it is in doubt; *held* is what holds now."""
    setting = held.setting
    by_item = {doubt.item: doubt for doubt in reversed(given.doubts.get(setting.name, ()))}
    file = entry.where.rpartition(":")[0]
    for item, doubt, value in _of_items(entry, by_item):
        if item and isinstance(held.value, tuple) and value in held.value:
            continue
        where = f"{doubt.file or file}:{doubt.line}"
        what = setting.doubted(str(value)) if item else f"`{setting.name}` is set"
        why = f"it is a setting {doubt.whose}"
        remedy = f"it is not honoured (once read: assaymark reviewed {where})"
        yield Refused(
            setting, given.layer, where, why, f"{where}: {what} by a setting {doubt.whose}; {remedy}"
        )


def _of_items(entry: Entry, by_item: Mapping[int | None, Doubt]) -> Iterator[tuple[bool, Doubt, object]]:
    """Each item of *entry* that is in doubt, by itself or with all; else the entry, which is no item."""
    whole = by_item.get(None)
    if not isinstance(entry.value, tuple):
        if whole is not None:
            yield False, whole, entry.value
        return
    for number, value in enumerate(entry.value):
        doubt = by_item.get(number, whole)
        if doubt is not None:
            yield True, doubt, value


def _laid_over(before: Held, layer: Layer, entry: Entry, doubt: str) -> tuple[Held, str]:
    """What holds after *entry*, and why it is not honoured in full; *doubt* is why it may loosen nothing."""
    setting = before.setting
    if setting.costs and doubt:
        return before, doubt
    if setting.adds:
        # What comes with the code comes last: of two rules with one name, the first counts.
        first, last = (
            (before.value, entry.value) if layer.comes_with_the_code else (entry.value, before.value)
        )
        return Held(setting, setting.stricter(last, first), layer, entry.where), ""
    joined = setting.stricter(before.value, entry.value)
    after = Held(setting, entry.value, layer, entry.where, loosens=joined != entry.value)
    if not after.loosens:
        return after, ""
    why = doubt
    if layer not in setting.loosened_by:
        why = f"a {layer.value} cannot loosen it"
    if not why:
        return after, ""
    return (before if joined == before.value else replace(after, value=joined, loosens=False)), why
