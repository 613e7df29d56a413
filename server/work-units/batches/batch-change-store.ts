import type { Db } from "../../database/db.ts";
import { beginSweep, setSweepTotal } from "../sweeps/sweep-store.ts";

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
			UPDATE "Batch" SET "state" = 'cancelled', "finishedAt" = ${now}
			WHERE "id" = ${batchId}::uuid AND "state" = 'open'
			RETURNING "workUnits" - "doneUnits" - "failedUnits" - "cancelledUnits" AS "workUnits"`;
		return batch;
	});
}

/**
 * Opens a batch again whose failed work units are to be run once more, in the caller's transaction; the sweep that begins
 * with this opens them. Undefined when the batch is closed, none of it has failed, or they are being opened already.
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
	const sweep = { kind, subjectId: batchId };
	if (!(await beginSweep(db, sweep, now))) return undefined;
	const marked = await write();
	if (marked) await setSweepTotal(db, sweep, marked.workUnits);
	return marked;
}
