import fc from "fast-check";
import { expect, test } from "vitest";
import { appendLog, takeLog } from "@/app/tasks/[taskId]/log-tail";

test("pieces that come twice, late or overlapping leave the text as it was written", () => {
	const pieces = fc.array(fc.tuple(fc.nat(40), fc.nat(40)), { maxLength: 30 });
	fc.assert(
		fc.property(
			fc.string({ maxLength: 40, unit: "grapheme-ascii" }),
			pieces,
			(text, cuts) => {
				let tail = { text: "", end: 0 };
				for (const [from, length] of cuts) {
					const offset = Math.min(from, tail.end, text.length);
					tail = appendLog(tail, offset, text.slice(offset, offset + length));
				}
				expect(text.startsWith(tail.text)).toBe(true);
				expect(tail.end).toBe(tail.text.length);
			},
		),
	);
});

test("bytes are counted, not characters", () => {
	const tail = appendLog({ text: "ü", end: 2 }, 0, "üb");
	expect(tail).toEqual({ text: "üb", end: 3 });
});

test("what was missed in between is marked", () => {
	expect(appendLog({ text: "a", end: 1 }, 10, "b")).toEqual({
		text: "a\n[…]\nb",
		end: 11,
	});
});

test("the page keeps what it has unless the server has more", () => {
	const tail = { text: "all of it", end: 9 };
	expect(takeLog(tail, { text: "all", bytes: 3 })).toBe(tail);
	expect(takeLog(tail, { text: "of it, and more", bytes: 19 })).toEqual({
		text: "of it, and more",
		end: 19,
	});
});

test("a stream without end is bounded", () => {
	let tail = { text: "", end: 0 };
	for (let piece = 0; piece < 10; piece++)
		tail = appendLog(tail, tail.end, "x".repeat(50_000));
	expect(tail.end).toBe(500_000);
	expect(tail.text.length).toBeLessThanOrEqual(128 * 1024);
});
