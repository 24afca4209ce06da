/** What the client of the language server is told to do otherwise than all clients do. */
import * as vscode from "vscode";
import { CloseAction, ErrorAction, type LanguageClientOptions, type Middleware } from "vscode-languageclient/node";
import { argumentsFor } from "./arguments";
import { isPage, linked, showPage, withLinks } from "./pages";
import type { Server } from "./server";
import { settingsAt, usersSettings } from "./settings";

/** *ended* is called when the server ended by itself, *asked* when hints are asked for again. */
export function clientOptions(server: Server, ended: () => void, asked: () => void): LanguageClientOptions {
    const { extension } = server.context;
    return {
        documentSelector: ["file", "untitled", "vscode-notebook-cell"].map((scheme) => ({ scheme, language: "python" })),
        outputChannel: server.log,
        initializationOptions: {
            ...usersSettings(extension),
            trusted: vscode.workspace.isTrusted,
            statusNotifications: true,
        },
        // Whoever starts it says what went wrong, and tries again.
        initializationFailedHandler: () => false,
        errorHandler: {
            error: () => ({ action: ErrorAction.Continue, handled: true }),
            closed: () => {
                setTimeout(ended);
                return { action: CloseAction.DoNotRestart, handled: true };
            },
        },
        middleware: middleware(server, asked),
    };
}

function middleware(server: Server, asked: () => void): Middleware {
    return {
        // Pulled or pushed: links of findings lead to pages that open here.
        handleDiagnostics: (uri, diagnostics, next) => next(uri, diagnostics.map(linked)),
        provideDiagnostics: async (document, previous, token, next) => {
            const report = await next(document, previous, token);
            if (report && "items" in report) report.items = report.items.map(linked);
            return report;
        },
        provideWorkspaceDiagnostics: (previous, token, reporter, next) =>
            next(previous, token, (chunk) => {
                for (const report of chunk?.items ?? []) {
                    if ("items" in report) report.items = report.items.map(linked);
                }
                reporter(chunk);
            }),
        provideHover: async (document, position, token, next) => {
            const hover = await next(document, position, token);
            for (const text of hover?.contents ?? []) if (text instanceof vscode.MarkdownString) withLinks(text);
            return hover;
        },
        // The server has hints asked for again whenever an origin or a review changed.
        provideInlayHints: (document, range, token, next) => {
            asked();
            return next(document, range, token);
        },
        executeCommand: async (command, args, next) => {
            const named = args.length > 0 ? args : argumentsFor(command);
            if (named === undefined) return undefined;
            const answer: unknown = await next(command, named);
            asked();
            return answer;
        },
        window: {
            showDocument: async (params, token, next) => {
                const uri = vscode.Uri.parse(params.uri);
                if (!isPage(uri)) return next(params, token);
                await showPage(uri);
                return { success: true };
            },
        },
        workspace: {
            configuration: (params) =>
                params.items.map((item) =>
                    item.section === "assaymark"
                        ? settingsAt(server.context.extension, item.scopeUri ? vscode.Uri.parse(item.scopeUri) : undefined)
                        : null,
                ),
            // The server asks for what changed: all that is set, defaults left out.
            didChangeConfiguration: async () => {
                await server.client?.sendNotification("workspace/didChangeConfiguration", { settings: null });
            },
        },
    };
}
