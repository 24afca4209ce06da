/** Pages of rules, shown as Markdown in the editor: they lie beside the server, and no browser is needed. */
import * as vscode from "vscode";

/** The command that links lead to: VS Code opens a link to a file as its text. */
const OPEN = "assaymark.openPage";

export function registerPages(): vscode.Disposable {
    return vscode.commands.registerCommand(OPEN, (page: string) => showPage(vscode.Uri.parse(page)));
}

export function isPage(uri: vscode.Uri): boolean {
    return uri.scheme === "file" && uri.path.endsWith(".md");
}

export async function showPage(uri: vscode.Uri): Promise<void> {
    await vscode.commands.executeCommand("markdown.showPreview", uri);
}

/** *diagnostic* with a link that opens its page here. */
export function linked<D extends vscode.Diagnostic>(diagnostic: D): D {
    const { code } = diagnostic;
    if (typeof code === "object" && isPage(code.target)) {
        diagnostic.code = { value: code.value, target: vscode.Uri.parse(link(code.target.toString())) };
    }
    return diagnostic;
}

/** *text* with such links. */
export function withLinks(text: vscode.MarkdownString): vscode.MarkdownString {
    text.value = text.value.replace(/\]\((file:[^)\s]+\.md)\)/g, (_, page: string) => `](${link(page)})`);
    text.isTrusted = { enabledCommands: [OPEN] };
    return text;
}

const link = (page: string) => `command:${OPEN}?${encodeURIComponent(JSON.stringify([page]))}`;
