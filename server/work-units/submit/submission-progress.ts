import type { Db } from "../../database/db.ts";
import { findSubmission } from "./submission-claim-store.ts";

/** How far a submission has come. */
export interface SubmissionProgress {
	phase: "reading" | "storing";
	workUnits: number;
}

/**
 * How far the submissions that run in this process have come, for the page that waits. Nothing depends on it: what others
 * must know of a submission is in the database.
 */
const running = new Map<string, SubmissionProgress>();

const keyOf = (userId: string, submissionKey: string) =>
	`${userId} ${submissionKey}`;

/** Undefined when no such submission is under way: it has not begun, or is over. Another process's is found as well. */
export async function findSubmissionProgress(
	db: Db,
	userId: string,
	submissionKey: string,
): Promise<SubmissionProgress | undefined> {
	const here = running.get(keyOf(userId, submissionKey));
	if (here) return here;
	const found = await findSubmission(db, userId, submissionKey);
	if (found?.state !== "submitting") return undefined;
	const { workUnits } = found;
	return { phase: workUnits > 0 ? "storing" : "reading", workUnits };
}

/** Notes progress while the work runs, and forgets it afterwards. */
export async function withSubmissionProgress<T>(
	userId: string,
	submissionKey: string | undefined,
	work: (report: (progress: SubmissionProgress) => void) => Promise<T>,
): Promise<T> {
	if (!submissionKey) return work(() => undefined);
	const key = keyOf(userId, submissionKey);
	try {
		return await work((progress) => void running.set(key, progress));
	} finally {
		running.delete(key);
	}
}
