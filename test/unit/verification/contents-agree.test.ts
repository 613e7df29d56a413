import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contentsAgree } from "../../../server/verification/contents-agree.ts";
import { numbersAgree } from "../../../server/verification/numbers-agree.ts";

const within = (
	format: "json" | "csv" | "table",
	absolute = 0,
	relative = 1e-6,
) => ({ kind: "numeric", format, absolute, relative }) as const;

describe("numbers agree", () => {
	it("when they differ by no more than the absolute or the relative tolerance", () => {
		expect(numbersAgree(1, 1.1, { absolute: 0.2, relative: 0 })).toBe(true);
		expect(numbersAgree(1e9, 1e9 + 1, { absolute: 0, relative: 1e-8 })).toBe(
			true,
		);
		expect(numbersAgree(1, 1.1, { absolute: 0.05, relative: 0.01 })).toBe(
			false,
		);
	});

	it("in either order, or in neither", () => {
		const tolerance = fc.record({
			absolute: fc.double({ min: 0, max: 10, noNaN: true }),
			relative: fc.double({ min: 0, max: 1, noNaN: true }),
		});
		fc.assert(
			fc.property(
				fc.double(),
				fc.double(),
				tolerance,
				(a, b, t) => numbersAgree(a, b, t) === numbersAgree(b, a, t),
			),
		);
	});

	it("never with infinity, unless both are the same infinity", () => {
		expect(
			numbersAgree(Infinity, 1e308, { absolute: 1e300, relative: 1 }),
		).toBe(false);
		expect(
			numbersAgree(Infinity, -Infinity, { absolute: 1e300, relative: 1 }),
		).toBe(false);
		expect(numbersAgree(Infinity, Infinity, { absolute: 0, relative: 0 })).toBe(
			true,
		);
	});
});

describe("outputs agree", () => {
	it("as JSON when structure and text are equal and numbers near", () => {
		expect(
			contentsAgree(
				'{"a":[1.0000001,"x"],"b":2}',
				'{"b":2,"a":[1,"x"]}',
				within("json"),
			),
		).toBe(true);
		expect(contentsAgree('{"a":1}', '{"a":1,"b":2}', within("json"))).toBe(
			false,
		);
		expect(contentsAgree('{"a":"1"}', '{"a":1}', within("json"))).toBe(false);
		expect(contentsAgree('{"__proto__":1}', '{"x":1}', within("json"))).toBe(
			false,
		);
	});

	it("as CSV cell by cell, quotes and spaces aside", () => {
		expect(
			contentsAgree('t,x\n0,"1.0000001"\n', "t,x\n0, 1\n", within("csv")),
		).toBe(true);
		expect(contentsAgree("t,x\n0,1\n", "t,x\n0,1\n1,2\n", within("csv"))).toBe(
			false,
		);
		expect(
			contentsAgree("name\nada\n", "name\nbob\n", within("csv", 1e9, 1)),
		).toBe(false);
	});

	it("as a table with Fortran's and C's ways of writing numbers", () => {
		expect(
			contentsAgree("  1.0D+03   nan\n", "1000.0000001 NaN", within("table")),
		).toBe(true);
		expect(contentsAgree("1 2 3", "1 2", within("table"))).toBe(false);
	});

	it("not when a file is not of its format, unless it is the identical file", () => {
		expect(contentsAgree("{broken", "{broken ", within("json", 1e9, 1))).toBe(
			false,
		);
		expect(contentsAgree("{broken", "{broken", within("json"))).toBe(true);
	});

	it("for JSON nested deeper than any call stack", () => {
		const deep = (n: string) =>
			`${"[".repeat(100_000)}${n}${"]".repeat(100_000)}`;
		expect(() =>
			contentsAgree(deep("1"), deep("2"), within("json")),
		).not.toThrow();
	});
});
