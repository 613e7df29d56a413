import { type Db, inTransaction } from "../../database/db.ts";
import { AppError } from "../../errors.ts";
import type { Services } from "../../services.ts";
import { carryOutSweep } from "../sweeps/carry-out-sweep.ts";
import type { SweepName } from "../sweeps/sweep-store.ts";
import { demandBatchAccess, type Viewer } from "./batch-access.ts";
import {
	type MarkedChange,
	markCancelled,
	markRerun,
} from "./batch-change-store.ts";
import { getBatch } from "./batch-store.ts";

/**
 * Stops a batch: from now on nothing of it is placed or judged. Its open work units and their tasks are cancelled, and the
 * devices that hold them are told, in chunks: those of a large batch after this has answered. What is done stays.
 *
 * @returns how many work units were open
 * @throws AppError notFound, conflict when the batch is over already
 */
export function cancelBatch(
	services: Services,
	user: Viewer,
	batchId: string,
): Promise<{ workUnits: number }> {
	return changeBatch(services, user, batchId, "cancelBatch", async (db) => {
		const marked = await markCancelled(db, batchId, services.clock.now());
		if (!marked) throw new AppError("conflict", "The batch is over already.");
		return marked;
	});
}

/**
 * Opens the failed work units of a batch again, each with its whole allowance of errors and tasks anew, in chunks: those
 * of a large batch after this has answered.
 *
 * @returns how many had failed
 * @throws AppError notFound, conflict when the batch was cancelled or nothing of it has failed
 */
export function rerunFailed(
	services: Services,
	user: Viewer,
	batchId: string,
): Promise<{ workUnits: number }> {
	return changeBatch(services, user, batchId, "rerunBatch", async (db) => {
		const marked = await markRerun(db, batchId, services.clock.now());
		if (marked) return marked;
		const { state, failedUnits } = await getBatch(db, batchId);
		throw new AppError(
			"conflict",
			state === "cancelled"
				? "The batch was cancelled."
				: failedUnits > 0
					? "They are being run again already."
					: "No work unit of this batch has failed.",
		);
	});
}

async function changeBatch(
	services: Services,
	user: Viewer,
	batchId: string,
	kind: SweepName["kind"],
	/** Throws what is refused, so that what was written so far is undone. */
	mark: (db: Db) => Promise<MarkedChange>,
): Promise<{ workUnits: number }> {
	const { db, events } = services;
	await demandBatchAccess(db, user, batchId);
	const { workUnits } = await inTransaction(db, mark);
	await carryOutSweep(services, { kind, subjectId: batchId });
	events.publish(`batch:${batchId}`, { kind: "changed" });
	events.publish("overview", { kind: "changed" });
	return { workUnits };
}
