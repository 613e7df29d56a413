import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { cutLines } from "../../../server/work-units/submit/cut-lines.ts";
import type { NewWorkUnit } from "../../../server/work-units/submit/work-unit-source.ts";

const sha256Of = (content: Buffer) =>
	createHash("sha256").update(content).digest("hex");

async function cut(content: Buffer, linesPerPart: number, chunkBytes = 7) {
	const chunks = async function* () {
		for (let at = 0; at < content.length; at += chunkBytes)
			yield content.subarray(at, at + chunkBytes);
	};
	const units: NewWorkUnit[] = [];
	const options = { sha256: sha256Of(content), linesPerPart, file: "a.txt" };
	for await (const item of cutLines(chunks(), options))
		if ("unit" in item) units.push(item.unit);
	return units;
}

const sliceOf = (content: Buffer, unit: NewWorkUnit) => {
	const [input] = unit.inputs;
	if (!input) throw new Error("a part has an input");
	return content.subarray(input.offset, input.offset + input.bytes);
};

test("the last part has the lines that are left, with or without a line feed at the end", async () => {
	for (const text of ["1\n2\n3\n4\n5\n", "1\n2\n3\n4\n5"]) {
		const units = await cut(Buffer.from(text), 2);
		expect(units.map((unit) => unit.parameters.lineCount)).toEqual([
			"2",
			"2",
			"1",
		]);
		expect(units.map((unit) => unit.parameters.firstLine)).toEqual([
			"1",
			"3",
			"5",
		]);
	}
});

test("a file of nothing has no parts", async () => {
	expect(await cut(Buffer.alloc(0), 2)).toEqual([]);
});

test("whatever the file, its parts one after the other are the file, and each has its own hash", async () => {
	const text = fc
		.array(fc.constantFrom("\n", "\r\n", "a", "word", "ü"), { maxLength: 200 })
		.map((parts) => Buffer.from(parts.join("")));
	await fc.assert(
		fc.asyncProperty(
			text,
			fc.integer({ min: 1, max: 9 }),
			fc.integer({ min: 1, max: 50 }),
			async (content, linesPerPart, chunkBytes) => {
				const units = await cut(content, linesPerPart, chunkBytes);
				const slices = units.map((unit) => sliceOf(content, unit));
				expect(Buffer.concat(slices)).toEqual(content);
				expect(units.map((unit) => unit.inputs[0]?.sha256)).toEqual(
					slices.map(sha256Of),
				);
				for (const slice of slices.slice(0, -1))
					expect(slice.toString().split("\n")).toHaveLength(linesPerPart + 1);
			},
		),
	);
});
