import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	numbersAgree,
	type Tolerance,
} from "../../../server/verification/numbers-agree.ts";
import { summariseOutput } from "../../../server/verification/summarise-output.ts";
import { contentsAgree } from "../../support/contents-agree.ts";

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

	it("as JSON exactly when the values do, whatever they are", () => {
		const value = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;
		const near = fc.tuple(value, value, fc.integer()).map(([a, b, seed]) =>
			// Mostly alike, or nothing would ever agree.
			seed % 4 ? ([a, shake(a, seed)] as const) : ([a, b] as const),
		);
		fc.assert(
			fc.property(near, ([a, b]) => {
				const tolerance = { absolute: 1e-3, relative: 1e-3 };
				expect(
					contentsAgree(JSON.stringify(a), JSON.stringify(b), {
						...within("json"),
						...tolerance,
					}),
				).toBe(valuesAgree(a, b, tolerance));
			}),
			{ numRuns: 500 },
		);
	});

	it("as JSON only when both are JSON", () => {
		const pieces = fc.constantFrom(
			...[
				"[",
				"]",
				"{",
				"}",
				",",
				":",
				'"a"',
				'"b"',
				"1",
				"-0.5e3",
				"null",
				" ",
			],
		);
		fc.assert(
			fc.property(fc.array(pieces, { maxLength: 12 }), (text) => {
				const isJson = (() => {
					try {
						JSON.parse(text.join(""));
						return true;
					} catch {
						return false;
					}
				})();
				const bytes = Buffer.from(text.join(""));
				expect(summariseOutput({ bytes, format: "json" }) !== null).toBe(
					isJson,
				);
			}),
			{ numRuns: 2_000 },
		);
	});

	it("with the last of JSON members with one name, however it is written", () => {
		expect(
			contentsAgree(
				'{"a":{"x":1},"b":2,"a":[3]}',
				'{"b":2.0000001,"\\u0061":[3]}',
				within("json"),
			),
		).toBe(true);
	});

	it("never where one file's cells run into each other", () => {
		expect(contentsAgree("ab c\n", "a bc\n", within("table"))).toBe(false);
		expect(contentsAgree("a\nb\n", "a b\n", within("table"))).toBe(false);
		expect(contentsAgree("1,,2\n", "1,2\n", within("csv"))).toBe(false);
		expect(contentsAgree('["ab","c"]', '["a","bc"]', within("json"))).toBe(
			false,
		);
		expect(contentsAgree("constructor", "valueof", within("csv"))).toBe(false);
	});

	it("for a row of a hundred thousand cells, and not for one that is longer than a row may be", () => {
		const row = (cells: number, n: number) => `${"0,".repeat(cells)}${n}\n`;
		const near = { ...within("csv"), absolute: 1 };
		expect(contentsAgree(row(1e5, 1), row(1e5, 2), near)).toBe(true);
		expect(contentsAgree(row(6e5, 1), row(6e5, 2), near)).toBe(false);
	});
});

type Json =
	| null
	| boolean
	| number
	| string
	| Json[]
	| { [name: string]: Json };

/** The same with its numbers a little, or too much, beside and its members the other way round. */
function shake(value: Json, seed: number): Json {
	if (typeof value === "number") return value + (seed % 3) * 1e-4;
	if (Array.isArray(value)) return value.map((item) => shake(item, seed));
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(
		Object.entries(value)
			.toReversed()
			.map(([name, item]) => [name, shake(item, seed)]),
	);
}

/** What it means that two values agree, in so many words. */
function valuesAgree(a: Json, b: Json, tolerance: Tolerance): boolean {
	if (typeof a === "number" && typeof b === "number")
		return numbersAgree(a, b, tolerance);
	if (Array.isArray(a) && Array.isArray(b))
		return (
			a.length === b.length &&
			a.every((item, i) => valuesAgree(item, b[i] as Json, tolerance))
		);
	if (isRecord(a) && isRecord(b)) {
		const names = Object.keys(a);
		return (
			names.length === Object.keys(b).length &&
			names.every(
				(name) =>
					Object.hasOwn(b, name) &&
					valuesAgree(a[name] as Json, b[name] as Json, tolerance),
			)
		);
	}
	return a === b;
}

const isRecord = (value: Json): value is { [name: string]: Json } =>
	typeof value === "object" && value !== null && !Array.isArray(value);
