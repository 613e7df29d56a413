import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cuttingSchema } from "../../../server/app-versions/cutting.ts";
import { cutWorkUnit } from "../../../server/scheduler/cut-work-unit.ts";

const BY_SIZE = { first: "start", size: "count", smallest: 10 };
const BY_LAST = { first: "from", last: "to", smallest: 10 };

describe("cutting a work unit", () => {
	it("keeps a part of the size that is wanted and leaves the rest", () => {
		const parts = cutWorkUnit(
			{ start: "100", count: "1000", seed: "7" },
			BY_SIZE,
			1,
			0.25,
		);
		expect(parts).toEqual([
			{ parameters: { start: "100", count: "250", seed: "7" }, share: 0.25 },
			{ parameters: { start: "350", count: "750", seed: "7" }, share: 0.75 },
		]);
	});

	it("cuts a range that is given by its ends", () => {
		const parts = cutWorkUnit({ from: "1", to: "100" }, BY_LAST, 0.5, 0.1);
		expect(parts?.map(({ parameters }) => parameters)).toEqual([
			{ from: "1", to: "20" },
			{ from: "21", to: "100" },
		]);
	});

	it("makes no part smaller than the researcher allows", () => {
		expect(
			cutWorkUnit({ start: "0", count: "1000" }, BY_SIZE, 1, 0.009),
		).toBeUndefined();
		expect(
			cutWorkUnit({ start: "0", count: "15" }, BY_SIZE, 1, 0.7),
		).toBeUndefined();
	});

	it("leaves what is not such numbers alone", () => {
		for (const parameters of [
			{ start: "0" },
			{ start: "a", count: "100" },
			{ start: "0.5", count: "100" },
			{ start: "0", count: "-100" },
			{ start: "9007199254740991", count: "100" },
			{ start: "", count: "" },
		] as Record<string, string>[])
			expect(cutWorkUnit(parameters, BY_SIZE, 1, 0.5)).toBeUndefined();
	});

	it("loses nothing and takes nothing twice, whatever is cut how often", () => {
		fc.assert(
			fc.property(
				fc.integer({ min: -1e9, max: 1e9 }),
				fc.integer({ min: 1, max: 1e9 }),
				fc.double({ min: 0, max: 1, noNaN: true }),
				(start, count, wanted) => {
					const parts = cutWorkUnit(
						{ start: String(start), count: String(count) },
						BY_SIZE,
						1,
						wanted,
					);
					if (!parts) return;
					const [a, b] = parts.map(({ parameters }) => ({
						start: Number(parameters.start),
						count: Number(parameters.count),
					})) as [
						{ start: number; count: number },
						{ start: number; count: number },
					];
					expect(a.start).toBe(start);
					expect(b.start).toBe(a.start + a.count);
					expect(a.count + b.count).toBe(count);
					expect(parts[0].share).toBeLessThanOrEqual(wanted);
					expect(parts[0].share + parts[1].share).toBeCloseTo(1, 9);
					expect(Math.min(a.count, b.count)).toBeGreaterThanOrEqual(10);
				},
			),
		);
	});

	it("is told clearly when what an app version says makes no sense", () => {
		expect(cuttingSchema.safeParse(BY_SIZE).success).toBe(true);
		for (const broken of [
			{ first: "a", smallest: 1 },
			{ first: "a", size: "b", last: "c", smallest: 1 },
			{ first: "a", size: "a", smallest: 1 },
			{ first: "a", size: "b", smallest: 0 },
		])
			expect(cuttingSchema.safeParse(broken).success).toBe(false);
	});
});
