/** Where text comes from: accepted, typed, undone, pasted, formatted. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { cursor, hints, hover, shown, type Story, typed, unreviewed, until } from "./asking";

const OFFERED = "    return eval(body)\n    # offered";
let offers = true;

/** A provider of suggestions, as those of AIs are. */
vscode.languages.registerInlineCompletionItemProvider({ language: "python", pattern: "**/origins/*.py" }, {
    provideInlineCompletionItems: (document, position) => {
        const line = document.lineAt(position.line).text;
        return offers && line === "" ? [new vscode.InlineCompletionItem(OFFERED, new vscode.Range(position, position))] : [];
    },
});

/** A formatter, as black is one. */
vscode.languages.registerDocumentFormattingEditProvider({ language: "python", pattern: "**/origins/*.py" }, {
    provideDocumentFormattingEdits: (document) => {
        const whole = document.validateRange(new vscode.Range(0, 0, 9999, 0));
        return [vscode.TextEdit.replace(whole, document.getText().replace(/eval\(body\)/g, "eval( body )"))];
    },
});

async function suggested(): Promise<void> {
    offers = true;
    await vscode.commands.executeCommand("editor.action.inlineSuggest.trigger");
    // There is no API that says that it is shown; the commit below does nothing before it is.
    await new Promise((resolve) => setTimeout(resolve, 300));
}

/** Effect: what the keys run is run. */
async function accept(command: string): Promise<void> {
    await vscode.commands.executeCommand("runCommands", { commands: [`editor.action.inlineSuggest.${command}`, "assaymark.accepted"] });
}

async function accepted(editor: vscode.TextEditor, command = "commit"): Promise<void> {
    const before = editor.document.version;
    for (let n = 0; n < 10 && editor.document.version === before; n++) {
        await suggested();
        await accept(command);
    }
    offers = false;
    assert.notEqual(editor.document.version, before, "nothing was accepted");
}

export const origins: Readonly<Record<string, Story>> = {
    "an accepted suggestion is an AI's, and what is typed beside it stays a person's": async () => {
        const editor = await shown("origins/accepted.py", "\n");
        cursor(editor, 0, 0);
        await typed("def load(body):");
        await vscode.commands.executeCommand("type", { text: "\n" });
        await vscode.commands.executeCommand("deleteAllLeft");
        await accepted(editor);
        assert.match(editor.document.getText(), /return eval\(body\)\n {4}# offered/);
        await until(async () => (await unreviewed(editor.document.uri)).join() === "1-2");
        const said = await hover(editor.document.uri, 1, 12);
        assert.match(said, /an AI that is not named.*the editor reported it.*Not reviewed/s);
        // A line below, typed.
        cursor(editor, 2, editor.document.lineAt(2).text.length);
        await typed("\n");
        await vscode.commands.executeCommand("deleteAllLeft");
        await typed("    return eval(body)");
        assert.deepEqual(await unreviewed(editor.document.uri), ["1-2"]);
        const beside = await until(async () => {
            const now = await hover(editor.document.uri, 3, 12);
            return /typed in the editor/.test(now) && now;
        }, "the finding beside it is told to be typed");
        return [said, beside, await hints(editor.document.uri)];
    },
    "undone and done again it is the AI's again": async () => {
        const editor = await shown("origins/undone.py", "\n");
        cursor(editor, 0, 0);
        await accepted(editor);
        await until(async () => (await unreviewed(editor.document.uri)).join() === "0-1");
        await vscode.commands.executeCommand("undo");
        await until(async () => (await unreviewed(editor.document.uri)).length === 0);
        assert.doesNotMatch(editor.document.getText(), /offered/);
        await vscode.commands.executeCommand("redo");
        await until(async () => (await unreviewed(editor.document.uri)).join() === "0-1");
    },
    "a word that is accepted is the AI's, the rest is not there": async () => {
        const editor = await shown("origins/word.py", "\n");
        cursor(editor, 0, 0);
        await accepted(editor, "acceptNextWord");
        for (let n = 0; n < 5 && !editor.document.getText().includes("return"); n++) {
            await accept("acceptNextWord");
        }
        assert.doesNotMatch(editor.document.getText(), /offered/);
        await until(async () => (await unreviewed(editor.document.uri)).join() === "0-0");
        return editor.document.getText();
    },
    "formatted and saved it keeps its origin": async () => {
        const editor = await shown("origins/formatted.py", "def f(body):\n\n");
        cursor(editor, 1, 0);
        await accepted(editor);
        await until(async () => (await unreviewed(editor.document.uri)).join() === "1-2");
        await vscode.commands.executeCommand("assaymark.formatDocument");
        await until(() => /eval\( body \)/.test(editor.document.getText()));
        assert.deepEqual(await unreviewed(editor.document.uri), ["1-2"]);
        await editor.document.save();
        assert.deepEqual(await unreviewed(editor.document.uri), ["1-2"]);
    },
};
