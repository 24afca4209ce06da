"""What we say that we can do, in reply to the initialize request."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from assaymark.lsp.client import Client
from assaymark.lsp.methods.execute_command import COMMANDS

_INCREMENTAL = 2
_NOTEBOOKS = {
    "notebookSelector": [
        {"notebook": {"notebookType": "jupyter-notebook"}, "cells": [{"language": "python"}]}
    ],
    "save": True,
}


def initialize_result(client: Client) -> dict[str, Any]:
    """The result of the initialize request of *client*."""
    return {"capabilities": capabilities(client), "serverInfo": {"name": "assaymark", "version": _version()}}


def capabilities(client: Client) -> dict[str, Any]:
    """What we offer *client*: a client that cannot be refreshed is not offered to pull."""
    # The cells of a notebook are one text: what is typed in one can be found in another.
    pulled = {
        "identifier": "assaymark",
        "interFileDependencies": client.has_notebooks,
        # Who can be told later is told when the workspace is to be checked.
        "workspaceDiagnostics": not client.registers_diagnostics,
    }
    return {
        "positionEncoding": client.encoding,
        "textDocumentSync": {
            "openClose": True,
            "change": _INCREMENTAL,
            "save": {"includeText": False},
        },
        "hoverProvider": True,
        "codeActionProvider": {
            "codeActionKinds": ["quickfix", "source.fixAll.assaymark"],
            "resolveProvider": True,
        },
        "executeCommandProvider": {"commands": list(COMMANDS), "workDoneProgress": True},
        "workspace": {"workspaceFolders": {"supported": True, "changeNotifications": True}},
        **({"notebookDocumentSync": _NOTEBOOKS} if client.has_notebooks else {}),
        **({"diagnosticProvider": pulled} if client.pulls else {}),
        **({"inlayHintProvider": {"resolveProvider": False}} if client.shows_hints else {}),
        **({"codeLensProvider": {"resolveProvider": False}} if client.shows_lenses else {}),
    }


@cache
def _version() -> str:
    try:
        return version("assaymark")
    except PackageNotFoundError:  # a plain checkout
        return "0"
