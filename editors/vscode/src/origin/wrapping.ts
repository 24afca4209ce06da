/**
 * Commands of VS Code that are run as they are, and watched: what comes in while they run is theirs.
 *
 * VS Code's own command runs first, whatever state we are in; nothing is waited for before it.
 */
import * as vscode from "vscode";
import type { Server } from "../server";
import { type Kind, isKey, isOurs, report } from "./reporting";

/** A rename is made right before its command ends, or after it; what came while its name was typed is not its. */
const BEFORE = 250;
const AFTERWARDS = 1000;
/** The other files of a rename follow its first. */
const TOGETHER = 50;
const NAME = /^[\p{L}\p{N}_]+$/u;
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

interface Came {
    readonly uri: string;
    readonly version: number;
    readonly at: number;
    /** Whether it may be a rename: that replaces something, or puts parts of a name in. */
    readonly mayRename: boolean;
}

async function run(server: Server, kind: Kind, command: string): Promise<void> {
    await (kind === "rename" ? renamed(server, command) : formatted(server, kind, command));
}

/** What comes into the document meanwhile is the formatter's. */
async function formatted(server: Server, kind: Kind, command: string): Promise<void> {
    const own = vscode.window.activeTextEditor?.document;
    const watching = watched(({ uri, version }) => report(server, { uri, kind, version }), own);
    try {
        await vscode.commands.executeCommand(command);
    } finally {
        watching.dispose();
    }
}

/** What comes first when the name was given is the rename's: one step, of one file or several. */
async function renamed(server: Server, command: string): Promise<void> {
    const own = (one: Came) => report(server, { uri: one.uri, kind: "rename", version: one.version });
    let came: Came[] = [];
    let hear = (one: Came) => void came.push(one);
    const watching = watched((one) => one.mayRename && hear(one));
    const until = (after: number) => setTimeout(() => watching.dispose(), after);
    try {
        await vscode.commands.executeCommand(command);
    } finally {
        came = came.filter(({ at }) => Date.now() - at < BEFORE);
        came.forEach(own);
        let timer = until(came.length > 0 ? TOGETHER : AFTERWARDS);
        let isFirst = came.length === 0;
        hear = (one) => {
            own(one);
            if (!isFirst) return;
            isFirst = false;
            clearTimeout(timer);
            timer = until(TOGETHER);
        };
    }
}

/** Tells of changes that no key made, of *only* one document or of any. */
function watched(tell: (came: Came) => void, only?: vscode.TextDocument): vscode.Disposable {
    return vscode.workspace.onDidChangeTextDocument(({ document, reason, contentChanges }) => {
        if (!isOurs(document) || (only && document !== only)) return;
        if (reason !== undefined || contentChanges.length === 0 || isKey(contentChanges)) return;
        const mayRename = contentChanges.every(({ rangeLength, text }) => rangeLength > 0 || NAME.test(text));
        tell({ uri: document.uri.toString(), version: document.version, at: Date.now(), mayRename });
    });
}
