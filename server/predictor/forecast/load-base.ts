import { LOAD_FEATURE_NAMES } from "../duty/load-features.ts";
import type { LoadRows } from "../duty/load-rows.ts";
import { solveSymmetric } from "./solve-symmetric.ts";

/** Weights of the recent and the usual loads, for steps to come up to so many minutes; the last for all further. */
export interface LoadBase {
	minutes: number[];
	weights: number[][];
}

const MINUTES = [4, 12, 45, 150];
/** Loads less the last hour's mean: what a level shift leaves as it was. */
const USED = (
	[
		"last",
		"mean15m",
		"mean3h",
		"meanDay",
		"usual",
		"usualHour",
		"usualNow",
	] as const
).map((name) => LOAD_FEATURE_NAMES.indexOf(name));
const AHEAD = LOAD_FEATURE_NAMES.indexOf("ahead");
/** As so many rows of one percent each. */
const RIDGE = 2_000;

/**
 * Ridge regression of the load to come on the recent and the usual loads, apart for near and far steps. Trees give the
 * same answer to all values beyond those they saw and cannot follow a level; this can, and they mend the rest.
 */
export function fitLoadBase(rows: LoadRows): LoadBase {
	return {
		minutes: MINUTES,
		weights: [...MINUTES, Number.POSITIVE_INFINITY].map((_, bucket) =>
			fitBucket(rows, bucket),
		),
	};
}

function fitBucket({ rows, values, targets }: LoadRows, bucket: number) {
	const size = USED.length;
	const a = new Float64Array(size * size);
	const b = new Float64Array(size);
	for (let i = 0; i < size; i++) a[i * size + i] = RIDGE;
	const columns = LOAD_FEATURE_NAMES.length;
	for (let r = 0; r < rows; r++) {
		const row = values.subarray(r * columns, (r + 1) * columns);
		if (bucketOf(MINUTES, row) !== bucket) continue;
		for (let i = 0; i < size; i++) {
			const one = valueAt(row, i);
			b[i] = (b[i] as number) + one * (targets[r] as number);
			for (let j = 0; j <= i; j++)
				a[i * size + j] = (a[i * size + j] as number) + one * valueAt(row, j);
		}
	}
	return [...solveSymmetric(a, b)];
}

/** The load to come, less the last hour's mean, as the regression sees it. */
export function loadBaseOf(
	{ minutes, weights }: LoadBase,
	row: Float32Array | Float64Array,
): number {
	const own = weights[bucketOf(minutes, row)] ?? [];
	return own.reduce((sum, weight, i) => sum + weight * valueAt(row, i), 0);
}

/** Missing ones count as the last hour's mean. */
const valueAt = (row: Float32Array | Float64Array, i: number): number =>
	row[USED[i] as number] || 0;

function bucketOf(
	minutes: readonly number[],
	row: Float32Array | Float64Array,
): number {
	const ahead = Math.expm1(row[AHEAD] as number);
	const bucket = minutes.findIndex((most) => ahead <= most);
	return bucket < 0 ? minutes.length : bucket;
}
