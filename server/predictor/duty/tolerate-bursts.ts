import type { DutySeries } from "../../telemetry/duty-series.ts";

/**
 * The same duty as a task sees it that may stand frozen for a while: a burst that is over within the patience does not
 * end it. Each step is the least load of the stretch that is just longer than the patience and ends with it, so that
 * the result is at or above a limit exactly where the owner has stayed there for longer than that. What was not measured
 * stays unknown.
 * It has a name of its own, so that what is learned of the one is not taken for the other.
 * @param maxFrozenSeconds how long a task may stand frozen before it is given back
 */
export function tolerateBursts(
	series: DutySeries,
	maxFrozenSeconds: number,
): DutySeries {
	const steps = Math.floor(maxFrozenSeconds / series.stepSeconds) + 1;
	const { mean } = series;
	const least = Float32Array.from(mean, (now, i) => {
		let lowest = now;
		for (let k = Math.max(0, i - steps + 1); k < i; k++) {
			const before = mean[k] as number;
			// The owner of a device that was away had not come before it was back.
			lowest = Number.isNaN(before)
				? Math.min(lowest, 0)
				: Math.min(lowest, before);
		}
		return lowest;
	});
	return {
		...series,
		name: `${series.name} +${maxFrozenSeconds}s`,
		mean: least,
	};
}
