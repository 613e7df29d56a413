import type { Progress } from "../../../agent/core/protocol.ts";
import type { Db } from "../../database/db.ts";
import type {
	TaskState,
	WorkUnitState,
} from "../../database/generated/enums.ts";
import { retryConflicts } from "../../database/retry-conflicts.ts";
import {
	type TaskTransition,
	taskPaused,
	taskPreparing,
	taskRunning,
} from "./task-transitions.ts";

/**
 * Takes hold of tasks for this transaction, in the order of their ids as everybody does, whatever is done to each of
 * them then. Their work units are held already, or none of them is taken later.
 */
export async function lockTasks(db: Db, ids: readonly string[]): Promise<void> {
	if (ids.length === 0) return;
	await db.$executeRaw`
		SELECT 1 FROM "Task" WHERE "id" = ANY(${ids as string[]}::uuid[]) ORDER BY "id" FOR NO KEY UPDATE`;
}

/** A task with what is needed to take its report. */
export interface TaskOfDevice {
	id: string;
	state: TaskState;
	deviceId: string;
	/** As owners are counted: see countedOwner. */
	ownerId: string;
	cores: number | null;
	leasedAt: Date | null;
	workUnitId: string;
	batchId: string;
	workUnitState: WorkUnitState;
	floatOpsPerSecond: number | null;
	estimatedOperations: number;
	diskMiB: number;
}

/** Undefined when there is no such task on this device. */
export async function findTaskOfDevice(
	db: Db,
	taskId: string,
	deviceId: string,
): Promise<TaskOfDevice | undefined> {
	const [task] = await db.$queryRaw<TaskOfDevice[]>`
		SELECT t."id", t."state"::text AS "state", t."deviceId", COALESCE(d."ownerId", d."id") AS "ownerId", t."cores", t."leasedAt", t."workUnitId", t."batchId",
			w."state"::text AS "workUnitState", d."floatOpsPerSecond", b."estimatedOperations" * w."share" AS "estimatedOperations", v."diskMiB"
		FROM "Task" t
		JOIN "WorkUnit" w ON w."id" = t."workUnitId"
		JOIN "Batch" b ON b."id" = t."batchId"
		JOIN "AppVersion" v ON v."id" = b."appVersionId"
		JOIN "Device" d ON d."id" = t."deviceId"
		WHERE t."id" = ${taskId}::uuid AND t."deviceId" = ${deviceId}::uuid`;
	return task;
}

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
	/** Of a task that was given back: what another one goes on from. */
	checkpoint: { sha256: string; bytes: number } | null;
	stdout: { text: string; bytes: number };
	stderr: { text: string; bytes: number };
}

/**
 * Ends a task on its device, once: false when it has moved on, and then nothing is written. One statement, so that a
 * report is one trip to the database; rows are taken in the order of the review (work unit, task, trust), and the work
 * unit is due for review afterwards. An error costs the device its trust for the app version at once. A task that was given back without a checkpoint of its own passes on the one it began from.
 */
