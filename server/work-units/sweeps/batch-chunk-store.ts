import type { Db } from "../../database/db.ts";
import { taskCancelled } from "../tasks/task-transitions.ts";

/** Work units of one chunk, by their index: some 50 ms of work, for which nobody minds waiting. */
export const CHUNK_UNITS = 1_000;

/** What a chunk of a batch did. */
export interface BatchChunk {
	/** Work units that were changed. */
	changed: number;
	/** Devices that hold tasks nobody wants any more. */
	deviceIds: string[];
	/** It was the last one. */
	ended: boolean;
}

/**
 * Cancels what is open of a cancelled batch among the work units from index `from` on, with their tasks, in the caller's
 * transaction. In the order of locks: work units, tasks, the batch's counters.
 *
 * Nothing is missed: no work unit is added to a batch that is not open, none of it is opened again, and a task that is
 * just being leased holds its work unit, for which this waits.
 */
export async function cancelChunk(
	db: Db,
	batchId: string,
	from: number,
	now: Date,
): Promise<BatchChunk> {
	const ids = await lockUnits(db, batchId, from, "open");
	await db.$executeRaw`
		UPDATE "WorkUnit" SET "state" = 'cancelled', "finishedAt" = ${now}, "reviewAt" = NULL
		WHERE "id" = ANY(${ids}::uuid[])`;
	const tasks = await db.$queryRaw<{ deviceId: string | null }[]>`
		WITH held AS (
			SELECT "id" FROM "Task" WHERE "workUnitId" = ANY(${ids}::uuid[])
			AND "state" = ANY(${[...taskCancelled.from]}::"TaskState"[])
			ORDER BY "id" FOR NO KEY UPDATE
		)
		UPDATE "Task" t SET "state" = 'cancelled', "finishedAt" = ${now} FROM held WHERE t."id" = held."id"
		RETURNING t."deviceId"`;
	const [batch] = await db.$queryRaw<{ workUnits: number }[]>`
		UPDATE "Batch" SET "cancelledUnits" = "cancelledUnits" + ${ids.length}
		WHERE "id" = ${batchId}::uuid AND "state" = 'cancelled' RETURNING "workUnits"`;
	return {
		changed: ids.length,
		deviceIds: [...new Set(tasks.flatMap(({ deviceId }) => deviceId ?? []))],
		ended: from + CHUNK_UNITS >= (batch?.workUnits ?? 0),
	};
}

/** Thrown to undo a chunk: the batch was closed in the meantime. */
export class BatchClosed extends Error {
	constructor() {
		super("The batch is not open any more.");
	}
}

/**
 * Opens the failed work units from index `from` on again, in the caller's transaction. The tasks they had no longer count
 * against their limits, so each has its whole allowance anew. With the last chunk the batch is done if nothing of it is
 * open: until then no review ends it.
 *
 * @throws BatchClosed when it was cancelled meanwhile
 */
export async function reopenChunk(
	db: Db,
	batchId: string,
	from: number,
	now: Date,
): Promise<BatchChunk> {
	const ids = await lockUnits(db, batchId, from, "failed");
	await db.$executeRaw`
		UPDATE "WorkUnit" w SET "state" = 'open', "failureReason" = NULL, "finishedAt" = NULL, "reviewAt" = ${now},
			"targetCopies" = (SELECT b."targetCopies" FROM "Batch" b WHERE b."id" = w."batchId"),
			"extraErrors" = (SELECT count(*) FROM "Task" t
				WHERE t."workUnitId" = w."id" AND t."state" IN ('errored', 'invalid')),
			"extraTotal" = (SELECT count(*) FROM "Task" t
				WHERE t."workUnitId" = w."id" AND t."state" NOT IN ('returned', 'cancelled'))
		WHERE w."id" = ANY(${ids}::uuid[])`;
	const [batch] = await db.$queryRaw<{ ended: boolean }[]>`
		UPDATE "Batch" SET "failedUnits" = "failedUnits" - ${ids.length}
		WHERE "id" = ${batchId}::uuid AND "state" = 'open'
		RETURNING ${from + CHUNK_UNITS} >= "workUnits" AS "ended"`;
	if (!batch) throw new BatchClosed();
	if (batch.ended)
		await db.$executeRaw`
			UPDATE "Batch" SET "state" = 'done', "finishedAt" = ${now}
			WHERE "id" = ${batchId}::uuid AND "doneUnits" + "failedUnits" + "cancelledUnits" >= "workUnits"`;
	return { changed: ids.length, deviceIds: [], ended: batch.ended };
}

/**
 * Removes what was stored of an abandoned submission from index `from` on, in the caller's transaction, and the batch
 * itself with the last chunk. Nobody has ever seen any of it.
 */
export async function removeChunk(
	db: Db,
	batchId: string,
	from: number,
): Promise<BatchChunk> {
	const units = await db.$queryRaw<{ id: string }[]>`
		SELECT "id" FROM "WorkUnit"
		WHERE "batchId" = ${batchId}::uuid AND "index" >= ${from} AND "index" < ${from + CHUNK_UNITS}
		ORDER BY "id" FOR UPDATE`;
	const ids = units.map(({ id }) => id);
	await db.$executeRaw`DELETE FROM "Task" WHERE "workUnitId" = ANY(${ids}::uuid[])`;
	// Their inputs go with them.
	await db.$executeRaw`DELETE FROM "WorkUnit" WHERE "id" = ANY(${ids}::uuid[])`;
	const batch = await db.batch.findUnique({
		where: { id: batchId, state: "abandoned" },
		select: { workUnits: true },
	});
	const ended = from + CHUNK_UNITS >= (batch?.workUnits ?? 0);
	if (ended)
		await db.batch.deleteMany({ where: { id: batchId, state: "abandoned" } });
	return { changed: ids.length, deviceIds: [], ended };
}

/** The work units of a chunk that are in this state, held until the transaction ends. */
async function lockUnits(
	db: Db,
	batchId: string,
	from: number,
	state: "open" | "failed",
): Promise<string[]> {
	const rows = await db.$queryRaw<{ id: string }[]>`
		SELECT "id" FROM "WorkUnit"
		WHERE "batchId" = ${batchId}::uuid AND "index" >= ${from} AND "index" < ${from + CHUNK_UNITS}
		AND "state" = ${state}::"WorkUnitState"
		ORDER BY "id" FOR NO KEY UPDATE`;
	return rows.map(({ id }) => id);
}
