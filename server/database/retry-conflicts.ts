import { channel } from "node:diagnostics_channel";
import pRetry from "p-retry";
import { type DatabaseTrouble, databaseTroubleOf } from "./database-trouble.ts";

/** How often a piece of work is tried in all, by what it met. A lock is waited for anew each time. */
const TRIES: Partial<Record<DatabaseTrouble, number>> = {
	conflict: 6,
	lockTimeout: 3,
};

/** Each conflict that was met, also one that was got over: for whoever counts them. */
export interface Conflict {
	trouble: DatabaseTrouble;
	error: unknown;
}
export const conflicts = channel("lull:database-conflict");

/**
 * Does the work, and does it again a few times when the database ended it because two writers were in each other's way,
 * or because a row was held for too long. The pauses double and are random, so that two that met do not meet again. The
 * work must leave nothing behind when it fails: a transaction, or one statement outside any.
 */
export const retryConflicts = <T>(work: () => Promise<T>): Promise<T> =>
	pRetry(work, {
		retries: Number.POSITIVE_INFINITY,
		minTimeout: 20,
		randomize: true,
		shouldRetry({ error, attemptNumber }) {
			const trouble = databaseTroubleOf(error);
			const tries = trouble && TRIES[trouble];
			if (!trouble || !tries) return false;
			conflicts.publish({ trouble, error } satisfies Conflict);
			return attemptNumber < tries;
		},
	});
