import { z } from "zod";
import { readJsonFile, writeJsonFile } from "./json-file.ts";
import type { TaskFolder } from "./state-folder.ts";

const frozenSchema = z.object({
	/** Of all times that have ended. */
	totalMs: z.number().min(0),
	/** By the machine's clock; null while it is not frozen. */
	since: z.number().nullable(),
});

// Reading and writing are two acts: whoever notes both for one task does it one after the other (the guard's loop does).

const NEVER = { totalMs: 0, since: null };

const read = async (folder: TaskFolder) =>
	(await readJsonFile(folder.frozen, frozenSchema)) ?? NEVER;

/** Notes that a task stands from now on, so that the time does not count as its own. */
export async function noteFrozen(
	folder: TaskFolder,
	nowMs: number,
): Promise<void> {
	const { totalMs, since } = await read(folder);
	await writeJsonFile(folder.frozen, { totalMs, since: since ?? nowMs });
}

export async function noteThawed(
	folder: TaskFolder,
	nowMs: number,
): Promise<void> {
	const { totalMs, since } = await read(folder);
	if (since === null) return;
	await writeJsonFile(folder.frozen, {
		totalMs: totalMs + Math.max(0, nowMs - since),
		since: null,
	});
}

/** Milliseconds that a task stood frozen until a moment by the machine's clock. */
export async function readFrozenMs(
	folder: TaskFolder,
	untilMs: number,
): Promise<number> {
	const { totalMs, since } = await read(folder);
	return totalMs + (since === null ? 0 : Math.max(0, untilMs - since));
}
