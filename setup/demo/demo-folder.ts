import { randomInt } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";

const root = join(import.meta.dirname, "..", "..");
/** No letters or digits that look alike: people type it. */
const letters = "abcdefghjkmnpqrstuvwxyz23456789";

/**
 * Where the demo keeps everything: below the data folder, and apart from the
 * portal's own data, where accounts with a printed password have no business.
 *
 *   postgres/ blobs/ secrets.json   the portal's
 *   agents/1 …                      an agent's state each
 *   run/                            logs and process numbers
 *   password                        of the demo's accounts
 */
export const demoFolder = join(
	resolve(root, process.env.LULL_DATA ?? ".lull"),
	"demo",
);

/** Nothing of the demo may run. */
export async function emptyDemoFolder(): Promise<void> {
	await rm(demoFolder, { recursive: true, force: true });
}

/** Made once for a demo's data, so that a demo that others can reach has no password that they know. */
export async function readDemoPassword(): Promise<string> {
	await mkdir(demoFolder, { recursive: true });
	const file = join(demoFolder, "password");
	const known = await readFile(file, "utf8").catch(() => "");
	if (known) return known.trim();
	const groups = Array.from({ length: 3 }, () =>
		Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join(
			"",
		),
	);
	const password = groups.join("-");
	await writeFile(file, `${password}\n`, { mode: 0o600 });
	return password;
}
