/** A Python that can run our own copy of the server. */
import { execFile } from "node:child_process";
import * as vscode from "vscode";

export interface Python {
    readonly command: string;
    /** As in `3.12`. */
    readonly version: string;
}

const ASKED = "import sys; print('%d.%d' % sys.version_info[:2])";

/** The first Python of one of *versions*, or all that were found instead. Effect: programs are run. */
export async function suitable(versions: readonly string[]): Promise<Python | readonly Python[]> {
    const named = vscode.workspace.getConfiguration("assaymark").get<string>("python", "").trim();
    const commands = named ? [named] : [...versions.map((one) => `python${one}`).reverse(), "python3", "python"];
    const found: Python[] = [];
    for (const command of commands) {
        const version = await versionOf(command);
        if (version === undefined) continue;
        if (versions.includes(version)) return { command, version };
        found.push({ command, version });
    }
    return found;
}

async function versionOf(command: string): Promise<string | undefined> {
    const said = await ran(command, ["-I", "-c", ASKED]);
    return said.ok ? said.out.trim() : undefined;
}

export interface Ran {
    readonly ok: boolean;
    readonly out: string;
}

/** What a program said, both streams in one. */
export function ran(command: string, args: readonly string[], timeout = 15_000): Promise<Ran> {
    return new Promise((resolve) => {
        execFile(command, args, { timeout, env: withoutPythons(), maxBuffer: 1 << 24 }, (error, stdout, stderr) =>
            resolve({ ok: !error, out: error ? `${stdout}${stderr}${error.message}` : stdout }),
        );
    });
}

/** Our environment without what would make Python or pip look elsewhere. */
function withoutPythons(): NodeJS.ProcessEnv {
    const kept = Object.entries(process.env).filter(([name]) => !/^(PYTHON|PIP_|VIRTUAL_ENV|CONDA_)/.test(name));
    return { ...Object.fromEntries(kept), PIP_CONFIG_FILE: process.platform === "win32" ? "nul" : "/dev/null" };
}
