import { DAY_SECONDS, type DutyContext } from "./duty-context.ts";
import { SURVIVAL_WINDOWS } from "./forecast-survival.ts";
import {
	SURVIVAL_FEATURE_NAMES,
	writeSurvivalFeatures,
} from "./survival-features.ts";

/** Limits that training asks about; owners' limits lie between them. */
export const TRAINED_LIMITS: readonly number[] = [
	8, 12, 15, 20, 25, 30, 35, 40, 50, 60, 70, 80,
];
/** This share of the rows sees the device as if it were younger, so that the model knows new devices too. */
const YOUNG_SHARE = 0.15;
/** A device in its first minutes says nothing, so that rows begin a little later. */
const FIRST_ROW_SECONDS = 1800;

/** Rows of features with what became of their windows: 1 held, 0 broken. */
export interface SurvivalRows {
	rows: number;
	values: Float32Array;
	targets: Float64Array;
}

/**
 * Draws rows of one device from its steps [from, to): moments, limits and windows at random. Windows end by `to`, so
 * that nothing later is learned from. Fewer than `count` when the outcome of some is unknown.
 */
export function drawSurvivalRows(
	duty: DutyContext,
	from: number,
	to: number,
	count: number,
	random: () => number,
): SurvivalRows {
	const columns = SURVIVAL_FEATURE_NAMES.length;
	const values = new Float32Array(count * columns);
	const targets = new Float64Array(count);
	const row = new Float64Array(columns);
	const earliest = Math.max(from, duty.stepsOf(FIRST_ROW_SECONDS));
	const day = DAY_SECONDS / duty.stepSeconds;
	let rows = 0;
	for (let tries = 0; tries < count * 8 && rows < count; tries++) {
		const now = earliest + Math.floor(random() * (to - earliest));
		const limit = pick(TRAINED_LIMITS, random());
		const steps = duty.stepsOf(pick(SURVIVAL_WINDOWS, random()));
		const young = random() < YOUNG_SHARE;
		const age = random() ** 2 * 4 * day;
		if (now >= to || now + steps > to || !duty.observed(now - 3, now)) continue;
		const view = duty.view(limit);
		const held = duty.heldIn(view, now, now + steps);
		if (Number.isNaN(held)) continue;
		const seen = young
			? duty.hiddenBefore(Math.max(0, Math.round(now - 3 - age)))
			: duty;
		writeSurvivalFeatures(row, seen, view, now, steps);
		values.set(row, rows * columns);
		targets[rows++] = held;
	}
	return {
		rows,
		values: values.subarray(0, rows * columns),
		targets: targets.subarray(0, rows),
	};
}

const pick = (choices: readonly number[], uniform: number): number =>
	choices[Math.floor(uniform * choices.length)] as number;
