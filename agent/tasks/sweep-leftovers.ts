import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { removeFolder } from "../state/remove-folder.ts";
import type { TaskContext } from "./task-context.ts";

/**
 * Removes what no plan would ever mention: strange names among the task folders, volumes of containers that are gone,
 * downloads and images that nobody has used for long. Only what is ours.
 */
export async function sweepLeftovers(
	context: TaskContext,
	{ all = false } = {},
): Promise<void> {
	const { state, engine, blobs, images, now } = context;
	for (const name of await readdir(state.tasks))
		if (!z.uuid().safeParse(name).success)
			await removeFolder(join(state.tasks, name));
	await engine.sweepVolumes();
	await blobs.sweep(now(), { all });
	await images.sweep(now(), { all });
}
