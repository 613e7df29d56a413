import { readdir, stat } from "node:fs/promises";
import { z } from "zod";
import type {
	Observed,
	ObservedContainer,
	ObservedTask,
} from "../core/plan.ts";
import { manifestSchema } from "../core/protocol.ts";
import type { OwnContainer } from "../engine/container-engine.ts";
import {
	readAttempts,
	readEnding,
	readStoredTask,
	type StoredTask,
} from "../state/stored-task.ts";
import type { TaskContext } from "./task-context.ts";

const isTaskId = (name: string) => z.uuid().safeParse(name).success;

/**
 * One look at the engine and the state folder. Changes nothing, and keeps nothing: what the next plan is made from is
 * there again after a crash. A task is whatever has a folder or a container with its label.
 */
export async function observe(
	context: TaskContext,
	connected: boolean,
): Promise<Observed> {
	const containers = await context.engine.listOwn();
	const byTask = new Map<string, OwnContainer>();
	const orphans: string[] = [];
	for (const container of containers) {
		const taskId = container.taskId ?? "";
		// One container a task; anything else with our label nobody asked for.
		if (isTaskId(taskId) && !byTask.has(taskId)) byTask.set(taskId, container);
		else orphans.push(container.id);
	}
	const folders = (await readdir(context.state.tasks)).filter(isTaskId);
	const taskIds = new Set([...folders, ...byTask.keys()]);
	const tasks = new Map<string, ObservedTask>();
	for (const taskId of taskIds)
		tasks.set(taskId, await observeTask(taskId, byTask.get(taskId), context));
	return { tasks, orphans, connected };
}

async function observeTask(
	taskId: string,
	listed: OwnContainer | undefined,
	context: TaskContext,
): Promise<ObservedTask> {
	const folder = context.state.task(taskId);
	const container = listed && (await observeContainer(listed, context));
	const reported = await exists(folder.report);
	const stored = reported ? undefined : await readStoredTask(folder);
	const needs = stored && readNeeds(stored);
	// What runs has its image and its inputs: only what is being prepared is worth asking for.
	const preparing = needs && (!container || container.state === "created");
	return {
		assignment: needs,
		imageReady: preparing
			? Boolean(await context.images.find(needs.archiveSha256, needs.imageId))
			: true,
		inputsReady: preparing ? await exists(folder.inputsReady) : true,
		container,
		ending: await readEnding(folder),
		reported,
		attempts: await readAttempts(folder),
	};
}

async function observeContainer(
	{ id, state }: OwnContainer,
	{ engine }: TaskContext,
): Promise<ObservedContainer | undefined> {
	if (state !== "exited")
		return { id, state, exitCode: 0, memoryKilled: false };
	const details = await engine.inspect(id);
	return (
		details && {
			id,
			state,
			exitCode: details.exitCode,
			memoryKilled: details.memoryKilled && details.exitCode !== 0,
		}
	);
}

/** The amounts are read without checking the signature: every step that acts on them checks it. */
function readNeeds({ assignment, manifest }: StoredTask) {
	const parsed = manifestSchema.safeParse(parseJson(manifest.manifest));
	if (!parsed.success) return undefined;
	const { cores, memoryMiB, archive, imageId, projectId } = parsed.data;
	return {
		deadline: new Date(assignment.deadline),
		cores,
		memoryMiB,
		imageId,
		archiveSha256: archive.sha256,
		maxFrozenSeconds: assignment.maxFrozenSeconds,
		projectId,
	};
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

const exists = (path: string) =>
	stat(path).then(
		() => true,
		() => false,
	);
