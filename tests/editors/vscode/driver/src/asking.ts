/** What the stories share: waiting for what becomes true, and asking the editor what it shows. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as vscode from "vscode";

export type Story = () => unknown;

export const settings = () => vscode.workspace.getConfiguration("assaymark");

/** What *asked* gives as soon as it is neither nothing nor false. */
export async function until<T>(asked: () => T | Promise<T>, what = asked.toString(), ms = 15_000): Promise<Exclude<NonNullable<T>, false>> {
    const started = Date.now();
    for (;;) {
        const answer = await asked();
        if (answer) return answer as Exclude<NonNullable<T>, false>;
        if (Date.now() - started > ms) throw new Error(`not within ${ms} ms: ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
}

export function uriOf(name: string, folder = 0): vscode.Uri {
    const found = vscode.workspace.workspaceFolders?.[folder];
    assert.ok(found);
    return vscode.Uri.joinPath(found.uri, name);
}

/** A file with this text, shown in an editor of its own. */
export async function shown(name: string, text?: string, folder = 0): Promise<vscode.TextEditor> {
    const uri = uriOf(name, folder);
    if (text !== undefined) {
        fs.mkdirSync(path.dirname(uri.fsPath), { recursive: true });
        fs.writeFileSync(uri.fsPath, text);
    }
    return vscode.window.showTextDocument(uri, { preview: false });
}

export const codeOf = (one: vscode.Diagnostic) => String(typeof one.code === "object" ? one.code.value : one.code);
export const found = (uri: vscode.Uri) =>
    vscode.languages.getDiagnostics(uri).filter((one) => one.source === "assaymark");

/** The rules that are shown in a document, as soon as they are these. */
export const rules = (uri: vscode.Uri, ...wanted: string[]) =>
    until(
        () => {
            const now = found(uri).map(codeOf).sort();
            return JSON.stringify(now) === JSON.stringify([...wanted].sort()) && now;
        },
        `${uri.path} shows ${wanted.join(", ") || "nothing"}`,
    ).catch((problem: Error) => {
        throw new Error(`${problem.message}; it shows ${found(uri).map(codeOf).join(", ") || "nothing"}`);
    });

/** Effect: *text* is typed at the cursor as keys are. */
export async function typed(text: string): Promise<void> {
    for (const key of text) await vscode.commands.executeCommand("type", { text: key });
}

export function cursor(editor: vscode.TextEditor, line: number, column: number): void {
    editor.selection = new vscode.Selection(line, column, line, column);
}

export async function hints(uri: vscode.Uri): Promise<string[]> {
    const all = await vscode.commands.executeCommand<vscode.InlayHint[]>(
        "vscode.executeInlayHintProvider",
        uri,
        new vscode.Range(0, 0, 999, 0),
    );
    return all.map((one) => `${one.position.line}: ${typeof one.label === "string" ? one.label : one.label.map(({ value }) => value).join("")}`);
}

export async function hover(uri: vscode.Uri, line: number, column: number): Promise<string> {
    const all = await vscode.commands.executeCommand<vscode.Hover[]>(
        "vscode.executeHoverProvider",
        uri,
        new vscode.Position(line, column),
    );
    return all.flatMap(({ contents }) => contents).map((one) => (typeof one === "string" ? one : one.value)).join("\n");
}

export async function lenses(uri: vscode.Uri): Promise<string[]> {
    const all = await vscode.commands.executeCommand<vscode.CodeLens[]>("vscode.executeCodeLensProvider", uri, 50);
    return all.map((one) => one.command?.title ?? "");
}

/** The actions that are offered at a place, by title. */
export async function actions(uri: vscode.Uri, range: vscode.Range, kind?: vscode.CodeActionKind): Promise<Map<string, vscode.CodeAction>> {
    const all = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        "vscode.executeCodeActionProvider",
        uri,
        range,
        kind?.value,
        50,
    );
    return new Map(all.map((one) => [one.title, one]));
}

/** The answer of the server to a request. */
export async function asked<T>(method: string, params: unknown): Promise<T> {
    const extension = vscode.extensions.getExtension<{ request(method: string, params: unknown): Promise<T> }>("assaymark.assaymark");
    assert.ok(extension);
    return (await extension.activate()).request(method, params);
}

export interface Unreviewed {
    readonly uri: string;
    readonly kind: string;
    readonly rule?: string;
    readonly tool?: string;
    readonly range: { readonly start: { readonly line: number }; readonly end: { readonly line: number } };
}

/** The lines of a document that an AI wrote and nobody reviewed, as `first-last` from 0. */
export async function unreviewed(uri: vscode.Uri): Promise<string[]> {
    const all = await asked<Unreviewed[]>("assaymark/unreviewed", { uri: uri.toString() });
    return all.filter(({ kind }) => kind === "lines").map(({ range }) => `${range.start.line}-${range.end.line - 1}`);
}
