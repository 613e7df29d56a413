import fc from "fast-check";
import { expect, test } from "vitest";
import { parseByteRange } from "../../../server/http/byte-range.ts";

test("a range names the bytes from its first to its last, both counted", () => {
	expect(parseByteRange("bytes=2-4", 10)).toEqual({ offset: 2, bytes: 3 });
	expect(parseByteRange("bytes=2-", 10)).toEqual({ offset: 2, bytes: 8 });
	expect(parseByteRange("bytes=-3", 10)).toEqual({ offset: 7, bytes: 3 });
});

test("a range that ends beyond the blob ends with it", () => {
	expect(parseByteRange("bytes=8-99", 10)).toEqual({ offset: 8, bytes: 2 });
	expect(parseByteRange("bytes=-99", 10)).toEqual({ offset: 0, bytes: 10 });
});

test("a range that begins beyond the blob cannot be satisfied", () => {
	expect(parseByteRange("bytes=10-", 10)).toBe("unsatisfiable");
	expect(parseByteRange("bytes=-0", 10)).toBe("unsatisfiable");
	expect(parseByteRange("bytes=0-", 0)).toBe("unsatisfiable");
});

test.each([
	undefined,
	"",
	"bytes=-",
	"bytes=5-2",
	"bytes=0-1,3-4",
	"lines=1-2",
])("%j is no range, so the whole is sent", (header) =>
	expect(parseByteRange(header, 10)).toBeUndefined(),
);

test("whatever a header says, a range never leaves the blob", () => {
	const header = fc.oneof(
		fc.string(),
		fc
			.tuple(fc.option(fc.nat()), fc.option(fc.nat()))
			.map(([a, b]) => `bytes=${a ?? ""}-${b ?? ""}`),
	);
	fc.assert(
		fc.property(header, fc.nat(1000), (text, size) => {
			const range = parseByteRange(text, size);
			if (range === undefined || range === "unsatisfiable") return;
			expect(range.offset).toBeGreaterThanOrEqual(0);
			expect(range.bytes).toBeGreaterThan(0);
			expect(range.offset + range.bytes).toBeLessThanOrEqual(size);
		}),
	);
});
