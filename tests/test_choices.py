"""Enumerations that cost little to define: they do what those of `enum` do."""

from __future__ import annotations

import copy
import enum
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from assaymark.choices import Choice


class Ours(Choice):
    """A choice."""

    one = "one"
    other_one = "other-one"

    @property
    def is_one(self) -> bool:
        return self is Ours.one


class Theirs(enum.Enum):
    """A choice."""

    one = "one"
    other_one = "other-one"


def test_members_are_those_that_enum_makes() -> None:
    assert [(one.name, one.value, repr(one), str(one)) for one in Ours] == [
        (one.name, one.value, repr(one).replace("Theirs", "Ours"), str(one).replace("Theirs", "Ours"))
        for one in Theirs
    ]
    assert len(Ours) == 2
    assert [one.name for one in reversed(Ours)] == [one.name for one in reversed(Theirs)]
    assert Ours.one in Ours
    assert isinstance(Ours.one, Ours)
    assert Ours.one.is_one
    assert not Ours.other_one.is_one
    assert Ours.__doc__ == Theirs.__doc__


def test_a_member_is_found_by_its_value_and_is_one_object() -> None:
    assert Ours("other-one") is Ours.other_one
    assert Ours["other_one"] is Ours.other_one
    assert copy.deepcopy(Ours.one) is copy.copy(Ours.one) is pickle.loads(pickle.dumps(Ours.one)) is Ours.one
    assert len({Ours.one, Ours.other_one, Ours("one")}) == 2
    assert Ours.one != "one"
    match Ours("one"):
        case Ours.other_one:
            pytest.fail("another one")
        case Ours.one:
            pass


@pytest.mark.parametrize("wrong", ["none", None, 1, [], "is_one"])
def test_what_is_no_value_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match="is not a valid Theirs"):
        Theirs(wrong)
    with pytest.raises(ValueError, match="is not a valid Ours"):
        Ours(wrong)


def test_a_member_is_never_changed() -> None:
    with pytest.raises(AttributeError):
        Ours.one.value = "x"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        Ours.one.more = "x"  # type: ignore[attr-defined]


def test_nothing_is_imported_for_it() -> None:
    code = "import sys; import assaymark.origin; assert not {'enum', 're', 'typing'} & {*sys.modules}"
    place = str(Path(__file__).parents[1] / "server")
    subprocess.run([sys.executable, "-S", "-c", code], check=True, env=os.environ | {"PYTHONPATH": place})
