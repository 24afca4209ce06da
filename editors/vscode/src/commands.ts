/** Commands that are the editor's own; those of the server are registered by its client. */
import * as vscode from "vscode";
import type { Server } from "./server";

const MENU: readonly [label: string, command: string][] = [
    ["$(lightbulb-autofix) Make all safe fixes in this file", "assaymark.fixAll"],
    ["$(book) Explain the finding on this line", "assaymark.explain"],
    ["$(checklist) Review the last agent session", "assaymark.reviewSession"],
    ["$(pass) Mark as reviewed", "assaymark.markReviewed"],
    ["$(search) Check the workspace", "assaymark.checkWorkspace"],
    ["$(output) Show the log", "assaymark.showLog"],
    ["$(debug-restart) Restart the server", "assaymark.restart"],
    ["$(gear) Settings", "assaymark.openSettings"],
];

export function registerCommands(server: Server): vscode.Disposable {
    const own: Readonly<Record<string, () => unknown>> = {
        "assaymark.menu": menu,
        "assaymark.showLog": () => server.log.show(),
        "assaymark.restart": () => server.restart(),
        "assaymark.openSettings": () =>
            vscode.commands.executeCommand("workbench.action.openSettings", "@ext:assaymark.assaymark"),
        "assaymark.installHooks": () => installHooks(server),
        "assaymark.recordSuggestions": () =>
            vscode.workspace
                .getConfiguration("assaymark")
                .update("recordAcceptedSuggestions", true, vscode.ConfigurationTarget.Global),
    };
    return vscode.Disposable.from(
        ...Object.entries(own).map(([name, made]) => vscode.commands.registerCommand(name, made)),
    );
}

async function menu(): Promise<void> {
    const items = MENU.map(([label, command]) => ({ label, command }));
    const chosen = await vscode.window.showQuickPick(items, { title: "Assaymark" });
    if (chosen) await vscode.commands.executeCommand(chosen.command);
}

/** Effect: a terminal runs `assaymark hooks install`, which shows what it changes. */
async function installHooks(server: Server): Promise<void> {
    if (!server.launched) {
        await vscode.window.showErrorMessage("Assaymark's server does not run; the log says why.");
        return;
    }
    const { command, args } = server.launched;
    const words = [command, ...args.slice(0, -1), "hooks", "install"];
    const terminal = vscode.window.createTerminal("Assaymark: hooks");
    terminal.show();
    terminal.sendText(words.map((word) => (/^[\w@%+=:,./\\-]+$/.test(word) ? word : `"${word}"`)).join(" "));
}
