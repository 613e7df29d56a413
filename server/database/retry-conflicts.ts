import { channel } from "node:diagnostics_channel";
import { setTimeout as sleep } from "node:timers/promises";
import { type DatabaseTrouble, databaseTroubleOf } from "./database-trouble.ts";

/** How often a piece of work is tried in all, by what it met. A lock is waited for anew each time. */
const TRIES: Partial<Record<DatabaseTrouble, number>> = {
	conflict: 6,
	lockTimeout: 3,
};
/** The pause after the first failure is up to this, and doubles with each. */
const FIRST_PAUSE_MS = 20;

/** Each conflict that was met, also one that was got over: for whoever counts them. */
export interface Conflict {
	trouble: DatabaseTrouble;
	error: unknown;
}
export const conflicts = channel("lull:database-conflict");

/**
 * Does the work, and does it again a few times when the database ended it because two writers were in each other's way,
 * or because a row was held for too long. The pauses are random, so that two that met do not meet again. The work must
 * leave nothing behind when it fails: a transaction, or one statement outside any.
 */
export async function retryConflicts<T>(work: () => Promise<T>): Promise<T> {
	for (let failures = 1; ; failures++) {
		try {
			return await work();
		} catch (error) {
			const trouble = databaseTroubleOf(error);
			const tries = trouble && TRIES[trouble];
			if (!trouble || !tries) throw error;
			conflicts.publish({ trouble, error } satisfies Conflict);
			if (failures >= tries) throw error;
			await sleep(Math.random() * FIRST_PAUSE_MS * 2 ** failures);
		}
	}
}
