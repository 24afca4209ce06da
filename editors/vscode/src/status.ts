/** The item of the status bar: what became of the file that is shown. It says nothing of who wrote it. */
import * as vscode from "vscode";
import type { Server } from "./server";

interface Status {
    readonly uri: string;
    readonly state: string;
    readonly reason: string;
    readonly counts: Readonly<Record<string, number>>;
    readonly silenced: number;
}

const ICONS: Readonly<Record<string, string>> = {
    clean: "pass",
    findings: "warning",
    partial: "info",
    failed: "error",
    "timed out": "error",
    "not analysed": "circle-slash",
};

export function registerStatus(server: Server): vscode.Disposable {
    const item = vscode.window.createStatusBarItem("assaymark.status", vscode.StatusBarAlignment.Left, -10);
    item.name = "Assaymark";
    item.command = "assaymark.menu";
    const known = new Map<string, Status>();
    const shown = () => show(item, server, known);
    shown();
    return vscode.Disposable.from(
        item,
        server.onStatus((said) => {
            const status = said as Status;
            known.set(status.uri, status);
            shown();
        }),
        server.onDidChange(() => {
            if (server.life !== "running") known.clear();
            shown();
        }),
        vscode.window.onDidChangeActiveTextEditor(shown),
        vscode.workspace.onDidCloseTextDocument((document) => known.delete(document.uri.toString())),
    );
}

function show(item: vscode.StatusBarItem, server: Server, known: ReadonlyMap<string, Status>): void {
    const document = vscode.window.activeTextEditor?.document;
    const [text, tooltip] =
        server.life === "running" ? ofFile(document && known.get(document.uri.toString())) : ofServer(server);
    item.text = text;
    item.tooltip = tooltip;
    item.accessibilityInformation = { label: `Assaymark: ${tooltip}`, role: "button" };
    if (document?.languageId === "python" || server.life === "stopped") item.show();
    else item.hide();
}

function ofServer(server: Server): [string, string] {
    const says = { starting: "starting", waiting: "the server ended and is started again", stopped: "not running" };
    const life = server.life === "running" ? "starting" : server.life;
    return [`$(${life === "starting" ? "loading~spin" : "error"}) Assaymark`, says[life]];
}

function ofFile(status: Status | undefined): [string, string] {
    if (status === undefined) return ["$(shield) Assaymark", "running"];
    const counts = Object.entries(status.counts).filter(([, n]) => n > 0);
    const n = counts.reduce((sum, [, one]) => sum + one, 0);
    const said = counts.reverse().map(([severity, one]) => `${one} ${severity}`);
    if (status.silenced) said.push(`${status.silenced} silenced`);
    const tooltip = [status.state, ...said, status.reason].filter(Boolean).join(" · ");
    const text = status.state === "findings" ? `Assaymark: ${n}` : status.state === "clean" ? "Assaymark" : `Assaymark: ${status.state}`;
    return [`$(${ICONS[status.state] ?? "shield"}) ${text}`, tooltip];
}
