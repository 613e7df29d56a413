import { chmod, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type Docker from "dockerode";
import { sentenceOf } from "../core/agent-error.ts";
import { TaskFailure } from "../core/step-failure.ts";
import { engineStatus } from "../engine/engine.ts";
import { sandboxOptions } from "../engine/sandbox.ts";
import { removeContainersOf } from "../engine/task-containers.ts";
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
	const { engine, sandbox, state } = context;
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
	const image = await engine.getImage(engineImageId).inspect();
	const folder = state.task(taskId);
	// One that was created and never started, or is left from before an interruption.
	await removeContainersOf(taskId, context);
	await prepareOutput(folder.output);
	await prepareCheckpoint(folder.checkpoint);
	const options = sandboxOptions({
		...sandbox,
		deviceId: context.identity.deviceId,
		taskId,
		workUnitId: assignment.workUnitId,
		manifest,
		engineImageId,
		imageVolumes: Object.keys(image.Config.Volumes ?? {}),
		command,
		inputFolder: folder.input,
		outputFolder: folder.output,
		checkpointFolder: folder.checkpoint,
	});
	await startContainer(options, context);
}

async function startContainer(
	options: Docker.ContainerCreateOptions,
	context: TaskContext,
): Promise<void> {
	const container = await context.engine.createContainer(options);
	try {
		await container.start();
	} catch (error) {
		const sentence = sentenceOf(error);
		if (context.sandbox.ioWeight && /blkio|io\.(bfq|weight)/i.test(sentence)) {
			// The kernel has no I/O weights: from now on without; the CPU's and the parent's stay.
			context.sandbox.ioWeight = false;
			throw new Error("This engine has no I/O weights; starting without.");
		}
		// 400: the engine understood and cannot, such as a program that is not in the image.
		if (engineStatus(error) === 400)
			throw new TaskFailure("engineError", sentence.slice(0, 2000));
		throw error;
	}
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
