"""
What the editor at the other end can do and wants, read once from its initialize request.

Invariants:
    Read from the raw parameters: clients send keys that the typed ones drop (Helix' `workspace.diagnostic`).
    A key that is missing or of the wrong shape means that the client cannot do it.
    A client is pulled by or pushed to, never both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assaymark.dataclass import dataclass, field
from assaymark.lsp.wire import ENCODINGS, Encoding

# Under this name an editor keeps our settings.
SECTION = "assaymark"


@dataclass(frozen=True, slots=True)
class Client:
    """An editor's answers to what we need to know."""

    encoding: Encoding = "utf-16"
    pulls: bool = False
    describes_codes: bool = False
    relates: bool = False
    has_notebooks: bool = False
    reads_markdown: bool = False
    takes_actions: bool = False
    resolves_edits: bool = False
    versions_edits: bool = False
    takes_snippets: bool = False
    applies_edits: bool = False
    shows_progress: bool = False
    shows_documents: bool = False
    watches_files: bool = False
    watches_elsewhere: bool = False
    registers_diagnostics: bool = False
    shows_hints: bool = False
    shows_lenses: bool = False
    refreshes_hints: bool = False
    refreshes_lenses: bool = False
    wants_status: bool = False
    has_configuration: bool = False
    registers_configuration: bool = False
    trusted: bool = True
    folders: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)


def client_of(params: Mapping[str, Any]) -> Client:
    """The client that sent *params* with its initialize request."""
    able = _at(params, "capabilities")
    options = _at(params, "initializationOptions")
    options = options if isinstance(options, Mapping) else {}
    pulls = _pulls(able)
    return Client(
        encoding=_encoding(_at(able, "general", "positionEncodings")),
        pulls=pulls,
        describes_codes=_shows(able, "codeDescriptionSupport"),
        relates=_shows(able, "relatedInformation"),
        has_notebooks=isinstance(_at(able, "notebookDocument", "synchronization"), Mapping),
        reads_markdown=_reads_markdown(_at(able, "textDocument", "hover", "contentFormat")),
        takes_actions=_at(able, "textDocument", "codeAction", "codeActionLiteralSupport") is not None,
        resolves_edits=_resolves_edits(_at(able, "textDocument", "codeAction")),
        takes_snippets=_at(able, "workspace", "workspaceEdit", "snippetEditSupport") is True,
        versions_edits=_at(able, "workspace", "workspaceEdit", "documentChanges") is True,
        applies_edits=_at(able, "workspace", "applyEdit") is True,
        shows_progress=_at(able, "window", "workDoneProgress") is True,
        shows_documents=_at(able, "window", "showDocument", "support") is True,
        watches_files=_registers(_at(able, "workspace", "didChangeWatchedFiles")),
        watches_elsewhere=_at(able, "workspace", "didChangeWatchedFiles", "relativePatternSupport") is True,
        registers_diagnostics=_registers(_at(able, "textDocument", "diagnostic")),
        shows_hints=isinstance(_at(able, "textDocument", "inlayHint"), Mapping),
        shows_lenses=isinstance(_at(able, "textDocument", "codeLens"), Mapping),
        refreshes_hints=_at(able, "workspace", "inlayHint", "refreshSupport") is True,
        refreshes_lenses=_at(able, "workspace", "codeLens", "refreshSupport") is True,
        wants_status=options.get("statusNotifications") is True,
        has_configuration=_at(able, "workspace", "configuration") is True,
        registers_configuration=_registers(_at(able, "workspace", "didChangeConfiguration")),
        trusted=options.get("trusted") is not False,
        folders=_folders(params),
        options={name: value for name, value in options.items() if name != "statusNotifications"},
    )


def _pulls(able: object) -> bool:
    # Without a refresh a client that pulls would never hear of what changed by
    # itself: a finding shown after a pause, new settings.
    refreshes = (
        _at(able, "workspace", name, "refreshSupport") is True for name in ("diagnostics", "diagnostic")
    )
    return isinstance(_at(able, "textDocument", "diagnostic"), Mapping) and any(refreshes)


def _shows(able: object, ability: str) -> bool:
    """Whether diagnostics may carry what *ability* names; LSP 3.17 had it said for published ones only."""
    return any(
        _at(able, "textDocument", name, ability) is True for name in ("diagnostic", "publishDiagnostics")
    )


def _encoding(offered: object) -> Encoding:
    """The first that both sides know; UTF-16 is what everybody must know (LSP 3.17)."""
    names = offered if isinstance(offered, list) else []
    return next((known for name in names for known in ENCODINGS if name == known), "utf-16")


def _reads_markdown(formats: object) -> bool:
    """Whether Markdown comes first: the order is the client's preference."""
    return isinstance(formats, list) and formats[:1] == ["markdown"]


def _resolves_edits(actions: object) -> bool:
    properties = _at(actions, "resolveSupport", "properties")
    carries = _at(actions, "dataSupport") is True
    return carries and isinstance(properties, list) and "edit" in properties


def _registers(capability: object) -> bool:
    return _at(capability, "dynamicRegistration") is True


def _folders(params: Mapping[str, Any]) -> tuple[str, ...]:
    folders = params.get("workspaceFolders")
    if isinstance(folders, list) and folders:
        uris = (_at(folder, "uri") for folder in folders)
        return tuple(uri for uri in uris if isinstance(uri, str))
    root = params.get("rootUri")
    return (root,) if isinstance(root, str) else ()


def _at(value: object, *names: str) -> Any:
    for name in names:
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value
