import { type Db, inTransaction } from "../../database/db.ts";
import { AppError } from "../../errors.ts";
import type { Services } from "../../services.ts";
import { demandBatchAccess, type Viewer } from "./batch-access.ts";
import {
	type BatchChange,
	cancelOpenWork,
	reopenFailedWork,
} from "./batch-change-store.ts";

const TRIES = 5;
/** For a batch of a million work units on a slow disk. */
const TIMEOUT_MS = 15 * 60_000;

/**
 * Stops a batch: its open work units and their tasks are cancelled, and the devices that hold them are told. What is
 * done stays.
 *
 * @throws AppError notFound, conflict when the batch is over already
 */
export function cancelBatch(
	services: Services,
	user: Viewer,
	batchId: string,
): Promise<{ workUnits: number }> {
	return changeBatch(services, user, batchId, cancelOpenWork, () => {
		throw new AppError("conflict", "The batch is over already.");
	});
}

/**
 * Opens the failed work units of a batch again, each with its whole allowance of errors and tasks anew.
 *
 * @throws AppError notFound, conflict when the batch was cancelled or nothing of it has failed
 */
export function rerunFailed(
	services: Services,
	user: Viewer,
	batchId: string,
): Promise<{ workUnits: number }> {
	return changeBatch(
		services,
		user,
		batchId,
		async (db, id, now) => {
			const change = await reopenFailedWork(db, id, now);
			if (change?.workUnits === 0)
				throw new AppError(
					"conflict",
					"No work unit of this batch has failed.",
				);
			return change;
		},
		() => {
			throw new AppError("conflict", "The batch was cancelled.");
		},
	);
}

async function changeBatch(
	services: Services,
	user: Viewer,
	batchId: string,
	change: (
		db: Db,
		batchId: string,
		now: Date,
	) => Promise<BatchChange | undefined>,
	refuse: () => never,
): Promise<{ workUnits: number }> {
	const { db, clock, events, deviceNotices } = services;
	await demandBatchAccess(db, user, batchId);
	const changed = await retryDeadlocks(() =>
		inTransaction(
			db,
			// Thrown inside, so that what was changed so far is undone.
			async (transaction) =>
				(await change(transaction, batchId, clock.now())) ?? refuse(),
			{ statementMs: TIMEOUT_MS },
		),
	);
	deviceNotices.wantedChanged(changed.deviceIds);
	for (const deviceId of changed.deviceIds)
		events.publish(`device:${deviceId}`, { kind: "changed" });
	events.publish(`batch:${batchId}`, { kind: "changed" });
	events.publish("overview", { kind: "changed" });
	return { workUnits: changed.workUnits };
}

/** Thousands of rows that others lock too: when two wait for each other, the database ends one, and it tries again. */
async function retryDeadlocks<T>(work: () => Promise<T>): Promise<T> {
	for (let attempt = 1; ; attempt++) {
		try {
			return await work();
		} catch (error) {
			if (attempt >= TRIES || !isDeadlock(error)) throw error;
		}
	}
}

const isDeadlock = (error: unknown): boolean =>
	error instanceof Error &&
	!(error instanceof AppError) &&
	(("code" in error && error.code === "P2034") ||
		/40P01|deadlock detected/i.test(error.message));
