"""
A table of a payload, read leniently.

Invariants:
    A name is found in snake_case, camelCase, PascalCase and kebab-case: tools mix them, and change them.
    A value of another type than the asked one is as good as absent; nothing raises.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias


# A key's name as the table's author may have written it, without what differs between the spellings.
_Spelled: TypeAlias = "dict[str, object]"


def plain_name(name: str) -> str:
    """*name* without what its spelling adds: `toolInput`, `tool_input` and `tool-input` are one."""
    return name.replace("_", "").replace("-", "").lower()


class Fields:
    """The values of a table by their names."""

    __slots__ = ("_values", "raw")

    def __init__(self, raw: object) -> None:
        self.raw = raw if isinstance(raw, dict) else {}
        self._values: _Spelled = {}
        for key, value in self.raw.items():
            self._values.setdefault(plain_name(str(key)), value)

    def __bool__(self) -> bool:
        return bool(self._values)

    def having(self, name: str, value: object) -> Fields:
        """The same with *value* under *name*, however that was spelled."""
        others = {key: one for key, one in self.raw.items() if plain_name(str(key)) != plain_name(name)}
        return Fields({**others, name: value})

    def has(self, *names: str) -> bool:
        return any(plain_name(name) in self._values for name in names)

    def value(self, *names: str) -> object:
        """The first of *names* that has a value; None without."""
        for name in names:
            found = self._values.get(plain_name(name))
            if found is not None:
                return found
        return None

    def text(self, *names: str) -> str:
        """The first of *names* that is a text; else an empty one."""
        return self.text_or_none(*names) or ""

    def text_or_none(self, *names: str) -> str | None:
        for name in names:
            found = self._values.get(plain_name(name))
            if isinstance(found, str):
                return found
        return None

    def flag(self, *names: str) -> bool:
        """Whether one of *names* is true; a truth in words counts."""
        return any(self._values.get(plain_name(name)) in (True, "true") for name in names)

    def denied(self, *names: str) -> bool:
        """Whether one of *names* is there and false."""
        return any(self._values.get(plain_name(name)) is False for name in names)

    def count(self, *names: str) -> int | None:
        found = self.value(*names)
        return found if isinstance(found, int) and not isinstance(found, bool) else None

    def table(self, *names: str) -> Fields:
        """The first of *names* that is a table; else an empty one."""
        for name in names:
            found = self._values.get(plain_name(name))
            if isinstance(found, dict):
                return Fields(found)
        return Fields({})

    def tables(self, *names: str) -> tuple[Fields, ...]:
        """The tables of the first of *names* that is a list."""
        for name in names:
            found = self._values.get(plain_name(name))
            if isinstance(found, list):
                return tuple(Fields(item) for item in found if isinstance(item, dict))
        return ()

    def texts(self, *names: str) -> tuple[str, ...]:
        """The texts of the first of *names* that is a list."""
        for name in names:
            found = self._values.get(plain_name(name))
            if isinstance(found, list):
                return tuple(item for item in found if isinstance(item, str))
        return ()


def event_of(fields: Fields) -> str:
    """The name of the event that a payload tells of, plain; empty where it names none."""
    return plain_name(fields.text("hook_event_name", "hook_name", "agent_action_name", "event_name", "event"))
