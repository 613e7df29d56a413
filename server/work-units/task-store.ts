import type { Progress } from "../../agent/protocol.ts";
import type { Db } from "../database/db.ts";
import { inTransaction } from "../database/db.ts";
import type { TaskState } from "../database/generated/enums.ts";
import {
	ON_DEVICE_STATES,
	type TaskTransition,
	taskPaused,
	taskPreparing,
	taskRunning,
} from "./task-transitions.ts";

/** A task with what is needed to take its report. */
export async function findTaskOfDevice(
	db: Db,
	taskId: string,
	deviceId: string,
) {
	return db.task.findFirst({
		where: { id: taskId, deviceId },
		select: {
			id: true,
			state: true,
			cores: true,
			leasedAt: true,
			workUnitId: true,
			batchId: true,
			workUnit: { select: { state: true } },
			device: { select: { floatOpsPerSecond: true } },
			batch: {
				select: {
					estimatedOperations: true,
					projectId: true,
					appVersion: { select: { diskMiB: true } },
				},
			},
		},
	});
}
export type TaskOfDevice = NonNullable<
	Awaited<ReturnType<typeof findTaskOfDevice>>
>;

/** What is written with the end of a task on its device. */
export interface TaskEnding {
	exitCode: number | null;
	errorCode: string | null;
	errorDetail: string | null;
	runSeconds: number;
	cpuSeconds: number;
	outputDigest: string | null;
	claimedCredit: number | null;
	outputs: readonly { path: string; sha256: string; bytes: number }[];
	stdout: { text: string; bytes: number };
	stderr: { text: string; bytes: number };
}

/**
 * Ends a task on its device, once: false when it has moved on, and then nothing is written. The work unit's row is
 * taken before the task's, as the review does, and is due for review afterwards.
 */
export async function endTask(
	db: Db,
	task: { id: string; workUnitId: string; deviceId: string },
	transition: TaskTransition,
	ending: TaskEnding,
	now: Date,
): Promise<boolean> {
	return inTransaction(db, async (tx) => {
		await tx.workUnit.update({
			where: { id: task.workUnitId },
			data: { reviewAt: now },
			select: { id: true },
		});
		const { outputs, stdout, stderr, ...columns } = ending;
		const { count } = await tx.task.updateMany({
			where: {
				id: task.id,
				deviceId: task.deviceId,
				state: { in: [...transition.from] },
			},
			data: {
				...columns,
				state: transition.to,
				progress: transition.to === "reported" ? 1 : undefined,
				...(transition.to === "reported"
					? { reportedAt: now }
					: { finishedAt: now }),
			},
		});
		if (count !== 1) return false;
		await tx.taskOutput.createMany({
			data: outputs.map((output) => ({ ...output, taskId: task.id })),
		});
		const log = {
			stdout: stdout.text,
			stderr: stderr.text,
			stdoutBytes: stdout.bytes,
			stderrBytes: stderr.bytes,
		};
		await tx.taskLog.upsert({
			where: { taskId: task.id },
			create: { taskId: task.id, ...log },
			update: log,
		});
		if (transition.to === "errored")
			await tx.device.update({
				where: { id: task.deviceId },
				data: { erroredTasks: { increment: 1 }, consecutiveValid: 0 },
				select: { id: true },
			});
		return true;
	});
}

const PROGRESS_TRANSITIONS = {
	preparing: taskPreparing,
	running: taskRunning,
	paused: taskPaused,
};

/** Notes how tasks go; those that have moved on are passed over. Answers the batches and units of the ones that changed state. */
export async function noteProgress(
	db: Db,
	deviceId: string,
	{ tasks }: Progress,
	now: Date,
) {
	const moved: { id: string; workUnitId: string; batchId: string }[] = [];
	for (const state of ["preparing", "running", "paused"] as const) {
		const some = tasks.filter((task) => task.state === state);
		if (some.length === 0) continue;
		const transition = PROGRESS_TRANSITIONS[state];
		moved.push(
			...(await db.$queryRaw<typeof moved>`
				UPDATE "Task" t SET "state" = ${transition.to}::"TaskState",
					"progress" = GREATEST(t."progress", p.progress),
					"startedAt" = CASE WHEN ${state} = 'running' THEN COALESCE(t."startedAt", ${now}) ELSE t."startedAt" END
				FROM unnest(${some.map(({ taskId }) => taskId)}::uuid[], ${some.map(({ progress }) => progress)}::float8[])
					AS p(id, progress)
				WHERE t."id" = p.id AND t."deviceId" = ${deviceId}::uuid
				AND t."state"::text = ANY(${[...transition.from]}::text[])
				AND (t."state"::text <> ${transition.to} OR t."progress" < p.progress)
				RETURNING t."id", t."workUnitId", t."batchId"`),
		);
	}
	return moved;
}

/** What is on a device now, for its wanted list and for what it has left to spare. */
export function listTasksOnDevices(db: Db, deviceIds: readonly string[]) {
	return db.task.findMany({
		where: {
			deviceId: { in: [...deviceIds] },
			state: { in: [...ON_DEVICE_STATES] as TaskState[] },
		},
		orderBy: { leasedAt: "asc" },
		select: {
			id: true,
			deviceId: true,
			workUnitId: true,
			deadlineAt: true,
			workUnit: { select: { parameters: true, inputs: true } },
			batch: {
				select: {
					appVersion: {
						select: {
							id: true,
							cores: true,
							memoryMiB: true,
							diskMiB: true,
							manifest: true,
							signature: true,
							archiveSha256: true,
							archiveBytes: true,
						},
					},
				},
			},
		},
	});
}
export type TaskOnDevice = Awaited<
	ReturnType<typeof listTasksOnDevices>
>[number];

/** Stores the newest part of a running task's log, so that whoever looks later sees it too. */
export async function appendTaskLog(
	db: Db,
	taskId: string,
	stream: "stdout" | "stderr",
	text: string,
	keepBytes: number,
): Promise<void> {
	if (stream === "stdout")
		await db.$executeRaw`
			INSERT INTO "TaskLog" ("taskId", "stdout", "updatedAt") VALUES (${taskId}::uuid, ${text}, now())
			ON CONFLICT ("taskId") DO UPDATE SET "stdout" = right("TaskLog"."stdout" || EXCLUDED."stdout", ${keepBytes}::int),
				"updatedAt" = now()`;
	else
		await db.$executeRaw`
			INSERT INTO "TaskLog" ("taskId", "stderr", "updatedAt") VALUES (${taskId}::uuid, ${text}, now())
			ON CONFLICT ("taskId") DO UPDATE SET "stderr" = right("TaskLog"."stderr" || EXCLUDED."stderr", ${keepBytes}::int),
				"updatedAt" = now()`;
}
