import type { DutyContext } from "./duty-context.ts";
import {
	LOAD_FEATURE_NAMES,
	movingAverage,
	writeLoadFeatures,
} from "./load-features.ts";

/** Steps to come that training asks about, in seconds; drawn evenly by their logarithm up to a day. */
const LONGEST_SECONDS = 86_400;

/** Rows of features with the load that came, less the moving average at the time. */
export interface LoadRows {
	rows: number;
	values: Float32Array;
	targets: Float64Array;
}

/** Draws moments and steps to come of one device within its steps [0, to). */
export function drawLoadRows(
	duty: DutyContext,
	to: number,
	count: number,
	random: () => number,
): LoadRows {
	const columns = LOAD_FEATURE_NAMES.length;
	const values = new Float32Array(count * columns);
	const targets = new Float64Array(count);
	const row = new Float64Array(columns);
	const longest = Math.log(LONGEST_SECONDS / duty.stepSeconds);
	let rows = 0;
	for (let tries = 0; tries < count * 4 && rows < count; tries++) {
		const now = Math.floor(random() * to);
		const ahead = Math.floor(Math.exp(random() * longest));
		const level = movingAverage(duty, now);
		const load = duty.values[now + ahead] as number;
		if (now + ahead >= to || Number.isNaN(level) || Number.isNaN(load))
			continue;
		writeLoadFeatures(row, duty, now, ahead);
		values.set(row, rows * columns);
		targets[rows++] = load - level;
	}
	return {
		rows,
		values: values.subarray(0, rows * columns),
		targets: targets.subarray(0, rows),
	};
}

/** Rows of several devices as one table. */
export function joinLoadRows(parts: readonly LoadRows[]): LoadRows {
	const rows = parts.reduce((sum, part) => sum + part.rows, 0);
	const values = new Float32Array(rows * LOAD_FEATURE_NAMES.length);
	const targets = new Float64Array(rows);
	let at = 0;
	for (const part of parts) {
		values.set(part.values, at * LOAD_FEATURE_NAMES.length);
		targets.set(part.targets, at);
		at += part.rows;
	}
	return { rows, values, targets };
}
