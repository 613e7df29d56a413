import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { LABEL, unlessStatus } from "../engine/engine.ts";
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
	const { state, blobs, images, now } = context;
	for (const name of await readdir(state.tasks))
		if (!z.uuid().safeParse(name).success)
			await removeFolder(join(state.tasks, name));
	await removeVolumes(context);
	await blobs.sweep(now(), { all });
	await images.sweep(now(), { all });
}

async function removeVolumes({ engine, identity }: TaskContext): Promise<void> {
	const { Volumes } = await engine.listVolumes({
		filters: { label: [`${LABEL.device}=${identity.deviceId}`] },
	});
	// 409: a container of ours still has it, and takes it along when it goes.
	for (const { Name } of Volumes ?? [])
		await unlessStatus(engine.getVolume(Name).remove(), 404, 409);
}
