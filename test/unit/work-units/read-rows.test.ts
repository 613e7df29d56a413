import { Readable } from "node:stream";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createParameterCheck } from "../../../server/work-units/submit/check-parameters.ts";
import {
	type RowFormat,
	readRows,
} from "../../../server/work-units/submit/read-rows.ts";
import type { SourceItem } from "../../../server/work-units/submit/work-unit-source.ts";

async function rowsOf(text: string | Buffer, format: RowFormat = "csv") {
	const items: SourceItem[] = [];
	const content = Readable.from([Buffer.from(text)], { objectMode: false });
	for await (const item of readRows(content, format)) items.push(item);
	return items;
}
const parametersOf = (items: SourceItem[]) =>
	items.map((item) => ("unit" in item ? item.unit.parameters : item.problem));

test("the header of a CSV file names the parameters", async () => {
	const items = await rowsOf(
		'\ufeffshape,size\nsphere,3\n\n"two, of\nthem",4\n',
	);
	expect(parametersOf(items)).toEqual([
		{ shape: "sphere", size: "3" },
		{ shape: "two, of\nthem", size: "4" },
	]);
});

test("a row with too few or too many values is told with its line, and the rest is read", async () => {
	const items = await rowsOf("a,b\n1,2\n3\n4,5,6\n7,8\n");
	expect(items.map(({ line }) => line)).toEqual([2, 3, 4, 5]);
	expect(items.map((item) => "problem" in item)).toEqual([
		false,
		true,
		true,
		false,
	]);
});

test.each([
	["a name that is none", "a b,c\n1,2\n"],
	["the same name twice", "a,a\n1,2\n"],
])(
	"a header with %s is one problem, not one for each row",
	async (_w, text) => {
		const items = await rowsOf(text);
		expect(items).toHaveLength(1);
		expect(items[0]).toMatchObject({ line: 1, problem: expect.any(String) });
	},
);

test("a quote that never ends is a problem and not a crash", async () => {
	const items = await rowsOf('a\n"1\n2\n');
	expect(items.at(-1)).toHaveProperty("problem");
});

test("a JSON Lines file gives one work unit for each object", async () => {
	const items = await rowsOf(
		'{"n": 12, "mode": "fast", "deep": true}\n\n{"n": "007"}',
		"jsonLines",
	);
	expect(parametersOf(items)).toEqual([
		{ n: "12", mode: "fast", deep: "true" },
		{ n: "007" },
	]);
});

test.each([
	"[1]",
	'{"__proto__": 1}',
	"12",
	"null",
	"{",
	'{"a": {"b": 1}}',
	'{"a": null}',
])("the line %s is a problem of its own", async (text) => {
	const items = await rowsOf(`${text}\n{"a": 1}`, "jsonLines");
	expect(items[0]).toMatchObject({ line: 1, problem: expect.any(String) });
	expect(items[1]).toMatchObject({ line: 2, unit: expect.anything() });
});

test("a line without end is not held in memory", async () => {
	const items = await rowsOf(Buffer.alloc(3_000_000, "x"), "jsonLines");
	expect(items).toEqual([{ line: 1, problem: expect.any(String) }]);
});

test("a parameter that the command needs and a row lacks is a problem", () => {
	const findError = createParameterCheck(["/bin/x", "{a}", "--b={b}"]);
	expect(findError({ a: "1", b: "2" })).toBeUndefined();
	expect(findError({ a: "1" })).toContain("“b”");
	expect(findError({ a: "1", b: "\u0000" })).toContain("“b”");
	expect(findError({ a: "1", b: "x".repeat(5000) })).toContain("“b”");
	expect(findError({ a: "1", b: "\ud800" })).toContain("“b”");
	const long = Object.fromEntries(
		Array.from({ length: 20 }, (_, n) => [`p${n}`, "x".repeat(4000)]),
	);
	expect(findError({ a: "1", b: "2", ...long })).toContain("input file");
});

test("no bytes whatever make reading rows fail: they are rows or problems", async () => {
	const format = fc.constantFrom<RowFormat>("csv", "jsonLines");
	await fc.assert(
		fc.asyncProperty(
			fc.uint8Array({ maxLength: 400 }),
			format,
			async (b, f) => {
				for (const item of await rowsOf(Buffer.from(b), f))
					expect("unit" in item || item.problem.length > 0).toBe(true);
			},
		),
	);
});
