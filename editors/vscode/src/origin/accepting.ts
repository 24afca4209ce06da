/**
 * Accepted suggestions. Their keys run VS Code's own command and then ours (`runCommands` in package.json), so that they do what
 * they always do, at once, whatever becomes of us; what it brought is then found among what came last.
 */
import * as vscode from "vscode";
import type { Server } from "../server";
import { isOurs, report } from "./reporting";

/** A suggestion may have a command of its own, which VS Code runs before ours; somebody may type meanwhile. */
const RECENT = 1000;
/** What a key brings: a character, a pair of brackets or quotes, a new line with its indentation, or nothing. */
const KEY = /^(?:.?|\(\)|\[\]|\{\}|""|''|\r?\n[ \t]*)$/u;

interface Came {
    readonly document: vscode.TextDocument;
    readonly version: number;
    readonly texts: readonly string[];
    readonly at: number;
}

export function registerAccepting(server: Server): vscode.Disposable {
    let recent: Came[] = [];
    return vscode.Disposable.from(
        vscode.workspace.onDidChangeTextDocument(({ document, contentChanges, reason }) => {
            if (!isOurs(document) || contentChanges.length === 0 || reason !== undefined) return;
            const [at, texts] = [Date.now(), contentChanges.map(({ text }) => text)];
            recent = [...recent.filter((one) => at - one.at < RECENT), { document, version: document.version, texts, at }];
        }),
        vscode.commands.registerCommand("assaymark.accepted", () => {
            const came = accepted(recent.filter((one) => Date.now() - one.at < RECENT));
            recent = [];
            if (!came) return;
            const uri = came.document.uri.toString();
            for (const text of came.texts) if (text) report(server, { uri, kind: "accept", version: came.version, text });
        }),
    );
}

/** The last that no key brings, or the last, where the key was pressed: an agent may write to another file meanwhile. */
function accepted(all: readonly Came[]): Came | undefined {
    const here = vscode.window.activeTextEditor?.document;
    const came = all.filter(({ document }) => document === here);
    return [...came].reverse().find(({ texts }) => !texts.every((text) => KEY.test(text))) ?? came.at(-1);
}
