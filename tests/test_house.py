"""
The house stands as it was planned: what may import what, what may be named how, who may touch the world.

Each check takes a module's name and its syntax tree, so that it can be shown planted offenders too.
"""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "server" / "assaymark"

# The longest prefix of a module's name decides. The command line is the front door: it opens the other doors.
FLOORS = {
    # What values are made with.
    "tuples": -2,
    "choices": -2,
    "tables": -2,
    "quickjson": -2,
    "dataclass": -1,
    "hashes": -1,
    "regex": -1,
    "text": 0,
    "syntax": 1,
    "origin": 1,
    "finding": 2,
    "lineage": 2,
    "rules": 3,
    "engines": 4,
    "suppress": 4,
    "analysis": 5,
    "policy": 5,
    "desk": 6,
    "person": 6,
    "workspace": 6,
    "second": 6,
    "repository": 6,
    # Stands in a repository, so above it.
    "ledger": 7,
    # Read from files, so above the workspace.
    "settings": 7,
    # What the ledger and the notes of the commits say together.
    "record": 8,
    "lsp": 9,
    "hooks": 9,
    "mcp": 9,
    "cli": 10,
    "__main__": 11,
}
STATE_FLOOR = 6
# Where a library may be imported; everywhere else it must not be.
ROOMS = {
    "pygls": ("lsp",),
    "lsprotocol": ("lsp",),
    "bandit": ("engines.bandit",),
    "tree_sitter": ("syntax", "rules.patterns", "engines", "suppress"),
    "tree_sitter_python": ("syntax",),
    "tree_sitter_javascript": ("syntax",),
    "tree_sitter_typescript": ("syntax",),
    "tree_sitter_languages": ("syntax",),
}
# Input, output, clock, chance and logging live on the state floor and above, but for the loading of rules.
WORLD = frozenset(
    [
        "asyncio",
        "datetime",
        "io",
        "logging",
        "os",
        "random",
        "shutil",
        "socket",
        "subprocess",
        "tempfile",
        "threading",
        "time",
        "urllib",
    ]
)
LOADING = frozenset(f"rules.{name}" for name in ("cache", "keys", "loading", "pages", "ready", "ruleset"))
BANNED = frozenset(
    ["base", "common", "data", "helper", "info", "manager", "misc", "perform", "process", "util"]
)
BANNED_MODULES = frozenset(["common", "core", "helpers", "types", "utils"])

Modules = list[tuple[str, ast.Module]]
Check = Callable[[str, ast.Module], Iterator[str]]


def imports_that_do_not_go_down(module: str, tree: ast.Module) -> Iterator[str]:
    """Imports of a floor above, or of another room on the same floor."""
    for line, target in _imports(module, tree):
        if not target.startswith("assaymark."):
            continue
        other = target.removeprefix("assaymark.")
        if _floor(other) > _floor(module):
            yield f"{module}:{line} (floor {_floor(module)}) imports {other} (floor {_floor(other)}), which is above"
        elif _floor(other) == _floor(module) and _room(other) != _room(module):
            yield f"{module}:{line} imports {other}, its sibling on floor {_floor(module)}"


def libraries_out_of_their_room(module: str, tree: ast.Module) -> Iterator[str]:
    for line, target in _imports(module, tree):
        rooms = ROOMS.get(target.partition(".")[0])
        if rooms is not None and not any(_inside(module, room) for room in rooms):
            yield f"{module}:{line} imports {target}, which belongs to {' and '.join(rooms)} alone"


def world_below_the_state_floor(module: str, tree: ast.Module) -> Iterator[str]:
    if _floor(module) >= STATE_FLOOR or module in LOADING:
        return
    for line, target in _imports(module, tree):
        # A stream in memory is a value; bandit reads its texts from one.
        if target.partition(".")[0] in WORLD and target != "io.BytesIO":
            yield f"{module}:{line} imports {target} below floor {STATE_FLOOR}"
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in {"open", "print"}
        ):
            yield f"{module}:{node.lineno} calls {node.func.id}() below floor {STATE_FLOOR}"


def any_below_the_state_floor(module: str, tree: ast.Module) -> Iterator[str]:
    if _floor(module) >= STATE_FLOOR:
        return
    for line, target in _imports(module, tree):
        if target == "typing.Any":
            yield f"{module}:{line} imports Any below floor {STATE_FLOOR}"


