import type { WriteStream } from "node:tty";
import { expect, test } from "vitest";
import {
	ProgressBar,
	type ProgressFigures,
	progressLine,
} from "../../../setup/process/show-progress.ts";

const some = (figures: Partial<ProgressFigures> = {}): ProgressFigures => ({
	done: 0,
	failed: 0,
	workUnits: 100,
	runningTasks: 3,
	creditGranted: 0,
	...figures,
});

/** What would stand in the terminal, or the file. */
function record(isTTY: boolean) {
	const written: string[] = [];
	const stream = {
		isTTY,
		columns: 80,
		write: (text: string) => written.push(text),
	} as unknown as WriteStream;
	return { bar: new ProgressBar(stream), written };
}

test("the bar is as long as what is done or failed", () => {
	expect(progressLine(some({ done: 40, failed: 10 }))).toMatch(
		/^█{15}░{15} 40\/100 work units done · 10 failed · 3 tasks running/,
	);
});

test("an end is only told while there is one to come", () => {
	expect(progressLine(some({ done: 1, secondsLeft: 61 }))).toContain(
		"about 61 s left",
	);
	expect(progressLine(some({ done: 1 }))).not.toContain("left");
	expect(progressLine(some({ done: 100, secondsLeft: 0 }))).not.toContain(
		"left",
	);
});

test("when nothing runs, the reason stands in its place", () => {
	const waitReason = "No device is online.";
	expect(progressLine(some({ runningTasks: 0, waitReason }))).toContain(
		waitReason,
	);
	expect(progressLine(some({ runningTasks: 1, waitReason }))).not.toContain(
		waitReason,
	);
});

test("on a terminal one line is drawn over and over, no wider than the window", () => {
	const { bar, written } = record(true);
	bar.show(some({ done: 1, waitReason: "x".repeat(200), runningTasks: 0 }), 0);
	bar.show(some({ done: 2 }), 500);
	expect(written).toHaveLength(2);
	for (const text of written) {
		expect(text.startsWith("\r\x1b[2K")).toBe(true);
		expect(text).not.toContain("\n");
		expect(text.length).toBeLessThan(80 + "\r\x1b[2K".length);
	}
});

test("in a file there is a line for each tenth, and twice a minute when it takes long", () => {
	const { bar, written } = record(false);
	bar.show(some({ done: 1 }), 1_000_000);
	bar.show(some({ done: 2 }), 1_000_500);
	bar.show(some({ done: 10 }), 1_001_000);
	bar.show(some({ done: 11 }), 1_031_500);
	expect(written).toHaveLength(3);
});
