import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isProcessRunning } from "../../server/database/is-process-running.ts";

const pollMs = 200;

/**
 * Does the work while no other process does any under the same lock file; waits
 * for one that does. The file names its holder, so that of a killed one is void.
 */
export async function oneAtATime<T>(
	lockFile: string,
	work: () => Promise<T>,
): Promise<T> {
	await mkdir(dirname(lockFile), { recursive: true });
	while (!(await take(lockFile))) {
		const pid = Number(await readFile(lockFile, "utf8").catch(() => ""));
		if (pid > 0 && !isProcessRunning(pid)) await rm(lockFile, { force: true });
		else await sleep(pollMs);
	}
	try {
		return await work();
	} finally {
		await rm(lockFile, { force: true });
	}
}

/** A link appears whole or not at all, and only where nothing is. */
async function take(lockFile: string): Promise<boolean> {
	const draft = `${lockFile}.${randomUUID()}`;
	await writeFile(draft, String(process.pid));
	try {
		await link(draft, lockFile);
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
		throw error;
	} finally {
		await rm(draft, { force: true });
	}
}
