import { describe, expect, test } from "vitest";
import {
	longestWindow,
	type SurvivalForecast,
	survivalAt,
} from "../../../server/predictor/forecast/forecast-survival.ts";

const forecast: SurvivalForecast = {
	at: 0,
	limitPercent: 30,
	forecaster: "gbrt",
	windowSeconds: [600, 3_600],
	probability: [0.9, 0.5],
};

describe("a forecast between its windows", () => {
	test("is certain of no time at all and falls from there", () => {
		expect(survivalAt(forecast, 0)).toBe(1);
		let before = 1;
		for (let seconds = 60; seconds < 20_000; seconds += 60) {
			const now = survivalAt(forecast, seconds);
			expect(now).toBeLessThan(before);
			before = now;
		}
	});

	test("says at its windows what it was given", () => {
		expect(survivalAt(forecast, 600)).toBeCloseTo(0.9);
		expect(survivalAt(forecast, 3_600)).toBeCloseTo(0.5);
	});

	test("has a longest window for each probability", () => {
		expect(longestWindow(forecast, 0.9)).toBeCloseTo(600);
		const seconds = longestWindow(forecast, 0.7);
		expect(survivalAt(forecast, seconds)).toBeCloseTo(0.7);
		expect(longestWindow(forecast, 0.1)).toBe(3_600);
		expect(longestWindow(forecast, 1)).toBe(0);
	});
});
