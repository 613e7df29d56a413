import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	longestWindow,
	type SurvivalForecast,
} from "../../../server/predictor/forecast/forecast-survival.ts";
import {
	finishesWith,
	finishProbability,
	longestFit,
} from "../../../server/scheduler/finish-probability.ts";

const anyForecast = fc
	.array(fc.double({ min: 0.001, max: 1, noNaN: true }), {
		minLength: 4,
		maxLength: 4,
	})
	.map(
		(probability): SurvivalForecast => ({
			at: 0,
			limitPercent: 30,
			forecaster: "gbrt",
			windowSeconds: [300, 1800, 7200, 28_800],
			probability: probability.toSorted((a, b) => b - a),
		}),
	);
const anyRunTime = fc.record({
	medianSeconds: fc.double({ min: 1, max: 50_000, noNaN: true }),
	spread: fc.double({ min: 0.05, max: 2, noNaN: true }),
});
const anyConfidence = fc.double({ min: 0.5, max: 0.999, noNaN: true });
const anyEnd = fc.oneof(
	fc.constant(Number.POSITIVE_INFINITY),
	fc.double({ min: 1, max: 50_000, noNaN: true }),
);

describe("the probability that a task finishes before the owner comes", () => {
	it("is that of the window for a run time that is known, and less for one that is not", () => {
		const forecast: SurvivalForecast = {
			at: 0,
			limitPercent: 30,
			forecaster: "gbrt",
			windowSeconds: [600, 3600],
			probability: [0.98, 0.6],
		};
		const of = (spread: number) =>
			finishProbability(
				forecast,
				{ medianSeconds: 600, spread },
				Number.POSITIVE_INFINITY,
			);
		expect(of(0.001)).toBeCloseTo(0.98, 3);
		expect(of(1)).toBeLessThan(0.95);
	});

	it("counts what the owner's hours cut off as not finished", () => {
		const always: SurvivalForecast = {
			at: 0,
			limitPercent: 30,
			forecaster: "gbrt",
			windowSeconds: [600],
			probability: [1],
		};
		const runTime = { medianSeconds: 600, spread: 0.1 };
		expect(finishProbability(always, runTime, 600)).toBeCloseTo(0.5, 6);
	});

	it("is answered the same whether it is summed or seen at once", () => {
		fc.assert(
			fc.property(
				anyForecast,
				anyRunTime,
				anyConfidence,
				anyEnd,
				(forecast, runTime, confidence, allowed) => {
					const probability = finishProbability(forecast, runTime, allowed);
					// Where it is just the confidence, either answer is right.
					fc.pre(Math.abs(probability - confidence) > 1e-6);
					const idle = Math.min(allowed, longestWindow(forecast, confidence));
					expect(
						finishesWith(confidence, forecast, runTime, allowed, idle),
					).toBe(probability >= confidence);
				},
			),
			{ numRuns: 2000 },
		);
	});

	it("tells the longest task that would still fit", () => {
		fc.assert(
			fc.property(
				anyForecast,
				anyRunTime,
				anyConfidence,
				(forecast, { spread }, confidence) => {
					const end = Number.POSITIVE_INFINITY;
					const longest = longestFit(forecast, spread, end, confidence);
					const of = (medianSeconds: number) =>
						finishProbability(forecast, { medianSeconds, spread }, end);
					if (longest === 0) expect(of(1)).toBeLessThan(confidence);
					else {
						expect(of(longest)).toBeGreaterThanOrEqual(confidence);
						if (longest < 600_000)
							expect(of(longest * 1.01)).toBeLessThan(confidence + 1e-9);
					}
				},
			),
		);
	});
});
