// node speed.mjs PLAYWRIGHT URL: how long it takes from a key to the squiggle on the screen, in milliseconds.
import { at, opened, workbench } from "./page.mjs";

const [playwright, url] = process.argv.slice(2);
const { browser, page } = await workbench(playwright, url);
const times = [];
try {
    await opened(page, "big.py", 5000, 1);
    await page.keyboard.press("Escape");
    for (let n = 0; n < 12; n++) {
        await at(page, 5000 + 2 * n, 1);
        await page.keyboard.type("q = eva(s)", { delay: 30 });
        await page.keyboard.press("ArrowLeft");
        await page.keyboard.press("ArrowLeft");
        await page.keyboard.press("ArrowLeft");
        await page.evaluate(() => {
            globalThis.seen = new Promise((resolve) => {
                window.addEventListener("keydown", () => {
                    const started = performance.now();
                    const look = () =>
                        document.querySelector(".squiggly-warning, .squiggly-error")
                            ? resolve(performance.now() - started)
                            : requestAnimationFrame(look);
                    look();
                }, { capture: true, once: true });
            });
        });
        await page.keyboard.press("l");
        times.push(Math.round(await page.evaluate(() => globalThis.seen)));
        await page.keyboard.press("Home");
        await page.keyboard.press("Shift+End");
        await page.keyboard.press("Delete");
        await page.waitForFunction(() => !document.querySelector(".squiggly-warning, .squiggly-error"));
    }
} finally {
    await browser.close();
}
console.log(JSON.stringify({ times }));
