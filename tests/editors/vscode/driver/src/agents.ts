/** What an agent wrote beside the editor: seen, reviewed, and not reviewed again when it writes again. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as vscode from "vscode";
import { cursor, hints, lenses, settings, shown, type Story, unreviewed, until, uriOf } from "./asking";

const BEFORE = "def load(body):\n    pass\n";
const AFTER = "def load(body):\n    first = eval(body)\n    second = call(first)\n    return second\n";

/** Effect: an agent replaces *old* in a file by *text*, and its hook tells so. */
function written(name: string, old: string, text: string): void {
    const file = uriOf(name).fsPath;
    const before = fs.readFileSync(file, "utf-8");
    const cwd = uriOf("").fsPath.replace(/\/$/, "");
    fs.writeFileSync(file, before.replace(old, text));
    const payload = {
        session_id: "5e1f-77", transcript_path: `${cwd}/none/5e1f-77.jsonl`, cwd, permission_mode: "default",
        hook_event_name: "PostToolUse", tool_name: "Edit", tool_use_id: `toolu_${Date.now()}`,
        tool_input: { file_path: file, old_string: old, new_string: text, replace_all: false },
        tool_response: { filePath: file, oldString: old, newString: text, originalFile: before, structuredPatch: [], userModified: false, replaceAll: false },
    };
    execFileSync(settings().get("path", ""), ["hook", "claude"], { cwd, input: JSON.stringify(payload) });
}

export const agents: Readonly<Record<string, Story>> = {
    "an agent's edit of an open file is shown with hint and lens": async () => {
        const { document } = await shown("agent.py");
        assert.equal(document.getText(), BEFORE);
        written("agent.py", "    pass\n", AFTER.slice("def load(body):\n".length));
        await until(() => document.getText() === AFTER, "the file is read again");
        await until(async () => (await unreviewed(document.uri)).join() === "1-3", "its lines are an AI's");
        return [await until(async () => { const all = await hints(document.uri); return all.length > 0 && all; }), await lenses(document.uri)];
    },
    "the last session is reviewed change by change, beside the last commit": async () => {
        await shown("agent.py");
        await vscode.commands.executeCommand("assaymark.reviewSession");
        const tab = await until(() => vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputTextDiff && vscode.window.tabGroups.activeTabGroup.activeTab);
        const { original, modified } = tab.input as vscode.TabInputTextDiff;
        assert.equal(original.scheme, "git");
        assert.equal(modified.fsPath, uriOf("agent.py").fsPath);
        const line = () => vscode.window.activeTextEditor?.selection.active.line;
        // The finding, then the lines that nobody read.
        await until(() => line() === 1, "the finding is shown");
        await vscode.commands.executeCommand("assaymark.nextChange");
        await until(() => line() === 3, "the lines are shown");
        await vscode.commands.executeCommand("assaymark.previousChange");
        await until(() => line() === 1, "the finding is shown again");
        return tab.label;
    },
    "the rest is marked as reviewed at once": async () => {
        await vscode.commands.executeCommand("workbench.action.closeAllEditors");
        const { document } = await shown("agent.py");
        await until(async () => (await unreviewed(document.uri)).join() === "1-3");
        await vscode.commands.executeCommand("assaymark.markRest");
        await until(async () => (await unreviewed(document.uri)).length === 0);
        assert.deepEqual(await hints(document.uri), []);
    },
    "reformatted it is still reviewed": async () => {
        const editor = await shown("agent.py");
        await editor.edit((edit) => edit.insert(new vscode.Position(1, "    first = eval(".length), "  "));
        await editor.document.save();
        assert.deepEqual(await unreviewed(editor.document.uri), []);
    },
    "written by the agent again it is not reviewed again": async () => {
        const editor = await shown("agent.py");
        written("agent.py", "    return second\n", "    return eval(second)\n");
        await until(() => editor.document.getText().includes("eval(second)"));
        await until(async () => (await unreviewed(editor.document.uri)).join() === "3-3");
    },
    "lines are marked and the review is taken back, by the palette": async () => {
        const editor = await shown("agent.py");
        cursor(editor, 3, 4);
        await vscode.commands.executeCommand("assaymark.markReviewed");
        await until(async () => (await unreviewed(editor.document.uri)).length === 0);
        await vscode.commands.executeCommand("assaymark.withdrawReview");
        await until(async () => (await unreviewed(editor.document.uri)).length > 0);
    },
    "hooks are installed for the agents found, in a terminal": async () => {
        const claude = path.join(os.homedir(), ".claude");
        fs.mkdirSync(claude, { recursive: true });
        await vscode.commands.executeCommand("assaymark.installHooks");
        const written = path.join(claude, "settings.json");
        await until(() => fs.existsSync(written) && /assaymark/.test(fs.readFileSync(written, "utf-8")), "its settings name us", 40_000);
        vscode.window.terminals.find(({ name }) => name === "Assaymark: hooks")?.dispose();
    },
};
