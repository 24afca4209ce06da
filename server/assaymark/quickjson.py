"""
JSON without what `json` imports: that compiles ten regular expressions before it reads a byte, and a commit
and an agent wait for it.

Invariant: what is read and written is what `json` reads and writes, for the options that are taken here; what
is not JSON is a ValueError.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_BLANKS = " \t\n\r"
_CONSTANTS = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}


class _Lenient:
    """What the reader of C is told."""

    strict = False
    object_hook = object_pairs_hook = array_hook = None
    parse_float = float
    parse_int = int
    parse_constant = _CONSTANTS.__getitem__


class _Strict(_Lenient):
    strict = True


try:
    from _json import encode_basestring, encode_basestring_ascii, make_encoder, make_scanner

    _SCANS = {one.strict: make_scanner(one) for one in (_Strict, _Lenient)}  # type: ignore[arg-type]
except (ImportError, AttributeError):
    # Another interpreter, or one to come, for which this is not written.
    _SCANS = {}


def _loads(text: str | bytes, *, strict: bool = True) -> object:
    whole = (text if isinstance(text, str) else text.decode("utf-8", "surrogatepass")).strip(_BLANKS)
    value: object
    try:
        value, end = _SCANS[strict](whole, 0)
    except StopIteration:
        value, end = None, -1
    if end != len(whole):
        msg = "no JSON"
        raise ValueError(msg)
    return value


def _dumps(
    value: object,
    *,
    ensure_ascii: bool = True,
    indent: int | None = None,
    separators: tuple[str, str] = (", ", ": "),
    sort_keys: bool = False,
) -> str:
    spell = encode_basestring_ascii if ensure_ascii else encode_basestring
    between, behind_key = separators
    encoder = make_encoder({}, _refuse, spell, None, behind_key, between, sort_keys, False, True)

    def encoded(inner: object) -> str:
        return "".join(encoder(inner, 0))

    return encoded(value) if indent is None else _spread(value, encoded, "\n", " " * indent)


def _spread(value: object, encoded: Callable[[object], str], edge: str, step: str) -> str:
    """*value* with a line for each thing in it, which begins with *edge* and a *step*."""
    if not isinstance(value, dict | list | tuple) or not value:
        return encoded(value)
    inner = edge + step
    if isinstance(value, dict):
        rows = [f"{encoded(key)}: {_spread(one, encoded, inner, step)}" for key, one in value.items()]
        return f"{{{inner}{f',{inner}'.join(rows)}{edge}}}"
    rows = [_spread(one, encoded, inner, step) for one in value]
    return f"[{inner}{f',{inner}'.join(rows)}{edge}]"


def _refuse(value: object) -> object:
    msg = f"{type(value).__name__} is nothing that JSON can hold"
    raise TypeError(msg)


# To who checks types, they are what they stand for.
if TYPE_CHECKING:
    from json import dumps as dumps  # noqa: PLC0414 - a name of this module
    from json import loads as loads  # noqa: PLC0414 - a name of this module
elif not _SCANS:
    from json import dumps, loads
else:
    dumps, loads = _dumps, _loads
