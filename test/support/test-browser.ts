import { browserNeeded, findChromium } from "../../setup/browser/chromium.ts";
import { skipLoudly } from "./skip-loudly.ts";

/**
 * The executable of a real browser. Undefined where there is none, which says so
 * loudly, or fails when CI is set: `describe.skipIf(browser === undefined)("…")`.
 */
export function findTestBrowser(): string | undefined {
	return findChromium() ?? skipLoudly(browserNeeded);
}
