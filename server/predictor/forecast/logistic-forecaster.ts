import type { DutyContext } from "../duty/duty-context.ts";
import {
	SURVIVAL_DIRECTIONS,
	SURVIVAL_FEATURE_NAMES,
	writeSurvivalFeatures,
} from "../duty/survival-features.ts";
import { probabilityOf } from "./calibration.ts";
import type { Forecaster } from "./forecaster.ts";
import {
	fitLogistic,
	type LogisticWeights,
	logisticLogOdds,
} from "./logistic-regression.ts";
import { persistence, seasonal } from "./simple-forecasters.ts";
import type { SurvivalRows } from "./survival-rows.ts";

/** The features that carry nearly all; more would be too many for the rows of one device. */
const USED = (
	[
		"limit",
		"marginNow",
		"margin1hPeak",
		"clean1h",
		"clean3h",
		"cleanDay",
		"cleanRun",
		"window",
		"sevenDayShare",
		"usualShare",
		"leastMargin",
		"medianMargin",
		"mostMargin",
	] as const
).map((name) => SURVIVAL_FEATURE_NAMES.indexOf(name));
/** A device with fewer rows than this has no regression of its own. */
const FEWEST_ROWS = 60;

/** The weights of each device by its name. */
export type LogisticModels = Record<string, LogisticWeights>;

/** A regression on one device's own rows; undefined when they are too few. */
export function fitDeviceLogistic({
	rows,
	values,
	targets,
}: SurvivalRows): LogisticWeights | undefined {
	if (rows < FEWEST_ROWS) return undefined;
	const columns = SURVIVAL_FEATURE_NAMES.length;
	const used = new Float32Array(rows * USED.length);
	for (let r = 0; r < rows; r++)
		USED.forEach((column, k) => {
			used[r * USED.length + k] = values[r * columns + column] as number;
		});
	return fitLogistic(
		used,
		targets,
		USED.map((column) => SURVIVAL_DIRECTIONS[column] as number),
	);
}

const usedRow = new Float64Array(USED.length);

/** The log-odds of a device's regression for a row of survival features. */
export function deviceLogOdds(
	weights: LogisticWeights,
	row: Float64Array,
): number {
	for (let k = 0; k < USED.length; k++)
		usedRow[k] = row[USED[k] as number] as number;
	return logisticLogOdds(weights, usedRow);
}

/**
 * A logistic regression a device; a device without one is forecast by its seven days. Its load is the mean of the last
 * value and the usual one, the further ahead the more of the usual.
 */
export class LogisticForecaster implements Forecaster {
	readonly name = "logistic";
	readonly #models: LogisticModels;
	readonly #row = new Float64Array(SURVIVAL_FEATURE_NAMES.length);

	constructor(models: LogisticModels) {
		this.#models = models;
	}

	probabilityUnder(
		duty: DutyContext,
		at: number,
		limitPercent: number,
		windowSeconds: number,
	): number {
		const model = this.#models[duty.series.name];
		if (!model)
			return seasonal.probabilityUnder(duty, at, limitPercent, windowSeconds);
		writeSurvivalFeatures(
			this.#row,
			duty,
			duty.view(limitPercent),
			duty.stepAt(at),
			duty.stepsOf(windowSeconds),
		);
		return probabilityOf(deviceLogOdds(model, this.#row));
	}

	expectedLoad(duty: DutyContext, at: number, aheadSeconds: number): number {
		const last = persistence.expectedLoad(duty, at, aheadSeconds);
		const usual = seasonal.expectedLoad(duty, at, aheadSeconds);
		const share = Math.exp(-aheadSeconds / 3600);
		return share * last + (1 - share) * usual;
	}
}
