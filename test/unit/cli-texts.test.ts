import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { BatchDetails } from "../../cli/api/portal-api.ts";
import {
	batchLine,
	batchSummary,
	isComplete,
} from "../../cli/batch/describe-batch.ts";
import { roleOf } from "../../cli/commands/account-commands.ts";
import { describePreview } from "../../cli/commands/batch-commands.ts";
import { deviceStanding } from "../../cli/commands/device-commands.ts";
import {
	formatBytes,
	formatCount,
	formatSeconds,
} from "../../cli/terminal/format-amount.ts";
import { formatTable, oneLine } from "../../cli/terminal/format-table.ts";
import { newText } from "../../cli/terminal/new-text.ts";
import { fitLine, progressBar } from "../../cli/terminal/progress-text.ts";
import { Terminal } from "../../cli/terminal/terminal.ts";

const aBatch = (batch: Partial<BatchDetails> = {}): BatchDetails => ({
	id: "01936b6e-0000-7000-8000-000000000001",
	name: "Squares",
	state: "open",
	project: { slug: "squares", name: "Squares" },
	appVersion: { number: 2 },
	workUnits: 100,
	doneUnits: 40,
	failedUnits: 0,
	cancelledUnits: 0,
	createdAt: "2026-01-01T00:00:00Z",
	tasks: {},
	waitReasons: [],
	estimatedEnd: null,
	grantedCredit: 0,
	results: { files: 40, bytes: 2048 },
	...batch,
});
const NOW = Date.parse("2026-01-01T12:00:00Z");

describe("amounts", () => {
	test.each([
		[0, "0 bytes"],
		[1, "1 byte"],
		[1023, "1023 bytes"],
		[1024, "1.0 KiB"],
		[10.5 * 1024 ** 2, "11 MiB"],
		[3 * 1024 ** 5, "3072 TiB"],
	])("%d bytes are written as %s", (bytes, text) =>
		expect(formatBytes(bytes)).toBe(text),
	);

	test.each([
		[0, "0 s"],
		[59.6, "1 min"],
		[200, "3 min 20 s"],
		[7500, "2 h 5 min"],
		[90_000, "1 d 1 h"],
		[-5, "0 s"],
	])("%d seconds are written as %s", (seconds, text) =>
		expect(formatSeconds(seconds)).toBe(text),
	);

	test("one is not many", () => {
		expect(formatCount(1, "work unit")).toBe("1 work unit");
		expect(formatCount(1200, "work unit")).toBe("1,200 work units");
	});
});

describe("a table", () => {
	test("has columns as wide as their content, numbers to the right, and no space at the ends of lines", () => {
		expect(
			formatTable(
				["NAME", "DONE", "NOTE"],
				[
					["a", 5, "x"],
					["longer", 120, null],
				],
			),
		).toBe("NAME    DONE  NOTE\na          5  x\nlonger   120");
	});

	test("never shows what would control the terminal", () => {
		fc.assert(
			fc.property(fc.string({ unit: "binary" }), (text) => {
				expect(oneLine(text)).not.toMatch(/\p{Cc}/u);
			}),
		);
		expect(formatTable(["A"], [["\u001b[2Jgone\nnext"]])).toBe(
			"A\n [2Jgone next",
		);
	});
});

describe("a progress bar", () => {
	test("says 100 % only when it is over", () => {
		expect(progressBar(0.999)).toContain(" 99 %");
		expect(progressBar(1)).toContain("100 %");
	});

	test("is as wide for every share, also for nonsense", () => {
		fc.assert(
			fc.property(fc.double(), (share) => {
				expect(progressBar(share)).toHaveLength(30);
			}),
		);
	});

	test("fits its terminal", () => {
		expect(fitLine("x".repeat(100), 40)).toHaveLength(39);
		expect(fitLine("short", 40)).toBe("short");
	});
});

describe("new text of a log", () => {
	test("is what was added, and together the pieces are the whole", () => {
		fc.assert(
			fc.property(fc.string(), fc.string(), (before, added) => {
				expect(newText(before, before + added)).toBe(added);
			}),
		);
	});

	test("is found although the log has lost its beginning", () => {
		const before = `${"a".repeat(1000)}step 1\nstep 2\n`;
		expect(newText(before, `${before.slice(500)}step 3\n`)).toBe("step 3\n");
	});

	test("is all of it when nothing of the earlier is left", () => {
		expect(newText("old", "entirely new")).toBe("entirely new");
	});
});

