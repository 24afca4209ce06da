"""
One test a client: what real editors say of themselves, and what they get for it.

tests/e2e/clients holds their initialize requests as they were recorded, but for names of folders and processes.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from lsprotocol.converters import get_converter

from assaymark.lsp.capabilities import initialize_result
from assaymark.lsp.client import Client, client_of
from e2e.inside import URI, Inside, insert, published

CLIENTS = {
    path.stem: json.loads(path.read_text()) for path in (Path(__file__).parent / "e2e/clients").iterdir()
}
FOLDERS = ("file:///project",)
ALL_BUT_CODES = Client(
    pulls=True,
    reads_markdown=True,
    takes_actions=True,
    resolves_edits=True,
    applies_edits=True,
    shows_progress=True,
    has_configuration=True,
)
HINTS_AND_LENSES = {
    "shows_hints": True,
    "shows_lenses": True,
    "refreshes_hints": True,
    "refreshes_lenses": True,
}
EXPECTED = {
    "emacs-eglot": replace(
        ALL_BUT_CODES,
        encoding="utf-32",
        pulls=False,
        reads_markdown=False,
        versions_edits=True,
        shows_hints=True,
        shows_documents=True,
        watches_files=True,
        folders=FOLDERS,
    ),
    "helix": replace(
        ALL_BUT_CODES,
        encoding="utf-8",
        versions_edits=True,
        shows_hints=True,
        shows_documents=True,
        watches_files=True,
        watches_elsewhere=True,
    ),
    "neovim": replace(
        ALL_BUT_CODES,
        encoding="utf-8",
        relates=True,
        registers_diagnostics=True,
        shows_documents=True,
        watches_elsewhere=True,
        **HINTS_AND_LENSES,
    ),
    "vim-ale": Client(relates=True, takes_actions=True, folders=FOLDERS),
    **{
        f"vscode-{version}": replace(
            ALL_BUT_CODES,
            describes_codes=True,
            relates=True,
            has_notebooks=True,
            shows_documents=True,
            watches_files=True,
            watches_elsewhere=True,
            registers_diagnostics=True,
            versions_edits=True,
            takes_snippets=True,
            registers_configuration=True,
            folders=FOLDERS,
            **HINTS_AND_LENSES,
        )
        for version in ("1.100", "1.139")
    },
}
FLAW = "import yaml\nx = '😀'; y = yaml.load(z)\n"
COLUMNS = {"utf-8": (16, 28), "utf-16": (14, 26), "utf-32": (13, 25)}


@pytest.fixture(params=sorted(CLIENTS))
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def editor(name: str) -> Inside:
    editor = Inside()
    editor.request("initialize", CLIENTS[name])
    editor.notify("initialized", {})
    return editor


def test_what_a_client_can_do(name: str) -> None:
    """Read from its request, raw."""
    assert replace(client_of(CLIENTS[name]), options={}) == EXPECTED[name]


def test_what_a_client_is_told(name: str) -> None:
    """Capabilities that lsprotocol's types hold without loss."""
    result = initialize_result(client_of(CLIENTS[name]))
    converter = get_converter()
    typed = converter.structure(result, types.InitializeResult)
    assert converter.unstructure(typed) == result
    assert (typed.capabilities.diagnostic_provider is not None) == EXPECTED[name].pulls


def test_a_client_without_refresh_is_pushed_to() -> None:
    """It would never hear of a finding that is shown after a pause."""
    capabilities = json.loads(json.dumps(CLIENTS["neovim"]["capabilities"]))
    del capabilities["workspace"]["diagnostics"]
    assert not client_of({"capabilities": capabilities}).pulls


def test_a_session(editor: Inside, name: str) -> None:
    """Open a flaw, see it where this client counts it, hover, fix it as this client is able to, see it gone."""
    expected = EXPECTED[name]
    came = editor.open(FLAW)
    (item,) = shown(editor, came)
    ends = tuple(item["range"][end]["character"] for end in ("start", "end"))
    assert ends == COLUMNS[expected.encoding]
    assert ("codeDescription" in item) == expected.describes_codes
    hover = editor.request("textDocument/hover", {**at(), "position": item["range"]["start"]})["result"]
    assert hover["contents"]["kind"] == ("markdown" if expected.reads_markdown else "plaintext")
    assert "yaml.safe_load(z)" in hover["contents"]["value"]
    context = {"diagnostics": [item]}
    asked = editor.request("textDocument/codeAction", {**at(), "range": item["range"], "context": context})
    action = asked["result"][0]
    assert action["diagnostics"] == [item]
    assert ("edit" in action) == (not expected.resolves_edits)
    if expected.resolves_edits:
        action = editor.request("codeAction/resolve", action)["result"]
    editor.come(editor.change(change_of(action["edit"], versioned=expected.versions_edits)))
    assert shown(editor, editor.sent) == []


def test_every_message_fits_its_type(editor: Inside) -> None:
    """What is written as raw JSON is what the specification's types say."""
    editor.come(editor.change(insert(0, 0, "x")))
    editor.open(FLAW)
    editor.type(2, 0, "eval(y)")
    editor.clock.pass_by(1)
    if editor.session.client.pulls:
        editor.report()
    converter = get_converter()
    for message in editor.sent:
        if "method" in message:
            converter.structure(message, types.METHOD_TO_TYPES[message["method"]][0])
        elif "kind" in (message.get("result") or ()):
            converter.structure(message, types.DocumentDiagnosticResponse)


def shown(editor: Inside, came: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The diagnostics, pulled or last published."""
    if editor.session.client.pulls:
        return editor.report()["items"]
    assert published(came)
    return [m for m in came if m.get("method") == "textDocument/publishDiagnostics"][-1]["params"][
        "diagnostics"
    ]


def change_of(edit: dict[str, Any], *, versioned: bool) -> dict[str, Any]:
    """The one text edit of a workspace edit, as a change."""
    if not versioned:
        ((uri, (change,)),) = edit["changes"].items()
        assert uri == URI
    else:
        (document,) = edit["documentChanges"]
        assert document["textDocument"] == {"uri": URI, "version": 1}
        (change,) = document["edits"]
    return {"range": change["range"], "text": change["newText"]}


def at() -> dict[str, Any]:
    return {"textDocument": {"uri": URI}}
