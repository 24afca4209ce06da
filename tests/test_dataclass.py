"""Our data classes do what those of the standard library do, and cost a start less."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from assaymark import dataclass as ours

SOURCE = """
from typing import Generic, TypeVar
T = TypeVar("T")

@dataclass(frozen=True, slots=True)
class Plain:
    one: int
    two: str = "2"
    three: tuple = field(default_factory=tuple)

@dataclass(frozen=True, slots=True, order=True)
class Ordered:
    first: int
    second: int

@dataclass(frozen=True, slots=True, eq=False)
class Single:
    one: int

@dataclass(slots=True)
class Open:
    one: list = field(default_factory=list)

@dataclass(frozen=True, slots=True)
class Derived(Plain):
    four: int = 4

@dataclass(frozen=True, slots=True)
class Made(Generic[T]):
    one: T
    hidden: int = field(default=0, compare=False, repr=False)
    two: int = field(init=False)
    three: int = field(init=False, default=3)

    def __post_init__(self):
        object.__setattr__(self, "two", self.one + 1)

@dataclass(frozen=True)
class Loose:
    one: int
    two: int = 2

@dataclass(frozen=True, slots=True)
class Empty:
    def said(self):
        return "nothing"
"""
EXPRESSIONS = [
    "Plain(1)",
    "Plain(1, three=(3,), two='b')",
    "Plain(1) == Plain(1), Plain(1) == Plain(2), Plain(1) != Derived(1), Plain(1) == 1",
    "hash(Plain(1)) == hash(Plain(1)), len({Plain(1), Plain(1), Plain(2)})",
    "Plain()",
    "Plain(1, 2, 3, 4)",
    "Plain(1, five=5)",
    "setattr(Plain(1), 'one', 2)",
    "delattr(Plain(1), 'one')",
    "Plain(1).__slots__, Plain.__match_args__, hasattr(Plain(1), '__dict__'), Plain.__qualname__",
    "replace(Plain(1), two='b')",
    "replace(Plain(1), five=5)",
    "replace(Made(1, hidden=5), one=7), replace(Made(1, hidden=5), one=7).hidden",
    "sorted([Ordered(2, 1), Ordered(1, 2), Ordered(1, 1)])",
    "Ordered(1, 2) <= Ordered(1, 2), Ordered(1, 2) > Ordered(1, 1), Ordered(2, 0) >= Ordered(1, 9)",
    "Ordered(1, 2) < 3",
    "Plain(1) < Plain(2)",
    "Single(1) == Single(1), len({Single(1), Single(1)})",
    "Open(), Open().one is Open().one, Open() == Open()",
    "setattr(x := Open(), 'one', [1]), x",
    "hash(Open())",
    "Derived(1), Derived(1, four=5), Derived(1).__slots__, Derived.__match_args__",
    "Made(1), Made(1) == Made(1, hidden=5), Made(1).three, Made.__match_args__",
    "Made(1, two=2)",
    "Loose(1), vars(Loose(1)), Loose(1) == Loose(1, 2)",
    "Empty(), Empty() == Empty(), Empty().said(), hash(Empty()) == hash(Empty())",
    "dataclasses.replace(Plain(1), two='b'), dataclasses.asdict(Plain(Single(1)))",
    "[(one.name, one.init) for one in dataclasses.fields(Made)]",
]


@pytest.mark.parametrize("n_unwritten", [0, 100])
@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_what_is_made_is_the_same(expression: str, n_unwritten: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Values, errors, comparisons, and what is asked of the class; of the first value and of later ones."""
    monkeypatch.setattr(ours, "_N_UNWRITTEN", n_unwritten)
    assert outcome(expression, ours.dataclass, ours.field, ours.replace) == outcome(
        expression, dataclasses.dataclass, dataclasses.field, dataclasses.replace
    )


def outcome(expression: str, *names: Callable[..., object]) -> str:
    """What *expression* gives, or the kind of its error, with classes that these functions make."""
    known: dict[str, object] = {"dataclasses": dataclasses, "__name__": "made"}
    known |= zip(("dataclass", "field", "replace"), names, strict=True)
    exec(compile(SOURCE, "made", "exec", dont_inherit=True), known)
    try:
        return repr(eval(expression, known))
    except (TypeError, AttributeError, ValueError) as error:
        return type(error).__name__


def test_a_check_makes_no_class_the_dear_way(tmp_path: Path) -> None:
    """To import `dataclasses` takes a tenth of the time that a check of a small file may."""
    file = tmp_path / "one.py"
    file.write_text("eval(input())\n")
    code = (
        "import sys; from assaymark.cli.main import main\n"
        f"sys.argv = ['assaymark', 'check', {str(file)!r}]\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "assert 'dataclasses' not in sys.modules, 'import dataclass from assaymark.dataclass'"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0