export async function endTask(
	db: Db,
	task: { id: string; workUnitId: string; deviceId: string },
	transition: TaskTransition,
	ending: TaskEnding,
	now: Date,
): Promise<boolean> {
	const { outputs, checkpoint, stdout, stderr } = ending;
	const reported = transition.to === "reported";
	const moved = await retryConflicts(
		() => db.$queryRaw<{ id: string }[]>`
		WITH unit AS (
			UPDATE "WorkUnit" SET "reviewAt" = ${now}::timestamptz WHERE "id" = ${task.workUnitId}::uuid RETURNING "id"
		), moved AS (
			UPDATE "Task" t SET "state" = ${transition.to}::"TaskState",
				"progress" = CASE WHEN ${reported} THEN 1 ELSE t."progress" END,
				"reportedAt" = CASE WHEN ${reported} THEN ${now}::timestamptz ELSE t."reportedAt" END,
				"finishedAt" = CASE WHEN ${reported} THEN NULL ELSE ${now}::timestamptz END,
				"exitCode" = ${ending.exitCode}::int, "errorCode" = ${ending.errorCode}::text,
				"errorDetail" = ${ending.errorDetail}::text, "runSeconds" = ${ending.runSeconds}::float8,
				"cpuSeconds" = ${ending.cpuSeconds}::float8, "outputDigest" = ${ending.outputDigest}::text,
				"claimedCredit" = ${ending.claimedCredit}::float8,
				("checkpointSha256", "checkpointBytes") = (
					SELECT own."sha256", own."bytes" FROM (
						SELECT ${checkpoint?.sha256 ?? null}::text AS "sha256", ${checkpoint?.bytes ?? null}::bigint AS "bytes", 0 AS place
						UNION ALL SELECT p."checkpointSha256", p."checkpointBytes", 1 FROM "Task" p
						WHERE p."id" = t."continuesTaskId" AND ${transition.to === "returned"}
					) own WHERE own."sha256" IS NOT NULL ORDER BY own.place LIMIT 1)
			FROM unit
			WHERE t."id" = ${task.id}::uuid AND t."deviceId" = ${task.deviceId}::uuid
			AND t."state"::text = ANY(${[...transition.from]}::text[])
			RETURNING t."id", t."deviceId", t."batchId"
		), kept AS (
			INSERT INTO "TaskOutput" ("taskId", "path", "sha256", "bytes")
			SELECT moved."id", o.path, o.sha256, o.bytes FROM moved,
				unnest(${outputs.map(({ path }) => path)}::text[], ${outputs.map(({ sha256 }) => sha256)}::text[],
					${outputs.map(({ bytes }) => bytes)}::bigint[]) AS o(path, sha256, bytes)
		), logged AS (
			INSERT INTO "TaskLog" ("taskId", "stdout", "stderr", "stdoutBytes", "stderrBytes", "updatedAt")
			SELECT "id", ${stdout.text}, ${stderr.text}, ${stdout.bytes}::bigint, ${stderr.bytes}::bigint, ${now}::timestamptz FROM moved
			ON CONFLICT ("taskId") DO UPDATE SET "stdout" = EXCLUDED."stdout", "stderr" = EXCLUDED."stderr",
				"stdoutBytes" = EXCLUDED."stdoutBytes", "stderrBytes" = EXCLUDED."stderrBytes", "updatedAt" = EXCLUDED."updatedAt"
		), distrusted AS (
			INSERT INTO "DeviceTrust" ("deviceId", "appVersionId", "erroredTasks", "updatedAt")
			SELECT moved."deviceId", b."appVersionId", 1, ${now}::timestamptz
			FROM moved JOIN "Batch" b ON b."id" = moved."batchId" WHERE ${transition.to === "errored"}
			ON CONFLICT ("deviceId", "appVersionId") DO UPDATE SET "erroredTasks" = "DeviceTrust"."erroredTasks" + 1,
				"consecutiveValid" = 0, "updatedAt" = EXCLUDED."updatedAt"
		)
		SELECT "id" FROM moved`,
	);
	return moved.length === 1;
}

const PROGRESS_TRANSITIONS = {
	preparing: taskPreparing,
	running: taskRunning,
	paused: taskPaused,
};

/**
 * Notes how tasks go; those that have moved on are passed over. Answers the batches and units of the ones that changed
 * state. Tasks are taken in the order of their ids, as by everybody.
 */
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
			...(await retryConflicts(
				() => db.$queryRaw<typeof moved>`
				WITH held AS (
					SELECT t."id", p.progress
					FROM unnest(${some.map(({ taskId }) => taskId)}::uuid[], ${some.map(({ progress }) => progress)}::float8[])
						AS p(id, progress)
					JOIN "Task" t ON t."id" = p.id AND t."deviceId" = ${deviceId}::uuid
					WHERE t."state"::text = ANY(${[...transition.from]}::text[])
					AND (t."state"::text <> ${transition.to} OR t."progress" < p.progress)
					ORDER BY t."id" FOR NO KEY UPDATE OF t
				)
				UPDATE "Task" t SET "state" = ${transition.to}::"TaskState",
					"progress" = GREATEST(t."progress", held.progress),
					"startedAt" = CASE WHEN ${state} = 'running' THEN COALESCE(t."startedAt", ${now}) ELSE t."startedAt" END
				FROM held WHERE t."id" = held."id"
				RETURNING t."id", t."workUnitId", t."batchId"`,
			)),
		);
	}
	return moved;
}

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
