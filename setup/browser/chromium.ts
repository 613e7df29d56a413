import { existsSync } from "node:fs";
import { join } from "node:path";
import {
	canInstallDebianPackages,
	installDebianPackages,
} from "../process/debian-packages.ts";

export const browserNeeded =
	"The end-to-end tests need Chromium or Chrome. Install one, or set CHROMIUM to its executable.";

const applications = [
	"/Applications/Chromium.app/Contents/MacOS/Chromium",
	"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** The executable of a Chromium or Chrome on this machine, or undefined. */
export function findChromium(): string | undefined {
	const set = process.env.CHROMIUM;
	if (set) return existsSync(set) ? set : undefined;
	const folders = (process.env.PATH ?? "").split(":");
	const names = [
		"chromium",
		"chromium-browser",
		"google-chrome-stable",
		"google-chrome",
	];
	const candidates = folders.flatMap((folder) =>
		names.map((name) => join(folder, name)),
	);
	return [...candidates, ...applications].find((file) => existsSync(file));
}

/** Installs one where we may. */
export async function ensureChromium(): Promise<string | undefined> {
	const found = findChromium();
	if (found || process.env.CHROMIUM || !canInstallDebianPackages())
		return found;
	await installDebianPackages(["chromium"]);
	return findChromium();
}
