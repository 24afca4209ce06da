/** The view "Not reviewed": findings in an agent's lines that nobody reviewed, then the files with such lines. */
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

export function registerUnreviewed(server: Server): vscode.Disposable {
    const nodes = new Unreviewed(server);
    const view = vscode.window.createTreeView("assaymark.unreviewed", { treeDataProvider: nodes });
    let timer: NodeJS.Timeout | undefined;
    const soon = () => {
        clearTimeout(timer);
        timer = setTimeout(() => view.visible && nodes.refresh(), QUIET);
    };
    return vscode.Disposable.from(
        view,
        server.onDidAsk(soon),
        server.onStatus(soon),
        server.onDidChange(soon),
        view.onDidChangeVisibility(soon),
        vscode.workspace.onDidCloseTextDocument(soon),
        { dispose: () => clearTimeout(timer) },
    );
}

class Unreviewed implements vscode.TreeDataProvider<Node> {
    readonly #changed = new vscode.EventEmitter<void>();
    readonly onDidChangeTreeData = this.#changed.event;

    constructor(private readonly server: Server) {}

    refresh(): void {
        this.#changed.fire();
    }

    async getChildren(node?: Node): Promise<Node[]> {
        if (node) return "runs" in node ? [...node.runs] : [];
        const items = (await this.server.client?.sendRequest<Item[]>("assaymark/unreviewed", {})) ?? [];
        const runs = new Map<string, Item[]>();
        for (const item of items.filter(({ kind }) => kind === "lines")) {
            runs.set(item.uri, [...(runs.get(item.uri) ?? []), item]);
        }
        return [
            ...items.filter((item) => item.kind === "finding"),
            ...[...runs].map(([uri, ofFile]) => ({ uri, runs: ofFile })),
        ];
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
    const shown = new vscode.TreeItem(item.kind === "finding" ? (item.message ?? "") : lines(start.line, end.line));
    const name = path.posix.basename(vscode.Uri.parse(item.uri).path);
    shown.description = item.kind === "finding" ? `${name}:${start.line + 1}` : [item.tool, item.model].filter(Boolean).join(", ");
    shown.tooltip = item.kind === "finding" ? `${item.severity} · ${item.rule}` : "An AI's lines that nobody reviewed";
    shown.iconPath = new vscode.ThemeIcon(item.kind === "finding" ? "warning" : "list-selection");
    shown.contextValue = item.kind;
    const selection = new vscode.Range(start.line, start.character, end.line, end.character);
    shown.command = {
        title: "Show",
        command: "vscode.open",
        arguments: [vscode.Uri.parse(item.uri), { selection } satisfies vscode.TextDocumentShowOptions],
    };
    return shown;
}

/** *beyond* is the line after the last. */
function lines(first: number, beyond: number): string {
    return beyond - first <= 1 ? `line ${first + 1}` : `lines ${first + 1}–${beyond}`;
}
