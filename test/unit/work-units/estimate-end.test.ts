import fc from "fast-check";
import { expect, test } from "vitest";
import {
	type BatchPace,
	estimateEnd,
} from "../../../server/work-units/view/estimate-end.ts";

const now = new Date("2026-03-01T12:00:00Z");
const aPace = (pace: Partial<BatchPace> = {}): BatchPace => ({
	state: "open",
	workUnits: 100,
	ended: 40,
	endedLately: 30,
	latelySeconds: 600,
	lastEndedAt: now,
	tasksUnderWay: 5,
	...pace,
});
const secondsUntil = (pace: BatchPace) => {
	const end = estimateEnd(pace, now);
	return end && (end.getTime() - now.getTime()) / 1000;
};

test("what is left takes as long as it took lately", () => {
	expect(secondsUntil(aPace())).toBe(1200);
});

test("a batch that fell silent is not promised to be over sooner than it has been silent", () => {
	const lastEndedAt = new Date(now.getTime() - 300_000);
	expect(secondsUntil(aPace({ ended: 99, lastEndedAt }))).toBe(300);
});

test.each([
	["is over", { state: "done" as const, ended: 100 }],
	["was cancelled", { state: "cancelled" as const }],
	["has hardly begun", { endedLately: 2 }],
	["stands still", { tasksUnderWay: 0 }],
])("nothing is said of a batch that %s", (_what, pace) => {
	expect(estimateEnd(aPace(pace), now)).toBeNull();
});

test("an estimate never lies in the past and is always a date", () => {
	const figures = fc.record({
		workUnits: fc.nat(1e9),
		ended: fc.nat(1e9),
		endedLately: fc.nat(1e6),
		latelySeconds: fc.double({ min: 0, max: 1e9, noNaN: true }),
		tasksUnderWay: fc.nat(10),
	});
	fc.assert(
		fc.property(figures, (pace) => {
			const end = estimateEnd(aPace(pace), now);
			if (end) expect(end.getTime()).toBeGreaterThanOrEqual(now.getTime());
		}),
	);
});
