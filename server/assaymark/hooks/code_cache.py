"""
The compiled modules that hooks load, in one file.

Python looks for each module in its folder, and opens and checks its compiled file. For the 140 of a hook that
checks an edit this takes 14 of 40 ms (2026-11); from one file they take what running them takes.

Invariants:
    The file stands among those that Python compiles, beside the code, and is written where Python would write
    those: whoever may write it may write the code.
    A module whose source is not as it was when it was compiled is loaded as ever, and so is all where the
    file cannot be read.
"""
# Paths stay strings: a hook waits for this.
# ruff: noqa: PTH105, PTH108, PTH116, PTH118, PTH120, PTH123

from __future__ import annotations

import marshal
import os
import sys
from _frozen_importlib import ModuleSpec
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType
    from typing import TypeAlias

# Of a source file: its size and its times.
_Stamp: TypeAlias = "tuple[int, int, int]"
# Where its source is, how that was, and the module compiled.
_Compiled: TypeAlias = "tuple[str, _Stamp, bytes]"

_PACKAGE = "assaymark"
_FOLDER = os.path.dirname(os.path.dirname(__file__))
_FILE = os.path.join(_FOLDER, "__pycache__", f"hooks.{sys.implementation.cache_tag}.code")
# What compiled it, and for which place: another's is not looked at.
_MADE_BY = (sys.version, sys.flags.optimize, _FOLDER)


class CodeCache:
    """Finds and loads modules of ours that were compiled before; what `sys.meta_path` holds."""

    def __init__(self, compiled: dict[str, _Compiled]) -> None:
        self._compiled = compiled
        self._earlier = frozenset(sys.modules)
        self._loaded: set[str] = set()

    def find_spec(
        self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        file, stamp, _ = self._compiled.get(name, ("", None, b""))
        if stamp is None or _stamp(file) != stamp:
            return None
        is_package = os.path.basename(file) == "__init__.py"  # noqa: PTH119
        spec = ModuleSpec(name, self, origin=file, is_package=is_package)  # type: ignore[arg-type]
        spec.has_location = True
        if is_package:
            spec.submodule_search_locations = [os.path.dirname(file)]
        return spec

    def create_module(self, _spec: ModuleSpec) -> None:
        """As ever."""

    def exec_module(self, module: ModuleType) -> None:
        self._loaded.add(module.__name__)
        exec(marshal.loads(self._compiled[module.__name__][2]), vars(module))  # noqa: S102, S302 - see above

    def keep(self) -> None:
        """Effect: what was loaded from elsewhere stands in the file for the next hook."""
        ours = [name for name in sys.modules if name.partition(".")[0] == _PACKAGE]
        new = [name for name in ours if name not in self._loaded and name not in self._earlier]
        if not new or sys.dont_write_bytecode or sys.pycache_prefix:
            return
        # The next one does the same again, where this fails.
        with suppress(OSError, ImportError, SyntaxError):
            compiled = {name: one for name, one in self._compiled.items() if _stamp(one[0]) == one[1]}
            _write({**compiled, **dict(zip(new, map(_of_module, new), strict=True))})


def installed() -> CodeCache:
    """What finds our modules from now on, before Python does."""
    cache = CodeCache(_read())
    sys.meta_path.insert(0, cache)
    return cache


def _read() -> dict[str, _Compiled]:
    try:
        with open(_FILE, "rb") as stream:
            made_by, compiled = marshal.loads(stream.read())  # noqa: S302 - as trustworthy as the code beside it
    except (OSError, ValueError, EOFError, TypeError):
        return {}
    return compiled if made_by == _MADE_BY else {}


def _write(compiled: dict[str, _Compiled]) -> None:
    """Effect: replaces the file, whole or not at all. Raises OSError."""
    partial = f"{_FILE}.{os.getpid()}"
    try:
        with open(partial, "wb") as stream:
            stream.write(marshal.dumps((_MADE_BY, compiled)))
        os.replace(partial, _FILE)
    except OSError:
        with suppress(OSError):
            os.unlink(partial)
        raise


def _of_module(name: str) -> _Compiled:
    """A module that is loaded, as the file holds it. Raises OSError or ImportError."""
    spec = sys.modules[name].__spec__
    file = (spec and spec.origin) or ""
    # Looked at before it is read: what is changed meanwhile is loaded as ever.
    stamp = _stamp(file)
    if spec is None or stamp is None:
        raise ImportError(name=name)
    return file, stamp, marshal.dumps(spec.loader.get_code(name))  # type: ignore[union-attr]


def _stamp(file: str) -> _Stamp | None:
    try:
        status = os.stat(file)
    except OSError:
        return None
    # The time of change too: a file's owner can set the other back.
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns
