/** What pages press keys on: suggestions, next edits, snippets, and a keymap as VSCodeVim is one. */
import * as vscode from "vscode";
import { unreviewed } from "./asking";

const KEYS: vscode.DocumentFilter = { language: "python", pattern: "**/keys/*.py" };

export function registerKeys(): vscode.Disposable {
    const on = vscode.commands.registerCommand;
    const offering = vscode.languages.registerInlineCompletionItemProvider;
    return vscode.Disposable.from(
        offering(KEYS, { provideInlineCompletionItems: suggested }),
        offering({ language: "python", pattern: "**/next/*.py" }, { provideInlineCompletionItems: nextEdit }),
        vscode.languages.registerDocumentFormattingEditProvider(KEYS, { provideDocumentFormattingEdits: formatted }),
        vscode.languages.registerDocumentRangeFormattingEditProvider(KEYS, { provideDocumentRangeFormattingEdits: formatted }),
        vscode.languages.registerRenameProvider(KEYS, { provideRenameEdits: renamed }),
        on("driver.unreviewed", async () => {
            const { document } = vscode.window.activeTextEditor ?? {};
            const runs = document ? await unreviewed(document.uri) : [];
            vscode.window.setStatusBarMessage(`unreviewed: ${runs.length}`);
        }),
        on("driver.snippet", () =>
            vscode.window.activeTextEditor?.insertSnippet(new vscode.SnippetString("call(${1:one}, ${2:two})$0")),
        ),
        on("driver.record", async (wanted: boolean) => {
            const settings = vscode.workspace.getConfiguration("assaymark");
            await settings.update("recordAcceptedSuggestions", wanted, vscode.ConfigurationTarget.Global);
            vscode.window.setStatusBarMessage(`recorded: ${wanted}`);
        }),
        // The contexts that VSCodeVim sets, and its Tab.
        on("driver.vim", async (mode: string) => {
            await vscode.commands.executeCommand("setContext", "vim.active", mode !== "");
            await vscode.commands.executeCommand("setContext", "vim.mode", mode);
            vscode.window.setStatusBarMessage(`vim: ${mode || "off"}`);
        }),
        on("driver.vimTab", () => vscode.window.setStatusBarMessage("vim: has the key")),
    );
}

/** One whose first line is not indented: Tab accepts no suggestion that starts with more blanks than a tab has. */
function suggested(document: vscode.TextDocument, position: vscode.Position): vscode.InlineCompletionItem[] {
    const line = document.lineAt(position.line).text;
    const here = new vscode.Range(position, position);
    if (/^call\(x,/.test(line) && position.character === "call(x".length) {
        return [new vscode.InlineCompletionItem("_offered", here)];
    }
    const first = line === "" && !document.getText().includes("offered");
    return first ? [new vscode.InlineCompletionItem("value = eval(body)\n# offered", here)] : [];
}

/** An edit of another line, for editors that let this extension offer one. */
function nextEdit(document: vscode.TextDocument): vscode.InlineCompletionItem[] {
    const line = document.lineCount - 2;
    if (line < 0 || document.lineAt(line).text !== "second = first") return [];
    const range = document.lineAt(line).range;
    const item = new vscode.InlineCompletionItem("second = offered", range);
    return [Object.assign(item, { isInlineEdit: true, showRange: document.validateRange(new vscode.Range(0, 0, 99, 0)) })];
}

/** A formatter, of which one sees how often it ran: it adds parentheses. */
function formatted(document: vscode.TextDocument): vscode.TextEdit[] {
    const whole = document.validateRange(new vscode.Range(0, 0, 9999, 0));
    const text = document.getText().replace(/eval\((\(*body\)*)\)/, "eval(($1))");
    return text === document.getText() ? [] : [vscode.TextEdit.replace(whole, text)];
}

function renamed(document: vscode.TextDocument, position: vscode.Position, name: string): vscode.WorkspaceEdit {
    const edit = new vscode.WorkspaceEdit();
    const range = document.getWordRangeAtPosition(position);
    if (range) edit.replace(document.uri, range, name);
    return edit;
}
