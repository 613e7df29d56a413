/**
 * Cobblestones: 200 a day for a device of one GFLOPS (BOINC, lib/common_defs.h: credit = FLOPs · 200 / (86400 · 10⁹)).
 */
const CREDIT_PER_OPERATION = 200 / (86_400 * 1e9);

/** A claim counts up to this many times the operations that the researcher estimated for a work unit. */
const MOST_TIMES_ESTIMATE = 10;

/** The credit of a number of floating-point operations. */
export const creditOf = (operations: number): number =>
	operations * CREDIT_PER_OPERATION;

/** The most that a copy of a work unit can be worth, however many devices it took one after the other. */
export const mostCredit = (estimatedOperations: number): number =>
	creditOf(estimatedOperations * MOST_TIMES_ESTIMATE);

/**
 * What a task may claim: its operations at the device's measured speed, where cpuSeconds and speed are the device's own
 * word and are therefore bounded by the wall-clock time the server saw and by the researcher's estimate.
 */
export function claimCredit(task: {
	cpuSeconds: number;
	cores: number;
	/** From lease to report, by the server's clock. */
	turnaroundSeconds: number;
	floatOpsPerSecond: number;
	estimatedOperations: number;
}): number {
	const seconds = Math.min(
		task.cpuSeconds,
		task.turnaroundSeconds * Math.max(1, task.cores),
	);
	const operations = Math.min(
		Math.max(0, seconds) * Math.max(0, task.floatOpsPerSecond),
		task.estimatedOperations * MOST_TIMES_ESTIMATE,
	);
	return Number.isFinite(operations) ? creditOf(operations) : 0;
}
