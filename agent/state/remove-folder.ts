import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { promisify } from "node:util";

/**
 * Removes a folder that a foreign program wrote into. Programs can nest folders deeper than a path may be long, or
 * take away their own rights to them; the system's rm goes down step by step and copes with the first, chmod with the
 * second.
 */
export async function removeFolder(path: string): Promise<void> {
	try {
		await rm(path, { recursive: true, force: true });
	} catch {
		const run = promisify(execFile);
		await run("chmod", ["-R", "u+rwX", "--", path]).catch(() => {});
		await run("rm", ["-rf", "--", path]);
	}
}
