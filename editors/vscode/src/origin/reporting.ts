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
