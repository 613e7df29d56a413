import type { DutyContext } from "../duty/duty-context.ts";
import {
	SURVIVAL_FEATURE_NAMES,
	writeSurvivalFeatures,
} from "../duty/survival-features.ts";
import { SURVIVAL_WINDOWS } from "./forecast-survival.ts";
import type { Forecaster } from "./forecaster.ts";

/** Limits that training asks about; owners' limits lie between them. */
export const TRAINED_LIMITS: readonly number[] = [
	8, 12, 15, 20, 25, 30, 35, 40, 50, 60, 70, 80,
];
/** This share of the rows sees the device as if it were younger, so that the model knows new devices too. */
const YOUNG_SHARE = 0.15;
const YOUNG_DAYS = 4;
/** A device in its first minutes says nothing, so that rows begin a little later. */
const FIRST_ROW_SECONDS = 1800;
/** How often a row may be drawn anew because its outcome is unknown. */
const TRIES = 8;

/** Rows of features with what became of their windows: 1 held, 0 broken. */
export interface SurvivalRows {
	rows: number;
	values: Float32Array;
	targets: Float64Array;
	/** What others forecast for the same windows, in the order of `beside`. */
	beside: Float64Array[];
}

export interface RowsWanted {
	/** Steps [from, to) that moments are drawn from; windows end by `to`, so that nothing later is learned from. */
	from: number;
	to: number;
	count: number;
	random: () => number;
	/** Forecasters that are asked about the same windows. */
	beside?: readonly Forecaster[];
}

/**
 * Draws rows of one device: moments, limits and windows at random. Fewer than wanted when too many outcomes are unknown.
 */
export function drawSurvivalRows(
	duty: DutyContext,
	{ from, to, count, random, beside = [] }: RowsWanted,
): SurvivalRows {
	const columns = SURVIVAL_FEATURE_NAMES.length;
	const values = new Float32Array(count * columns);
	const targets = new Float64Array(count);
	const others = beside.map(() => new Float64Array(count));
	const row = new Float64Array(columns);
	const earliest = Math.max(from, duty.stepsOf(FIRST_ROW_SECONDS));
	let rows = 0;
	for (let tries = 0; tries < count * TRIES && rows < count; tries++) {
		const now = earliest + Math.floor(random() * (to - earliest));
		const limit = pick(TRAINED_LIMITS, random());
		const seconds = pick(SURVIVAL_WINDOWS, random());
		const seen = asItMayBeSeen(duty, now, random);
		const steps = duty.stepsOf(seconds);
		if (now >= to || now + steps > to || !duty.observed(now - 3, now)) continue;
		const view = duty.view(limit);
		const held = duty.heldIn(view, now, now + steps);
		if (Number.isNaN(held)) continue;
		writeSurvivalFeatures(row, seen, view, now, steps);
		values.set(row, rows * columns);
		beside.forEach((forecaster, k) => {
			(others[k] as Float64Array)[rows] = forecaster.probabilityUnder(
				seen,
				duty.timeOf(now),
				limit,
				seconds,
			);
		});
		targets[rows++] = held;
	}
	return {
		rows,
		values: values.subarray(0, rows * columns),
		targets: targets.subarray(0, rows),
		beside: others.map((other) => other.subarray(0, rows)),
	};
}

/** Mostly with its whole past, sometimes with a part of its last days only. */
function asItMayBeSeen(
	duty: DutyContext,
	now: number,
	random: () => number,
): DutyContext {
	const young = random() < YOUNG_SHARE;
	const age = random() ** 2 * YOUNG_DAYS * duty.stepsADay;
	return young
		? duty.hiddenBefore(Math.max(0, Math.round(now - 3 - age)))
		: duty;
}

const pick = (choices: readonly number[], uniform: number): number =>
	choices[Math.floor(uniform * choices.length)] as number;

/** Rows of several devices as one table. */
export function joinSurvivalRows(parts: readonly SurvivalRows[]): SurvivalRows {
	const rows = parts.reduce((sum, part) => sum + part.rows, 0);
	const joined: SurvivalRows = {
		rows,
		values: new Float32Array(rows * SURVIVAL_FEATURE_NAMES.length),
		targets: new Float64Array(rows),
		beside: (parts[0]?.beside ?? []).map(() => new Float64Array(rows)),
	};
	let at = 0;
	for (const part of parts) {
		joined.values.set(part.values, at * SURVIVAL_FEATURE_NAMES.length);
		joined.targets.set(part.targets, at);
		part.beside.forEach((other, k) => {
			joined.beside[k]?.set(other, at);
		});
		at += part.rows;
	}
	return joined;
}
