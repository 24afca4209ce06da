/** Findings: seen, typed, fixed, silenced, explained; in files and in cells of notebooks. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { actions, cursor, found, hover, rules, shown, type Story, typed, until, uriOf } from "./asking";

const FLAWED = "import yaml\n\nconfig = yaml.load(open('a').read())\n";

export const findings: Readonly<Record<string, Story>> = {
    "a file with a flaw is opened, and it is shown with a link to its page": async () => {
        const { document } = await shown("opened.py", FLAWED);
        await rules(document.uri, "yaml-unsafe-load");
        const [one] = found(document.uri);
        assert.equal(one?.range.start.line, 2);
        assert.ok(typeof one.code === "object");
        assert.equal(one.code.target.scheme, "command");
        return one.message;
    },
    "a flaw is typed and shown, and gone when it is taken back": async () => {
        const editor = await shown("typed.py", "import yaml\n\n");
        cursor(editor, 2, 0);
        await typed("x = yaml.load(y");
        await rules(editor.document.uri, "yaml-unsafe-load");
        await vscode.commands.executeCommand("cursorHomeSelect");
        await vscode.commands.executeCommand("deleteLeft");
        await rules(editor.document.uri);
    },
    "the quick fix is made": async () => {
        const editor = await shown("fixed.py", FLAWED);
        await rules(editor.document.uri, "yaml-unsafe-load");
        const range = found(editor.document.uri)[0]?.range;
        assert.ok(range);
        const offered = await vscode.commands.executeCommand<vscode.CodeAction[]>(
            "vscode.executeCodeActionProvider", editor.document.uri, range, vscode.CodeActionKind.QuickFix.value, 10,
        );
        const fix = offered.find((one) => one.edit?.size && /safe_load/.test(one.title));
        assert.ok(fix?.edit, offered.map(({ title }) => title).join("; "));
        await vscode.workspace.applyEdit(fix.edit);
        await rules(editor.document.uri);
        assert.match(editor.document.getText(), /yaml\.safe_load/);
        return offered.map(({ title }) => title);
    },
    "all safe fixes are made by the command, without being told the file": async () => {
        const line = "token = random.choice(letters)\n";
        const editor = await shown("all.py", `import random\n\n${line}${line}`);
        await rules(editor.document.uri, "random-secret", "random-secret");
        await vscode.commands.executeCommand("assaymark.fixAll");
        await rules(editor.document.uri);
        assert.match(editor.document.lineAt(3).text, /SystemRandom/);
    },
    "safe fixes are made on save, where the person wants it": async () => {
        const settings = vscode.workspace.getConfiguration("editor");
        const wanted = { "source.fixAll.assaymark": "explicit" };
        await settings.update("codeActionsOnSave", wanted, vscode.ConfigurationTarget.Workspace);
        const editor = await shown("saved.py", "import random\n\n\n");
        cursor(editor, 2, 0);
        await typed("token = random.choice(letters)");
        await rules(editor.document.uri, "random-secret");
        await editor.document.save();
        assert.match(editor.document.getText(), /SystemRandom/);
        await settings.update("codeActionsOnSave", undefined, vscode.ConfigurationTarget.Workspace);
    },
    "a finding is silenced with a reason": async () => {
        const editor = await shown("silenced.py", FLAWED);
        await rules(editor.document.uri, "yaml-unsafe-load");
        const offered = await actions(editor.document.uri, new vscode.Range(2, 12, 2, 12), vscode.CodeActionKind.QuickFix);
        const silence = offered.get("Silence yaml-unsafe-load with a reason…");
        assert.ok(silence?.edit, [...offered.keys()].join("; "));
        await vscode.workspace.applyEdit(silence.edit);
        await until(() => /assaymark: ignore\[yaml-unsafe-load\] -- /.test(editor.document.getText()));
        return editor.document.lineAt(2).text;
    },
    "the hover says why it matters": async () => {
        const { document } = await shown("opened.py");
        const said = await hover(document.uri, 2, 14);
        assert.match(said, /yaml-unsafe-load.*\[Why\]\(command:assaymark\.openPage/s);
        return said;
    },
    "the page of a rule is opened inside the editor": async () => {
        const { document } = await shown("opened.py");
        const [one] = found(document.uri);
        assert.ok(typeof one?.code === "object");
        const { target } = one.code;
        await vscode.commands.executeCommand(target.path, ...(JSON.parse(decodeURIComponent(target.query)) as unknown[]));
        const preview = await until(() => vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputWebview && vscode.window.tabGroups.activeTabGroup.activeTab);
        const title = preview.label;
        await vscode.commands.executeCommand("workbench.action.closeActiveEditor");
        return title;
    },
    "explain opens the page of the finding at the cursor": async () => {
        const editor = await shown("opened.py");
        cursor(editor, 2, 14);
        await vscode.commands.executeCommand("assaymark.explain");
        await until(() => vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputWebview);
        await vscode.commands.executeCommand("workbench.action.closeActiveEditor");
    },
    "the workspace is checked, closed files too, with links that open here": async () => {
        await vscode.commands.executeCommand("assaymark.checkWorkspace");
        const closed = uriOf("closed.py");
        await rules(closed, "yaml-unsafe-load");
        const [one] = found(closed);
        assert.ok(typeof one?.code === "object");
        assert.equal(one.code.target.scheme, "command");
        await vscode.commands.executeCommand("assaymark.dismissWorkspaceCheck");
        await rules(closed);
    },
    "a flaw in a cell of a notebook is shown, where its import stands in another": async () => {
        const notebook = await vscode.workspace.openNotebookDocument(uriOf("nb.ipynb"));
        await vscode.window.showNotebookDocument(notebook);
        const cell = notebook.cellAt(1).document;
        await rules(cell.uri, "yaml-unsafe-load");
        await vscode.commands.executeCommand("workbench.action.closeActiveEditor");
        return found(cell.uri).map(({ message }) => message);
    },
    "a setting that somebody changes holds at once, and a default hides nothing": async () => {
        const { document } = await shown("opened.py");
        await rules(document.uri, "yaml-unsafe-load");
        const settings = vscode.workspace.getConfiguration("assaymark");
        await settings.update("ignore", ["yaml-*"], vscode.ConfigurationTarget.Workspace);
        await rules(document.uri);
        await settings.update("ignore", undefined, vscode.ConfigurationTarget.Workspace);
        await rules(document.uri, "yaml-unsafe-load");
    },
};
