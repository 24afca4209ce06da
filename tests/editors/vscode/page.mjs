// What the stories of the user interface share: a page that shows the workbench, and waiting for what is to be seen.
import { createRequire } from "node:module";

/** The workbench at *url*, with a browser that has nothing of the person's. */
export async function workbench(playwright, url) {
    const { chromium } = createRequire(playwright)("playwright-core");
    const browser = await chromium.launch({
        executablePath: "/usr/bin/chromium",
        args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"],
    });
    const context = await browser.newContext({ viewport: { width: 1180, height: 720 }, permissions: ["clipboard-read", "clipboard-write"] });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    await page.goto(url, { timeout: 90_000 });
    await page.waitForSelector(".monaco-workbench .explorer-folders-view .monaco-list-row", { timeout: 60_000 });
    return { browser, page };
}

/** Effect: *file* is open, with the cursor at *line*:*column*. */
export async function opened(page, file, line = 1, column = 1) {
    await page.keyboard.press("Control+P");
    const input = page.locator(".quick-input-widget:visible input").first();
    await input.waitFor();
    await input.fill(file);
    await page.waitForSelector(`.quick-input-list .monaco-list-row[aria-label*="${file.split("/").pop()}"]`);
    await page.keyboard.press("Enter");
    await page.waitForSelector(`.tab.active[data-resource-name="${file.split("/").pop()}"]`);
    await at(page, line, column);
}

export async function at(page, line, column) {
    await page.keyboard.press("Control+G");
    const input = page.locator(".quick-input-widget:visible input").first();
    await input.waitFor();
    await input.fill(`:${line}:${column}`);
    await page.waitForSelector(`.quick-input-list .monaco-list-row[aria-label*="line ${line}"]`);
    await page.keyboard.press("Enter");
    await page.waitForSelector(`.statusbar-item[aria-label*="Ln ${line}, Col ${column}"]`);
    // The next key would go astray before.
    await page.waitForFunction(() => document.activeElement?.closest(".editor-instance") !== null);
}

/** The text of the lines that are to be seen. */
export const text = (page) =>
    page.$$eval('.editor-instance .view-line:not([class*="inline-edit"] *)', (lines) =>
        lines.sort((a, b) => parseFloat(a.style.top) - parseFloat(b.style.top)).map((line) => line.textContent.replace(/\u00a0/g, " ")).join("\n"),
    );

/** Waits until the lines that are to be seen hold *pattern* *n* times. */
export async function reads(page, pattern, n = 1, ms = 20_000) {
    const until = Date.now() + ms;
    for (;;) {
        const now = await text(page);
        if ((now.match(new RegExp(pattern, "g")) ?? []).length === n) return now;
        if (Date.now() > until) throw new Error(`not ${n} times ${pattern} in:\n${now}`);
        await page.waitForTimeout(40);
    }
}
