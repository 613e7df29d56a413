import { generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import { parseConfig } from "../../../agent/control/agent-config.ts";
import { parseDuration } from "../../../agent/control/parse-duration.ts";
import { DutyAverage } from "../../../agent/core/duty-average.ts";
import { decideGuard } from "../../../agent/core/guard/decide-guard.ts";
import {
	makeOffer,
	offerDiffers,
	type Situation,
} from "../../../agent/core/make-offer.ts";
import { NO_WISHES } from "../../../agent/core/owner-wishes.ts";
import type { Manifest } from "../../../agent/core/protocol.ts";
import { splitLoad } from "../../../agent/core/split-load.ts";
import {
	parseCpuTimes,
	parseLoad,
	parseMemory,
} from "../../../agent/senses/parse-proc.ts";
import {
	hasSigned,
	makeDeviceKey,
	signText,
} from "../../../agent/state/device-key.ts";
import { RunningTask } from "../../../agent/tasks/running-task.ts";
import { StreamTail } from "../../../agent/tasks/stream-tail.ts";
import { verifyManifest } from "../../../agent/tasks/verify-manifest.ts";

const NOW = new Date("2026-03-01T12:00:00Z");

describe("A device's key", () => {
	test("signs what only its public half confirms", () => {
		const key = makeDeviceKey();
		const signature = signText(key.privateKey, "a text");
		expect(key.publicKey).toHaveLength(43);
		expect(signature).toHaveLength(86);
		expect(hasSigned(key.publicKey, "a text", signature)).toBe(true);
		expect(hasSigned(key.publicKey, "a text.", signature)).toBe(false);
		expect(hasSigned(makeDeviceKey().publicKey, "a text", signature)).toBe(
			false,
		);
		expect(hasSigned("nonsense", "a text", signature)).toBe(false);
	});
});

describe("A manifest", () => {
	const { privateKey, publicKey } = generateKeyPairSync("ed25519");
	const signingKey = publicKey
		.export({ format: "der", type: "spki" })
		.subarray(-32)
		.toString("base64url");
	const VERSION = "22222222-2222-4222-8222-222222222222";
	const signed = (from: Partial<Manifest> = {}) => {
		const manifest = JSON.stringify({
			version: 1,
			appVersionId: VERSION,
			projectId: "33333333-3333-4333-8333-333333333333",
			project: "A project",
			imageId: `sha256:${"a".repeat(64)}`,
			archive: { sha256: "b".repeat(64), bytes: 1 },
			command: ["run", "--from={start}"],
			platforms: ["linux/amd64"],
			cores: 1,
			memoryMiB: 64,
			diskMiB: 64,
			network: "none",
			...from,
		});
		return {
			appVersionId: VERSION,
			manifest,
			signature: sign(null, Buffer.from(manifest), privateKey).toString(
				"base64url",
			),
		};
	};
	const assignment = { appVersionId: VERSION, parameters: { start: "7" } };
	const pinned = { signingKey, platform: "linux/amd64" as const };

	test("that is signed and meant for us gives the command", () => {
		expect(verifyManifest(signed(), assignment, pinned)).toMatchObject({
			ok: true,
			command: ["run", "--from=7"],
		});
	});

	test.each<[string, RegExp, Parameters<typeof verifyManifest>]>([
		[
			"with a single changed character",
			/signature/,
			[
				{ ...signed(), manifest: signed().manifest.replace("run", "ruN") },
				assignment,
				pinned,
			],
		],
		[
			"signed by another",
			/signature/,
			[
				signed(),
				assignment,
				{ ...pinned, signingKey: makeDeviceKey().publicKey },
			],
		],
		[
			"of another app version",
			/another app version/,
			[
				signed(),
				{ ...assignment, appVersionId: "44444444-4444-4444-8444-444444444444" },
				pinned,
			],
		],
		[
			"for another platform",
			/linux\/arm64/,
			[signed(), assignment, { ...pinned, platform: "linux/arm64" }],
		],
		[
			"that allows a network",
			/not a manifest/,
			[signed({ network: "host" as "none" }), assignment, pinned],
		],
		[
			"whose parameter is missing",
			/start/,
			[signed(), { ...assignment, parameters: {} }, pinned],
		],
		[
			"whose parameter holds a NUL",
			/NUL/,
			[signed(), { ...assignment, parameters: { start: "a\0b" } }, pinned],
		],
	])("%s is refused", (_what, reason, given) => {
		const verdict = verifyManifest(...given);
		expect(verdict.ok ? "" : verdict.reason).toMatch(reason);
	});
});

describe("The guard", () => {
	const input = {
		stopping: false,
		rules: { hours: [] },
		aside: undefined,
		owner: NO_WISHES,
		server: { paused: false, draining: false },
		now: NOW,
	};
	test.each([
		["works when nobody minds", input, "working", undefined],
		[
			"gives everything back when it stops",
			{ ...input, stopping: true, owner: { ...NO_WISHES, draining: true } },
			"stopping",
			"agentStopping",
		],
		[
			"gives everything back when the owner pauses",
			{ ...input, owner: { ...NO_WISHES, paused: true } },
			"paused",
			"devicePaused",
		],
		[
			"gives everything back when the portal pauses",
			{ ...input, server: { paused: true, draining: true } },
			"paused",
			"devicePaused",
		],
		[
			"only takes nothing new while draining",
			{ ...input, server: { paused: false, draining: true } },
			"draining",
			undefined,
		],
		[
			"gives back outside of the owner's hours",
			{
				...input,
				rules: { hours: [{ days: [0], from: "01:00", until: "02:00" }] },
			},
			"resting",
			"ownerNeedsDevice",
		],
		[
			"keeps what it has while the owner is busy",
			{
				...input,
				aside: { detail: "CPU 60 %.", lasting: true, since: NOW },
			},
			"aside",
			undefined,
		],
		[
			"works again when the pause is over",
			{
				...input,
				owner: {
					...NO_WISHES,
					paused: true,
					pausedUntil: "2026-03-01T11:59:59.000Z",
				},
			},
			"working",
			undefined,
		],
	])("%s", (_sentence, given, mode, errorCode) => {
		const decision = decideGuard(given);
		expect(decision.mode).toBe(mode);
		expect(decision.giveBack?.errorCode).toBe(errorCode);
		expect(decision.takeNothing === undefined).toBe(mode === "working");
	});
});

describe("An offer", () => {
	const situation: Situation = {
		limits: {},
		cores: 4,
		dutyCpu: 0,
		memoryAvailableMiB: 4000,
		memoryOursMiB: 0,
		diskFreeMiB: 10_000,
		images: [],
		refusal: undefined,
		cpuLimit: 30,
		memoryHeadroom: 10,
		memoryTotalMiB: 8000,
		until: null,
	};
	test("is whole cores without the duty, and leaves memory and disk to spare", () => {
		expect(makeOffer(situation)).toMatchObject({
			cores: 4,
			memoryMiB: 2944,
			diskMiB: 4864,
			accepting: true,
		});
		expect(makeOffer({ ...situation, dutyCpu: 30 }).cores).toBe(3);
		expect(makeOffer({ ...situation, dutyCpu: 5 }).cores).toBe(4);
		expect(makeOffer({ ...situation, dutyCpu: 100 }).cores).toBe(0);
	});
	test("counts what our own containers hold as ours to give", () => {
		expect(
			makeOffer({
				...situation,
				memoryAvailableMiB: 3000,
				memoryOursMiB: 1000,
			}),
		).toEqual(makeOffer(situation));
	});
	test("is what the owner says where the owner says something", () => {
		expect(
			makeOffer({
				...situation,
				dutyCpu: 100,
				limits: { cores: 1.5, memoryMiB: 300, diskMiB: 20 },
			}),
		).toMatchObject({ cores: 1.5, memoryMiB: 300, diskMiB: 20 });
	});
	test("is told again when it has changed by something that matters", () => {
		const before = makeOffer(situation);
		const memory = (memoryMiB: number) => ({ ...before, memoryMiB });
		expect(offerDiffers(before, undefined)).toBe(true);
		expect(offerDiffers(memory(2900), before)).toBe(false);
		expect(offerDiffers(memory(2000), before)).toBe(true);
		expect(offerDiffers({ ...before, accepting: false }, before)).toBe(true);
	});
});

describe("The duty", () => {
	const counts = {
		cpu: { busy: 1000, total: 10_000 },
		oursCpuSeconds: 5,
		oursMemoryBytes: 0,
		memory: { totalBytes: 1000, availableBytes: 600 },
	};
	test("is what the machine did without us", () => {
		const after = {
			cpu: { busy: 1300, total: 10_400 },
			oursCpuSeconds: 7,
			oursMemoryBytes: 100,
			memory: { totalBytes: 1000, availableBytes: 600 },
		};
		// 300 of 400 hundredths were busy, 200 of them ours.
		expect(splitLoad(counts, after)).toEqual({
			dutyCpu: 25,
			oursCpu: 50,
			dutyMemory: 30,
			oursMemory: 10,
		});
	});
	test("is never negative, nor more than everything, when counters jump", () => {
		const jumped = {
			...counts,
			cpu: { busy: 1010, total: 10_010 },
			oursCpuSeconds: 900,
			oursMemoryBytes: 5000,
		};
		const load = splitLoad(counts, jumped);
		for (const value of Object.values(load)) {
			expect(value).toBeGreaterThanOrEqual(0);
			expect(value).toBeLessThanOrEqual(100);
		}
		expect(splitLoad(counts, { ...counts, oursCpuSeconds: 0 }).dutyCpu).toBe(0);
	});
	test("is smoothed over about a minute", () => {
		const average = new DutyAverage(60_000);
		average.push(0, 0);
		for (let t = 2000; t <= 60_000; t += 2000) average.push(100, t);
		expect(average.percent).toBeCloseTo(100 * (1 - Math.exp(-1)), 5);
	});
	test("is read from the kernel's own words", () => {
		expect(
			parseCpuTimes("cpu  10 1 5 100 20 1 2 3 9 0\ncpu0 1 1 1 1\n"),
		).toEqual({
			busy: 22,
			total: 142,
		});
		expect(
			parseMemory("MemTotal:  1000 kB\nMemFree: 1 kB\nMemAvailable:  400 kB\n"),
		).toEqual({ totalBytes: 1_024_000, availableBytes: 409_600 });
		expect(parseLoad("1.25 0.5 0.1 1/200 999")).toBe(1.25);
	});
});

describe("A log's tail", () => {
	test("keeps the last bytes and counts all", () => {
		const tail = new StreamTail(5);
		for (const part of ["abc", "defg", "hi"]) tail.push(Buffer.from(part));
		expect(tail.text()).toBe("efghi");
		expect(tail.bytes).toBe(9);
	});
	test("hands out what is new, without half a character", () => {
		const tail = new StreamTail(100);
		const bytes = Buffer.from("aé");
		tail.push(bytes.subarray(0, 2));
		const first = tail.since(0);
		expect(first).toEqual({ offset: 0, text: "a", end: 1 });
		tail.push(bytes.subarray(2));
		expect(tail.since(first.end)).toEqual({ offset: 1, text: "é", end: 3 });
	});
	test("has no NUL, which databases refuse", () => {
		const tail = new StreamTail(100);
		tail.push(Buffer.from("a\0b"));
		expect(tail.text()).toBe("a\ufffdb");
	});
	test("shows the progress that a program tells, and nothing else", () => {
		const task = new RunningTask();
		const say = (text: string) => task.write("stdout", Buffer.from(text));
		say("LULL_PROG");
		say("RESS 0.25\nother\n");
		expect(task.progress).toBe(0.25);
		say("LULL_PROGRESS 7\nLULL_PROGRESS NaN\nx LULL_PROGRESS 0.9\n");
		expect(task.progress).toBe(0.25);
	});
});

describe("The command line", () => {
	test("says everything that is wrong at once", () => {
		expect(() =>
			parseConfig({ cores: "none", memory: "much", engine: "here" }, {}),
		).toThrow(/--engine.*--cores.*--memory/);
	});
	test("reads sizes and takes what is absent from the environment", () => {
		const { limits, stateFolder } = parseConfig(
			{ memory: "2G", disk: "512" },
			{ LULL_AGENT_STATE: "/somewhere", LULL_AGENT_CORES: "1.5" },
		);
		expect(limits).toEqual({ cores: 1.5, memoryMiB: 2048, diskMiB: 512 });
		expect(stateFolder).toBe("/somewhere");
	});
	test("reads times", () => {
		expect(parseDuration("90m")).toBe(5_400_000);
		expect(parseDuration("2h")).toBe(7_200_000);
		for (const wrong of ["", "2", "-1h", "2 weeks", "9999d"])
			expect(() => parseDuration(wrong)).toThrow(/not a time/);
	});
});
