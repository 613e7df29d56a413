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
	/** The devices whose record changed, in that order, where somebody keeps count. */
	log?: readonly string[];
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

/** A researcher's estimate of the operations is off by a factor of two either way (standard deviation). */
const ESTIMATE_VARIANCE = Math.log(2) ** 2;
/** A device is faster or slower than its benchmark says for this program by a third. */
const DEVICE_VARIANCE = 0.3 ** 2;
/** One run of a work unit takes longer than another by as much; this belief counts like two runs. */
const RUN_VARIANCE = 0.3 ** 2;
const RUN_WEIGHT = 2;
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
 * version that has run nowhere to be as its figures say: each level is drawn to the one above by how sure it is (partial
 * pooling in a normal model: Gelman et al., Bayesian Data Analysis, chapter 5). How runs are spread is measured about
 * their own mean, so that an estimate that was far off makes the first runs no reason to doubt all others.
 */
export function estimateRunTime(
	calculatedSeconds: number,
	deviceId: string,
	{ all, byDevice }: RunTimeRecords,
): RunTimeEstimate {
	const own = byDevice.get(deviceId) ?? NO_RECORD;
	const variance = runVariance(all);
	const ofVersion = update(all, 0, ESTIMATE_VARIANCE, variance);
	const ofDevice = update(
		own,
		ofVersion.mean,
		DEVICE_VARIANCE + ofVersion.variance,
		variance,
	);
	return {
		medianSeconds: calculatedSeconds * Math.exp(ofDevice.mean),
		spread: Math.sqrt(variance + ofDevice.variance),
	};
}

/** How much runs differ from each other. */
function runVariance({ count, logSum, logSquareSum }: RunTimeRecord): number {
	const squares =
		count > 0 ? Math.max(0, logSquareSum - logSum ** 2 / count) : 0;
	return (RUN_WEIGHT * RUN_VARIANCE + squares) / (RUN_WEIGHT + count);
}

/** What is believed of a mean, after what was measured: normal prior, normal data of known variance. */
function update(
	{ count, logSum }: RunTimeRecord,
	priorMean: number,
	priorVariance: number,
	variance: number,
): { mean: number; variance: number } {
	const weight = variance / priorVariance;
	return {
		mean: (logSum + weight * priorMean) / (count + weight),
		variance: variance / (count + weight),
	};
}
