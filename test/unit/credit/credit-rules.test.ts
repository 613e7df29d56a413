import { describe, expect, it } from "vitest";
import { claimCredit, creditOf } from "../../../server/credit/claim-credit.ts";
import { grantCredit } from "../../../server/credit/grant-credit.ts";
import {
	decayRecentCredit,
	HALF_LIFE_MS,
	RECENT_SHARE,
} from "../../../server/credit/recent-average.ts";

const DAY = 86_400;
const aTask = (task: Partial<Parameters<typeof claimCredit>[0]> = {}) => ({
	cpuSeconds: 100,
	cores: 1,
	turnaroundSeconds: 200,
	floatOpsPerSecond: 1e9,
	estimatedOperations: 1e11,
	...task,
});

describe("credit", () => {
	it("is 200 a day for a device of one GFLOPS", () => {
		expect(creditOf(1e9 * DAY)).toBeCloseTo(200, 9);
	});

	it("is claimed for operations at the device's measured speed", () => {
		expect(claimCredit(aTask())).toBeCloseTo(creditOf(100 * 1e9), 12);
	});

	it("cannot be claimed for more CPU time than passed on the server's clock", () => {
		expect(
			claimCredit(aTask({ cpuSeconds: 1e9, turnaroundSeconds: 50 })),
		).toBeCloseTo(creditOf(50 * 1e9), 12);
	});

	it("cannot be claimed beyond ten times the researcher's estimate", () => {
		expect(claimCredit(aTask({ floatOpsPerSecond: 1e18 }))).toBeCloseTo(
			creditOf(1e12),
			9,
		);
	});

	it("is granted by the lower of two claims, and by the middle of more", () => {
		expect(grantCredit([5, 500])).toBe(5);
		expect(grantCredit([1, 10, 20, 1e6])).toBe(15);
		expect(grantCredit([7])).toBe(7);
		expect(grantCredit([])).toBe(0);
	});
});

describe("the recent average", () => {
	const start = new Date("2026-01-01T00:00:00Z");

	it("halves in a week", () => {
		expect(
			decayRecentCredit(80, start, new Date(start.getTime() + HALF_LIFE_MS)),
		).toBeCloseTo(40, 9);
	});

	it("comes to a steady device's credit a day", () => {
		let average = 0;
		let at = start;
		// 10 credits an hour for a hundred days.
		for (let hour = 0; hour < 2400; hour++) {
			const now = new Date(at.getTime() + 3_600_000);
			average = decayRecentCredit(average, at, now) + 10 * RECENT_SHARE;
			at = now;
		}
		expect(average).toBeGreaterThan(235);
		expect(average).toBeLessThan(245);
	});
});
