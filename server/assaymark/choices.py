"""
Enumerations of texts that cost little to define.

What `enum` does for each class, and what it imports, takes longer than to read a payload or to look at a
commit. Here a member is an object with a name and a value, and a class is made by one loop.

Invariant: a class does what one of `enum.Enum` does whose values are texts, each its own.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


class _Kind(type):
    """Makes the class, and a member of each text that is written there."""

    _members: dict[object, object]

    def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, object]) -> type:
        texts = {key: text for key, text in body.items() if key[0] != "_" and type(text) is str}
        rest = {key: one for key, one in body.items() if key not in texts}
        made = super().__new__(cls, name, bases, {"__slots__": (), **rest})
        made._members = {text: _member(made, key, text) for key, text in texts.items()}
        for key, text in texts.items():
            type.__setattr__(made, key, made._members[text])
        return made

    def __call__(cls, value: object) -> object:
        try:
            return cls._members[value]
        except (KeyError, TypeError):
            msg = f"{value!r} is not a valid {cls.__qualname__}"
            raise ValueError(msg) from None

    def __getitem__(cls, name: str) -> object:
        return {one.name: one for one in cls}[name]  # type: ignore[attr-defined]

    def __iter__(cls) -> Iterator[object]:
        return iter(cls._members.values())

    def __reversed__(cls) -> Iterator[object]:
        return reversed(cls._members.values())

    def __len__(cls) -> int:
        return len(cls._members)


class _Choice(metaclass=_Kind):
    """What all members have."""

    __slots__ = ("name", "value")
    name: str
    value: str

    def __setattr__(self, name: str, _value: object) -> None:
        msg = f"{name!r} is never changed"
        raise AttributeError(msg)

    def __repr__(self) -> str:
        return f"<{self}: {self.value!r}>"

    def __str__(self) -> str:
        return f"{type(self).__name__}.{self.name}"

    def __reduce__(self) -> tuple[type, tuple[str]]:
        # A copy is the member itself, here and in another process.
        return type(self), (self.value,)


def _member(kind: type, name: str, value: str) -> object:
    member: object = object.__new__(kind)
    object.__setattr__(member, "name", name)
    object.__setattr__(member, "value", value)
    return member


# To who checks types, it is what it stands for.
if TYPE_CHECKING:
    from enum import Enum

    class Choice(Enum):
        """An enumeration."""
else:
    Choice = _Choice
