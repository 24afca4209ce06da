// node host.mjs PLAYWRIGHT URL RESULT SECONDS: shows the workbench until the driver has written its result.
import fs from "node:fs";
import { createRequire } from "node:module";

const [playwright, url, result, seconds] = process.argv.slice(2);
const { chromium } = createRequire(playwright)("playwright-core");
const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"],
});
const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, permissions: ["clipboard-read", "clipboard-write"] });
const page = await context.newPage();
await page.goto(url, { timeout: 90_000 });
const until = Date.now() + Number(seconds) * 1000;
while (!fs.existsSync(result) && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
if (!fs.existsSync(result)) await page.screenshot({ path: `${result}.png` });
await browser.close();
