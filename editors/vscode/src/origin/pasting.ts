/**
 * Pastes: VS Code asks those who could paste something else, and we only listen.
 *
 * The clipboard itself is never read: a browser would ask the user for it.
 */
import * as vscode from "vscode";
import type { Server } from "../server";
import { isOurs, report } from "./reporting";

export function registerPasting(server: Server): vscode.Disposable {
    const listening: vscode.DocumentPasteEditProvider = {
        async provideDocumentPasteEdits(document, _ranges, transfer) {
            const pasted = await transfer.get("text/plain")?.asString();
            if (pasted && isOurs(document)) {
                const end = document.eol === vscode.EndOfLine.CRLF ? "\r\n" : "\n";
                const text = pasted.replace(/\r\n|\r|\n/g, end);
                report(server, { uri: document.uri.toString(), kind: "paste", text });
            }
            return undefined;
        },
    };
    return vscode.languages.registerDocumentPasteEditProvider({ language: "python" }, listening, {
        providedPasteEditKinds: [vscode.DocumentDropOrPasteEditKind.Empty.append("assaymark")],
        pasteMimeTypes: ["text/plain"],
    });
}
