import { describe, expect, it } from "vitest";
import { correctForecast } from "../../../server/predictor/forecast/correct-forecast.ts";
import {
	type SurvivalForecast,
	survivalAt,
} from "../../../server/predictor/forecast/forecast-survival.ts";
import { needsForecast } from "../../../server/predictor/forecast/needs-forecast.ts";
import { needsTraining } from "../../../server/predictor/learn/needs-training.ts";
import {
	addAccounts,
	addScore,
	brierOf,
	calibrationErrorOf,
	didHold,
	type ForecastAccount,
	noAccount,
} from "../../../server/predictor/score/score-forecast.ts";
import type { DutySeries } from "../../../server/telemetry/duty-series.ts";

const HOUR = 3600;
const AT = 1_800_000_000;
const idle: SurvivalForecast = {
	at: AT,
	limitPercent: 30,
	forecaster: "gbrt",
	windowSeconds: [300, HOUR, 8 * HOUR],
	probability: [0.99, 0.95, 0.9],
};

describe("an owner's own word", () => {
	it("rules out what reaches into the time, and leaves what ends before it as it was", () => {
		const corrected = correctForecast(idle, [
			{ from: AT + 2 * HOUR, until: AT + 4 * HOUR },
		]);
		expect(survivalAt(corrected, HOUR)).toBeCloseTo(0.95, 6);
		expect(survivalAt(corrected, 1.9 * HOUR)).toBeCloseTo(
			survivalAt(idle, 1.9 * HOUR),
			2,
		);
		expect(survivalAt(corrected, 2.1 * HOUR)).toBeLessThan(0.03);
		expect(survivalAt(corrected, 8 * HOUR)).toBeLessThan(0.03);
	});

	it("counts at once when the time has begun, and no more when it is over", () => {
		const now = correctForecast(idle, [{ from: AT - 10, until: AT + HOUR }]);
		expect(survivalAt(now, 60)).toBeLessThan(0.05);
		const over = correctForecast(idle, [{ from: AT - HOUR, until: AT - 1 }]);
		expect(over).toEqual(idle);
	});
});

describe("making a forecast anew", () => {
	const fresh = {
		madeAt: 1_000_000,
		modelId: "a",
		currentModelId: "a",
		wasBusy: false,
		limitPercent: 30,
		currentLimit: 30,
		duty: 5,
	};
	const soon = 1_001_000;

	it("is left as long as the duty is as it was", () => {
		expect(needsForecast(fresh, soon)).toBe(false);
		expect(needsForecast({ ...fresh, duty: undefined }, soon)).toBe(false);
	});

	it("is done when there is none, when it is old, when the owner changed the limit, and when there is a new model", () => {
		expect(needsForecast({ ...fresh, madeAt: undefined }, soon)).toBe(true);
		expect(needsForecast(fresh, fresh.madeAt + 300_000)).toBe(true);
		expect(needsForecast({ ...fresh, currentLimit: 50 }, soon)).toBe(true);
		expect(needsForecast({ ...fresh, currentModelId: "b" }, soon)).toBe(true);
	});

	it("is done when the owner comes or goes, not when the duty grazes the limit", () => {
		expect(needsForecast({ ...fresh, duty: 60 }, soon)).toBe(true);
		expect(needsForecast({ ...fresh, duty: 31 }, soon)).toBe(false);
		expect(needsForecast({ ...fresh, wasBusy: true, duty: 5 }, soon)).toBe(
			true,
		);
		expect(needsForecast({ ...fresh, wasBusy: true, duty: 29 }, soon)).toBe(
			false,
		);
	});
});

const seriesOf = (...mean: number[]): DutySeries => ({
	name: "a",
	start: AT,
	stepSeconds: 300,
	mean: Float32Array.from(mean),
});

describe("holding a forecast against what happened", () => {
	it("held when every step of the window stayed under the limit", () => {
		const duty = seriesOf(5, 5, 5, 90);
		expect(didHold(duty, AT, 900, 30)).toBe(true);
		expect(didHold(duty, AT, 1200, 30)).toBe(false);
		expect(didHold(duty, AT, 900, 5)).toBe(false);
	});

	it("is left open when too little was measured, unless the owner was seen", () => {
		const gap = Number.NaN;
		expect(didHold(seriesOf(5, gap, gap, 5), AT, 1200, 30)).toBeUndefined();
		expect(didHold(seriesOf(5, gap, gap, 90), AT, 1200, 30)).toBe(false);
		expect(didHold(seriesOf(), AT, 300, 30)).toBeUndefined();
	});

	it("is accounted with its Brier score and by tenths, and accounts add up", () => {
		const one = addScore(addScore(noAccount(), 0.9, true), 0.9, false);
		expect(brierOf(one)).toBeCloseTo((0.01 + 0.81) / 2, 9);
		expect(calibrationErrorOf(one)).toBeCloseTo(0.4, 9);
		const two = addAccounts(one, addScore(noAccount(), 1, true));
		expect(two.forecasts).toBe(3);
		expect(two.counts.reduce((sum, count) => sum + count, 0)).toBe(3);
		expect(brierOf(noAccount())).toBeNull();
		expect(calibrationErrorOf(noAccount())).toBeNull();
	});
});

describe("training anew", () => {
	const DAY = 86_400_000;
	const model = { trainedAt: 10 * DAY, brier: 0.08 };
	const account = (forecasts: number, held: (i: number) => boolean) =>
		Array.from({ length: forecasts }, (_, i) => held(i)).reduce(
			(sum: ForecastAccount, one) => addScore(sum, 0.9, one),
			noAccount(),
		);
	const right = account(300, (i) => i % 10 > 0);

	it("is done at once when there is no model, and once a day when there is duty to learn from", () => {
		const state = { model, lately: noAccount(), deviceDays: 5 };
		expect(needsTraining({ ...state, model: undefined }, 10 * DAY)).toBe(
			"first",
		);
		expect(needsTraining(state, 10.5 * DAY)).toBeUndefined();
		expect(needsTraining(state, 11 * DAY)).toBe("schedule");
		expect(
			needsTraining({ ...state, deviceDays: 0 }, 11 * DAY),
		).toBeUndefined();
	});

	it("is done when forecasts have drifted from what happens, by more than chance", () => {
		const wrong = account(300, (i) => i % 2 > 0);
		const few = account(30, () => false);
		const at = 10.2 * DAY;
		expect(needsTraining({ model, lately: right, deviceDays: 5 }, at)).toBe(
			undefined,
		);
		expect(needsTraining({ model, lately: wrong, deviceDays: 5 }, at)).toBe(
			"drift",
		);
		expect(needsTraining({ model, lately: few, deviceDays: 5 }, at)).toBe(
			undefined,
		);
		expect(
			needsTraining({ model, lately: wrong, deviceDays: 5 }, 10.01 * DAY),
		).toBeUndefined();
	});
});
