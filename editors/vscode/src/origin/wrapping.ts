/**
 * Commands of VS Code that are run as they are, and watched: what comes in while they run is theirs.
 *
 * VS Code's own command runs first, whatever state we are in; nothing is waited for before it.
 */
import * as vscode from "vscode";
import type { Server } from "../server";
import { type Kind, isOurs, report } from "./reporting";

const WRAPPED: Readonly<Record<string, readonly [kind: Kind, command: string]>> = {
    "assaymark.acceptSuggestion": ["accept", "editor.action.inlineSuggest.commit"],
    "assaymark.acceptWord": ["accept", "editor.action.inlineSuggest.acceptNextWord"],
    "assaymark.acceptLine": ["accept", "editor.action.inlineSuggest.acceptNextLine"],
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
    const watching = vscode.workspace.onDidChangeTextDocument((change) => {
        if (!isOurs(change.document) || change.reason !== undefined || change.contentChanges.length === 0) return;
        const uri = change.document.uri.toString();
        const { version } = change.document;
        if (kind !== "accept") {
            report(server, { uri, kind, version });
            return;
        }
        // What comes after the suggestion is typed.
        watching.dispose();
        for (const { text } of change.contentChanges) if (text) report(server, { uri, kind, version, text });
    });
    try {
        await vscode.commands.executeCommand(command);
    } finally {
        watching.dispose();
    }
}
