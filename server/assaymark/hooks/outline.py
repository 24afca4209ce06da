"""
The shape of a payload: names of keys and types, and never a value.

Invariant: nothing of what is shown was written by a person or a model, but for keys that look like names.
"""

from __future__ import annotations

_LONGEST = 40
_DEEPEST = 3
_WIDEST = 24


def outline(value: object, *, as_name: bool = False) -> str:
    """
    What *value* is made of, like `{cwd: text, edits: [{old_string: text}]}`.

    *as_name*: it is a name itself, and shown when it looks like one.
    """
    if as_name:
        return key_shown(str(value))
    return _of(value, 0)


def key_shown(key: str) -> str:
    """*key* if it looks like a name: keys can be paths or addresses too."""
    # No expression: to compile one takes longer than all that a hook does with it.
    plain = key.replace("-", "_").replace(".", "_")
    return key if key.isascii() and plain.isidentifier() and len(key) <= _LONGEST else "?"


def kind_of(value: object) -> str:
    """What JSON calls *value*."""
    if value is None:
        return "null"
    kinds = {bool: "flag", int: "number", float: "number", str: "text", list: "list", dict: "table"}
    return kinds.get(type(value), "?")


def _of(value: object, depth: int) -> str:
    if isinstance(value, dict) and depth < _DEEPEST:
        shown = [f"{key_shown(str(key))}: {_of(value[key], depth + 1)}" for key in list(value)[:_WIDEST]]
        more = ["…"] if len(value) > _WIDEST else []
        return "{" + ", ".join(shown + more) + "}"
    if isinstance(value, list) and value and depth < _DEEPEST:
        return f"[{_of(value[0], depth + 1)}]"
    return kind_of(value)
