import type { DutySeries } from "../../telemetry/duty-series.ts";
import { prepareDuty } from "../duty/duty-context.ts";
import { drawLoadRows, type LoadRows } from "../duty/load-rows.ts";
import { hashNumbers, seededRandom } from "../duty/seeded-random.ts";
import { stepKnownBy } from "../duty/step-known-by.ts";
import {
	fitDeviceLogistic,
	LogisticForecaster,
	type LogisticModels,
} from "../forecast/logistic-forecaster.ts";
import {
	persistence,
	seasonal,
	yesterday,
} from "../forecast/simple-forecasters.ts";
import {
	drawSurvivalRows,
	joinSurvivalRows,
	type SurvivalRows,
} from "../forecast/survival-rows.ts";

export interface TrainingOptions {
	/** ISO time that is written into the model. */
	trainedAt: string;
	seed?: number;
	/** Rows of all devices together; each device brings as many as the others. */
	rows?: number;
	/** Called between small pieces of work. It may wait, to spare the CPU, and it may throw, to give up. */
	pace?: () => void;
	/** Unix seconds; nothing later is looked at. By default all that there is. */
	until?: (series: DutySeries) => number;
}

const ROWS = 40_000;
const LOAD_ROWS = 15_000;
/** A device brings at most so many rows, so that a handful of them is not learned by heart. */
const MOST_ROWS_A_DEVICE = 8_000;
/** The part of each device's past that is kept back to measure and to calibrate on. */
const HELD_BACK = 0.2;
/** Who is asked beside the model on the part kept back; the devices' own regressions come after them. */
export const BESIDE = [seasonal, yesterday, persistence] as const;

/** Rows of each device, before and within the part kept back, and what needs no other device. */
export interface GatheredRows {
	early: SurvivalRows[];
	late: SurvivalRows[];
	load: LoadRows[];
	logistic: LogisticModels;
}

/**
 * Draws the rows that training needs. Devices are looked at one after the other and only their rows are kept, so that
 * memory does not grow with their histories.
 */
export function gatherRows(
	series: readonly DutySeries[],
	{ seed = 1, rows = ROWS, pace, until }: TrainingOptions,
): GatheredRows {
	const gathered: GatheredRows = {
		early: [],
		late: [],
		load: [],
		logistic: {},
	};
	const share = Math.min(
		MOST_ROWS_A_DEVICE,
		Math.ceil(rows / Math.max(1, series.length)),
	);
	const loadShare = Math.ceil(LOAD_ROWS / Math.max(1, series.length));
	series.forEach((one, k) => {
		pace?.();
		const duty = prepareDuty(one);
		const to = until ? duty.stepAt(until(one)) : duty.steps;
		const cut = stepKnownBy(duty, to, 1 - HELD_BACK);
		const random = seededRandom(hashNumbers(seed, k));
		const late = Math.round(share * HELD_BACK);
		const before = { from: 0, to: cut, count: share - late, random };
		const early = drawSurvivalRows(duty, before);
		gathered.early.push(early);
		const first = fitDeviceLogistic(early);
		const logistic = new LogisticForecaster(first ? { [one.name]: first } : {});
		const beside = [...BESIDE, logistic];
		const after = { from: cut, to, count: late, random, beside };
		const latest = drawSurvivalRows(duty, after);
		gathered.late.push(latest);
		gathered.load.push(drawLoadRows(duty, to, loadShare, random));
		const own = fitDeviceLogistic(joinSurvivalRows([early, latest]));
		if (own) gathered.logistic[one.name] = own;
	});
	return gathered;
}
