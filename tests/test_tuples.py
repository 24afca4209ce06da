"""Our named tuples do what those of the standard library do."""

from __future__ import annotations

import copy
import json
import pickle
from typing import NamedTuple as Theirs

import pytest

from assaymark.tuples import NamedTuple


class Row(NamedTuple):
    """A row."""

    number: int
    text: str = "none"
    more: tuple[int, ...] = ()

    @property
    def doubled(self) -> int:
        return 2 * self.number


class TheirRow(Theirs):
    """A row."""

    number: int
    text: str = "none"
    more: tuple[int, ...] = ()


class Nothing(NamedTuple):
    """It has no fields."""


def test_class_says_what_it_is_made_from() -> None:
    """Fields, defaults, documentation and patterns are those of the standard library."""
    for name in ("_fields", "_field_defaults", "__match_args__", "__doc__"):
        assert getattr(Row, name) == getattr(TheirRow, name)
    assert type(Row) is type
    assert Row.__module__ == __name__


@pytest.mark.parametrize("n_made", [1, 40])
def test_value_is_the_tuple_of_its_fields(n_made: int) -> None:
    """However many were made before, and however the fields were given."""
    for _ in range(n_made):
        values = [Row(1), Row(number=1), Row(1, "none"), Row(1, text="none"), Row(1, "none", ())]
    for value in values:
        assert value == (1, "none", ()) == TheirRow(1)
        assert hash(value) == hash(TheirRow(1))
        assert (value.number, value.text, value.more, value.doubled) == (1, "none", (), 2)
    assert Nothing() == ()


@pytest.mark.parametrize("n_made", [1, 40])
def test_wrong_fields_are_refused(n_made: int) -> None:
    """Too many, too few, unknown ones, or one twice."""
    for _ in range(n_made):
        for given, named in (((1, "", (), 4), {}), ((), {}), ((1,), {"other": 1}), ((1,), {"number": 1})):
            with pytest.raises(TypeError):
                Row(*given, **named)  # type: ignore[arg-type]


def test_value_is_changed_shown_and_copied_as_theirs() -> None:
    """What the standard library's have besides fields, these have too."""
    ours, theirs = Row(1, "a"), TheirRow(1, "a")
    assert ours._replace(text="b") == theirs._replace(text="b")
    assert type(ours._replace(text="b")) is Row
    assert ours._asdict() == theirs._asdict()
    assert Row._make([1, "a", ()]) == TheirRow._make([1, "a", ()])
    assert f"Their{ours!r}" == repr(theirs)
    assert json.dumps(ours) == json.dumps(theirs)
    for again in (pickle.loads(pickle.dumps(ours)), copy.deepcopy(ours)):
        assert again == ours
        assert type(again) is Row
    with pytest.raises(AttributeError):
        ours.number = 2  # type: ignore[misc]
    with pytest.raises(ValueError, match="other"):
        ours._replace(other=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Row._make([1])


def test_value_matches_a_pattern() -> None:
    """By place and by name."""
    match Row(3, "c"):
        case Row(number, text=text):
            assert (number, text) == (3, "c")


def test_field_without_default_stands_first() -> None:
    """As where fields are parameters."""
    with pytest.raises(TypeError, match="Wrong"):

        class Wrong(NamedTuple):
            one: int = 1
            two: int  # type: ignore[misc]
