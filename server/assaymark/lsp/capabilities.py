"""What we say that we can do, in reply to the initialize request."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from assaymark.lsp.client import Client

_INCREMENTAL = 2


def initialize_result(client: Client) -> dict[str, Any]:
    """The result of the initialize request of *client*."""
    return {"capabilities": capabilities(client), "serverInfo": {"name": "assaymark", "version": _version()}}


def capabilities(client: Client) -> dict[str, Any]:
    """What we offer *client*: a client that cannot be refreshed is not offered to pull."""
    pulled = {"identifier": "assaymark", "interFileDependencies": False, "workspaceDiagnostics": False}
    return {
        "positionEncoding": client.encoding,
        "textDocumentSync": {
            "openClose": True,
            "change": _INCREMENTAL,
            "save": {"includeText": False},
        },
        "hoverProvider": True,
        "codeActionProvider": {"codeActionKinds": ["quickfix"], "resolveProvider": True},
        "workspace": {"workspaceFolders": {"supported": True, "changeNotifications": True}},
        **({"diagnosticProvider": pulled} if client.pulls else {}),
    }


def _version() -> str:
    try:
        return version("assaymark")
    except PackageNotFoundError:  # a plain checkout
        return "0"
