/**
 * Reviewing the last agent session: what needs a look and what nobody read, one change after the other.
 *
 * The list is the server's; a change is shown beside the last commit, where git knows the file.
 */
import * as path from "node:path";
import * as vscode from "vscode";
import type { Server } from "./server";

interface Card {
    readonly top: string;
    readonly tool: string;
    readonly items: readonly { readonly severity: string; readonly path: string; readonly line: number | null; readonly text: string }[];
    readonly unread: readonly { readonly path: string; readonly first: number; readonly last: number }[];
}
interface Change {
    readonly uri: vscode.Uri;
    readonly text: string;
    readonly icon: string;
    /** Lines from 0, both included. */
    readonly first: number;
    readonly last: number;
    readonly isUnread: boolean;
}
type Step = 1 | -1;

export function registerSession(server: Server): vscode.Disposable {
    const review = new Review(server);
    const view = vscode.window.createTreeView("assaymark.session", { treeDataProvider: review });
    const on = vscode.commands.registerCommand;
    return vscode.Disposable.from(
        view,
        on("assaymark.reviewSession", () => review.start()),
        on("assaymark.nextChange", () => review.go(1)),
        on("assaymark.previousChange", () => review.go(-1)),
        on("assaymark.showChange", (change: Change) => review.show(change)),
        on("assaymark.markRest", () => review.markRest()),
    );
}

class Review implements vscode.TreeDataProvider<Change> {
    readonly #changed = new vscode.EventEmitter<void>();
    readonly onDidChangeTreeData = this.#changed.event;
    #changes: readonly Change[] = [];
    #at = -1;

    constructor(private readonly server: Server) {}

    /** Effect: the last session's changes are listed, and the first is shown. */
    async start(): Promise<void> {
        if (!(await this.#asked())) return;
        this.#at = -1;
        await vscode.commands.executeCommand("setContext", "assaymark.reviewing", this.#changes.length > 0);
        if (this.#changes.length === 0) {
            void vscode.window.showInformationMessage("Assaymark: nothing of the last session is left to be reviewed.");
            return;
        }
        await this.go(1);
    }

    async go(step: Step): Promise<void> {
        const change = this.#changes[(this.#at + step + this.#changes.length) % this.#changes.length];
        if (change) await this.show(change);
    }

    async show(change: Change): Promise<void> {
        this.#at = this.#changes.indexOf(change);
        await shown(change);
        const said = `${this.#at + 1} of ${this.#changes.length}: ${change.text}`;
        vscode.window.setStatusBarMessage(`$(checklist) ${said}`, 10_000);
    }

    /** Effect: all that is listed as unread is marked as reviewed, in files that are as they were listed. */
    async markRest(): Promise<void> {
        for (const change of this.#changes.filter((one) => one.isUnread)) {
            const document = await vscode.workspace.openTextDocument(change.uri);
            // The list is about the text on the disk.
            if (document.isDirty) continue;
            const range = { start: { line: change.first, character: 0 }, end: { line: change.last + 1, character: 0 } };
            await vscode.commands.executeCommand("assaymark.markReviewed", { uri: change.uri.toString(), range });
        }
        await this.#asked();
    }

    /** Whether the server has a session. Effect: its changes are listed. */
    async #asked(): Promise<boolean> {
        try {
            const uri = vscode.window.activeTextEditor?.document.uri;
            const place = uri?.scheme === "file" ? { uri: uri.toString() } : {};
            const card = await this.server.client?.sendRequest<Card>("assaymark/session", place);
            this.#changes = card ? changesOf(card) : [];
            this.#changed.fire();
            return card !== undefined;
        } catch (problem) {
            void vscode.window.showInformationMessage(`Assaymark: ${problem instanceof Error ? problem.message : problem}`);
            return false;
        }
    }

    getChildren(change?: Change): Change[] {
        return change ? [] : [...this.#changes];
    }

    getTreeItem(change: Change): vscode.TreeItem {
        const item = new vscode.TreeItem(change.text);
        item.description = `${vscode.workspace.asRelativePath(change.uri)}:${change.first + 1}`;
        item.iconPath = new vscode.ThemeIcon(change.icon);
        item.command = { title: "Show", command: "assaymark.showChange", arguments: [change] };
        return item;
    }
}

function changesOf(card: Card): Change[] {
    const top = vscode.Uri.parse(card.top);
    const at = (inside: string) => vscode.Uri.joinPath(top, inside);
    const items = card.items.map((item) => {
        const line = (item.line ?? 1) - 1;
        const text = `${item.severity}: ${item.text}`;
        return { uri: at(item.path), text, icon: "warning", first: line, last: line, isUnread: false };
    });
    const unread = card.unread.map((run) => {
        const [first, last] = [run.first - 1, run.last - 1];
        const text = first === last ? `line ${run.first}, not reviewed` : `lines ${run.first}–${run.last}, not reviewed`;
        return { uri: at(run.path), text, icon: "list-selection", first, last, isUnread: true };
    });
    return [...items, ...unread];
}

interface Git {
    readonly toGitUri: (uri: vscode.Uri, ref: string) => vscode.Uri;
    readonly getRepository: (uri: vscode.Uri) => { show(ref: string, path: string): Promise<string> } | null;
}

async function shown(change: Change): Promise<void> {
    const options = { selection: new vscode.Range(change.first, 0, change.last, 0), preview: true };
    const before = await committed(change.uri);
    const title = `${path.posix.basename(change.uri.path)} (last agent session)`;
    if (before) await vscode.commands.executeCommand("vscode.diff", before, change.uri, title, options);
    else await vscode.window.showTextDocument(change.uri, options);
}

/** The file as the last commit has it, if git knows it. */
async function committed(uri: vscode.Uri): Promise<vscode.Uri | undefined> {
    const extension = vscode.extensions.getExtension<{ getAPI(version: 1): Git }>("vscode.git");
    if (!extension) return undefined;
    try {
        const git = (extension.isActive ? extension.exports : await extension.activate()).getAPI(1);
        await git.getRepository(uri)?.show("HEAD", uri.fsPath);
        return git.getRepository(uri) ? git.toGitUri(uri, "HEAD") : undefined;
    } catch {
        return undefined;
    }
}