describe("a batch", () => {
	test("in one line tells what is done, what went wrong, what runs and how long it takes", () => {
		const line = batchLine(
			aBatch({
				failedUnits: 2,
				tasks: { running: 3, preparing: 1, valid: 80 },
				estimatedEnd: "2026-01-01T12:03:20Z",
			}),
			NOW,
		);
		expect(line).toMatch(
			/ 42 % {2}40 of 100 work units done, 2 failed, 4 tasks on devices, about 3 min 20 s left$/,
		);
	});

	test("says nothing of an end that has passed", () => {
		const late = aBatch({ estimatedEnd: "2026-01-01T11:00:00Z" });
		expect(batchLine(late, NOW)).not.toContain("left");
	});

	test("in full tells why it waits", () => {
		const waits = aBatch({ waitReasons: ["No device offers its time."] });
		expect(batchSummary(waits, NOW)).toMatch(
			/squares, version 2\) is open\n.*waits {4}No device/s,
		);
	});

	test("is complete when every work unit is done, and not before", () => {
		const done = { state: "done", doneUnits: 100 } as const;
		expect(isComplete(aBatch(done))).toBe(true);
		expect(isComplete(aBatch({ ...done, doneUnits: 99, failedUnits: 1 }))).toBe(
			false,
		);
		expect(isComplete(aBatch({ doneUnits: 100 }))).toBe(false);
	});

	test("in preview shows commands as one would type them", () => {
		const text = describePreview({
			workUnits: 3,
			inputBytes: 0,
			first: [
				{ command: ["/bin/x", "a b", "it's"], inputs: [] },
				{ command: ["/bin/x"], inputs: [{ path: "a.csv", bytes: 3 }] },
			],
			problemCount: 0,
			problems: [],
		});
		expect(text).toContain(`/bin/x 'a b' 'it'\\''s'`);
		expect(text).toContain("/bin/x  ← a.csv");
		expect(text).toContain("… and 1 more");
	});
});

test("a device's wishes stand beside its state", () => {
	const device = {
		id: "",
		name: "",
		kind: "board",
		state: "online",
		paused: true,
		draining: false,
		blockedReason: "too hot",
		architecture: null,
		cores: null,
		activeTasks: 0,
		totalCredit: 0,
	};
	expect(deviceStanding(device)).toBe("online, paused, blocked");
});

test("access levels have the names that people know", () => {
	expect([0, 10, 20, 30].map(roleOf)).toEqual([
		"super admin",
		"admin",
		"researcher",
		"owner",
	]);
});

describe("the terminal", () => {
	function aTerminal(json: boolean, isTTY = true) {
		const written = { out: "", err: "" };
		let now = 0;
		const stream = (name: "out" | "err") => ({
			write(text: string) {
				written[name] += text;
			},
			isTTY,
			columns: 20,
		});
		const streams = { out: stream("out"), err: stream("err") };
		const advance = (ms: number) => {
			now += ms;
		};
		return {
			terminal: new Terminal(streams, json, () => now),
			written,
			advance,
		};
	}

	test("with --json writes one JSON value to standard output and nothing else anywhere", () => {
		const { terminal, written } = aTerminal(true);
		terminal.tell("working");
		terminal.progress("50 %");
		terminal.quote("log\n");
		terminal.result({ a: 1 }, "for people");
		expect(JSON.parse(written.out)).toEqual({ a: 1 });
		expect(written.err).toBe("");
	});

	test("takes the progress line away before anything else is said", () => {
		const { terminal, written } = aTerminal(false);
		terminal.progress("a line that is too long for it");
		terminal.tell("done");
		expect(written.err).toBe("\r\u001b[2Ka line that is too…\r\u001b[2Kdone\n");
	});

	test("that is none gets a plain line now and then", () => {
		const { terminal, written, advance } = aTerminal(false, false);
		terminal.progress("10 %");
		terminal.progress("20 %");
		advance(10_000);
		terminal.progress("30 %");
		expect(written.err).toBe("10 %\n30 %\n");
	});

	test("shows other people's logs without what would control it", () => {
		const { terminal, written } = aTerminal(false);
		terminal.quote("\u001b[31mred\u0007\n\ttab\r\n");
		expect(written.err).toBe("[31mred\n\ttab\n");
	});
});
