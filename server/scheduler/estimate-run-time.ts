/**
 * How long a task will run, learned from tasks before it.
 *
 * What is learned is the logarithm of (seconds measured / seconds calculated from the operations and the device's
 * benchmark). Run times are spread like a log-normal variable, so that sums of the logarithm and of its square are all
 * that need be kept, for each app version on each device.
 */
export interface RunTimeRecord {
	/** Tasks, the older ones counting less. */
	count: number;
	logSum: number;
	logSquareSum: number;
}

/** What an app version's tasks have shown so far. */
export interface RunTimeRecords {
	/** Over all devices. */
	all: RunTimeRecord;
	byDevice: ReadonlyMap<string, RunTimeRecord>;
}

/** A log-normal distribution of seconds. */
export interface RunTimeEstimate {
	medianSeconds: number;
	/** Standard deviation of the logarithm. */
	spread: number;
}

export const NO_RECORD: RunTimeRecord = {
	count: 0,
	logSum: 0,
	logSquareSum: 0,
};
export const NO_RECORDS: RunTimeRecords = {
	all: NO_RECORD,
	byDevice: new Map(),
};

/** A researcher's estimate of the operations is off by a factor of two either way before anything was measured. */
const FIRST_SPREAD = Math.log(2);
/** The first belief counts as much as one measured task; the version's record as much for a device. */
const FIRST_WEIGHT = 1;
const VERSION_WEIGHT = 3;
/** No program takes the same time each time; a device does other things too. */
const LEAST_SPREAD = 0.05;
/** Each new task takes this off the weight of the older ones, so that what changed is soon believed. */
const DECAY = 0.97;
/** A device that was never measured counts as one of a modest board: operations a second on one core. */
const USUAL_OPS_PER_SECOND = 1e9;

/** What the figures alone say, before anything was learned; in seconds. */
export function calculateSeconds(
	operations: number,
	floatOpsPerSecond: number | null,
	cores: number,
): number {
	const perCore = floatOpsPerSecond || USUAL_OPS_PER_SECOND;
	return operations / (perCore * Math.max(1, Math.floor(cores)));
}

/** The record with one more task in it. Nothing is learned from times that cannot be (not above zero, not finite). */
export function learnRunTime(
	record: RunTimeRecord,
	measuredSeconds: number,
	calculatedSeconds: number,
): RunTimeRecord {
	const log = Math.log(measuredSeconds / calculatedSeconds);
	if (!Number.isFinite(log)) return record;
	return {
		count: record.count * DECAY + 1,
		logSum: record.logSum * DECAY + log,
		logSquareSum: record.logSquareSum * DECAY + log * log,
	};
}

/**
 * The run time on a device. A device that has run few tasks of the version is believed to be like the others, and a
 * version that has run nowhere to be as its figures say: each level is drawn to the one above by its weight (partial
 * pooling, as in a normal model with conjugate priors: Gelman et al., Bayesian Data Analysis, chapter 5).
 */
export function estimateRunTime(
	calculatedSeconds: number,
	deviceId: string,
	{ all, byDevice }: RunTimeRecords,
): RunTimeEstimate {
	const own = byDevice.get(deviceId) ?? NO_RECORD;
	const ofVersion = all.logSum / (all.count + FIRST_WEIGHT);
	const mean =
		(own.logSum + VERSION_WEIGHT * ofVersion) / (own.count + VERSION_WEIGHT);
	// About the device's own mean, once it has one to speak of; about the version's until then.
	const seen = own.count > VERSION_WEIGHT ? own : all;
	const squares = Math.max(
		0,
		seen.logSquareSum - 2 * mean * seen.logSum + seen.count * mean * mean,
	);
	const variance =
		(FIRST_WEIGHT * FIRST_SPREAD ** 2 + squares) / (FIRST_WEIGHT + seen.count);
	const unsure =
		variance / (own.count + Math.min(all.count, VERSION_WEIGHT) + 1);
	return {
		medianSeconds: calculatedSeconds * Math.exp(mean),
		spread: Math.max(LEAST_SPREAD, Math.sqrt(variance + unsure)),
	};
}
