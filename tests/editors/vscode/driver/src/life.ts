/** The server ends, and comes again; keys work meanwhile. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { asked, cursor, rules, shown, type Story, typed, until } from "./asking";

const FLAWED = "import yaml\n\nconfig = yaml.load(x)\n";

interface Alive {
    readonly pid: number | undefined;
    readonly life: string;
}
const alive = () => {
    const extension = vscode.extensions.getExtension<{ alive(): Alive }>("assaymark.assaymark");
    assert.ok(extension?.isActive);
    return extension.exports.alive();
};

export const life: Readonly<Record<string, Story>> = {
    "it is killed and started again, and shows what it showed": async () => {
        const editor = await shown("lives.py", FLAWED);
        await rules(editor.document.uri, "yaml-unsafe-load");
        const { pid } = alive();
        assert.ok(pid);
        process.kill(pid, "SIGKILL");
        const started = Date.now();
        await until(() => alive().life === "waiting");
        await rules(editor.document.uri);
        // Keys do what they do.
        cursor(editor, 3, 0);
        await typed("y = 1");
        assert.match(editor.document.lineAt(3).text, /^y = 1$/);
        await until(() => alive().life === "running" && alive().pid !== pid);
        await rules(editor.document.uri, "yaml-unsafe-load");
        return `${Date.now() - started} ms`;
    },
    "it is restarted by the command": async () => {
        const { pid } = alive();
        await vscode.commands.executeCommand("assaymark.restart");
        assert.notEqual(alive().pid, pid);
        assert.equal(alive().life, "running");
        await asked("assaymark/unreviewed", {});
    },
};
