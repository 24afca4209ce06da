// node tab.mjs PLAYWRIGHT URL HOME: what Tab comes to, with its record on and off, whatever else wants the key.
import path from "node:path";
import { at, opened, reads, text, workbench } from "./page.mjs";

const [playwright, url, home, ...only] = process.argv.slice(2);
const { browser, page } = await workbench(playwright, `${url}&payload=${encodeURIComponent('[["enableProposedApi",""]]')}`);
const HINT = " ?AI, not reviewed";
const GHOST = ".ghost-text-decoration, .ghost-text";
const told = (words, timeout) => page.waitForSelector(`.statusbar-item:has-text("${words}")`, timeout ? { timeout } : {});
const shown = (selector) => page.waitForSelector(selector, { state: "attached" });
const gone = (selector) => page.waitForFunction((one) => !document.querySelector(one), selector);

/** Effect: the driver did what the digit is bound to, and says so; it may have to be started first. */
async function bound(digit, words) {
    for (let n = 0; n < 20; n++) {
        await page.keyboard.press(`Control+Alt+${digit}`);
        if (await told(words, 1000).catch(() => undefined)) return;
    }
    await told(words);
}

/** Effect: a suggestion is to be seen in *file*. They come when something is typed. */
async function offered(file) {
    await opened(page, file);
    await page.keyboard.press("Enter");
    await shown(GHOST);
}

/** The text that holds *pattern*, once nothing is offered any more: what is offered looks like text. */
async function accepted(pattern, record) {
    await gone(GHOST);
    await reads(page, pattern);
    return without(record ? await reads(page, HINT) : await text(page));
}

const without = (lines) => lines.replace(new RegExp(`${HINT}|# of .*`, "g"), "").replace(/[^\S\n]+$/gm, "").trim();

const stories = {
    async accepts(name, record) {
        await offered(`keys/${name}.py`);
        await page.keyboard.press("Tab");
        return accepted("# offered", record);
    },
    // From one field to the next, where nothing is offered.
    async snippet(name) {
        await opened(page, `keys/${name}.py`);
        await page.keyboard.press("Control+Alt+3");
        await reads(page, "call\\(one, two\\)");
        await page.keyboard.press("Tab");
        await page.keyboard.type("x");
        return without(await reads(page, "call\\(one, x\\)"));
    },
    // In a field a suggestion is accepted, and the next Tab leads to the next field.
    async snippetOffered(name) {
        await opened(page, `keys/${name}.py`);
        await page.keyboard.press("Control+Alt+3");
        await reads(page, "call\\(one, two\\)");
        await page.keyboard.type("x");
        await shown(GHOST);
        await page.keyboard.press("Tab");
        await gone(GHOST);
        await page.keyboard.press("Tab");
        await page.keyboard.type("y");
        return without(await reads(page, "y\\)"));
    },
    // The first Tab leads to the edit, the second makes it.
    async nextEdit(name) {
        await opened(page, `next/${name}.py`);
        // Where the cursor stands before the code of a line Tab indents, and in the middle of typing it leads nowhere.
        await page.keyboard.type("1");
        await page.waitForSelector(".inline-edits-view-gutter-indicator .icon", { state: "attached" });
        const before = await text(page);
        await page.keyboard.press("Tab");
        await page.waitForFunction(() => /Ln 5,/.test(document.querySelector(".statusbar")?.textContent ?? ""));
        const led = (await text(page)) === before;
        await page.keyboard.press("Tab");
        return [led, without(await reads(page, "second = offered"))];
    },
    async word(name, record) {
        await offered(`keys/${name}.py`);
        await page.keyboard.press("Control+ArrowRight");
        await page.keyboard.press("Escape");
        return accepted("value", record);
    },
    // Reviewed lines are still reviewed when the editor's own tools rewrote them.
    async tools(name, record) {
        await offered(`keys/${name}.py`);
        await page.keyboard.press("Tab");
        await accepted("# offered", record);
        await at(page, 2, 1);
        if (record) await page.keyboard.press("Control+Alt+8");
        await bound(7, "unreviewed: 0");
        const unread = {};
        const done = async (tool, pattern) => {
            await reads(page, pattern);
            if (record) await bound(7, "unreviewed: 0");
            else unread[tool] = await page.textContent('.statusbar-item:has-text("unreviewed:")');
        };
        await page.keyboard.press("F2");
        await page.waitForFunction(() => document.activeElement?.closest(".rename-box"));
        await page.keyboard.type("renamed");
        await page.keyboard.press("Enter");
        await done("rename", "renamed = eval\\(body\\)");
        await page.keyboard.press("Control+Shift+I");
        await done("format", "eval\\(\\(body\\)\\)");
        await page.keyboard.press("Home");
        await page.keyboard.press("Shift+End");
        await page.keyboard.press("Control+K");
        await page.keyboard.press("Control+F");
        await done("selection", "eval\\(\\(\\(body\\)\\)\\)");
        await page.keyboard.press("Control+S");
        await done("save", "eval\\(\\(\\(\\(body\\)\\)\\)\\)");
        return without(await text(page));
    },
    async vimNormal(name) {
        await offered(`keys/${name}.py`);
        await bound(5, "vim: Normal");
        await shown(GHOST);
        await page.keyboard.press("Tab");
        await told("vim: has the key");
        await page.keyboard.press("Escape");
        await gone(GHOST);
        return without(await text(page));
    },
    async vimInsert(name, record) {
        await offered(`keys/${name}.py`);
        await bound(6, "vim: Insert");
        await shown(GHOST);
        await page.keyboard.press("Tab");
        return accepted("# offered", record);
    },
};

const said = {};
let where;
try {
    await opened(page, "start.py");
    // While the server is starting nothing is recorded.
    await shown('.statusbar-item[id*="assaymark.status"] .codicon-pass');
    for (const record of [true, false]) {
        await bound(record ? 1 : 2, `recorded: ${record}`);
        for (const [name, story] of Object.entries(stories)) {
            if (only.length && !only.includes(name)) continue;
            where = `${name}_${record}`;
            (said[name] ??= {})[record ? "recorded" : "without"] = await story(where, record);
            await bound(4, "vim: off");
        }
    }
} catch (problem) {
    await page.screenshot({ path: path.join(home, "failed.png") });
    throw new Error(`${where}: ${problem.message}\n${JSON.stringify(said)}`);
} finally {
    await browser.close();
}
console.log(JSON.stringify(said));
