import { type Browser, chromium } from "playwright-core";
import { browserNeeded, findChromium } from "../../setup/chromium.ts";
import { skipLoudly } from "./skip-loudly.ts";

/**
 * The executable of a real browser. Undefined where there is none, which says so
 * loudly, or fails when CI is set: `describe.skipIf(browser === undefined)("…")`.
 */
export function findTestBrowser(): string | undefined {
	return findChromium() ?? skipLoudly(browserNeeded);
}

/** Starts it without a window, and without anything that it would fetch for itself. */
export function launchTestBrowser(executablePath: string): Promise<Browser> {
	return chromium.launch({
		executablePath,
		args: [
			"--no-sandbox",
			"--disable-gpu",
			"--disable-quic",
			"--disable-dev-shm-usage",
			"--no-first-run",
			"--disable-background-networking",
			"--disable-component-update",
			"--disable-sync",
		],
	});
}
