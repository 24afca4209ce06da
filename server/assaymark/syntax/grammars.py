"""
Grammars, loaded from the wheels that hold them.

Invariant: of a wheel the grammar alone is imported. What its package brings along, for queries that nobody
here asks, takes longer than all else that a start does with it (2026-11).
"""

from __future__ import annotations

from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader, ModuleSpec, PathFinder

from tree_sitter import Language


def grammar_in(module: str, function: str = "language") -> Language:
    """The grammar that *function* of the wheel *module* gives. Raises ImportError."""
    pointer = _pointer(module, function)
    return Language(capsule(pointer) if isinstance(pointer, int) else pointer)


def is_installed(module: str) -> bool:
    return PathFinder.find_spec(module) is not None


def capsule(pointer: int) -> object:
    """A grammar as it is handed over, by its address."""
    # Late: newer wheels hand over a capsule themselves.
    import ctypes

    new = ctypes.pythonapi.PyCapsule_New
    new.restype = ctypes.py_object
    new.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
    return new(pointer, b"tree_sitter.Language", None)


def _pointer(module: str, function: str) -> object:
    package = PathFinder.find_spec(module)
    for folder in (package and package.submodule_search_locations) or ():
        for suffix in EXTENSION_SUFFIXES:
            try:
                return _loaded(f"{module}._binding", f"{folder}/_binding{suffix}", function)
            except ImportError:
                continue
    from importlib import import_module

    found: object = getattr(import_module(module), function)()
    return found


def _loaded(name: str, file: str, function: str) -> object:
    """What *function* of an extension module gives. Raises ImportError."""
    loader = ExtensionFileLoader(name, file)
    binding = loader.create_module(ModuleSpec(name, loader, origin=file))
    loader.exec_module(binding)
    found: object = getattr(binding, function)()
    return found
