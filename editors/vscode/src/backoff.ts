/** How long to wait before a server that ended is started again: longer each time, until one has lived a while. */
const FIRST = 500;
const LONGEST = 60_000;
const LONG_LIFE = 60_000;

export class Backoff {
    failures = 0;
    #since: number | undefined;

    constructor(private readonly now: () => number = Date.now) {}

    started(): void {
        this.#since = this.now();
    }

    /** Milliseconds to wait. Effect: one more failure is counted. */
    next(): number {
        if (this.#since !== undefined && this.now() - this.#since >= LONG_LIFE) this.failures = 0;
        this.#since = undefined;
        this.failures++;
        return Math.min(FIRST * 2 ** (this.failures - 1), LONGEST);
    }
}
