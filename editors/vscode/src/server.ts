/**
 * The server that runs: started, started again when it ends, later each time, and ended.
 *
 * At most one client lives at a time: each registers the server's commands, and VS Code takes each name once.
 */
import { type ChildProcess, spawn } from "node:child_process";
import * as vscode from "vscode";
import { LanguageClient, State } from "vscode-languageclient/node";
import { clientOptions } from "./client";
import { Backoff } from "./backoff";
import { NoServer, type Launch, launch } from "./launch";

export type Life = "starting" | "running" | "waiting" | "stopped";

export class Server {
    readonly log = vscode.window.createOutputChannel("Assaymark", { log: true });
    readonly #changed = new vscode.EventEmitter<void>();
    /** Fires when the server came to life or ended. */
    readonly onDidChange = this.#changed.event;
    readonly #asked = new vscode.EventEmitter<void>();
    /** Fires when what is known of unreviewed lines may have changed. */
    readonly onDidAsk = this.#asked.event;
    readonly #notified = new vscode.EventEmitter<unknown>();
    /** The server's `assaymark/status`. */
    readonly onStatus = this.#notified.event;
    readonly #backoff = new Backoff();
    #client: LanguageClient | undefined;
    #process: ChildProcess | undefined;
    #timer: NodeJS.Timeout | undefined;
    // Of two starts that overlap the later one counts.
    #turn = 0;
    life: Life = "stopped";
    launched: Launch | undefined;

    constructor(readonly context: vscode.ExtensionContext) {}

    get client(): LanguageClient | undefined {
        return this.#client?.state === State.Running ? this.#client : undefined;
    }

    /** The number of its process. */
    get pid(): number | undefined {
        return this.#process?.pid;
    }

    /** Effect: the server is ended, if it runs, and started. */
    async restart(): Promise<void> {
        const turn = ++this.#turn;
        await this.#end();
        if (turn !== this.#turn) return;
        this.#live("starting");
        try {
            this.launched = await launch(this.context, this.log);
            if (turn !== this.#turn) return;
            const { command, args } = this.launched;
            this.log.info(`Starting ${[command, ...args].join(" ")} (${this.launched.from})`);
            const options = clientOptions(this, () => this.#ended(turn), () => this.#asked.fire());
            const client = new LanguageClient("assaymark", "Assaymark", () => this.#spawned(command, args), options);
            this.#client = client;
            client.onNotification("assaymark/status", (status: unknown) => this.#notified.fire(status));
            await client.start();
            if (turn !== this.#turn) return;
            this.#backoff.started();
            this.#live("running");
        } catch (problem) {
            if (turn === this.#turn) this.#failed(turn, problem);
        }
    }

    /** Effect: the server is ended, and stays so. */
    async stop(): Promise<void> {
        this.#turn++;
        await this.#end();
        this.#live("stopped");
    }

    /** Effect: the program runs. Its own words, of which it has few, are in the log. */
    async #spawned(command: string, args: readonly string[]): Promise<ChildProcess> {
        const child = spawn(command, args, { cwd: folder(), shell: false });
        this.#process = child;
        child.stderr.on("data", (said: Buffer) => this.log.warn(said.toString().trimEnd()));
        return new Promise((resolve, reject) => {
            child.once("spawn", () => resolve(child));
            child.once("error", reject);
        });
    }

    #failed(turn: number, problem: unknown): void {
        if (problem instanceof NoServer) {
            this.#live("stopped");
            void problem.show(this);
            return;
        }
        this.log.error(problem instanceof Error ? problem.message : String(problem));
        this.#ended(turn);
    }

    /** The server ended by itself. Effect: it is started again after a while. */
    #ended(turn: number): void {
        if (turn !== this.#turn || this.life === "waiting") return;
        const wait = this.#backoff.next();
        this.log.warn(`The server ended. It is started again in ${wait / 1000} s.`);
        this.#live("waiting");
        this.#timer = setTimeout(() => void this.restart(), wait);
        if (this.#backoff.failures === 3) void this.#complain();
    }

    async #complain(): Promise<void> {
        const chosen = await vscode.window.showErrorMessage(
            "Assaymark's server ended three times. It is started again, less and less often.",
            "Show Log",
            "Restart Now",
        );
        if (chosen === "Show Log") this.log.show();
        if (chosen === "Restart Now") await this.restart();
    }

    async #end(): Promise<void> {
        clearTimeout(this.#timer);
        const client = this.#client;
        this.#client = undefined;
        try {
            await client?.dispose(2000);
        } catch {
            // It is dead already, which is what was wanted.
        }
    }

    #live(life: Life): void {
        this.life = life;
        this.#changed.fire();
    }
}

/** Where the server runs; a workspace that is not trusted is no place to run anything. */
function folder(): string | undefined {
    const first = vscode.workspace.workspaceFolders?.[0]?.uri;
    return vscode.workspace.isTrusted && first?.scheme === "file" ? first.fsPath : undefined;
}
