"""
What a rule file says, with the line of each thing it says.

A `Fields` is a mapping read from YAML. Every value is asked for by its key and its kind; what is of another
kind is an error that names the file, the line, the key and the remedy.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, NoReturn, TypeVar

import yaml

from assaymark.dataclass import dataclass, replace
from assaymark.rules.rule import BadRuleError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

T = TypeVar("T")

# Where a value stands: the keys and positions that lead to it.
Trail = tuple[str | int, ...]

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# A rule file is small; what is larger, or refers to itself over and over, is not one.
_MAX_CHARACTERS = 1_000_000
_MAX_NODES = 100_000
_MAX_DEPTH = 60


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping of a rule file."""

    path: str
    values: Mapping[str, object]
    lines: Mapping[Trail, int]
    at: Trail = ()
    rule: str = ""

    def line(self, *trail: str | int) -> int:
        """The line of what *trail* leads to, or of the nearest thing around it."""
        full = self.at + trail
        while full and full not in self.lines:
            full = full[:-1]
        return self.lines.get(full, 1)

    def error(self, key: str, message: str, *rest: str | int) -> BadRuleError:
        """The error about *key*, to raise."""
        whose = f"rule {self.rule}: " if self.rule else ""
        return BadRuleError(Problem(self.path, self.line(key, *rest), whose + message, self.rule, key))

    def refuse(self, key: str, message: str) -> NoReturn:
        """Raise the error about *key*."""
        raise self.error(key, message)

    def named(self, rule: str) -> Fields:
        """The same fields; errors name *rule*."""
        return replace(self, rule=rule)

    def only(self, known: Iterable[str]) -> None:
        """Raise for the first key that is not *known*."""
        for key in self.values:
            if key not in known:
                raise self.error(key, f"{key!r} is not a key{meant(key, known)}")

    def wanted(self, key: str, example: str) -> None:
        """Raise when *key* is missing."""
        if self.values.get(key) is None:
            raise self.error(key, f"{key!r} is missing; write {key}: {example}")

    def text(self, key: str, default: str = "") -> str:
        """The text under *key*."""
        value = self.values.get(key)
        if value is None:
            return default
        if not isinstance(value, str):
            raise self.error(key, f"{key!r} takes a text; put {value!r} in quotes")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """The texts under *key*: a list, or one text."""
        return tuple(_texts(self, key, self.values.get(key)))

    def numbers(self, key: str) -> tuple[int, ...]:
        """The whole numbers under *key*: a list, or one number."""
        value = self.values.get(key)
        listed = [] if value is None else value if isinstance(value, list) else [value]
        for item in listed:
            if type(item) is not int:
                raise self.error(key, f"{key!r} takes numbers such as 89, not {item!r}")
        return tuple(listed)

    def flag(self, key: str) -> bool:
        """The truth under *key*, which must be there."""
        value = self.values.get(key)
        if not isinstance(value, bool):
            raise self.error(key, f"{key!r} takes true or false")
        return value

    def choice(self, key: str, read: Callable[[str], T], default: T) -> T:
        """The text under *key* as *read* understands it."""
        text = self.text(key)
        if not text:
            return default
        try:
            return read(text)
        except ValueError as error:
            raise self.error(key, f"{key!r}: {error}") from None

    def inner(self, key: str) -> Fields:
        """The mapping under *key*, empty when there is none."""
        value = self.values.get(key)
        if value is None:
            value = {}
        if not isinstance(value, dict):
            raise self.error(key, f"{key!r} takes keys and values, not {value!r}")
        return replace(self, values=value, at=(*self.at, key))

    def each(self, key: str) -> Iterator[Fields]:
        """The mappings in the list under *key*."""
        value = self.values.get(key)
        if value is None:
            return
        if not isinstance(value, list):
            raise self.error(key, f"{key!r} takes a list; start each item with '- '")
        for index, item in enumerate(value):
            if not isinstance(item, dict):
                raise self.error(key, f"{key!r} takes a list of mappings, not {item!r}", index)
            yield replace(self, values=item, at=(*self.at, key, index))

    def find(self, key: str, near: str | None) -> Trail:
        """The trail, from here, of the first *key* at any depth whose value holds *near*, or ()."""
        for trail, value in _walk(self.values, ()):
            if trail[-1] == key and (near is None or near in str(value)):
                return trail
        return ()


