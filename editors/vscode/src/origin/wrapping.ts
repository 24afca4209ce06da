/**
 * Commands of VS Code that are run as they are, and watched: what comes in while they run is theirs.
 *
 * VS Code's own command runs first, whatever state we are in; nothing is waited for before it.
 */
import * as vscode from "vscode";
import type { Server } from "../server";
import { type Kind, isKey, isOurs, report } from "./reporting";

/** A rename is made after its command has ended. */
const AFTERWARDS = 1000;
const WRAPPED: Readonly<Record<string, readonly [kind: Kind, command: string]>> = {
    "assaymark.formatDocument": ["format", "editor.action.formatDocument"],
    "assaymark.formatSelection": ["format", "editor.action.formatSelection"],
    "assaymark.rename": ["rename", "editor.action.rename"],
};

export function registerWrapped(server: Server): vscode.Disposable {
    return vscode.Disposable.from(
        ...Object.entries(WRAPPED).map(([name, [kind, command]]) =>
            vscode.commands.registerCommand(name, () => run(server, kind, command)),
        ),
    );
}

async function run(server: Server, kind: Kind, command: string): Promise<void> {
    const watching = vscode.workspace.onDidChangeTextDocument(({ document, reason, contentChanges }) => {
        if (!isOurs(document) || reason !== undefined || contentChanges.length === 0 || isKey(contentChanges)) return;
        report(server, { uri: document.uri.toString(), kind, version: document.version });
    });
    try {
        await vscode.commands.executeCommand(command);
    } finally {
        if (kind === "rename") setTimeout(() => watching.dispose(), AFTERWARDS);
        else watching.dispose();
    }
}
