/** The owner's CPU use over a short stretch of time. */
export interface CpuReading {
	/** When the stretch ended, on a clock that never jumps. */
	atMs: number;
	/** How long it was. */
	spanMs: number;
	/** Percent of the whole machine. */
	percent: number;
}

/** `burst`: freeze now. `busy`: the mean is over the limit. `calm`: well below it. `between`: neither. */
export type CpuVerdict = "burst" | "busy" | "between" | "calm";

/** A single short reading must be above the limit by this much, in percent of the machine, to count. */
const CLEARLY = 5;
/** The kernel's own counters go in steps of this; a reading can be off by one step on each core. */
const JIFFY_MS = 10;
/** Mean over this time for what exceeds the limit only a little. */
const MEAN_MS = 1_500;
/** Mean over this time for calm: a burst that has just ended should not hold it up for long. */
const CALM_MEAN_MS = 800;
/** Below this share of the limit the owner counts as gone. */
const CALM_SHARE = 0.8;

/**
 * What the newest readings say about the owner. Pure.
 *
 * One reading of a tenth of a second is enough when it is above the limit by more than it can be wrong; anything
 * smaller has to hold for a second and a half.
 *
 * @param readings oldest first
 * @param exact whether they come from counters in nanoseconds and not from the kernel's ticks
 * @param allowance percent of the machine that may be the engine working for us
 */
export function detectBurst(
	readings: readonly CpuReading[],
	limit: number,
	{ exact = true, allowance = 0 } = {},
): CpuVerdict {
	const newest = readings.at(-1);
	if (!newest) return "between";
	const limitNow = Math.min(limit + allowance, 100);
	const noise = exact ? 0 : (100 * JIFFY_MS) / newest.spanMs;
	if (newest.percent > Math.min(limitNow + CLEARLY + noise, 99)) return "burst";
	const calm = meanOver(readings, newest.atMs - CALM_MEAN_MS);
	if (calm.percent <= limit * CALM_SHARE) return "calm";
	const mean = meanOver(readings, newest.atMs - MEAN_MS);
	return mean.coveredMs >= MEAN_MS * 0.9 && mean.percent > limitNow
		? "busy"
		: "between";
}

/** Forgets what no verdict needs any more. */
export function recentReadings(readings: readonly CpuReading[]): CpuReading[] {
	const since = (readings.at(-1)?.atMs ?? 0) - 2 * MEAN_MS;
	return readings.filter(({ atMs }) => atMs >= since);
}

function meanOver(readings: readonly CpuReading[], sinceMs: number) {
	let coveredMs = 0;
	let sum = 0;
	for (const { atMs, spanMs, percent } of readings) {
		const within = Math.min(spanMs, atMs - sinceMs);
		if (within <= 0) continue;
		coveredMs += within;
		sum += within * percent;
	}
	return { coveredMs, percent: coveredMs > 0 ? sum / coveredMs : 0 };
}
