// node old_python.mjs PLAYWRIGHT URL PROGRAM PYTHON: what is said where only an old Python is found; then one is put there.
import fs from "node:fs";
import { opened, workbench } from "./page.mjs";

const [playwright, url, program, python] = process.argv.slice(2);
const { browser, page } = await workbench(playwright, url);
const said = {};
try {
    await opened(page, "opened.py");
    const toast = page.locator(".notification-toast", { hasText: "Assaymark needs Python" });
    await toast.waitFor();
    said.message = await toast.locator(".notification-list-item-message").textContent();
    said.buttons = await toast.locator(".monaco-button").allTextContents();
    // The person installs one, and tries again.
    fs.writeFileSync(program, `#!/bin/sh\nexec ${python} "$@"\n`, { mode: 0o755 });
    await toast.locator(".monaco-button", { hasText: "Try Again" }).click();
    await page.waitForSelector(".squiggly-warning, .squiggly-error", { timeout: 90_000 });
    said.then = true;
} catch (problem) {
    throw new Error(`${problem.message}\n${JSON.stringify(said)}`);
} finally {
    await browser.close();
}
console.log(JSON.stringify(said));
