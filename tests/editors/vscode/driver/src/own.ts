/** The extension's own copy of the server. */
import * as vscode from "vscode";
import { rules, shown, type Story, until } from "./asking";

export const own: Readonly<Record<string, Story>> = {
    "the first start sets it up, without a network, and it checks": async () => {
        const started = Date.now();
        const { document } = await shown("opened.py");
        const extension = vscode.extensions.getExtension<{ alive(): { life: string } }>("assaymark.assaymark");
        await until(() => extension?.isActive && extension.exports.alive().life === "running", "it runs", 240_000);
        const ready = Date.now() - started;
        await rules(document.uri, "yaml-unsafe-load");
        return `${ready} ms`;
    },
};
