/** What a command of the server is about when it comes from the palette: the cursor and the selection. */
import * as vscode from "vscode";

/** The arguments; undefined where there is nothing that it could be about. */
export function argumentsFor(command: string): unknown[] | undefined {
    const editor = vscode.window.activeTextEditor;
    switch (command) {
        case "assaymark.checkWorkspace":
        case "assaymark.dismissWorkspaceCheck":
            return [];
        case "assaymark.explain":
            return told(editor && ruleAt(editor), "There is no finding on this line.");
        case "assaymark.fixAll":
            return told(editor?.document.uri.toString(), "No file is open.");
        case "assaymark.markReviewed":
            return told(editor && (editor.selection.isEmpty ? run(editor) : lines(editor)), "No file is open.");
        case "assaymark.withdrawReview":
            return told(editor && lines(editor), "No file is open.");
        default:
            return told(undefined, `${command} needs to be told what it is about.`);
    }
}

function told(argument: unknown, otherwise: string): unknown[] | undefined {
    if (argument !== undefined) return [argument];
    void vscode.window.showInformationMessage(`Assaymark: ${otherwise}`);
    return undefined;
}

function ruleAt(editor: vscode.TextEditor): string | undefined {
    const { line } = editor.selection.active;
    const found = vscode.languages
        .getDiagnostics(editor.document.uri)
        .find((one) => one.source === "assaymark" && one.range.start.line <= line && line <= one.range.end.line);
    return typeof found?.code === "object" ? String(found.code.value) : found?.code?.toString();
}

const run = (editor: vscode.TextEditor) => ({
    uri: editor.document.uri.toString(),
    scope: "run",
    line: editor.selection.active.line,
});

const lines = (editor: vscode.TextEditor) => ({
    uri: editor.document.uri.toString(),
    range: { start: editor.selection.start, end: editor.selection.end },
});
