"""
Data classes that cost little to define.

What `dataclasses` writes and compiles for each class, and what it imports, takes longer than to check a small
file. Here most methods stand once, and ``__init__`` is written for classes of which many values are made.

Invariants:
    A class does what one of `dataclasses` with slots does, for the options that are taken here.
    `dataclasses` is imported by nobody but who asks for the fields of a class in its way.
"""

from __future__ import annotations

import operator
from operator import attrgetter

from assaymark.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from dataclasses import Field
    from typing import TypeVar

    T = TypeVar("T")

_FIELDS = "_fields_of_class"
_UNSLOTTED = ("__dict__", "__weakref__")


class _Missing:
    """What stands for no value."""

    def __repr__(self) -> str:
        return "<missing>"


_MISSING = _Missing()
_put = object.__setattr__

# To write ``__init__`` costs as much as to make some tens of values without it.
_N_UNWRITTEN = 16


class _Field(NamedTuple):
    """How one field is given."""

    default: object = _MISSING
    default_factory: Callable[[], object] | None = None
    init: bool = True
    compare: bool = True
    repr: bool = True


def _dataclass(
    *, frozen: bool = False, slots: bool = False, eq: bool = True, order: bool = False
) -> Callable[[type], type]:
    def made(kind: type) -> type:
        own, fields = vars(kind), _fields_of(kind)
        dropped = {*vars(kind).get("__annotations__", ()), *_UNSLOTTED}
        body = {name: value for name, value in own.items() if name not in dropped}
        if slots:
            body["__slots__"] = tuple(own.get("__annotations__", ()))
        body[_FIELDS] = fields
        body["__match_args__"] = tuple([name for name, one in fields.items() if one.init])
        body["__dataclass_fields__"] = _Described()
        body.setdefault("__repr__", _represented)
        if frozen:
            body["__setattr__"] = body["__delattr__"] = _refuse
        if eq:
            compared = [name for name, one in fields.items() if one.compare]
            body.update(_comparing(compared, frozen=frozen, order=order))
        whole = type(kind)(kind.__name__, kind.__bases__, body)
        whole.__qualname__ = kind.__qualname__
        _write_later(whole, fields, frozen=frozen)
        return whole

    return made


def _fields_of(kind: type) -> dict[str, _Field]:
    """Its fields, those that it inherits first."""
    found: dict[str, _Field] = {}
    for above in reversed(kind.__mro__[1:]):
        found.update(vars(above).get(_FIELDS, {}))
    for name in vars(kind).get("__annotations__", ()):
        given = vars(kind).get(name, _MISSING)
        found[name] = given if isinstance(given, _Field) else _Field(given)
    return found


def _write_later(kind: type, fields: Mapping[str, _Field], *, frozen: bool) -> None:
    """Effect: *kind* gets an ``__init__`` that writes another one when that will pay."""
    n_made = 0

    def unwritten(self: object, /, *values: object, **named: object) -> None:
        nonlocal n_made
        n_made += 1
        if n_made <= _N_UNWRITTEN:
            _fill(self, fields, values, named)
            return
        written = _written(kind, fields, frozen=frozen)
        type.__setattr__(kind, "__init__", written)
        written(self, *values, **named)

    type.__setattr__(kind, "__init__", unwritten)


def _fill(
    value: object, fields: Mapping[str, _Field], values: tuple[object, ...], named: Mapping[str, object]
) -> None:
    """
    Effect: *value* has its fields.

    Raises TypeError where these are not they.
    """
    names = [name for name, one in fields.items() if one.init]
    first = names[: len(values)]
    given = {**dict(zip(first, values, strict=False)), **named}
    if len(values) > len(names) or not named.keys() <= {*names} - {*first}:
        msg = f"{type(value).__qualname__} is made from {', '.join(names)}"
        raise TypeError(msg)
    for name, one in fields.items():
        if name in given:
            _put(value, name, given[name])
        elif one.default_factory is not None:
            _put(value, name, one.default_factory())
        elif one.default is not _MISSING:
            _put(value, name, one.default)
        elif one.init:
            msg = f"{type(value).__qualname__} is made without {name}"
            raise TypeError(msg)
    if hasattr(value, "__post_init__"):
        value.__post_init__()


