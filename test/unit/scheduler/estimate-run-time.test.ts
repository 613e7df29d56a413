import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	estimateRunTime,
	learnRunTime,
	NO_RECORD,
	NO_RECORDS,
	type RunTimeRecord,
} from "../../../server/scheduler/estimate-run-time.ts";

const recordOf = (...ratios: number[]): RunTimeRecord =>
	ratios.reduce((record, ratio) => learnRunTime(record, ratio, 1), NO_RECORD);
const many = (count: number, ratio: number) =>
	recordOf(...new Array<number>(count).fill(ratio));

describe("estimating how long a task runs", () => {
	it("begins with what the figures say, and is unsure of it", () => {
		const { medianSeconds, spread } = estimateRunTime(100, "a", NO_RECORDS);
		expect(medianSeconds).toBe(100);
		expect(spread).toBeGreaterThan(0.5);
	});

	it("believes what it measured, and is surer with each task", () => {
		const few = estimateRunTime(100, "a", {
			all: many(2, 3),
			byDevice: new Map(),
		});
		const lots = estimateRunTime(100, "a", {
			all: many(60, 3),
			byDevice: new Map(),
		});
		expect(lots.medianSeconds).toBeGreaterThan(280);
		expect(lots.spread).toBeLessThan(few.spread);
	});

	it("is not thrown by an estimate that was off by a factor of a thousand", () => {
		const once = estimateRunTime(1, "a", {
			all: recordOf(1000),
			byDevice: new Map([["a", recordOf(1000)]]),
		});
		expect(once.medianSeconds).toBeGreaterThan(300);
		expect(once.spread).toBeLessThan(1);
	});

	it("tells a device that is slower than the others from them", () => {
		const records = {
			all: many(60, 1),
			byDevice: new Map([["slow", many(20, 4)]]),
		};
		const slow = estimateRunTime(100, "slow", records).medianSeconds;
		const usual = estimateRunTime(100, "other", records).medianSeconds;
		expect(slow).toBeGreaterThan(300);
		expect(usual).toBeLessThan(110);
	});

	it("follows a program that has become slower", () => {
		const before = many(50, 1);
		const after = Array.from({ length: 50 }, () => 5).reduce(
			(record, ratio) => learnRunTime(record, ratio, 1),
			before,
		);
		const { medianSeconds } = estimateRunTime(100, "a", {
			all: after,
			byDevice: new Map([["a", after]]),
		});
		expect(medianSeconds).toBeGreaterThan(300);
	});

	it("learns nothing from times that cannot be", () => {
		for (const seconds of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
			expect(learnRunTime(many(3, 2), seconds, 1)).toEqual(many(3, 2));
	});

	it("always answers with a finite time, whatever was measured", () => {
		fc.assert(
			fc.property(
				fc.array(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), {
					maxLength: 40,
				}),
				(ratios) => {
					const record = recordOf(...ratios);
					const { medianSeconds, spread } = estimateRunTime(60, "a", {
						all: record,
						byDevice: new Map([["a", record]]),
					});
					expect(Number.isFinite(medianSeconds)).toBe(true);
					expect(spread).toBeGreaterThan(0);
					expect(Number.isFinite(spread)).toBe(true);
				},
			),
		);
	});
});
