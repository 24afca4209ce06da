"""Requests that are answered with an error, and the parameters that they were read from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
NOT_INITIALIZED = -32002
SERVER_CANCELLED = -32802
CONTENT_MODIFIED = -32801
REQUEST_CANCELLED = -32800

Params = Mapping[str, Any]


class Refused(Exception):
    """The request cannot be answered; *message* says what was wrong, and never quotes source text."""

    def __init__(self, code: int, message: str, content: Params | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.content = content

    def error(self) -> dict[str, Any]:
        """The error as JSON-RPC spells it."""
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        return error if self.content is None else {**error, "data": self.content}


def text_at(params: object, *names: str) -> str:
    """The string at *names* in *params*; Refused when there is none."""
    value = value_at(params, *names)
    if isinstance(value, str):
        return value
    raise _wrong(names, "a string")


def whole_at(params: object, *names: str) -> int:
    """The number from 0 at *names* in *params*; Refused when there is none."""
    value = value_at(params, *names)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise _wrong(names, "a whole number from 0")


def token_at(params: object, name: str) -> int | str | None:
    """The token called *name*, if the client gave one."""
    value = value_at(params, name)
    return value if isinstance(value, (int, str)) and not isinstance(value, bool) else None


def list_at(params: object, *names: str) -> list[Any]:
    """The list at *names* in *params*; Refused when there is none."""
    value = value_at(params, *names)
    if isinstance(value, list):
        return value
    raise _wrong(names, "a list")


def value_at(params: object, *names: str) -> object:
    """What stands at *names* in *params*; None when nothing does."""
    for name in names:
        params = params.get(name) if isinstance(params, Mapping) else None
    return params


def _wrong(names: tuple[str, ...], wanted: str) -> Refused:
    return Refused(INVALID_PARAMS, f"{'.'.join(names)}: {wanted} is needed")
