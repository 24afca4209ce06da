/** What VS Code says of changes by itself: undo and redo, what comes while a file is saved, its detailed reason. */
import * as vscode from "vscode";
import type { Server } from "../server";
import { registerAccepting } from "./accepting";
import { registerPasting } from "./pasting";
import { isKey, isOurs, report } from "./reporting";
import { registerWrapped } from "./wrapping";

/** Only there where the proposed API is on. */
interface Detailed {
    readonly detailedReason?: { readonly source?: string; readonly metadata?: { readonly source?: string } };
}

export function registerOrigin(server: Server): vscode.Disposable {
    const saving = new Set<string>();
    return vscode.Disposable.from(
        registerAccepting(server),
        registerWrapped(server),
        registerPasting(server),
        vscode.workspace.onDidChangeTextDocument((change) => explain(server, change, saving)),
        vscode.workspace.onWillSaveTextDocument(({ document, reason }) => {
            // VS Code formats nothing that it saves by itself in the middle of work.
            if (reason !== vscode.TextDocumentSaveReason.AfterDelay) saving.add(document.uri.toString());
        }),
        vscode.workspace.onDidSaveTextDocument((document) => saving.delete(document.uri.toString())),
    );
}

function explain(
    server: Server,
    change: vscode.TextDocumentChangeEvent & Detailed,
    saving: Set<string>,
): void {
    const { document, reason, contentChanges } = change;
    if (!isOurs(document) || contentChanges.length === 0) return;
    const [uri, version] = [document.uri.toString(), document.version];
    if (reason === vscode.TextDocumentChangeReason.Undo) report(server, { uri, kind: "undo", version });
    else if (reason === vscode.TextDocumentChangeReason.Redo) report(server, { uri, kind: "redo", version });
    else if (isAccepted(change)) for (const { text } of contentChanges) report(server, { uri, kind: "accept", version, text });
    else if (saving.has(uri) && !isKey(contentChanges)) report(server, { uri, kind: "format", version });
    if (!document.isDirty) saving.delete(uri);
}

function isAccepted({ detailedReason }: Detailed): boolean {
    return /^inlineCompletion/.test(detailedReason?.metadata?.source ?? detailedReason?.source ?? "");
}
