/**
 * Assaymark in VS Code: starts the server and puts what it says where VS Code shows such things.
 *
 * Everything that is a decision is made in the server; what an editor alone can know is told to it (origin/).
 */
import * as vscode from "vscode";
import { registerCommands } from "./commands";
import { registerOrigin } from "./origin/watching";
import { registerPages } from "./pages";
import { Server } from "./server";
import { registerSession } from "./session";
import { registerStatus } from "./status";
import { registerUnreviewed } from "./unreviewed";

let server: Server | undefined;

/** What other extensions may ask for. */
interface Exports {
    /** The answer of the server, as editors/README.md has it; raises while it does not run. */
    request(method: string, params: unknown): Promise<unknown>;
    alive(): { readonly life: string; readonly pid: number | undefined };
}

export function activate(context: vscode.ExtensionContext): Exports {
    const own = new Server(context);
    server = own;
    context.subscriptions.push(
        own.log,
        registerPages(),
        registerStatus(own),
        registerOrigin(own),
        registerUnreviewed(own),
        registerSession(own),
        registerCommands(own),
        // Trust and the way to the server are said when it starts.
        vscode.workspace.onDidGrantWorkspaceTrust(() => own.restart()),
        vscode.workspace.onDidChangeConfiguration((change) => {
            if (change.affectsConfiguration("assaymark.path") || change.affectsConfiguration("assaymark.python")) {
                void own.restart();
            }
        }),
    );
    // Not awaited: the first start may have to make an environment, and keys are to work meanwhile.
    void own.restart();
    return {
        request: async (method, params) => {
            if (!own.client) throw new Error("Assaymark's server does not run");
            return own.client.sendRequest(method, params);
        },
        alive: () => ({ life: own.life, pid: own.pid }),
    };
}

export async function deactivate(): Promise<void> {
    await server?.stop();
}