def meant(word: str, known: Iterable[str]) -> str:
    """The remedy for the unknown *word*: the known word that is like it, or all of them."""
    known = list(known)
    like = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean {like[0]!r}?" if like else f"; the keys are {', '.join(known)}"


def read_fields(text: str, path: str, first_line: int = 1) -> Fields:
    """The mapping in the YAML *text*, whose first line is number *first_line* of the file *path*."""
    if len(text) > _MAX_CHARACTERS:
        raise BadRuleError(Problem(path, first_line, f"over {_MAX_CHARACTERS} characters; split it"))
    loader = _Loader(text)
    try:
        _check_depth(text, path, first_line)
        node = loader.get_single_node()
        reader = _Reader(path, first_line, loader)
        values = reader.value(node, ()) if node is not None else {}
    except yaml.MarkedYAMLError as error:
        raise BadRuleError(_not_yaml(error, path, first_line)) from None
    except (yaml.YAMLError, ValueError) as error:
        first = str(error).partition("\n")[0]
        raise BadRuleError(Problem(path, first_line, f"not YAML: {first}")) from None
    finally:
        loader.dispose()
    if not isinstance(values, dict):
        raise BadRuleError(Problem(path, first_line, "not keys and values; write them as 'key: value'"))
    return Fields(path, values, reader.lines)


def _not_yaml(error: yaml.MarkedYAMLError, path: str, first_line: int) -> Problem:
    mark = error.problem_mark or error.context_mark
    line = first_line + (mark.line if mark else 0)
    what = error.problem or error.context or ""
    remedy = "; put a text that holds ': ' in quotes" if what.startswith("mapping values") else ""
    return Problem(path, line, f"not YAML: {what}{remedy}")


def _check_depth(text: str, path: str, first_line: int) -> None:
    """Raise when *text* is nested too deep to compose, which the C loader does without a limit."""
    depth = 0
    for event in yaml.parse(text, _Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _MAX_DEPTH:
            raise BadRuleError(Problem(path, first_line, f"nested over {_MAX_DEPTH} deep; make it flat"))


class _Reader:
    """Builds plain values from YAML nodes and notes their lines."""

    def __init__(self, path: str, first_line: int, loader: yaml.SafeLoader) -> None:
        self.lines: dict[Trail, int] = {}
        self._path = path
        self._first_line = first_line
        self._loader = loader

    def value(self, node: yaml.Node, trail: Trail) -> object:
        self.lines.setdefault(trail, self._line(node))
        if len(trail) > _MAX_DEPTH or len(self.lines) > _MAX_NODES:
            raise self._error(node, "too large, or it refers to itself; write it out")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, trail)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*trail, index)) for index, item in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, trail: Trail) -> dict[str, object]:
        seen: set[str] = set()
        for key_node, _ in node.value:
            key = self._key(key_node)
            if key in seen:
                raise self._error(key_node, f"{key!r} stands here twice; keep one")
            seen.add(key)
        # Merge keys (`<<`) put what they bring before the keys that override it.
        self._loader.flatten_mapping(node)
        values: dict[str, object] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node)
            self.lines[(*trail, key)] = self._line(key_node)
            values[key] = self.value(value_node, (*trail, key))
        return values

    def _key(self, node: yaml.Node) -> str:
        if not isinstance(node.value, str):
            raise self._error(node, "a key is one word")
        return node.value

    def _scalar(self, node: yaml.Node) -> object:
        value: object = self._loader.construct_object(node)
        return value if value is None or isinstance(value, str | int | float | bool) else str(node.value)

    def _line(self, node: yaml.Node) -> int:
        return self._first_line + int(node.start_mark.line)

    def _error(self, node: yaml.Node, message: str) -> BadRuleError:
        return BadRuleError(Problem(self._path, self._line(node), message))


def _texts(fields: Fields, key: str, value: object) -> Iterator[str]:
    listed = [] if value is None else value if isinstance(value, list) else [value]
    for item in listed:
        if not isinstance(item, str):
            raise fields.error(key, f"{key!r} takes texts; put {item!r} in quotes")
        yield item


def _walk(value: object, trail: Trail) -> Iterator[tuple[Trail, object]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*trail, key), inner
            yield from _walk(inner, (*trail, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _walk(inner, (*trail, index))
