/** Telling the server where a change comes from. It may fail, and then nothing happens: keys never wait for it. */
import * as vscode from "vscode";
import type { Server } from "../server";

export type Kind = "accept" | "paste" | "undo" | "redo" | "format" | "rename" | "tool";

export interface Report {
    readonly uri: string;
    readonly kind: Kind;
    readonly version?: number;
    readonly text?: string;
    readonly tool?: string;
}

export function report(server: Server, said: Report): void {
    try {
        server.client?.sendNotification("assaymark/origin", said).catch(() => undefined);
    } catch {
        // The server is dead: its lines stay of unknown origin, and the key did what it does.
    }
}

export function isOurs(document: vscode.TextDocument): boolean {
    return document.languageId === "python" && ["file", "untitled", "vscode-notebook-cell"].includes(document.uri.scheme);
}

/** Whether it may be a key that is pressed while a tool is at work: one character, which nobody misses of a tool. */
export function isKey(changes: readonly vscode.TextDocumentContentChangeEvent[]): boolean {
    return changes.length === 1 && changes[0]?.text.length === 1;
}
