/**
 * An extension that tests the other one, in the real extension host: it runs the stories that it is told, in order,
 * and writes what became of each to a file.
 */
import * as fs from "node:fs";
import type * as vscode from "vscode";
import type { Story } from "./asking";
import { agents } from "./agents";
import { findings } from "./findings";
import { folders } from "./folders";
import { origins } from "./origins";
import { own } from "./own";
import { registerKeys } from "./keys";
import { life } from "./life";
import { untrusted } from "./untrusted";

const GROUPS: Readonly<Record<string, Readonly<Record<string, Story>>>> = { findings, origins, agents, folders, untrusted, own, life };

interface Result {
    readonly name: string;
    readonly ms: number;
    readonly error?: string;
    readonly said?: unknown;
}

export async function activate(context: vscode.ExtensionContext): Promise<void> {
    context.subscriptions.push(registerKeys());
    const { ASSAYMARK_DRIVER_OUT: out, ASSAYMARK_DRIVER_GROUPS: groups } = process.env;
    if (!out || !groups) return;
    const results: Result[] = [];
    for (const group of groups.split(",")) {
        for (const [name, story] of Object.entries(GROUPS[group] ?? {})) {
            results.push(await told(`${group}: ${name}`, story));
            fs.writeFileSync(`${out}.part`, JSON.stringify(results, null, 1));
        }
    }
    fs.renameSync(`${out}.part`, out);
}

async function told(name: string, story: Story): Promise<Result> {
    const started = Date.now();
    try {
        const said = await story();
        return { name, ms: Date.now() - started, said };
    } catch (problem) {
        const error = problem instanceof Error ? (problem.stack ?? problem.message) : String(problem);
        return { name, ms: Date.now() - started, error };
    }
}