def banned_names(module: str, tree: ast.Module) -> Iterator[str]:
    banned = BANNED if _inside(module, "lsp") else BANNED | {"handler"}
    for part in module.split("."):
        if part in BANNED_MODULES or _words(part) & banned:
            yield f"{module}: the module's name says nothing"
    for node in ast.walk(tree):
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            for word in sorted(_words(node.name) & banned):
                yield f"{module}:{node.lineno} {node.name}: {word!r} says nothing"


def package_code(module: str, tree: ast.Module) -> Iterator[str]:
    """Anything but a docstring in an `__init__`, whose module name here ends in a dot."""
    if module.endswith(".") and len(tree.body) > 1:
        yield f"{module}:{tree.body[1].lineno} code or re-exports in a package's __init__"


def modules_without_docstring(module: str, tree: ast.Module) -> Iterator[str]:
    if ast.get_docstring(tree) is None:
        yield f"{module} does not say what it is"


def possessive_groups(module: str, tree: ast.Module) -> Iterator[str]:
    """Python before 3.11.5 matches them wrongly; `(?>(?:…)*)` is the same and right everywhere."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
            text = node.value if isinstance(node.value, bytes) else node.value.encode(errors="replace")
            if re.search(rb"\)(?:[*+?]|\{\d*,\d*\})\+", text):
                yield f"{module}:{node.lineno} repeats a group possessively"


CHECKS: tuple[Check, ...] = (
    imports_that_do_not_go_down,
    libraries_out_of_their_room,
    world_below_the_state_floor,
    any_below_the_state_floor,
    banned_names,
    package_code,
    modules_without_docstring,
    possessive_groups,
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_house(check: Check, modules: Modules) -> None:
    """Nothing in the package breaks the plan."""
    assert [offence for module, tree in modules for offence in check(module, tree)] == []


def test_every_module_has_a_floor() -> None:
    """A new module at the top of the package is put on a floor, here, before it is used."""
    names = map(_name_of, _files())
    assert [module for module in names if module != "." and module.partition(".")[0] not in FLOORS] == []


@pytest.mark.parametrize(
    "check, module, source",
    [
        (imports_that_do_not_go_down, "text", "from assaymark.analysis import Snapshot"),
        (imports_that_do_not_go_down, "text", "from assaymark import analysis"),
        (imports_that_do_not_go_down, "rules.page", "def late():\n    import assaymark.lsp.wire"),
        (imports_that_do_not_go_down, "analysis", "from assaymark.policy import shown"),
        (
            imports_that_do_not_go_down,
            "engines.secrets",
            "from assaymark.engines.patterns import findings_of",
        ),
        (imports_that_do_not_go_down, "engines.secrets", "from .patterns import findings_of"),
        (imports_that_do_not_go_down, "rules.rule", "from .. import desk"),
        (imports_that_do_not_go_down, "lsp.server", "from assaymark.cli.main import main"),
        (libraries_out_of_their_room, "desk", "from lsprotocol import types"),
        (libraries_out_of_their_room, "cli.check", "import pygls.server"),
        (libraries_out_of_their_room, "engines.patterns", "import bandit"),
        (libraries_out_of_their_room, "analysis", "from tree_sitter import Parser"),
        (libraries_out_of_their_room, "rules.page", "import tree_sitter_python"),
        (world_below_the_state_floor, "analysis", "import time"),
        (world_below_the_state_floor, "rules.rule", "from os import path"),
        (world_below_the_state_floor, "syntax.view", "open('x')"),
        (any_below_the_state_floor, "finding", "from typing import Any"),
        (banned_names, "rules.base", ""),
        (banned_names, "lsp.utils", ""),
        (banned_names, "desk", "class DeskManager: pass"),
        (banned_names, "desk", "class A:\n    def process_edits(self): pass"),
        (banned_names, "cli.check", "async def check_handler(): pass"),
        (package_code, "rules.", "'''Doc.'''\nfrom assaymark.rules.rule import Rule"),
        (modules_without_docstring, "text", "import re"),
        (possessive_groups, "text", "X = rb'(?:a|b)*+c'"),
        (possessive_groups, "text", "X = r'(?:a|b){2,}+'"),
    ],
)
def test_planted_offender_is_caught(check: Check, module: str, source: str) -> None:
    """Each check can fail."""
    assert list(check(module, ast.parse(source)))


@pytest.mark.parametrize(
    "check, module, source",
    [
        (imports_that_do_not_go_down, "analysis", "from assaymark.text import Text"),
        (
            imports_that_do_not_go_down,
            "rules.page",
            "from assaymark.rules.patterns.compile import compile_formula",
        ),
        (imports_that_do_not_go_down, "cli.main", "import assaymark.lsp.server"),
        (libraries_out_of_their_room, "engines.bandit_worker", "import bandit.core"),
        (libraries_out_of_their_room, "lsp.wire", "from lsprotocol import types"),
        (world_below_the_state_floor, "rules.cache", "import os"),
        (world_below_the_state_floor, "desk", "import time"),
        (banned_names, "lsp.server", "def change_handler(): pass"),
        (banned_names, "text", "def based_on(database): pass"),
        (possessive_groups, "text", "X = r'(?>(?:[^a]++|b)*)'"),
    ],
)
def test_what_is_allowed_is_not_caught(check: Check, module: str, source: str) -> None:
    """No check is so wide that the plan itself would break it."""
    assert list(check(module, ast.parse(source))) == []


def test_no_file_names_a_machine_path() -> None:
    """What is in the repository works anywhere, so it names no folder of the machine it was written on."""
    # Put together here, or this file would be the first offender.
    path = re.compile(b"(?<![\\w.~])/(?:" + b"|".join([b"work", b"root"]) + b")/")
    assert [str(file) for file in _tracked() if path.search((ROOT / file).read_bytes())] == []


def test_sizes_are_reported(record_property: Callable[[str, object], None], modules: Modules) -> None:
    """Large modules and bodies are named at the end of a run; nothing fails because of a size."""
    lines = [(len((PACKAGE / file).read_text("utf-8").splitlines()), file) for file in _files()]
    bodies = [body for module, tree in modules for body in _bodies(module, tree)]
    median = statistics.median(length for length, _ in bodies) if bodies else 0
    report = [
        f"{len(lines)} modules, {sum(n for n, _ in lines)} lines; {len(bodies)} bodies, median {median:g} lines"
    ]
    report += [f"over 300 lines: {file} ({n})" for n, file in sorted(lines, reverse=True) if n > 300]
    report += [f"body over 50 lines: {where} ({n})" for n, where in sorted(bodies, reverse=True) if n > 50]
    record_property("report", "\n".join(report))


@pytest.fixture(scope="module")
def modules() -> Modules:
    """Each module by its name; parsed once, and kept no longer than these tests need it."""
    return [(_name_of(file), ast.parse((PACKAGE / file).read_bytes())) for file in _files()]


def _name_of(file: Path) -> str:
    """A module's name without the package's, "rules.page"; a package's __init__ is "rules."."""
    return ".".join(file.with_suffix("").parts).removesuffix("__init__") or "."


