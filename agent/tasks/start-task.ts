import { chmod, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { removeTaskContainers } from "../engine/remove-task-containers.ts";
import { removeFolder } from "../state/remove-folder.ts";
import { getApprovedTask } from "./approved-task.ts";
import { DONE_FILE, READY_FILE } from "./checkpoint-files.ts";
import type { TaskContext } from "./task-context.ts";

/** Starts a task's container in its sandbox, always from an empty output folder and a container made just now. */
export async function startTask(
	{ taskId }: { taskId: string },
	context: TaskContext,
): Promise<void> {
	const { assignment, approved } = await getApprovedTask(context, taskId);
	const { manifest, command } = approved;
	const { engine, state } = context;
	const engineImageId = await context.images.find(
		manifest.archive.sha256,
		manifest.imageId,
	);
	if (!engineImageId) throw new Error("Its image is gone from the engine.");
	await context.images.remember(
		manifest.archive.sha256,
		{ engineImageId, imageId: manifest.imageId },
		context.now(),
	);
	const folder = state.task(taskId);
	// One that was created and never started, or is left from before an interruption.
	await removeTaskContainers(engine, taskId);
	await prepareOutput(folder.output);
	await prepareCheckpoint(folder.checkpoint);
	await engine.start({
		taskId,
		workUnitId: assignment.workUnitId,
		manifest,
		engineImageId,
		command,
		inputFolder: folder.input,
		outputFolder: folder.output,
		checkpointFolder: folder.checkpoint,
	});
}

/** Nobody else can reach it: the state folder above it is closed to all but us. */
async function prepareOutput(path: string): Promise<void> {
	await removeFolder(path);
	await mkdir(path);
	await chmod(path, 0o777);
}

/**
 * What an earlier device or an earlier start left there stays: the program goes on from it. That it is ready to write
 * another it has to say anew.
 */
async function prepareCheckpoint(path: string): Promise<void> {
	await mkdir(path, { recursive: true });
	await chmod(path, 0o777);
	for (const sign of [READY_FILE, DONE_FILE])
		await rm(join(path, sign), { recursive: true, force: true });
}
