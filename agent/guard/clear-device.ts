import { mkdir, readdir } from "node:fs/promises";
import { z } from "zod";
import { removeFolder } from "../state/remove-folder.ts";
import { readReport, writeEnding } from "../state/stored-task.ts";
import type { GuardContext } from "./guard-context.ts";

export type ClearContext = Pick<
	GuardContext,
	"engine" | "state" | "images" | "blobs" | "now"
>;

/** A container that was just being made when we began is found in a later round. */
const ROUNDS = 20;

/**
 * Leaves nothing of ours on the device: containers, tasks' files, downloads, and images if wished. Of each task only
 * the word stays that it is given back, for the server.
 *
 * @returns the tasks that were here
 */
export async function clearDevice(
	context: ClearContext,
	options: { images: boolean },
): Promise<string[]> {
	// First: a container that dies now must not be taken for one that was interrupted and starts over.
	const taskIds = await endTasks(context);
	await removeContainers(context);
	await Promise.all(taskIds.map((taskId) => removeFiles(taskId, context)));
	await context.blobs.sweep(context.now(), { all: true });
	if (options.images) await context.images.sweep(context.now(), { all: true });
	return taskIds;
}

async function endTasks({ state }: ClearContext): Promise<string[]> {
	const names = await readdir(state.tasks);
	const taskIds = names.filter((name) => z.uuid().safeParse(name).success);
	await Promise.all(
		taskIds.map(async (taskId) => {
			const folder = state.task(taskId);
			if (await readReport(folder)) return;
			await mkdir(folder.path, { recursive: true, mode: 0o700 });
			await writeEnding(folder, {
				outcome: "returned",
				errorCode: "devicePaused",
				errorDetail: "The owner wanted the device back at once.",
			});
		}),
	);
	return taskIds;
}

async function removeContainers({ engine }: ClearContext): Promise<void> {
	for (let round = 0; round < ROUNDS; round++) {
		const found = await engine.listOwn();
		if (found.length === 0) return;
		await Promise.all(found.map(({ id }) => engine.remove(id)));
	}
	throw new Error("The engine keeps a container of ours.");
}

async function removeFiles(
	taskId: string,
	{ state }: ClearContext,
): Promise<void> {
	const { input, output, checkpoint } = state.task(taskId);
	for (const folder of [input, output, checkpoint]) await removeFolder(folder);
}
