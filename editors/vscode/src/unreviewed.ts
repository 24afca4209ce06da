/**
 * The view "Not reviewed": findings that somebody should look at, then the files with an agent's lines.
 *
 * Open files are asked for whenever something changed, closed ones only when a file did, or somebody asks.
 */
import * as path from "node:path";
import * as vscode from "vscode";
import type { Server } from "./server";

interface Item {
    readonly uri: string;
    readonly range: { readonly start: Place; readonly end: Place };
    readonly kind: "finding" | "lines";
    readonly rule?: string;
    readonly severity?: string;
    readonly message?: string;
    readonly tool?: string;
    readonly model?: string;
    /** Why somebody should read it. */
    readonly reason: string;
}
interface Place {
    readonly line: number;
    readonly character: number;
}
interface File {
    readonly uri: string;
    readonly runs: readonly Item[];
}
type Node = Item | File;

const QUIET = 200;
/** An agent's hook reports an edit shortly after the file changed. */
const REPORTED = 1000;

export function registerUnreviewed(server: Server): vscode.Disposable {
    const nodes = new Unreviewed(server);
    const view = vscode.window.createTreeView("assaymark.unreviewed", { treeDataProvider: nodes, showCollapseAll: true });
    const files = vscode.workspace.createFileSystemWatcher("**/*.{py,pyi,pyw}");
    let timer: NodeJS.Timeout | undefined;
    const soon = (after = QUIET) => {
        clearTimeout(timer);
        timer = setTimeout(() => view.visible && nodes.refresh(), after);
    };
    const anew = (after?: number) => {
        nodes.forget();
        soon(after);
    };
    const written = () => anew(REPORTED);
    return vscode.Disposable.from(
        view,
        files,
        nodes,
        server.onDidAsk(() => soon()),
        server.onStatus(() => soon()),
        server.onDidChange(() => anew()),
        view.onDidChangeVisibility(() => anew()),
        vscode.workspace.onDidSaveTextDocument(() => anew()),
        vscode.workspace.onDidCloseTextDocument(() => anew()),
        files.onDidChange(written),
        files.onDidCreate(written),
        files.onDidDelete(written),
        vscode.commands.registerCommand("assaymark.refreshUnreviewed", () => anew(0)),
        { dispose: () => clearTimeout(timer) },
    );
}

class Unreviewed implements vscode.TreeDataProvider<Node> {
    readonly #changed = new vscode.EventEmitter<void>();
    readonly onDidChangeTreeData = this.#changed.event;
    /** What closed files hold, once it is known. */
    #closed: readonly Item[] | undefined;

    constructor(private readonly server: Server) {}

    dispose(): void {
        this.#changed.dispose();
    }

    refresh(): void {
        this.#changed.fire();
    }

    /** Effect: closed files are asked for again, when they are to be shown. */
    forget(): void {
        this.#closed = undefined;
    }

    async getChildren(node?: Node): Promise<Node[]> {
        if (node) return "runs" in node ? [...node.runs] : [];
        const items = [...(await this.#asked({})), ...(await this.#ofClosed())];
        const runs = new Map<string, Item[]>();
        for (const item of items.filter(({ kind }) => kind === "lines")) {
            runs.set(item.uri, [...(runs.get(item.uri) ?? []), item]);
        }
        return [
            ...items.filter((item) => item.kind === "finding"),
            ...[...runs].map(([uri, ofFile]) => ({ uri, runs: ofFile })),
        ];
    }

    async #ofClosed(): Promise<readonly Item[]> {
        this.#closed ??= await this.#asked({ closed: true });
        const open = new Set(vscode.workspace.textDocuments.map(({ uri }) => uri.toString()));
        // One that was opened since is among the open ones.
        return this.#closed.filter(({ uri }) => !open.has(vscode.Uri.parse(uri).toString()));
    }

    async #asked(what: { readonly closed?: true }): Promise<readonly Item[]> {
        try {
            return (await this.server.client?.sendRequest<Item[]>("assaymark/unreviewed", what)) ?? [];
        } catch {
            // The client has it in the log; when the server runs again it is asked again.
            return [];
        }
    }

    getTreeItem(node: Node): vscode.TreeItem {
        return "runs" in node ? fileItem(node) : placeItem(node);
    }
}

function fileItem(file: File): vscode.TreeItem {
    const item = new vscode.TreeItem(vscode.Uri.parse(file.uri), vscode.TreeItemCollapsibleState.Expanded);
    item.iconPath = vscode.ThemeIcon.File;
    item.description = true;
    item.contextValue = "file";
    return item;
}

function placeItem(item: Item): vscode.TreeItem {
    const { start, end } = item.range;
    const shown = item.kind === "finding" ? findingItem(item) : runItem(item);
    shown.contextValue = item.kind;
    const selection = new vscode.Range(start.line, start.character, end.line, end.character);
    shown.command = {
        title: "Show",
        command: "vscode.open",
        arguments: [vscode.Uri.parse(item.uri), { selection } satisfies vscode.TextDocumentShowOptions],
    };
    return shown;
}

function findingItem({ uri, range, rule, severity, message, reason }: Item): vscode.TreeItem {
    const item = new vscode.TreeItem(rule ?? "");
    item.description = `${path.posix.basename(vscode.Uri.parse(uri).path)}:${range.start.line + 1}`;
    item.tooltip = `${severity} · ${message}\nNot reviewed: ${reason}`;
    item.iconPath = new vscode.ThemeIcon("warning");
    item.accessibilityInformation = { label: `${item.description}: ${rule}, ${severity}. ${message} ${reason}` };
    return item;
}

function runItem({ range, tool, model, reason }: Item): vscode.TreeItem {
    const item = new vscode.TreeItem(lines(range.start.line, range.end.line));
    item.description = [tool, model].filter(Boolean).join(", ");
    item.tooltip = `Not reviewed: ${reason}`;
    item.iconPath = new vscode.ThemeIcon("list-selection");
    return item;
}

/** *beyond* is the line after the last. */
function lines(first: number, beyond: number): string {
    return beyond - first <= 1 ? `line ${first + 1}` : `lines ${first + 1}–${beyond}`;
}
