import { AppError } from "../errors.ts";

/** What a device is, as its owner said; the pooled model uses it as a feature and cold devices live by it. */
export const DUTY_KINDS = [
	"computer",
	"board",
	"gateway",
	"camera",
	"other",
	"accessControl",
	"kiosk",
] as const;
export type DutyKind = (typeof DUTY_KINDS)[number];

/**
 * The duty of one device on a regular grid: its CPU load in percent without our own containers. Step `i` covers the
 * seconds from `start + i * stepSeconds` up to the next step; NaN where nothing was measured.
 */
export interface DutySeries {
	name: string;
	/** Unix seconds of the first step. */
	start: number;
	stepSeconds: number;
	/** Mean load of each step in percent; NaN = missing. */
	mean: Float32Array;
	/** "other" when it is not said. */
	kind?: DutyKind;
}

/** Unix seconds at which the series ends; a forecast "now" is made at this time. */
export const endOf = (series: DutySeries): number =>
	series.start + series.mean.length * series.stepSeconds;

/** No series is longer than this many steps: two years of minutes. */
export const MAX_STEPS = 1_051_200;

export interface DutySample {
	/** Unix seconds. */
	t: number;
	/** Percent. */
	cpu: number;
}

/**
 * Puts samples of any order and density on a grid: the mean of the samples that fall into a step, NaN for steps without
 * any. Steps begin at multiples of `stepSeconds`.
 * @throws AppError invalidInput when there is no sample, a number is not finite, or the span is more than MAX_STEPS steps
 */
export function gridSamples(
	name: string,
	samples: readonly DutySample[],
	stepSeconds: number,
	kind?: DutyKind,
): DutySeries {
	if (!samples.length || !(stepSeconds > 0))
		throw new AppError("invalidInput", `The series “${name}” has no samples.`);
	let first = Number.POSITIVE_INFINITY;
	let last = Number.NEGATIVE_INFINITY;
	for (const { t } of samples) {
		first = Math.min(first, t);
		last = Math.max(last, t);
	}
	const start = Math.floor(first / stepSeconds) * stepSeconds;
	const steps = Math.floor((last - start) / stepSeconds) + 1;
	if (!(steps <= MAX_STEPS))
		throw new AppError(
			"invalidInput",
			`The series “${name}” spans more than ${MAX_STEPS} steps of ${stepSeconds} s.`,
		);
	const sum = new Float64Array(steps);
	const count = new Int32Array(steps);
	for (const { t, cpu } of samples) {
		if (!Number.isFinite(cpu))
			throw new AppError(
				"invalidInput",
				`The series “${name}” has a bad load.`,
			);
		const step = Math.floor((t - start) / stepSeconds);
		sum[step] = (sum[step] ?? 0) + cpu;
		count[step] = (count[step] ?? 0) + 1;
	}
	const mean = new Float32Array(steps);
	for (let i = 0; i < steps; i++)
		mean[i] = count[i] ? (sum[i] as number) / (count[i] as number) : Number.NaN;
	return { name, start, stepSeconds, mean, ...(kind && { kind }) };
}
