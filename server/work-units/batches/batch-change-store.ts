import type { Db } from "../../database/db.ts";
import type { BatchState } from "../../database/generated/enums.ts";
import { beginSweep } from "../sweeps/sweep-store.ts";

/** What a change found when it was marked: from then on it holds for everybody, and a sweep carries it out. */
export interface MarkedChange {
	/** Work units that it is about. */
	workUnits: number;
}

/**
 * Closes a batch, in the caller's transaction: nothing of it is placed or judged any more. What is open of it is cancelled
 * by the sweep that begins with this. Undefined when the batch is not open.
 */
export async function markCancelled(
	db: Db,
	batchId: string,
	now: Date,
): Promise<MarkedChange | undefined> {
	return mark(db, "cancelBatch", batchId, now, async () => {
		const [batch] = await db.$queryRaw<MarkedChange[]>`
			UPDATE "Batch" SET "state" = 'cancelled', "finishedAt" = ${now}, "waitReasons" = '{}'
			WHERE "id" = ${batchId}::uuid AND "state" = 'open'
			RETURNING "workUnits" - "doneUnits" - "failedUnits" - "cancelledUnits" AS "workUnits"`;
		return batch;
	});
}

/**
 * Opens a batch again whose failed work units are to be run once more, in the caller's transaction; the sweep that begins
 * with this opens them. Undefined when the batch is closed or none of it has failed.
 */
export async function markRerun(
	db: Db,
	batchId: string,
	now: Date,
): Promise<MarkedChange | undefined> {
	return mark(db, "rerunBatch", batchId, now, async () => {
		const [batch] = await db.$queryRaw<MarkedChange[]>`
			UPDATE "Batch" SET "state" = 'open', "finishedAt" = NULL
			WHERE "id" = ${batchId}::uuid AND "state" IN ('open', 'done') AND "failedUnits" > 0
			RETURNING "failedUnits" AS "workUnits"`;
		return batch;
	});
}

/** The sweep first, as in its chunks, which take the batch last; without the mark the caller undoes it. */
async function mark(
	db: Db,
	kind: "cancelBatch" | "rerunBatch",
	batchId: string,
	now: Date,
	write: () => Promise<MarkedChange | undefined>,
): Promise<MarkedChange | undefined> {
	await beginSweep(db, { kind, subjectId: batchId }, 0, now);
	const marked = await write();
	if (marked)
		await db.sweep.update({
			where: { kind_subjectId: { kind, subjectId: batchId } },
			data: { total: marked.workUnits },
		});
	return marked;
}

/** As it is now. */
export const findBatchState = async (
	db: Db,
	batchId: string,
): Promise<BatchState | undefined> =>
	(
		await db.batch.findUnique({
			where: { id: batchId },
			select: { state: true },
		})
	)?.state;
