import { describe, expect, test } from "vitest";
import type { GuardRecordRow } from "../../../server/devices/guard/guard-record-store.ts";
import { guardStateOf } from "../../../server/devices/guard/guard-state.ts";

const aRecord = (
	action: GuardRecordRow["action"],
	second: number,
): GuardRecordRow => ({
	id: action,
	deviceId: "device",
	at: new Date(second * 1000),
	action,
	reason: "cpu",
	detail: "CPU 63 % is above your 30 %.",
	latencyMs: 42,
	taskIds: [],
});
const busy = { paused: false, yoursNow: false, activeTasks: 2, pausedTasks: 0 };
const still = { ...busy, pausedTasks: 2 };
const empty = { ...busy, activeTasks: 0 };
const stateOf = (device: typeof busy, ...records: GuardRecordRow[]) =>
	guardStateOf(device, records).state;

describe("How a device stands between its owner and us", () => {
	test("it works when it has tasks, and idles when it has none", () => {
		expect(stateOf(busy)).toBe("working");
		expect(stateOf(empty)).toBe("idle");
	});

	test("it has stepped aside from a freeze until a thaw", () => {
		expect(stateOf(still, aRecord("freeze", 2), aRecord("thaw", 1))).toBe(
			"steppedAside",
		);
		expect(stateOf(still, aRecord("freeze", 1), aRecord("thaw", 2))).toBe(
			"working",
		);
	});

	test("a checkpoint or a give-back of one task does not end that", () => {
		const records = [
			aRecord("freeze", 1),
			aRecord("checkpoint", 2),
			aRecord("giveBack", 3),
		];
		expect(stateOf(still, ...records)).toBe("steppedAside");
		expect(stateOf(empty, ...records)).toBe("idle");
	});

	test("an old freeze says nothing about tasks that run", () => {
		expect(stateOf(busy, aRecord("freeze", 1))).toBe("working");
	});

	test("it is leaving while it has not answered, and gone until it is resumed", () => {
		expect(stateOf({ ...still, yoursNow: true }, aRecord("freeze", 1))).toBe(
			"leaving",
		);
		const removed = aRecord("remove", 3);
		expect(stateOf({ ...empty, paused: true }, removed)).toBe("gone");
		expect(stateOf(empty, removed)).toBe("idle");
	});

	test("what it says is the guard's own sentence and latency", () => {
		expect(guardStateOf(still, [aRecord("freeze", 1)])).toEqual({
			state: "steppedAside",
			since: new Date(1000),
			detail: "CPU 63 % is above your 30 %.",
			latencyMs: 42,
		});
	});
});
