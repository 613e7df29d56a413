import fc from "fast-check";
import { expect, test } from "vitest";
import {
	countRanges,
	expandRanges,
} from "../../../server/work-units/submit/expand-ranges.ts";
import {
	type Range,
	rangeSchema,
} from "../../../server/work-units/submit/work-unit-source.ts";

const aRange = (range: Partial<Range>): Range =>
	rangeSchema.parse({ name: "x", from: 0, to: 10, ...range });
const valuesOf = (...ranges: Range[]) =>
	[...expandRanges(ranges)].map((item) =>
		"unit" in item ? item.unit.parameters : item.problem,
	);

test("a range holds its beginning and not its end", () => {
	expect(valuesOf(aRange({ from: 1, to: 4 }))).toEqual([
		{ x: "1" },
		{ x: "2" },
		{ x: "3" },
	]);
});

test("each step tells where it ends, and the last one ends with the range", () => {
	expect(
		valuesOf(aRange({ from: 0, to: 25, step: 10, endName: "end" })),
	).toEqual([
		{ x: "0", end: "10" },
		{ x: "10", end: "20" },
		{ x: "20", end: "25" },
	]);
});

test("ten steps of 0.1 are exactly one", () => {
	const values = valuesOf(aRange({ from: 0, to: 1, step: 0.1, endName: "e" }));
	expect(values).toHaveLength(10);
	expect(values[3]).toEqual({ x: "0.3", e: "0.4" });
	expect(values.at(-1)).toEqual({ x: "0.9", e: "1" });
});

test("a negative step counts down", () => {
	expect(
		valuesOf(aRange({ from: 1, to: -1, step: "-0.75", endName: "e" })),
	).toEqual([
		{ x: "1", e: "0.25" },
		{ x: "0.25", e: "-0.5" },
		{ x: "-0.5", e: "-1" },
	]);
});

test("numbers that JavaScript writes with exponents are read", () => {
	expect(valuesOf(aRange({ from: 0, to: 2e-7, step: 1e-7 }))).toEqual([
		{ x: "0" },
		{ x: "0.0000001" },
	]);
});

test("in a product the last range counts fastest", () => {
	expect(
		valuesOf(aRange({ name: "a", to: 2 }), aRange({ name: "b", to: 2 })),
	).toEqual([
		{ a: "0", b: "0" },
		{ a: "0", b: "1" },
		{ a: "1", b: "0" },
		{ a: "1", b: "1" },
	]);
});

test.each([
	["without steps", { step: 0 }],
	["that is empty", { from: 3, to: 3 }],
	["that leads away from its end", { from: 3, to: 5, step: -1 }],
])("a range %s is refused with a sentence", (_what, range) => {
	expect(() => countRanges([aRange(range)])).toThrow(/range “x”/);
});

test("a parameter that two ranges give is refused", () => {
	expect(() => expandRanges([aRange({}), aRange({ endName: "x" })])).toThrow(
		/“x”/,
	);
});

test("an enormous product is counted without being made", () => {
	const ranges = ["a", "b", "c"].map((name) =>
		aRange({ name, from: 0, to: "999999999999999999" }),
	);
	expect(countRanges(ranges)).toBe(999_999_999_999_999_999n ** 3n);
});

test("steps follow one another without gap or overlap, from the beginning to the end", () => {
	const scale = fc.nat(4);
	const whole = fc.integer({ min: -10_000, max: 10_000 });
	const step = fc.integer({ min: 1, max: 500 });
	fc.assert(
		fc.property(
			whole,
			fc.integer({ min: 1, max: 5000 }),
			step,
			scale,
			fc.boolean(),
			(start, length, size, places, down) => {
				const at = (value: number) => (value / 10 ** places).toFixed(places);
				const sign = down ? -1 : 1;
				const range = aRange({
					from: at(start),
					to: at(start + sign * length),
					step: at(sign * size),
					endName: "end",
				});
				const values = valuesOf(range) as Record<string, string>[];
				expect(BigInt(values.length)).toBe(countRanges([range]));
				expect(Number(values[0]?.x)).toBe(Number(range.from));
				expect(Number(values.at(-1)?.end)).toBe(Number(range.to));
				for (const [index, value] of values.slice(1).entries())
					expect(value.x).toBe(values[index]?.end);
			},
		),
	);
});
