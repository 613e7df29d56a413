import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
	type Eviction,
	endingsInUse,
	evictionEnding,
	listGone,
} from "../../../agent/core/guard/evictions.ts";
import { lentCapacity } from "../../../agent/core/lent-capacity.ts";
import { measureTimes } from "../../../agent/core/measure-times.ts";
import type { Observed, ObservedTask } from "../../../agent/core/plan.ts";
import type { Assignment, Wanted } from "../../../agent/core/protocol.ts";
import { isHandedBack } from "../../../agent/tasks/hand-back.ts";
import { WantedTasks } from "../../../agent/tasks/wanted-tasks.ts";

describe("the times of a task", () => {
	const ran = { startedAt: 1_000_000, finishedAt: 1_100_000, cores: 2 };

	test("are from its start to its end, less what it stood frozen", () => {
		expect(measureTimes(ran, undefined, 40_000).runSeconds).toBe(60);
	});

	test("carry the last reading of its CPU time on at the pace until then", () => {
		const mark = { seconds: 60, at: 1_050_000 };
		// 60 s of CPU in 50 s, and as fast for the other 50 s.
		expect(measureTimes(ran, mark).cpuSeconds).toBeCloseTo(120, 9);
	});

	test("never hold more CPU time than its cores had", () => {
		const mark = { seconds: 1_000, at: 1_050_000 };
		expect(measureTimes(ran, mark).cpuSeconds).toBe(200);
	});

	test("count one core throughout where nothing could be read, or the part of one that it had", () => {
		expect(measureTimes(ran, undefined).cpuSeconds).toBe(100);
		const half = { ...ran, cores: 0.5 };
		expect(measureTimes(half, undefined).cpuSeconds).toBe(50);
	});

	test("are none when it never began, or its container is gone", () => {
		const none = { runSeconds: 0, cpuSeconds: 0 };
		expect(measureTimes(undefined, undefined)).toEqual(none);
		expect(measureTimes({ ...ran, startedAt: undefined }, undefined)).toEqual(
			none,
		);
		expect(measureTimes({ ...ran, finishedAt: 999_000 }, undefined)).toEqual(
			none,
		);
	});
});

describe("a task that its owner wants gone", () => {
	const why = {
		reason: "memory",
		detail: "5 % of the memory is free.",
	} as const;
	const eviction = (containerId: string | undefined): Eviction => ({
		...why,
		sinceMs: 5,
		containerId,
	});

	test("is given back for the reason that its owner reads", () => {
		expect(evictionEnding(why, { askForCheckpoint: true })).toEqual({
			outcome: "returned",
			errorCode: "ownerNeedsDevice",
			errorDetail: why.detail,
			guardReason: "memory",
			askForCheckpoint: true,
		});
	});

	test("is gone when its container no longer runs, or when it had none", () => {
		const leaving = new Map([
			["runs", eviction("c1")],
			["ended", eviction("c2")],
			["had none", eviction(undefined)],
		]);
		const gone = listGone(leaving, new Set(["c1"]));
		expect(gone.map(([taskId]) => taskId)).toEqual(["ended", "had none"]);
	});

	test("keeps its ending until nobody knows of it", () => {
		const ending = evictionEnding(why);
		const endings = new Map([
			["here", ending],
			["leaving", ending],
			["forgotten", ending],
		]);
		const kept = endingsInUse(endings, new Set(["here"]), new Set(["leaving"]));
		expect([...kept.keys()]).toEqual(["here", "leaving"]);
	});
});

describe("handing back", () => {
	const seen = (...tasks: Partial<ObservedTask>[]): Observed => ({
		tasks: new Map(
			tasks.map((task) => [
				randomUUID(),
				{
					assignment: undefined,
					imageReady: true,
					inputsReady: true,
					container: undefined,
					ending: undefined,
					reported: false,
					attempts: 0,
					...task,
				},
			]),
		),
		orphans: [],
		connected: true,
	});
	const container = {
		id: "c",
		state: "exited",
		exitCode: 0,
		memoryKilled: false,
	} as const;

	test("is not over before anybody has looked", () => {
		expect(isHandedBack(undefined, false)).toBe(false);
	});

	test("is over when nothing is here", () => {
		expect(isHandedBack(seen(), true)).toBe(true);
	});

	test("waits for the server to take reports while it is there, and no longer", () => {
		expect(isHandedBack(seen({ reported: true }), true)).toBe(false);
		expect(isHandedBack(seen({ reported: true }), false)).toBe(true);
	});

	test("waits for the report and for the container to be gone", () => {
		expect(isHandedBack(seen({ reported: false }), false)).toBe(false);
		expect(isHandedBack(seen({ reported: true, container }), false)).toBe(
			false,
		);
	});
});

describe("what a machine lends at the most", () => {
	const machine = { cores: 4, memoryBytes: 4000 * 2 ** 20 };

	test("is all of it but the owner's part of the memory", () => {
		expect(lentCapacity({}, machine, 10)).toEqual({
			cores: 4,
			memoryMiB: 3600,
		});
	});

	test("is what its owner says, whatever the machine has", () => {
		expect(lentCapacity({ cores: 1.5, memoryMiB: 512 }, machine, 10)).toEqual({
			cores: 1.5,
			memoryMiB: 512,
		});
	});
});

describe("the wanted list", () => {
	const appVersionId = randomUUID();
	const anAssignment = (): Assignment => ({
		taskId: randomUUID(),
		workUnitId: randomUUID(),
		appVersionId,
		parameters: {},
		inputs: [],
		deadline: "2026-03-01T12:00:00Z",
		maxFrozenSeconds: 300,
		checkpoint: null,
	});
	const aList = (...assignments: Assignment[]): Wanted => ({
		revision: 1,
		paused: false,
		draining: true,
		assignments,
		manifests: [
			{
				appVersionId,
				manifest: "{}",
				signature: "s",
				archive: { path: "/a", bytes: 1, sha256: "a".repeat(64) },
			},
		],
		yoursNow: null,
		watch: { samples: true, taskIds: [] },
	});

	test("is unknown, and not empty, before the server has spoken", () => {
		const wanted = new WantedTasks();
		expect(wanted.all).toBeUndefined();
		expect(wanted.unfinished).toBeUndefined();
		expect(wanted.wishes).toEqual({ paused: false, draining: false });
	});

	test("gives each task its app version's manifest, and the wishes that came with it", () => {
		const wanted = new WantedTasks();
		const task = anAssignment();
		wanted.hear(aList(task));
		expect(wanted.find(task.taskId)?.manifest?.appVersionId).toBe(appVersionId);
		expect(wanted.wishes).toEqual({ paused: false, draining: true });
		expect(wanted.isWatched).toBe(true);
	});

	test("that crossed a report on the wire does not bring the task back", () => {
		const wanted = new WantedTasks();
		const [done, other] = [anAssignment(), anAssignment()];
		wanted.hear(aList(done, other));
		wanted.finish(done.taskId);
		wanted.hear(aList(done, other));
		expect([...(wanted.unfinished?.keys() ?? [])]).toEqual([other.taskId]);
		expect(wanted.all?.has(done.taskId)).toBe(true);
	});

	test("that no longer mentions a finished task lets it be forgotten", () => {
		const wanted = new WantedTasks();
		const task = anAssignment();
		wanted.finish(task.taskId);
		wanted.hear(aList());
		wanted.hear(aList(task));
		expect(wanted.unfinished?.has(task.taskId)).toBe(true);
	});
});
