"""
The languages: which files are theirs, who provides their grammar, where their text may be cut.

Invariants:
    A grammar comes from its official wheel where there is one; ``tree-sitter-languages`` is asked only
    for languages that have none, and loaded only then.
    A language that no provider has raises ``Unavailable``; it is never analysed with another grammar.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING

from tree_sitter import Language, Parser, Tree

from assaymark.dataclass import dataclass
from assaymark.syntax.adapter import Adapter
from assaymark.syntax.grammars import capsule, grammar_in, is_installed
from assaymark.syntax.python import constants as python_constants
from assaymark.syntax.python import cut as python_cut
from assaymark.syntax.python import definitions as python_definitions
from assaymark.syntax.python import scopes as python_scopes

if TYPE_CHECKING:
    import ctypes

# The module of each grammar, and its function that gives it.
_OFFICIAL = {
    "python": ("tree_sitter_python", "language"),
    "javascript": ("tree_sitter_javascript", "language"),
    "typescript": ("tree_sitter_typescript", "language_typescript"),
    "tsx": ("tree_sitter_typescript", "language_tsx"),
}
_BUNDLED = (
    "bash",
    "c",
    "elixir",
    "go",
    "java",
    "lua",
    "perl",
    "php",
    "ruby",
    "rust",
    "scala",
    "sql",
)
_EXTENSIONS = {".py": "python", ".pyi": "python", ".pyw": "python"}
# What runs Python by a `#!` line.
_INTERPRETERS = (b"python", b"pypy", b"uv run", b"pipx run", b"hatch run")
_COMPARED = {".js": "javascript", ".jsx": "javascript", ".mjs": "javascript", ".cjs": "javascript"}
_TESTED = {".ts": "typescript", ".mts": "typescript", ".cts": "typescript", ".tsx": "tsx"}


_PYTHON = Adapter(
    boundaries=python_cut.boundaries,
    is_closed=python_cut.is_closed,
    waits=python_cut.waits,
    closes=python_cut.closes,
    members=python_cut.members,
    parsable=python_cut.parsable,
    stated=python_scopes.stated,
    top_level=python_scopes.top_level,
    scopes=python_scopes.scopes,
    scope_kinds=python_scopes.SCOPES,
    expression=python_constants.expression,
    defining=python_definitions.DEFINING,
    defined=python_definitions.defined,
)


class Unavailable(Exception):
    """No provider has the grammar of a language."""


@dataclass(frozen=True, slots=True)
class Provider:
    """What answers for a language: the distribution, and why not where it does not."""

    language: str
    distribution: str
    problem: str = ""


def language_of(path: str, first_line: bytes = b"") -> str | None:
    """The language of a file by its ending, else by its ``#!`` line; None when we do not analyse it."""
    name = path.replace("\\", "/").rstrip("/").rpartition("/")[2]
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    if ending in _EXTENSIONS:
        return _EXTENSIONS[ending]
    if not ending and first_line.startswith(b"#!") and any(one in first_line for one in _INTERPRETERS):
        return "python"
    return None


def compared_language_of(path: str) -> str | None:
    """
    The language of a file whose changes are compared.

    More than those whose texts are analysed: what a change removed is asked of JavaScript too.
    """
    return language_of(path) or _COMPARED.get(path[path.rfind(".") :].lower())


def tested_language_of(path: str) -> str | None:
    """The language of a file whose tests are compared: those of TypeScript too."""
    return compared_language_of(path) or _TESTED.get(path[path.rfind(".") :].lower())


def is_available(language: str) -> bool:
    """Whether somebody provides the grammar of *language*. Effect: it is loaded."""
    try:
        grammar(language)
    except Unavailable:
        return False
    return True


def adapter(language: str) -> Adapter:
    """
    Where the text of *language* is cut, and what its trees bind.

    Raises Unavailable for a language that is not analysed.
    """
    if language == "python":
        return _PYTHON
    if language == "javascript":
        # Late: only changes of it are compared.
        from assaymark.syntax.javascript.adapter import ADAPTER

        return ADAPTER
    msg = f"{language} is not analysed"
    raise Unavailable(msg)


@cache
def grammar(language: str) -> Language:
    """
    The grammar of *language*.

    Raises Unavailable, saying what to install, when no provider has it.
    """
    official = _OFFICIAL.get(language)
    if official is not None:
        return _official(language, *official)
    return _bundled(language)


@cache
def parser(language: str) -> Parser:
    return Parser(grammar(language))


@cache
def empty_tree() -> Tree:
    """The tree of an empty text: it stands where a text is kept and not analysed."""
    return parser("python").parse(b"")


def providers() -> list[Provider]:
    """Who answers for each language, without loading the large bundle."""
    rows = [_provider(language, module) for language, (module, _) in _OFFICIAL.items()]
    found = is_installed("tree_sitter_languages")
    problem = "" if found else "not installed (it has no wheels for Python 3.13 and later)"
    return rows + [Provider(language, "tree-sitter-languages", problem) for language in _BUNDLED]


def _provider(language: str, module: str) -> Provider:
    found = is_installed(module)
    distribution = module.replace("_", "-")
    return Provider(language, distribution, "" if found else f"not installed: pip install {distribution}")


def _official(language: str, module: str, function: str) -> Language:
    try:
        return grammar_in(module, function)
    except ImportError as error:
        msg = f"no grammar for {language}: pip install {module.replace('_', '-')}"
        raise Unavailable(msg) from error


def _bundled(language: str) -> Language:
    # The bundle's own helper is tied to an older runtime; its shared library is not.
    try:
        symbol = getattr(_bundle(), f"tree_sitter_{language}")
    except (ImportError, OSError, AttributeError) as error:
        msg = f"no grammar for {language} is installed; its files are not analysed"
        raise Unavailable(msg) from error
    import ctypes

    symbol.restype = ctypes.c_void_p
    try:
        return Language(capsule(symbol()))
    except ValueError as error:
        msg = f"the grammar of {language} does not fit this tree-sitter: {error}"
        raise Unavailable(msg) from error


@cache
def _bundle() -> ctypes.CDLL:
    import ctypes
    from importlib.machinery import PathFinder

    package = PathFinder.find_spec("tree_sitter_languages")
    if package is None or not package.submodule_search_locations:
        msg = "tree-sitter-languages is not installed"
        raise ImportError(msg)
    library = "languages.dll" if sys.platform == "win32" else "languages.so"
    return ctypes.CDLL(f"{package.submodule_search_locations[0]}/{library}")
