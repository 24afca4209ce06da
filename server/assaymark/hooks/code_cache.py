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
    from io import FileIO
    from types import ModuleType
    from typing import TypeAlias

# Of a source file: its size and its times.
_Stamp: TypeAlias = "tuple[int, int, int]"
# Where the source of a module is, how that was, and where the module stands in the file, compiled.
_Row: TypeAlias = "tuple[str, _Stamp, int, int]"

_PACKAGE = "assaymark"
_FOLDER = os.path.dirname(os.path.dirname(__file__))
_FILE = os.path.join(_FOLDER, "__pycache__", f"hooks.{sys.implementation.cache_tag}.code")
# What compiled it, and for which place: another's is not looked at.
_MADE_BY = (sys.version, sys.flags.optimize, _FOLDER)
# The file is the length of a table, the table, and the modules, of which each hook loads its own.
_N_LENGTH = 8


class CodeCache:
    """Finds and loads modules of ours that were compiled before; what `sys.meta_path` holds."""

    def __init__(self, stream: FileIO | None, rows: dict[str, _Row]) -> None:
        self._stream = stream
        self._rows = rows
        self._earlier = frozenset(sys.modules)
        self._loaded: set[str] = set()

    def find_spec(
        self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        row = self._rows.get(name)
        if row is None or _stamp(row[0]) != row[1]:
            return None
        file = row[0]
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
        exec(marshal.loads(self._code(module.__name__)), vars(module))  # noqa: S102, S302 - see above

    def _code(self, name: str) -> bytes:
        _, _, start, n_bytes = self._rows[name]
        if self._stream is None:
            return b""
        self._stream.seek(start)
        return self._stream.read(n_bytes)

    def keep(self) -> None:
        """Effect: what was loaded from elsewhere stands in the file for the next hook."""
        ours = [name for name in sys.modules if name.partition(".")[0] == _PACKAGE]
        new = [name for name in ours if name not in self._loaded and name not in self._earlier]
        if not new or not _may_write():
            return
        # The next one does the same again, where this fails.
        with suppress(OSError, ImportError, SyntaxError):
            kept = {name: row for name, row in self._rows.items() if _stamp(row[0]) == row[1]}
            codes = [(name, file, stamp, self._code(name)) for name, (file, stamp, *_) in kept.items()]
            codes += [(name, *_of_module(name)) for name in new if name not in kept]
            if self._stream is not None:
                # Some systems replace no file that is open.
                self._stream.close()
            _write(codes)


def installed() -> CodeCache:
    """What finds our modules from now on, before Python does."""
    cache = CodeCache(*_opened())
    sys.meta_path.insert(0, cache)
    return cache


def _opened() -> tuple[FileIO | None, dict[str, _Row]]:
    """The file, and its table; none where it is not ours, or not whole."""
    try:
        stream = open(_FILE, "rb", buffering=0)  # noqa: SIM115 - while the process lives
        n_table = int.from_bytes(stream.read(_N_LENGTH), "little")
        made_by, n_codes, rows = marshal.loads(stream.read(n_table))  # noqa: S302 - see above
        is_whole = os.fstat(stream.fileno()).st_size == _N_LENGTH + n_table + n_codes
    except (OSError, ValueError, EOFError, TypeError, OverflowError, MemoryError):
        return None, {}
    if made_by != _MADE_BY or not is_whole:
        return None, {}
    start = _N_LENGTH + n_table
    return stream, {name: (file, stamp, start + at, n) for name, (file, stamp, at, n) in rows.items()}


def _write(codes: Sequence[tuple[str, str, _Stamp, bytes]]) -> None:
    """Effect: replaces the file, whole or not at all. Raises OSError."""
    rows: dict[str, _Row] = {}
    n_codes = 0
    for name, file, stamp, code in codes:
        rows[name] = (file, stamp, n_codes, len(code))
        n_codes += len(code)
    table = marshal.dumps((_MADE_BY, n_codes, rows))
    partial = f"{_FILE}.{os.getpid()}"
    try:
        with open(partial, "wb") as stream:
            stream.write(len(table).to_bytes(_N_LENGTH, "little") + table)
            stream.writelines(code for *_, code in codes)
        os.replace(partial, _FILE)
    except OSError:
        with suppress(OSError):
            os.unlink(partial)
        raise


def _of_module(name: str) -> tuple[str, _Stamp, bytes]:
    """Of a module that is loaded: its source, how that is, and its code. Raises OSError or ImportError."""
    spec = sys.modules[name].__spec__
    file = (spec and spec.origin) or ""
    # Looked at before it is read: what is changed meanwhile is loaded as ever.
    stamp = _stamp(file)
    if spec is None or stamp is None:
        raise ImportError(name=name)
    return file, stamp, marshal.dumps(spec.loader.get_code(name))  # type: ignore[union-attr]


def _may_write() -> bool:
    """Whether Python would write here, and can: else an agent would wait at each hook for what is refused."""
    is_wanted = not sys.dont_write_bytecode and not sys.pycache_prefix
    return is_wanted and os.access(os.path.dirname(_FILE), os.W_OK)


def _stamp(file: str) -> _Stamp | None:
    try:
        status = os.stat(file)
    except OSError:
        return None
    # The time of change too: a file's owner can set the other back.
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns
