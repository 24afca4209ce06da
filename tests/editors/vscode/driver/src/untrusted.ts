/** A workspace that nobody trusts. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { rules, shown, type Story } from "./asking";

export const untrusted: Readonly<Record<string, Story>> = {
    "it is checked, and its own settings make nothing looser": async () => {
        assert.equal(vscode.workspace.isTrusted, false);
        // assaymark.toml, and .vscode/settings.json, ignore that rule, and the latter names another server.
        const { document } = await shown("opened.py");
        await rules(document.uri, "yaml-unsafe-load");
    },
};
