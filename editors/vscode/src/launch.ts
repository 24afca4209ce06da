/**
 * Which program is the server: the one that the settings name, else the workspace's, else our own copy.
 *
 * What comes with a workspace is run only where the user trusts it.
 */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as vscode from "vscode";
import { ownCopy } from "./environment";

export interface Launch {
    readonly command: string;
    readonly args: string[];
    readonly from: string;
}

/** There is no server to start; the message says why, and *buttons* what can be done. */
export class NoServer extends Error {
    constructor(
        message: string,
        private readonly setting: "assaymark.path" | "assaymark.python",
    ) {
        super(message);
    }

    async show(server: { log: vscode.LogOutputChannel; restart(): Promise<void> }): Promise<void> {
        server.log.error(this.message);
        const chosen = await vscode.window.showErrorMessage(this.message, "Open Settings", "Try Again", "Show Log");
        if (chosen === "Open Settings") {
            await vscode.commands.executeCommand("workbench.action.openSettings", this.setting);
        }
        if (chosen === "Try Again") await server.restart();
        if (chosen === "Show Log") server.log.show();
    }
}

/** The server to start. Effect: our own copy is set up, if it has to be. Raises NoServer. */
export async function launch(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Promise<Launch> {
    const named = vscode.workspace.getConfiguration("assaymark").get<string>("path", "").trim();
    if (named) {
        const command = expanded(named);
        if (path.isAbsolute(command) && !fs.existsSync(command)) {
            throw new NoServer(`assaymark.path: there is no ${command}`, "assaymark.path");
        }
        return { command, args: ["lsp"], from: "named by assaymark.path" };
    }
    const inWorkspace = vscode.workspace.isTrusted ? workspacesCopy() : undefined;
    if (inWorkspace) return { command: inWorkspace, args: ["lsp"], from: "the workspace's virtual environment" };
    return { ...(await ownCopy(context, log)), from: "the extension's own copy" };
}

function workspacesCopy(): string | undefined {
    const program = process.platform === "win32" ? ["Scripts", "assaymark.exe"] : ["bin", "assaymark"];
    const places = (vscode.workspace.workspaceFolders ?? [])
        .filter((folder) => folder.uri.scheme === "file")
        .flatMap((folder) => [".venv", "venv"].map((name) => path.join(folder.uri.fsPath, name, ...program)));
    return places.find((place) => fs.existsSync(place));
}

/** *named* with `~` and `${workspaceFolder}` written out; a relative path starts at the first folder. */
function expanded(named: string): string {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";
    const written = named.replace("${workspaceFolder}", folder).replace(/^~(?=[/\\])/, os.homedir());
    return /[/\\]/.test(written) ? path.resolve(folder, written) : written;
}
