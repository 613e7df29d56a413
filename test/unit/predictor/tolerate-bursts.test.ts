import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tolerateBursts } from "../../../server/predictor/duty/tolerate-bursts.ts";

const seriesOf = (mean: readonly number[]) => ({
	name: "a",
	start: 0,
	stepSeconds: 300,
	mean: Float32Array.from(mean),
});
const seen = (mean: readonly number[], maxFrozenSeconds = 300) => [
	...tolerateBursts(seriesOf(mean), maxFrozenSeconds).mean,
];

describe("duty as a task sees it that may stand frozen", () => {
	it("has no bursts that are over within the patience, and the rest of those that are not", () => {
		expect(seen([5, 90, 5, 5])).toEqual([5, 5, 5, 5]);
		expect(seen([5, 90, 80, 70, 5])).toEqual([5, 5, 80, 70, 5]);
	});

	it("is the duty itself for a task without patience", () => {
		expect(seen([5, 90, 5], 0)).toEqual([5, 90, 5]);
	});

	it("keeps what was not measured unknown, and lets no owner come while nobody looked", () => {
		expect(seen([90, Number.NaN, 90, 90])).toEqual([90, Number.NaN, 0, 90]);
	});

	it("reaches a limit exactly where the owner has stayed there for longer than the patience", () => {
		const loads = fc.array(fc.integer({ min: 0, max: 100 }), {
			minLength: 1,
			maxLength: 40,
		});
		fc.assert(
			fc.property(
				loads,
				fc.integer({ min: 0, max: 4 }),
				fc.integer({ min: 1, max: 100 }),
				(mean, patience, limit) => {
					const tolerant = seen(mean, patience * 300);
					let busy = 0;
					mean.forEach((load, i) => {
						busy = load >= limit ? busy + 1 : 0;
						// Before the first step nobody looked, and the owner is not taken to have been there.
						const stayed = busy > patience || (busy > 0 && busy === i + 1);
						expect((tolerant[i] ?? 0) >= limit).toBe(stayed);
					});
				},
			),
		);
	});
});
