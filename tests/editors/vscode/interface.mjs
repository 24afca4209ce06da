// node interface.mjs PLAYWRIGHT URL IMAGES HOME: what a person sees and presses; pictures of it for the README.
import fs from "node:fs";
import path from "node:path";
import { at, opened, reads, text, workbench } from "./page.mjs";

const [playwright, url, images, home] = process.argv.slice(2);
const { browser, page } = await workbench(playwright, url);
const said = {};
const picture = (name) => page.screenshot({ path: path.join(images, `${name}.png`) });
try {
    // A flaw in an agent's lines: squiggle, hint, lens, status bar, Problems.
    await opened(page, "app.py", 1, 1);
    await page.waitForSelector(".squiggly-warning, .squiggly-error");
    await reads(page, "AI, not reviewed");
    said.lens = await page.locator(".codelens-decoration a").first().textContent();
    const status = page.locator('.statusbar-item[id*="assaymark.status"]');
    await page.waitForFunction(() => /Assaymark: \d/.test(document.querySelector('.statusbar-item[id*="assaymark.status"]')?.textContent ?? ""));
    said.status = (await status.textContent()).trim();
    said.statusLabel = await status.locator("a").first().getAttribute("aria-label");
    await page.keyboard.press("Control+Shift+M");
    await page.waitForSelector(".markers-panel .monaco-list-row");
    said.problems = await page.$$eval(".markers-panel .monaco-list-row", (rows) => rows.map((row) => row.textContent));
    await picture("finding");

    // The menu of the quick fix; the reason is typed into its field.
    await page.keyboard.press("Control+1");
    await at(page, 6, 14);
    // Asked in the middle of another question, VS Code says that there are none.
    for (let n = 0; n < 5; n++) {
        await page.keyboard.press("Control+.");
        if (await page.waitForSelector(".action-widget .monaco-list-row.action", { timeout: 4000 }).catch(() => undefined)) break;
    }
    said.menu = await page.$$eval(".action-widget .monaco-list-row.action", (rows) => rows.map((row) => row.textContent));
    await picture("quick-fix");
    // The first one has the focus.
    await page.keyboard.press("Enter");
    await reads(page, "assaymark: ignore\\[eval-code\\] -- ");
    await page.waitForTimeout(300);
    await page.keyboard.type("only our own formulas");
    said.silenced = (await reads(page, "-- only our own formulas")).split("\n").find((line) => /ignore/.test(line));
    for (let n = 0; n < 40 && /ignore\[/.test(await text(page)); n++) await page.keyboard.press("Control+Z");

    // The tree of what nobody reviewed.
    await page.keyboard.press("Control+J");
    await page.locator('.activitybar a[aria-label^="Assaymark"], .action-label[aria-label^="Assaymark"]').first().click();
    await page.mouse.move(760, 500);
    await page.waitForSelector('.pane-body .monaco-list-row[aria-label*="eval"]');
    await page.waitForSelector('.pane-body .monaco-list-row:has-text("orders.py")');
    said.tree = await page.$$eval(".pane-body .monaco-list-row", (rows) => rows.map((row) => row.textContent));
    await picture("not-reviewed");

    // Tab, as it is on the keyboard.
    const accepted = async (file, key) => {
        await opened(page, file, 1, 1);
        // Suggestions come when something is typed.
        await page.keyboard.press("Enter");
        await page.waitForFunction(() => document.querySelector(".ghost-text-decoration, .ghost-text, .ghost-text-decoration-preview"));
        await page.keyboard.press(key);
        await page.waitForFunction(() => !document.querySelector(".ghost-text-decoration, .ghost-text"));
        return reads(page, "# offered");
    };
    await accepted("keys/tab.py", "Tab");
    await reads(page, "AI, not reviewed");
    said.tab = true;
    // Copied and pasted, by keys: five lines below, where it is a run of its own.
    await at(page, 2, 1);
    await page.keyboard.press("Shift+ArrowDown");
    await page.keyboard.press("Shift+ArrowDown");
    await page.keyboard.press("Control+C");
    await at(page, 9, 1);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+V");
    await reads(page, "# offered", 2);
    await reads(page, "AI, not reviewed", 2);
    said.pasted = true;

    // The server is dead, and does not come again: Tab does what it does.
    fs.renameSync(path.join(home, "bin/served"), path.join(home, "bin/gone"));
    process.kill(Number(fs.readFileSync(path.join(home, "server.pid"), "utf-8")), "SIGKILL");
    await page.waitForTimeout(500);
    await accepted("keys/dead.py", "Tab");
    said.dead = await text(page);
} catch (problem) {
    await page.screenshot({ path: path.join(home, "failed.png") });
    throw new Error(`${problem.message}\n${JSON.stringify(said)}`);
} finally {
    await browser.close();
}
console.log(JSON.stringify(said));
