import { z } from "zod";
import { expandCommand } from "../../../agent/core/expand-command.ts";
import { parametersSchema } from "../../../agent/core/protocol.ts";
import { ACCESS_LEVEL, hasAccess } from "../../accounts/access-level.ts";
import { AppError } from "../../errors.ts";
import { maySeeInsideProject } from "../../projects/project-access.ts";
import type { Services } from "../../services.ts";
import { demandBatchAccess, type Viewer } from "../batches/batch-access.ts";
import { taskStateSchema } from "./batch-view.ts";
import {
	getTask,
	listTasks,
	type TaskFilter,
	type TaskRow,
} from "./task-view-store.ts";
import { fileSchema, toInputView, toOutputView } from "./work-unit-view.ts";

const count = z.number().int().min(0);

/** A task in a list. */
export const taskSchema = z.object({
	id: z.uuid(),
	number: count,
	state: taskStateSchema,
	progress: z.number(),
	project: z.object({ id: z.uuid(), slug: z.string(), name: z.string() }),
	batch: z.object({ id: z.uuid(), name: z.string() }),
	workUnit: z.object({ id: z.uuid(), index: count }),
	device: z.object({ id: z.uuid(), name: z.string() }).nullable(),
	leasedAt: z.date().nullable(),
	deadlineAt: z.date().nullable(),
	startedAt: z.date().nullable(),
	reportedAt: z.date().nullable(),
	finishedAt: z.date().nullable(),
	exitCode: z.number().int().nullable(),
	errorCode: z.string().nullable(),
	errorDetail: z.string().nullable(),
	runSeconds: z.number().nullable(),
	cpuSeconds: z.number().nullable(),
	outputDigest: z.string().nullable(),
	claimedCredit: z.number().nullable(),
	grantedCredit: z.number().nullable(),
});

const streamSchema = z.object({
	/** The end of what was written. */
	text: z.string(),
	/** Written in all, also what is not kept. */
	bytes: count,
});

const lineageSchema = z
	.object({
		id: z.uuid(),
		number: count,
		progress: z.number(),
		device: z
			.object({ id: z.uuid(), name: z.string() })
			.nullable()
			.describe("For the researcher only"),
	})
	.nullable();

export const taskDetailsSchema = taskSchema.extend({
	parameters: parametersSchema,
	command: z.array(z.string()),
	platform: z
		.string()
		.nullable()
		.describe("Of the build that runs or ran; null before it was leased"),
	inputs: z.array(fileSchema),
	outputs: z.array(fileSchema),
	stdout: streamSchema,
	stderr: streamSchema,
	continues: lineageSchema.describe(
		"The task from whose checkpoint it goes on",
	),
	continuedBy: lineageSchema.describe("The task that goes on from it"),
});

type ListedTask = Awaited<ReturnType<typeof listTasks>>["items"][number];

export function toTaskView(task: ListedTask): z.infer<typeof taskSchema> {
	const { project, ...batch } = task.batch;
	return {
		...task,
		project: { id: project.id, slug: project.slug, name: project.name },
		batch: { id: batch.id, name: batch.name },
		workUnit: { id: task.workUnit.id, index: task.workUnit.index },
		device: task.device && { id: task.device.id, name: task.device.name },
	};
}

/**
 * Tasks that this person may see: of their batch, of a work unit in it, or of their device.
 *
 * @throws AppError invalidInput when it is not said of what; notFound
 */
export async function listTasksFor(
	{ db }: Services,
	user: Viewer,
	filter: TaskFilter,
	page: { cursor?: string | undefined; limit: number },
) {
	await demandTasksAccess({ db }, user, filter);
	const { items, nextCursor } = await listTasks(db, filter, page);
	return { items: items.map(toTaskView), nextCursor };
}

async function demandTasksAccess(
	{ db }: Pick<Services, "db">,
	user: Viewer,
	{ batchId, workUnitId, deviceId }: TaskFilter,
): Promise<void> {
	if (batchId) return demandBatchAccess(db, user, batchId);
	if (workUnitId) {
		const unit = await db.workUnit.findUnique({
			where: { id: workUnitId },
			select: { batchId: true },
		});
		if (!unit) throw new AppError("notFound", "There is no such work unit.");
		return demandBatchAccess(db, user, unit.batchId);
	}
	if (!deviceId)
		throw new AppError(
			"invalidInput",
			"Say of which batch, work unit or device.",
		);
	const device = await db.device.findUnique({
		where: { id: deviceId },
		select: { ownerId: true },
	});
	if (!device || !mayWatchDevice(user, device.ownerId))
		throw new AppError("notFound", "There is no such device.");
}

const mayWatchDevice = (user: Viewer, ownerId: string | null): boolean =>
	user.id === ownerId || hasAccess(user.accessLevel, ACCESS_LEVEL.admin);

/**
 * One task with the ends of its logs. The owner of the device that has it sees what ran there, but not its files.
 *
 * @throws AppError notFound
 */
export async function viewTask(
	services: Services,
	user: Viewer,
	taskId: string,
): Promise<z.infer<typeof taskDetailsSchema>> {
	const task = await getTask(services.db, taskId);
	const isResearcher = maySeeInsideProject(user, task.batch.project);
	if (!isResearcher && !(task.device && user.id === task.device.ownerId))
		throw new AppError("notFound", "There is no such task.");
	return toDetails(services, task, isResearcher);
}

function toDetails(
	services: Services,
	task: TaskRow,
	withFiles: boolean,
): z.infer<typeof taskDetailsSchema> {
	const { log, workUnit, continues, continuedBy } = task;
	// Whose devices work beside theirs is not the business of a device's owner.
	const place = <Place extends { device: unknown }>(other: Place | null) =>
		other && (withFiles ? other : { ...other, device: null });
	const parameters = parametersSchema.parse(workUnit.parameters);
	return {
		...toTaskView(task),
		parameters,
		command: expandCommand(task.batch.appVersion.command, parameters),
		platform: task.build?.platform ?? null,
		inputs: withFiles
			? workUnit.inputs.map((input) => toInputView(services, input))
			: [],
		outputs: withFiles
			? task.outputs.map((output) =>
					toOutputView(services, output, workUnit.index),
				)
			: [],
		stdout: { text: log?.stdout ?? "", bytes: Number(log?.stdoutBytes ?? 0) },
		stderr: { text: log?.stderr ?? "", bytes: Number(log?.stderrBytes ?? 0) },
		continues: place(continues),
		continuedBy: place(continuedBy),
	};
}