def _files() -> list[Path]:
    return sorted(file.relative_to(PACKAGE) for file in PACKAGE.rglob("*.py"))


def _imports(module: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """
    Line and full dotted name of everything that is imported, wherever it stands.

    `from a import b` gives `a.b`: whether b is a module does not change the floor.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = ["assaymark", *module.split(".")][: -node.level] if node.level else []
            start = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{start}.{alias.name}") for alias in node.names)


def _floor(module: str) -> int:
    # What is on no floor is above all: test_every_module_has_a_floor names it.
    return FLOORS.get(module.partition(".")[0], 99)


def _room(module: str) -> str:
    """What siblings are: top names, but for the engines, each of which is a room of its own."""
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "engines" else parts[0]


def _inside(module: str, room: str) -> bool:
    # engines.bandit also stands for engines.bandit_worker: an adapter may need two modules.
    return f"{module}.".startswith((f"{room}.", f"{room}_"))


def _words(name: str) -> set[str]:
    """The words of a snake_case or CamelCase name, plurals as singulars."""
    words = {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}
    return words | {word.removesuffix("s") for word in words}


def _bodies(module: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            code = node.body[1:] if ast.get_docstring(node) is not None else node.body
            lines = (code[-1].end_lineno or 0) - code[0].lineno + 1 if code else 0
            yield lines, f"{module}:{node.lineno} {node.name}"


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode == 0:
        return [Path(name) for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]
    # An unpacked sdist has no git: everything in it was tracked.
    return [file.relative_to(ROOT) for file in ROOT.rglob("*") if file.is_file() and ".venv" not in str(file)]
