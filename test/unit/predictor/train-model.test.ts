import { describe, expect, test } from "vitest";
import { prepareDuty } from "../../../server/predictor/duty/duty-context.ts";
import { generateSeries } from "../../../server/predictor/duty/duty-generator.ts";
import { forecastSurvival } from "../../../server/predictor/forecast/forecast-survival.ts";
import { GbrtForecaster } from "../../../server/predictor/forecast/gbrt-forecaster.ts";
import { parseModel } from "../../../server/predictor/forecast/model.ts";
import { trainModel } from "../../../server/predictor/learn/train-model.ts";
import { DUTY_START } from "../../support/duty-factory.ts";

const span = { start: DUTY_START, days: 10, stepSeconds: 300 };
const series = [1, 2, 3].map((seed) => generateSeries("gateway", seed, span));
const options = { trainedAt: "2026-01-15T00:00:00.000Z", rows: 4_000, seed: 7 };
const model = trainModel(series, options);
const duties = series.map(prepareDuty);

describe("a trained model", () => {
	test("is the same for the same duties and seed", () => {
		expect(trainModel(series, options)).toEqual(model);
	});

	test("survives being stored as JSON, forecasts and all", () => {
		const stored = parseModel(JSON.parse(JSON.stringify(model)));
		const duty = duties[0] ?? prepareDuty(generateSeries("camera", 1, span));
		const at = DUTY_START + 8 * 86_400;
		expect(
			new GbrtForecaster(stored).probabilityUnder(duty, at, 30, 3_600),
		).toBe(new GbrtForecaster(model).probabilityUnder(duty, at, 30, 3_600));
	});

	test("knows how accurate it was on days it had not seen, and beats the simple ones there", () => {
		const { accuracy } = model;
		expect(accuracy?.windows).toBeGreaterThan(500);
		expect(accuracy?.calibrationError).toBeLessThan(0.1);
		for (const other of Object.values(accuracy?.others ?? {}))
			expect(accuracy?.brier).toBeLessThan(other?.brier ?? 0);
	});

	test("never gives a longer window or a lower limit a better chance", () => {
		const forecaster = new GbrtForecaster(model);
		for (const duty of duties)
			for (let day = 5; day < 10; day += 0.37) {
				const at = DUTY_START + day * 86_400;
				const { probability } = forecastSurvival(forecaster, duty, at, 30);
				expect(probability).toEqual([...probability].sort((a, b) => b - a));
				const byLimit = [10, 20, 30, 50, 80].map((limit) =>
					forecaster.probabilityUnder(duty, at, limit, 3_600),
				);
				expect(byLimit).toEqual([...byLimit].sort((a, b) => a - b));
			}
	});

	test("does not look at what comes after the moment it is asked about", () => {
		const forecaster = new GbrtForecaster(model);
		const [one] = series;
		if (!one) throw new Error("no series");
		const at = DUTY_START + 7 * 86_400;
		const cut = { ...one, mean: one.mean.slice(0, 7 * 288) };
		for (const seconds of [300, 3_600, 28_800])
			expect(
				forecaster.probabilityUnder(prepareDuty(one), at, 30, seconds),
			).toBe(forecaster.probabilityUnder(prepareDuty(cut), at, 30, seconds));
	});

	test("says something sensible of a device that it knows nothing of", () => {
		const empty = prepareDuty({
			name: "new",
			start: DUTY_START,
			stepSeconds: 300,
			mean: new Float32Array(0),
		});
		const p = new GbrtForecaster(model).probabilityUnder(
			empty,
			DUTY_START,
			30,
			3_600,
		);
		expect(p).toBeGreaterThan(0);
		expect(p).toBeLessThan(1);
	});

	test("of no devices at all is still a model", () => {
		expect(parseModel(trainModel([], options)).accuracy).toBeNull();
	});

	test("is given up when its pace says so", () => {
		const pace = () => {
			throw new Error("enough");
		};
		expect(() => trainModel(series, { ...options, pace })).toThrow("enough");
	});
});

describe("reading a stored model", () => {
	test("refuses another format", () => {
		expect(() => parseModel({ ...model, format: 0 })).toThrow(/format/);
	});

	test("refuses trees that lead in circles or to features without a name", () => {
		const broken = structuredClone(model);
		const [forest] = broken.survival.forests;
		if (!forest) throw new Error("no forest");
		forest.left[0] = 0;
		expect(() => parseModel(broken)).toThrow(/outside its tree/);
		forest.left[0] = 1;
		forest.feature[0] = 999;
		expect(() => parseModel(broken)).toThrow(/does not name/);
	});

	test("refuses what is not a model", () => {
		for (const data of [null, 1, "model", {}, []])
			expect(() => parseModel(data)).toThrow();
	});
});
