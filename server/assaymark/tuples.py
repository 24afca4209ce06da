"""
Named tuples that cost little to define.

What `typing` and `collections` write and compile for each class takes longer than all that a hook does with
its values, and an agent waits for it. Here the methods stand once, and `__new__` is written for classes of
which many values are made by name or with defaults.

Invariant: a class does what one of `typing.NamedTuple` does.
"""

from __future__ import annotations

from operator import itemgetter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

try:
    # What `collections` makes attributes of: as fast as an attribute can be.
    from _collections import _tuplegetter as _getter  # type: ignore[import-not-found]
except ImportError:

    def _getter(number: int, doc: str) -> property:
        return property(itemgetter(number), doc=doc)


_new = tuple.__new__

# To write `__new__` costs as much as to make some tens of values without it.
_N_UNWRITTEN = 16


class _Tuple(tuple):  # type: ignore[type-arg]
    """What all classes have."""

    __slots__ = ()
    _fields: tuple[str, ...] = ()
    _field_defaults: Mapping[str, object] = {}

    @classmethod
    def _make(cls, values: Iterable[object]) -> object:
        made: tuple[object, ...] = _new(cls, values)
        if len(made) != len(cls._fields):
            msg = f"Expected {len(cls._fields)} arguments, got {len(made)}"
            raise TypeError(msg)
        return made

    def _replace(self, /, **changes: object) -> object:
        if not changes.keys() <= {*self._fields}:
            msg = f"Got unexpected field names: {sorted(changes.keys() - {*self._fields})!r}"
            raise ValueError(msg)
        return _new(type(self), map(changes.get, self._fields, self))

    def _asdict(self) -> dict[str, object]:
        return dict(zip(self._fields, self, strict=True))

    def __getnewargs__(self) -> tuple[object, ...]:
        return tuple(self)

    def __repr__(self) -> str:
        shown = [f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True)]
        return f"{type(self).__name__}({', '.join(shown)})"


class _Kind(type):
    """Makes the class, of no kind but `type`, from how it is written."""

    def __new__(cls, name: str, _: tuple[type, ...], body: dict[str, object]) -> type:
        fields: tuple[str, ...] = tuple(body.get("__annotations__", ()))  # type: ignore[arg-type]
        defaults = {field: body[field] for field in fields if field in body}
        if any(one not in defaults for one in fields[len(fields) - len(defaults) :]):
            msg = f"Non-default field cannot follow default fields in {name}"
            raise TypeError(msg)
        own = {
            **body,
            **{
                field: _getter(number, f"Alias for field number {number}")
                for number, field in enumerate(fields)
            },
            "__slots__": (),
            "__match_args__": fields,
            "_fields": fields,
            "_field_defaults": defaults,
            "__new__": _made_of(fields, defaults),
        }
        return type(name, (_Tuple,), own)


def _made_of(fields: tuple[str, ...], defaults: Mapping[str, object]) -> Callable[..., tuple[object, ...]]:
    """A `__new__` that writes another one when that will pay."""
    n_fields, n_filled = len(fields), 0

    def made(kind: type, /, *values: object, **named: object) -> tuple[object, ...]:
        nonlocal n_filled
        if len(values) == n_fields and not named:
            return _new(kind, values)
        n_filled += 1
        if n_filled > _N_UNWRITTEN:
            kind.__new__ = _written(fields, defaults)  # type: ignore[assignment, method-assign]
        return _new(kind, _filled(kind, fields, defaults, values, named))

    return made


def _filled(
    kind: type,
    fields: tuple[str, ...],
    defaults: Mapping[str, object],
    values: tuple[object, ...],
    named: Mapping[str, object],
) -> list[object]:
    """The value of each field. Raises TypeError where these are not they."""
    rest = fields[len(values) :]
    given = {**defaults, **named}
    if len(values) > len(fields) or not named.keys() <= {*rest} or not given.keys() >= {*rest}:
        msg = f"{kind.__qualname__} is made from {', '.join(fields)}"
        raise TypeError(msg)
    return [*values, *[given[name] for name in rest]]


def _written(fields: tuple[str, ...], defaults: Mapping[str, object]) -> Callable[..., tuple[object, ...]]:
    known = {"_new": _new, **{f"_default_{name}": value for name, value in defaults.items()}}
    parameters = [f"{name}=_default_{name}" if name in defaults else name for name in fields]
    values = "".join(f"{name}, " for name in fields)
    source = f"def __new__(_kind, {', '.join(parameters)}):\n return _new(_kind, ({values}))"
    exec(source, known)  # noqa: S102 - of the names of fields alone
    made: Callable[..., tuple[object, ...]] = known["__new__"]  # type: ignore[assignment]
    return made


class _Named:
    """What a class says that it is made from."""

    def __mro_entries__(self, _: tuple[object, ...]) -> tuple[type, ...]:
        return (_Unmade,)


_Unmade = type.__new__(_Kind, "_Unmade", (), {})

# To who checks types, it is what it stands for.
if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple  # noqa: PLC0414 - a name of this module
else:
    NamedTuple = _Named()
