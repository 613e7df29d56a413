import { readdir, stat } from "node:fs/promises";
import type Docker from "dockerode";
import { z } from "zod";
import type {
	Observed,
	ObservedContainer,
	ObservedTask,
} from "../core/plan.ts";
import { manifestSchema } from "../core/protocol.ts";
import { LABEL, unlessStatus } from "../engine/engine.ts";
import { listOwnContainers } from "../engine/task-containers.ts";
import {
	readAttempts,
	readEnding,
	readStoredTask,
	type StoredTask,
} from "../state/stored-task.ts";
import type { TaskContext } from "./task-context.ts";

const isTaskId = (name: string) => z.uuid().safeParse(name).success;

/** One look at the engine and the state folder. Changes nothing. */
export async function observe(
	context: TaskContext,
	connected: boolean,
): Promise<Observed> {
	const containers = await listOwnContainers(
		context.engine,
		context.identity.deviceId,
	);
	const byTask = new Map<string, Docker.ContainerInfo>();
	const orphans: string[] = [];
	for (const container of containers) {
		const taskId = container.Labels[LABEL.task] ?? "";
		// One container a task; anything else with our label nobody asked for.
		if (isTaskId(taskId) && !byTask.has(taskId)) byTask.set(taskId, container);
		else orphans.push(container.Id);
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
	listed: Docker.ContainerInfo | undefined,
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
	{ Id, State }: Docker.ContainerInfo,
	{ engine }: TaskContext,
): Promise<ObservedContainer | undefined> {
	const alive = { exitCode: 0, memoryKilled: false, id: Id };
	if (State === "created" || State === "paused")
		return { ...alive, state: State };
	if (State === "running" || State === "restarting")
		return { ...alive, state: "running" };
	const details = await unlessStatus(engine.getContainer(Id).inspect(), 404);
	return (
		details && {
			id: Id,
			state: "exited",
			exitCode: details.State.ExitCode,
			memoryKilled: details.State.OOMKilled && details.State.ExitCode !== 0,
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
