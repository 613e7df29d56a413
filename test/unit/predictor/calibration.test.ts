import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../server/predictor/duty/seeded-random.ts";
import {
	calibrate,
	probabilityOf,
	UNCALIBRATED,
} from "../../../server/predictor/forecast/calibration.ts";
import {
	areaUnderRoc,
	brierScore,
	calibrationError,
	harvestAt,
} from "../../../server/predictor/score/accuracy-measures.ts";

const scored = (probabilities: number[], outcomes: number[]) => ({
	probabilities: Float64Array.from(probabilities),
	outcomes: Float64Array.from(outcomes),
});

describe("calibration", () => {
	test("makes forecasts that are too sure keep their word", () => {
		const random = seededRandom(1);
		const truth = Float64Array.from({ length: 8_000 }, () => random() * 6 - 3);
		const outcomes = truth.map((z) => (random() < probabilityOf(z) ? 1 : 0));
		const tooSure = truth.map((z) => 2 * z + 0.5);
		const { slope, offset } = calibrate(tooSure, outcomes);
		const probabilities = tooSure.map((z) => probabilityOf(slope * z + offset));
		expect(slope).toBeCloseTo(0.5, 1);
		expect(calibrationError({ probabilities, outcomes })).toBeLessThan(0.02);
	});

	test("leaves everything as it is without evidence", () => {
		expect(calibrate(new Float64Array(0), new Float64Array(0))).toEqual(
			UNCALIBRATED,
		);
	});

	test("is hardly moved by a handful of windows", () => {
		const { slope, offset } = calibrate(
			Float64Array.from([4, 4, 4]),
			Float64Array.from([0, 0, 0]),
		);
		expect(slope).toBeGreaterThan(0.85);
		expect(Math.abs(offset)).toBeLessThan(0.1);
	});
});

describe("measures of accuracy", () => {
	test("the Brier score is the mean squared error", () => {
		expect(brierScore(scored([1, 0.5], [1, 0]))).toBe(0.125);
	});

	test("the area under the curve counts ties half and is unknown for one outcome", () => {
		expect(areaUnderRoc(scored([0.1, 0.9], [0, 1]))).toBe(1);
		expect(areaUnderRoc(scored([0.5, 0.5], [0, 1]))).toBe(0.5);
		expect(areaUnderRoc(scored([0.5, 0.7], [1, 1]))).toBeNull();
	});

	test("the harvest stops where too many started windows break", () => {
		const one = scored([0.9, 0.8, 0.7, 0.6], [1, 1, 0, 1]);
		expect(harvestAt(one, 0.05)).toBeCloseTo(2 / 3);
		expect(harvestAt(one, 0.25)).toBe(1);
		// Windows with the same forecast are started together or not at all.
		expect(harvestAt(scored([0.9, 0.9], [1, 0]), 0.05)).toBe(0);
	});
});
