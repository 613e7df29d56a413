/** How far a submission has come. */
export interface SubmissionProgress {
	phase: "reading" | "storing";
	workUnits: number;
}

/**
 * How far the submissions that run in this process have come, for the page that waits. Nothing depends on it: what a
 * submission did is in the database once it is over.
 */
const running = new Map<string, SubmissionProgress>();

const keyOf = (userId: string, submissionKey: string) =>
	`${userId} ${submissionKey}`;

/** Undefined when no such submission runs here: it has not begun, is over, or runs in another process. */
export const findSubmissionProgress = (
	userId: string,
	submissionKey: string,
): SubmissionProgress | undefined => running.get(keyOf(userId, submissionKey));

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
