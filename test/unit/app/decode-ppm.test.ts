import fc from "fast-check";
import { expect, test } from "vitest";
import { readHead } from "@/app/components/charts/decode-ppm";

const ppm = (head: string, pixels: number) =>
	Buffer.concat([Buffer.from(head), Buffer.alloc(pixels)]);

test("a PPM tells its size and where its pixels begin, comments or not", () => {
	expect(readHead(ppm("P6\n2 3\n255\n", 18))).toEqual({
		channels: 3,
		width: 2,
		height: 3,
		offset: 11,
	});
	expect(readHead(ppm("P5\n# made by hand\n2 3\n255\n", 6))).toMatchObject({
		channels: 1,
		width: 2,
	});
});

test("a PPM that is cut short, empty or enormous is none", () => {
	expect(readHead(ppm("P6\n2 3\n255\n", 17))).toBeUndefined();
	expect(readHead(ppm("P6\n0 3\n255\n", 0))).toBeUndefined();
	expect(readHead(ppm("P6\n99999999 99999999\n255\n", 10))).toBeUndefined();
});

test("no bytes whatever make it fail", () => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
			const head = readHead(bytes);
			expect(head === undefined || head.width > 0).toBe(true);
		}),
	);
});