def _written(kind: type, fields: Mapping[str, _Field], *, frozen: bool) -> Callable[..., None]:
    known: dict[str, object] = {"_missing": _MISSING, "_put": _put}
    parameters, lines = ["self"], ["pass"]
    for number, (name, one) in enumerate(fields.items()):
        value = name
        if one.default_factory is not None:
            known[f"_make{number}"] = one.default_factory
            value = f"_make{number}()" + (f" if {name} is _missing else {name}" if one.init else "")
        elif one.default is not _MISSING:
            known[f"_default{number}"] = one.default
            value = name if one.init else f"_default{number}"
        if one.init:
            given = {f"_make{number}": "_missing", f"_default{number}": f"_default{number}"}
            default = next((given[key] for key in given if key in known), None)
            parameters.append(name if default is None else f"{name}={default}")
        elif value == name:
            continue
        slot = getattr(kind, name, None)
        if slot is not None:
            # Faster than to name it again.
            known[f"_set{number}"] = slot.__set__
        setting = f"_put(self, {name!r}, {value})" if slot is None else f"_set{number}(self, {value})"
        lines.append(setting if frozen else f"self.{name} = {value}")
    if hasattr(kind, "__post_init__"):
        lines.append("self.__post_init__()")
    source = f"def __init__({', '.join(parameters)}):\n " + "\n ".join(lines)
    exec(source, known)  # noqa: S102 - of the names of fields alone
    made: Callable[..., None] = known["__init__"]  # type: ignore[assignment]
    return made


def _comparing(names: list[str], *, frozen: bool, order: bool) -> Iterator[tuple[str, object]]:
    values: Callable[[object], object] = attrgetter(*names) if names else (lambda _: ())

    def equal(one: object, other: object) -> bool:
        return values(one) == values(other) if type(other) is type(one) else NotImplemented

    def hashed(one: object) -> int:
        return hash(values(one))

    yield "__eq__", equal
    yield "__hash__", hashed if frozen else None
    for compare in (operator.lt, operator.le, operator.gt, operator.ge) if order else ():
        yield f"__{compare.__name__}__", _ordered(compare, values)  # type: ignore[arg-type]


def _ordered(
    compare: Callable[[object, object], object], values: Callable[[object], object]
) -> Callable[[object, object], object]:
    return lambda one, other: (
        compare(values(one), values(other)) if type(other) is type(one) else NotImplemented
    )


def _represented(value: object) -> str:
    fields: Mapping[str, _Field] = getattr(value, _FIELDS)
    shown = [f"{name}={getattr(value, name)!r}" for name, one in fields.items() if one.repr]
    return f"{type(value).__qualname__}({', '.join(shown)})"


def _refuse(_: object, name: str, *__: object) -> None:
    from dataclasses import FrozenInstanceError

    msg = f"{name!r} is never changed"
    raise FrozenInstanceError(msg)


def _replaced(value: T, /, **changes: object) -> T:
    fields: Mapping[str, _Field] = getattr(value, _FIELDS)
    for name, one in fields.items():
        if one.init and name not in changes:
            changes[name] = getattr(value, name)
    return type(value)(**changes)


class _Described:
    """The fields as `dataclasses` knows them, so that what stands there takes these classes too."""

    def __get__(self, _: object, kind: type) -> Mapping[str, Field[object]]:
        import dataclasses

        fields: Mapping[str, _Field] = getattr(kind, _FIELDS)
        table = dataclasses.make_dataclass(
            kind.__name__, [(name, object, _as_field(one)) for name, one in fields.items()]
        )
        return {one.name: one for one in dataclasses.fields(table)}


def _as_field(one: _Field) -> Field[object]:
    import dataclasses

    given: dict[str, object] = {}
    if one.default_factory is not None:
        given["default_factory"] = one.default_factory
    elif one.default is not _MISSING:
        given["default"] = one.default
    return dataclasses.field(init=one.init, compare=one.compare, repr=one.repr, **given)  # type: ignore[call-overload, no-any-return]


# To who checks types, they are what they stand for.
if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 - a name of this module
    from dataclasses import field as field  # noqa: PLC0414 - a name of this module
    from dataclasses import replace as replace  # noqa: PLC0414 - a name of this module
else:
    dataclass, field, replace = _dataclass, _Field, _replaced
