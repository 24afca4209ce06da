/**
 * What somebody set of the server's settings.
 *
 * A default is never sent: the server knows them, and one that is sent would hide what the repository says.
 */
import * as vscode from "vscode";

const OURS = new Set(["path", "python", "recordAcceptedSuggestions", "trace.server"]);
type Table = Record<string, unknown>;

/** What the user set for all workspaces. */
export function usersSettings(extension: vscode.Extension<unknown>): Table {
    return collected(extension, undefined, (found) => found.globalValue);
}

/** What holds at *scope* because somebody set it there or above. */
export function settingsAt(extension: vscode.Extension<unknown>, scope: vscode.Uri | undefined): Table {
    return collected(
        extension,
        scope,
        (found) => found.workspaceFolderValue ?? found.workspaceValue ?? found.globalValue,
    );
}

type Inspected = NonNullable<ReturnType<vscode.WorkspaceConfiguration["inspect"]>>;

function collected(
    extension: vscode.Extension<unknown>,
    scope: vscode.Uri | undefined,
    chosen: (found: Inspected) => unknown,
): Table {
    const configuration = vscode.workspace.getConfiguration("assaymark", scope ?? null);
    const table: Table = {};
    for (const name of names(extension)) {
        const found = configuration.inspect(name);
        const value = found && chosen(found);
        if (value !== undefined && value !== null) put(table, name.split("."), value);
    }
    return table;
}

function names(extension: vscode.Extension<unknown>): string[] {
    const { configuration } = extension.packageJSON.contributes as { configuration: { properties: Table }[] };
    return configuration
        .flatMap((section) => Object.keys(section.properties))
        .map((name) => name.replace(/^assaymark\./, ""))
        .filter((name) => !OURS.has(name));
}

function put(table: Table, [first = "", ...rest]: string[], value: unknown): void {
    if (rest.length === 0) table[first] = value;
    else put((table[first] ??= {}) as Table, rest, value);
}
