/**
 * Our own copy of the server: an environment in the extension's storage, made from the wheels in the extension.
 *
 * Nothing is asked of a network, and Python's own pip is not needed: pip is one of the wheels. An environment is
 * made again when it does not work any more, as after an upgrade of the Python that it came from.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import * as vscode from "vscode";
import { NoServer } from "./launch";
import { type Python, ran, suitable } from "./python";

const WORKS = ["-I", "-c", "import assaymark, pygls, tree_sitter, yaml, bandit"];
const BIN = process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"];

/** How our own copy is started. Effect: it is set up, if it has to be. Raises NoServer. */
export async function ownCopy(
    context: vscode.ExtensionContext,
    log: vscode.LogOutputChannel,
): Promise<{ command: string; args: string[] }> {
    const place = path.join(context.globalStorageUri.fsPath, `server-${context.extension.packageJSON.version}`);
    const command = path.join(place, ...BIN);
    if (!(fs.existsSync(command) && (await ran(command, WORKS)).ok)) {
        const wheels = path.join(context.extensionPath, "wheels");
        const python = await chosen(wheels);
        await vscode.window.withProgress(
            { location: vscode.ProgressLocation.Window, title: "Assaymark: setting up the server" },
            () => made(place, python, wheels, log),
        );
    }
    return { command, args: ["-I", "-m", "assaymark", "lsp"] };
}

async function chosen(wheels: string): Promise<Python> {
    const list = path.join(wheels, "pythons.txt");
    if (!fs.existsSync(list)) {
        throw new NoServer(
            "This package of the extension holds no server for this platform. Install one (pipx install assaymark)" +
                " and name it in assaymark.path.",
            "assaymark.path",
        );
    }
    const versions = fs.readFileSync(list, "utf-8").split(/\s+/).filter(Boolean);
    const found = await suitable(versions);
    if ("command" in found) return found;
    const instead = found.map((one) => `Python ${one.version} (${one.command})`).join(", ") || "none";
    throw new NoServer(
        `Assaymark needs Python ${versions.join(", ")}; found: ${instead}. Install one, or name it in assaymark.python.`,
        "assaymark.python",
    );
}

/** Effect: an environment stands at *place*. Raises NoServer. */
async function made(place: string, python: Python, wheels: string, log: vscode.LogOutputChannel): Promise<void> {
    const started = Date.now();
    await fs.promises.mkdir(path.dirname(place), { recursive: true });
    const pip = fs.readdirSync(wheels).find((name) => /^pip-.*\.whl$/.test(name)) ?? "pip";
    const steps: [string, string[]][] = [
        [python.command, ["-I", "-m", "venv", "--clear", "--without-pip", place]],
        [
            path.join(place, ...BIN),
            [
                path.join(wheels, pip, "pip"),
                ...["install", "--no-index", "--find-links", wheels, "--no-input", "--no-cache-dir"],
                ...["--disable-pip-version-check", "--quiet", "assaymark"],
            ],
        ],
    ];
    for (const [command, args] of steps) {
        const said = await ran(command, args, 300_000);
        if (said.out.trim()) log.info(said.out.trim());
        if (!said.ok) {
            throw new NoServer(
                `The server could not be set up with ${python.command} (Python ${python.version}); the log says why.`,
                "assaymark.python",
            );
        }
    }
    log.info(`Set up in ${place} with Python ${python.version}, ${Date.now() - started} ms`);
}
