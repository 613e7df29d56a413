import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import {
	listMissingSensors,
	type Surroundings,
} from "../../../agent/core/guard/missing-sensors.ts";
import {
	type GuardRecord,
	ownerRulesSchema,
} from "../../../agent/core/protocol.ts";
import { parseHours, parseRule } from "../../../agent/core/rules/parse-rule.ts";
import { RateLimit } from "../../../agent/link/rate-limit.ts";
import { GuardRecords } from "../../../agent/state/guard-records.ts";
import { StateFolder } from "../../../agent/state/state-folder.ts";

const RULES = ownerRulesSchema.parse({});

describe("A rule said at the device", () => {
	test.each<[string, string, object]>([
		["cpu-limit", "20", { cpuLimit: 20 }],
		["temperature-limit", "none", { temperatureLimit: null }],
		["upload-ki-bps", "500", { uploadKiBps: 500 }],
		["on-battery", "no", { onBattery: false }],
		["while-in-use", "Yes", { whileInUse: true }],
		["programs", "ffmpeg, blender", { programs: ["ffmpeg", "blender"] }],
		["programs", "none", { programs: [] }],
		["projects", "all", { projects: null }],
		[
			"areas",
			"Astronomy, Number theory",
			{ areas: ["Astronomy", "Number theory"] },
		],
		["hours", "none", { hours: [] }],
		[
			"hours",
			"mon-fri 22:00-06:00, sat 00:00-24:00",
			{
				hours: [
					{ days: [0, 1, 2, 3, 4], from: "22:00", until: "06:00" },
					{ days: [5], from: "00:00", until: "24:00" },
				],
			},
		],
	])("%s %s", (word, text, rule) => {
		expect(parseRule(word, text)).toEqual(rule);
	});
	test.each([
		["cpu-limit", "200", /cpu-limit cannot be "200"/],
		["cpu-limit", "much", /cannot be "much"/],
		["on-battery", "perhaps", /cannot be "perhaps"/],
		["hours", "at night", /are no hours/],
		["hours", "mon 25:00-26:00", /are no hours/],
		["projects", "my-project", /cannot be/],
		["speed", "1", /no rule speed\. Rules: cpu-limit, /],
	])("is refused with a sentence: %s %s", (word, text, sentence) => {
		expect(() => parseRule(word, text)).toThrow(sentence);
	});
	test("may go round the week", () => {
		expect(parseHours("sat-mon 08:00-20:00").days).toEqual([5, 6, 0]);
		expect(parseHours("08:00-20:00").days).toEqual([0, 1, 2, 3, 4, 5, 6]);
	});
});

describe("What the guard cannot sense", () => {
	const all: Surroundings = {
		ownProcOnly: false,
		pressure: true,
		temperature: true,
		freezer: true,
		machinesFiles: true,
	};
	const nothing: Surroundings = {
		ownProcOnly: true,
		pressure: false,
		temperature: false,
		freezer: false,
		machinesFiles: false,
	};
	test("is said only when a rule needs it", () => {
		expect(listMissingSensors(all, RULES)).toEqual([]);
		expect(listMissingSensors(nothing, RULES)).toHaveLength(2);
		const strict = {
			...RULES,
			programs: ["ffmpeg"],
			temperatureLimit: 60,
			whileInUse: false,
		};
		expect(listMissingSensors(nothing, strict)).toHaveLength(5);
		expect(listMissingSensors(nothing, strict).join()).toContain(
			"-v /proc:/host/proc:ro",
		);
	});
});

describe("Records of the guard", () => {
	const aRecord = (detail: string): Omit<GuardRecord, "id"> => ({
		at: "2026-03-01T12:00:00.000Z",
		action: "freeze",
		reason: "cpu",
		detail,
		latencyMs: 10,
		taskIds: [],
	});
	const aStore = async () => {
		const folder = await mkdtemp(join(tmpdir(), "lull-records-"));
		onTestFinished(() => rm(folder, { recursive: true, force: true }));
		const state = new StateFolder(folder);
		const records = new GuardRecords(state);
		await records.load();
		return { records, state };
	};

	test("wait on the disk until they are acknowledged, oldest first", async () => {
		const { records, state } = await aStore();
		await records.add(aRecord("one"));
		await records.drain(async () => false);
		await records.add(aRecord("two"));
		const next = new GuardRecords(state);
		await next.load();
		const sent: string[] = [];
		await next.drain(async (some) => {
			sent.push(...some.map(({ detail }) => detail));
			return true;
		});
		expect(sent).toEqual(["one", "two"]);
		await next.drain(async () => {
			throw new Error("Nothing is left to send.");
		});
		const last = new GuardRecords(state);
		await last.load();
		expect(last.recent.map(({ detail }) => detail)).toEqual(["one", "two"]);
	});
	test("are the same when they are said again", async () => {
		const { records } = await aStore();
		const id = "11111111-1111-4111-8111-111111111111";
		await records.add({ ...aRecord("first"), id });
		const sent: GuardRecord[][] = [];
		const send = async (some: GuardRecord[]) => sent.push(some) > 0;
		await records.drain(send);
		await records.add({ ...aRecord("second"), id });
		await records.drain(send);
		expect(sent[1]).toEqual(sent[0]);
		expect(records.recent).toHaveLength(1);
	});
	test("stay when the way to the server breaks", async () => {
		const { records } = await aStore();
		await records.add(aRecord("one"));
		await records.drain(async () => {
			throw new Error("away");
		});
		let heard = 0;
		await records.drain(async (some) => {
			heard += some.length;
			return true;
		});
		expect(heard).toBe(1);
	});
});

describe("A rate", () => {
	const never = new AbortController().signal;
	test("holds nobody up when there is none", async () => {
		await new RateLimit(() => null).take(1e12, never);
	});
	test("lets go whoever is told to stop", async () => {
		const stop = new AbortController();
		const limit = new RateLimit(() => 1);
		const taking = limit.take(1e9, stop.signal);
		stop.abort(new Error("stopped"));
		await expect(taking).rejects.toThrow("stopped");
		const held = new RateLimit(() => 0).take(1, stop.signal);
		await expect(held).rejects.toThrow("stopped");
	});
	test("makes pieces of half a second, within bounds", () => {
		expect(new RateLimit(() => null).pieceBytes(1_000_000)).toBe(1_000_000);
		expect(new RateLimit(() => 200_000).pieceBytes(1_000_000)).toBe(100_000);
		expect(new RateLimit(() => 10).pieceBytes(1_000_000)).toBe(16_384);
	});
});
