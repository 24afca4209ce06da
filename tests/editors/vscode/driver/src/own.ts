/** The extension's own copy of the server. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import * as vscode from "vscode";
import { rules, shown, type Story, until, uriOf } from "./asking";

const ours = () => {
    const extension = vscode.extensions.getExtension<{ alive(): { life: string; pid?: number } }>("assaymark.assaymark");
    return extension?.isActive ? extension.exports.alive() : undefined;
};
const running = () => until(() => ours()?.life === "running", "it runs", 120_000);

/** The environment that was made, by the words of the process that runs in it. */
function environment(): string {
    const [program = ""] = fs.readFileSync(`/proc/${ours()?.pid}/cmdline`, "utf-8").split("\0");
    return path.dirname(path.dirname(program));
}

export const own: Readonly<Record<string, Story>> = {
    "the first start sets it up, and it checks": async () => {
        const started = Date.now();
        const { document } = await shown("opened.py");
        await running();
        const ready = Date.now() - started;
        await rules(document.uri, "yaml-unsafe-load");
        return `${ready} ms`;
    },
    "the second start finds it": async () => {
        const started = Date.now();
        await vscode.commands.executeCommand("assaymark.restart");
        await rules(uriOf("opened.py"), "yaml-unsafe-load");
        return `${Date.now() - started} ms`;
    },
    "after an upgrade of Python it is made anew": async () => {
        const second = process.env["ASSAYMARK_SECOND_PYTHON"];
        if (!second) return "there is no second Python here";
        const place = environment();
        // What an upgrade leaves: the same path is another Python, which has none of the packages.
        for (const name of fs.readdirSync(path.join(place, "bin")).filter((one) => one.startsWith("python"))) {
            fs.rmSync(path.join(place, "bin", name));
            fs.symlinkSync(second, path.join(place, "bin", name));
        }
        assert.throws(() => execFileSync(path.join(place, "bin/python"), ["-I", "-c", "import assaymark"], { stdio: "ignore" }));
        await vscode.commands.executeCommand("assaymark.restart");
        await running();
        execFileSync(path.join(place, "bin/python"), ["-I", "-c", "import assaymark"]);
        await rules(uriOf("opened.py"), "yaml-unsafe-load");
        return undefined;
    },
};
