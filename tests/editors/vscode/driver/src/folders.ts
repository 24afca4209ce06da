/** Two folders in one window, each with its own settings. */
import { asked, rules, shown, type Story } from "./asking";

const FLAWED = "import yaml\n\nconfig = yaml.load(x)\n";

export const folders: Readonly<Record<string, Story>> = {
    "each folder has its own settings": async () => {
        const first = await shown("one.py", FLAWED, 0);
        await rules(first.document.uri, "yaml-unsafe-load");
        // Its assaymark.toml ignores that rule.
        const second = await shown("two.py", `${FLAWED}\n`, 1);
        await asked("assaymark/status", { uri: second.document.uri.toString() });
        await rules(second.document.uri);
        await rules(first.document.uri, "yaml-unsafe-load");
    },
};
