"""
Frozen plain data that is cheap to define: what dataclasses write and compile for each class stands here once.

The pattern language has forty such classes; to define them as dataclasses takes a start of the program longer
than to load the rules.

Invariants:
    Records are equal when they are of one class and their fields are equal; none is ever changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar, cast, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def record(kind: type[T]) -> type[T]:
    """The class *kind*, whose annotations are its fields, as that of a record."""
    names = tuple(kind.__annotations__)
    given = vars(kind)
    body = {name: value for name, value in given.items() if name not in names and name not in _UNSLOTTED}
    body["__slots__"] = body["__match_args__"] = names
    body["_defaults"] = {name: given[name] for name in names if name in given}
    return cast("type[T]", type(kind.__name__, (Record,), body))


_UNSLOTTED = frozenset(["__dict__", "__weakref__"])
_put = object.__setattr__


class Record:
    """What all records can do; fields are given in their order or by their names."""

    __slots__ = ()
    __match_args__: tuple[str, ...] = ()
    _defaults: Mapping[str, object] = {}

    def __init__(self, *values: object, **named: object) -> None:
        names = self.__match_args__
        if named or len(values) != len(names):
            values = self._completed(values, named)
        for name, value in zip(names, values, strict=True):
            _put(self, name, value)

    def _completed(self, values: tuple[object, ...], named: Mapping[str, object]) -> tuple[object, ...]:
        """A value for each field; TypeError when these are not the fields."""
        names = self.__match_args__
        given = {**self._defaults, **dict(zip(names, values, strict=False)), **named}
        if len(values) > len(names) or given.keys() != set(names):
            msg = f"{type(self).__name__} is made from {', '.join(names)}"
            raise TypeError(msg)
        return tuple([given[name] for name in names])

    def _values(self) -> tuple[object, ...]:
        return tuple([getattr(self, name) for name in self.__match_args__])

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash((type(self), self._values()))

    def __repr__(self) -> str:
        fields = zip(self.__match_args__, self._values(), strict=True)
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in fields)})"

    def __setattr__(self, name: str, value: object) -> None:
        self._refuse(name)

    def __delattr__(self, name: str) -> None:
        self._refuse(name)

    def _refuse(self, name: str) -> None:
        msg = f"{name} of a record is never changed"
        raise AttributeError(msg)

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return type(self), self._values()
