import type { Db } from "../../database/db.ts";
import { taskCancelled } from "../tasks/task-transitions.ts";

/** What a cancellation or a rerun touched. */
export interface BatchChange {
	workUnits: number;
	/** Devices that hold tasks nobody wants any more. */
	deviceIds: string[];
}

/**
 * Cancels what is open of a batch, in the caller's transaction. Work units first, in the order of their ids, then
 * tasks, then the batch: as the review does, so that the two wait for each other instead of dying. Undefined when
 * the batch is not open.
 */
export async function cancelOpenWork(
	db: Db,
	batchId: string,
	now: Date,
): Promise<BatchChange | undefined> {
	await db.$executeRaw`
		SELECT 1 FROM "WorkUnit" WHERE "batchId" = ${batchId}::uuid AND "state" = 'open' ORDER BY "id" FOR NO KEY UPDATE`;
	const workUnits = await db.$executeRaw`
		UPDATE "WorkUnit" SET "state" = 'cancelled', "finishedAt" = ${now}, "reviewAt" = NULL
		WHERE "batchId" = ${batchId}::uuid AND "state" = 'open'`;
	// A late copy of a work unit that is done may finish: its device deserves the credit.
	const tasks = await db.$queryRaw<{ deviceId: string | null }[]>`
		WITH held AS (
			SELECT t."id" FROM "Task" t JOIN "WorkUnit" w ON w."id" = t."workUnitId" AND w."state" = 'cancelled'
			WHERE t."batchId" = ${batchId}::uuid AND t."state" = ANY(${[...taskCancelled.from]}::"TaskState"[])
			ORDER BY t."id" FOR NO KEY UPDATE OF t
		)
		UPDATE "Task" t SET "state" = 'cancelled', "finishedAt" = ${now} FROM held WHERE t."id" = held."id"
		RETURNING t."deviceId"`;
	const batches = await db.$executeRaw`
		UPDATE "Batch" SET "state" = 'cancelled', "finishedAt" = ${now}, "waitReasons" = '{}',
			"cancelledUnits" = "cancelledUnits" + ${workUnits}
		WHERE "id" = ${batchId}::uuid AND "state" = 'open'`;
	if (batches !== 1) return undefined;
	return {
		workUnits,
		deviceIds: [...new Set(tasks.flatMap(({ deviceId }) => deviceId ?? []))],
	};
}

/**
 * Opens the failed work units of a batch again, in the caller's transaction. The tasks they had no longer count against
 * their limits, so each has its whole allowance anew. Undefined when the batch was cancelled.
 */
export async function reopenFailedWork(
	db: Db,
	batchId: string,
	now: Date,
): Promise<BatchChange | undefined> {
	await db.$executeRaw`
		SELECT 1 FROM "WorkUnit" WHERE "batchId" = ${batchId}::uuid AND "state" = 'failed' ORDER BY "id" FOR NO KEY UPDATE`;
	const workUnits = await db.$executeRaw`
		UPDATE "WorkUnit" w SET "state" = 'open', "failureReason" = NULL, "finishedAt" = NULL, "reviewAt" = ${now},
			"targetCopies" = (SELECT b."targetCopies" FROM "Batch" b WHERE b."id" = w."batchId"),
			"extraErrors" = (SELECT count(*) FROM "Task" t
				WHERE t."workUnitId" = w."id" AND t."state" IN ('errored', 'invalid')),
			"extraTotal" = (SELECT count(*) FROM "Task" t
				WHERE t."workUnitId" = w."id" AND t."state" NOT IN ('returned', 'cancelled'))
		WHERE w."batchId" = ${batchId}::uuid AND w."state" = 'failed'`;
	const batches = await db.$executeRaw`
		UPDATE "Batch" SET "state" = 'open', "finishedAt" = NULL, "failedUnits" = "failedUnits" - ${workUnits}
		WHERE "id" = ${batchId}::uuid AND "state" IN ('open', 'done')`;
	return batches === 1 ? { workUnits, deviceIds: [] } : undefined;
}
