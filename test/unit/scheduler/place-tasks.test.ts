import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	ownerRulesSchema,
	type Platform,
} from "../../../agent/core/protocol.ts";
import type { SurvivalForecast } from "../../../server/predictor/forecast/forecast-survival.ts";
import type { DeviceForecasts } from "../../../server/predictor/forecast/live-forecasts.ts";
import { NO_RECORDS } from "../../../server/scheduler/estimate-run-time.ts";
import { placeTasks } from "../../../server/scheduler/place-tasks.ts";
import type {
	BatchNeeds,
	DeviceOffer,
	WaitingTask,
} from "../../../server/scheduler/placement-plan.ts";

const NOW = new Date("2026-01-01T12:00:00Z");
const resources = (cores: number) => ({
	cores,
	memoryMiB: cores * 1024,
	diskMiB: cores * 1024,
});
const aDevice = (
	deviceId: string,
	offer: Partial<DeviceOffer> = {},
): DeviceOffer => ({
	deviceId,
	ownerId: `owner of ${deviceId}`,
	platform: "linux/amd64",
	capacity: resources(4),
	free: offer.capacity ? { ...offer.capacity } : resources(4),
	images: new Set(),
	until: null,
	floatOpsPerSecond: 1e9,
	forecasts: null,
	rules: ownerRulesSchema.parse({}),
	...offer,
});
const needs = (batch: Partial<BatchNeeds> = {}): BatchNeeds => ({
	batchId: "batch",
	projectId: "project",
	scienceArea: "Physics",
	placement: "spread",
	confidence: 0.9,
	maxFrozenSeconds: 300,
	runTimes: NO_RECORDS,
	builds: { "linux/amd64": "sha256:image" },
	estimatedOperations: 1e9,
	cores: 1,
	memoryMiB: 256,
	diskMiB: 64,
	...batch,
});
const tasks = (count: number, task: Partial<WaitingTask> = {}): WaitingTask[] =>
	Array.from({ length: count }, (_, i) => ({
		taskId: `task-${i}`,
		workUnitId: `unit-${i}`,
		batchId: "batch",
		share: 1,
		cuttable: null,
		excludedOwners: [],
		excludedDevices: [],
		...task,
	}));
const place = (
	waiting: WaitingTask[],
	offers: DeviceOffer[],
	batch = needs(),
	random = Math.random,
) =>
	placeTasks(waiting, new Map([[batch.batchId, batch]]), offers, NOW, random);
/** Sure to stay idle for so long, and then no more. */
const idleFor = (
	minutes: number,
	tolerantMinutes = minutes,
): DeviceForecasts => ({
	strict: sureFor(minutes),
	tolerant: sureFor(tolerantMinutes),
});
const sureFor = (minutes: number): SurvivalForecast => ({
	at: NOW.getTime() / 1000,
	limitPercent: 30,
	forecaster: "gbrt",
	windowSeconds: [minutes * 60, minutes * 60 + 1],
	probability: [0.999, 0.001],
});
const countOn = (plan: ReturnType<typeof place>, deviceId: string) =>
	plan.placements.filter((placement) => placement.deviceId === deviceId).length;

describe("placing tasks", () => {
	it("spreads them as evenly as possible", () => {
		const plan = place(tasks(6), [aDevice("a"), aDevice("b"), aDevice("c")]);
		expect(["a", "b", "c"].map((id) => countOn(plan, id))).toEqual([2, 2, 2]);
	});

	it("fills one device before the next when packing", () => {
		const plan = place(
			tasks(6),
			[aDevice("a"), aDevice("b"), aDevice("c")],
			needs({ placement: "binpack" }),
		);
		expect(["a", "b", "c"].map((id) => countOn(plan, id)).sort()).toEqual([
			0, 2, 4,
		]);
	});

	it("goes wherever chance says when random", () => {
		const draws = [0.9, 0.1];
		const plan = place(
			tasks(2),
			[aDevice("a"), aDevice("b")],
			needs({ placement: "random" }),
			() => draws.shift() ?? 0,
		);
		expect(plan.placements.map(({ deviceId }) => deviceId)).toEqual(["b", "a"]);
	});

	it("prefers, among equals, the device that holds the image", () => {
		const plan = place(tasks(1), [
			aDevice("a"),
			aDevice("b", { images: new Set(["sha256:image"]) }),
		]);
		expect(plan.placements[0]?.deviceId).toBe("b");
	});

	it("looks at the build for each device's own platform", () => {
		const holds = (deviceId: string, platform: Platform, image: string) =>
			aDevice(deviceId, { platform, images: new Set([image]) });
		const builds = { "linux/amd64": "sha256:amd", "linux/arm64": "sha256:arm" };
		const offers = [
			holds("amd with the image of arm", "linux/amd64", "sha256:arm"),
			holds("arm with the image of arm", "linux/arm64", "sha256:arm"),
			holds("amd with nothing", "linux/amd64", ""),
		];
		expect(place(tasks(1), offers, needs({ builds })).placements).toMatchObject(
			[{ deviceId: "arm with the image of arm" }],
		);
		const onlyArm = needs({ builds: { "linux/arm64": null } });
		const plan = place(tasks(5), offers, onlyArm);
		expect(new Set(plan.placements.map(({ deviceId }) => deviceId))).toEqual(
			new Set(["arm with the image of arm"]),
		);
		expect(plan.waiting.get("batch")?.devices).toEqual({
			platform: 2,
			busy: 1,
		});
	});

	it("never gives two copies of a work unit to one owner in the same plan", () => {
		const copies = tasks(2, { workUnitId: "same" });
		const plan = place(copies, [
			aDevice("a", { ownerId: "eve" }),
			aDevice("b", { ownerId: "eve" }),
		]);
		expect(plan.placements).toHaveLength(1);
		expect(plan.waiting.get("batch")).toEqual({
			devices: { needsAnotherOwner: 2 },
		});
	});

	it("says why not, by name and by how many devices", () => {
		const offers = [
			aDevice("arm", { platform: "linux/arm64" }),
			aDevice("small", {
				capacity: { cores: 0.5, memoryMiB: 9999, diskMiB: 9999 },
			}),
			aDevice("lean", {
				capacity: { cores: 4, memoryMiB: 100, diskMiB: 9999 },
			}),
			aDevice("full", { free: resources(0) }),
			aDevice("soon needed", { until: new Date(NOW.getTime() + 500) }),
			aDevice("fond of others", {
				rules: ownerRulesSchema.parse({ neverAreas: ["Physics"] }),
			}),
			aDevice("burnt"),
		];
		const plan = place(tasks(1, { excludedDevices: ["burnt"] }), offers);
		expect(plan.placements).toEqual([]);
		expect(plan.waiting.get("batch")).toEqual({
			devices: {
				platform: 1,
				notEnoughCores: 1,
				notEnoughMemory: 1,
				ownerRules: 1,
				busy: 1,
				windowTooShort: 1,
				failedHereBefore: 1,
			},
		});
	});

	it("says so when nobody offers anything", () => {
		expect(place(tasks(1), []).waiting.get("batch")).toEqual({
			devices: { noDeviceOffers: 1 },
		});
	});

	it("predicts: goes only where it ends before the owner comes, and keeps long windows for long tasks", () => {
		const hour = needs({ placement: "predictive", estimatedOperations: 6e11 });
		const plan = place(
			tasks(6),
			[
				aDevice("soon needed", { forecasts: idleFor(5) }),
				aDevice("idle for hours", { forecasts: idleFor(480) }),
				aDevice("idle for long enough", { forecasts: idleFor(60) }),
				aDevice("never forecast"),
			],
			hour,
		);
		expect(countOn(plan, "idle for long enough")).toBe(4);
		expect(countOn(plan, "idle for hours")).toBe(2);
		expect(plan.placements[0]).toMatchObject({
			probability: expect.closeTo(0.999, 2),
			runTime: { medianSeconds: expect.closeTo(600, 0) },
		});
	});

	it("predicts by what tasks of the version took before, not by what was estimated", () => {
		const batch = needs({
			placement: "predictive",
			estimatedOperations: 6e11,
			runTimes: {
				// Forty times as long as its figures say.
				all: {
					count: 50,
					logSum: 50 * Math.log(40),
					logSquareSum: 50 * Math.log(40) ** 2,
				},
				byDevice: new Map(),
			},
		});
		const plan = place(
			tasks(1),
			[aDevice("a", { forecasts: idleFor(60) })],
			batch,
		);
		expect(plan.placements).toEqual([]);
	});

	it("counts on short bursts being waited out by tasks that may stand still for so long, and only by those", () => {
		const device = aDevice("a", { forecasts: idleFor(5, 60) });
		const batch = {
			placement: "predictive",
			estimatedOperations: 6e11,
		} as const;
		const placed = (maxFrozenSeconds: number) =>
			place(tasks(1), [device], needs({ ...batch, maxFrozenSeconds }))
				.placements.length;
		expect(placed(300)).toBe(1);
		expect(placed(20)).toBe(0);
	});

	it("says of a task that is too long for every forecast how long one could be", () => {
		const plan = place(
			tasks(1),
			[
				aDevice("a", { forecasts: idleFor(30) }),
				aDevice("b", { forecasts: idleFor(10) }),
			],
			needs({ placement: "predictive", estimatedOperations: 7200e9 }),
		);
		expect(plan.waiting.get("batch")).toMatchObject({
			devices: { forecastTooShort: 2 },
			fit: { neededSeconds: expect.closeTo(7200, 0), confidence: 0.9 },
		});
		const longest = plan.waiting.get("batch")?.fit?.longestSeconds ?? 0;
		expect(longest).toBeGreaterThan(300);
		expect(longest).toBeLessThan(30 * 60);
	});

	it("cuts a work unit that may be cut to the longest window, and only one for each", () => {
		const plan = place(
			tasks(3, {
				cuttable: {
					parameters: { start: "0", count: "1000" },
					cutting: { first: "start", size: "count", smallest: 10 },
				},
			}),
			[
				aDevice("a", { forecasts: idleFor(60), capacity: resources(1) }),
				aDevice("b", { forecasts: idleFor(30), capacity: resources(1) }),
			],
			needs({ placement: "predictive", estimatedOperations: 7200e9 }),
		);
		expect(plan.cuts.map(({ workUnitId }) => workUnitId)).toEqual([
			"unit-0",
			"unit-1",
		]);
		const [first, second] = plan.cuts.map(
			({ parts: [{ share }] }) => share,
		) as [number, number];
		expect(first).toBeLessThan(0.5);
		expect(second).toBeCloseTo(first / 2, 1);
	});

	it("says why when even the smallest part is too long", () => {
		const plan = place(
			tasks(1, {
				cuttable: {
					parameters: { start: "0", count: "1000" },
					cutting: { first: "start", size: "count", smallest: 400 },
				},
			}),
			[aDevice("a", { forecasts: idleFor(30) })],
			needs({ placement: "predictive", estimatedOperations: 7200e9 }),
		);
		expect(plan.cuts).toEqual([]);
		expect(plan.waiting.get("batch")?.devices).toEqual({ forecastTooShort: 1 });
	});

	it("keeps to the owner's hours whatever the forecast says", () => {
		const until = new Date(NOW.getTime() + 20 * 60_000);
		const plan = place(
			tasks(1),
			[aDevice("a", { forecasts: idleFor(480), until })],
			needs({ placement: "predictive", estimatedOperations: 1000e9 }),
		);
		expect(plan.waiting.get("batch")?.devices).toEqual({ forecastTooShort: 1 });
	});

	it("leaves the offers it was given as they were", () => {
		const device = aDevice("a");
		place(tasks(3), [device]);
		expect(device.free).toEqual(resources(4));
	});

	it("never overfills a device and never places a task twice, whatever the mixture", () => {
		const anyOffer = fc.record({
			cores: fc.integer({ min: 0, max: 8 }),
			owner: fc.constantFrom("ada", "bob", "cyd"),
		});
		const anyTask = fc.record({ unit: fc.integer({ min: 0, max: 5 }) });
		const placement = fc.constantFrom<BatchNeeds["placement"]>(
			"random",
			"spread",
			"binpack",
			"predictive",
		);
		fc.assert(
			fc.property(
				fc.array(anyOffer, { maxLength: 8 }),
				fc.array(anyTask, { maxLength: 30 }),
				placement,
				(offers, some, kind) => {
					const devices = offers.map(({ cores, owner }, i) =>
						aDevice(`d${i}`, {
							ownerId: owner,
							capacity: resources(cores),
							free: resources(cores),
							forecasts: idleFor(60),
						}),
					);
					const waiting = some.map(({ unit }, i) => ({
						...(tasks(1)[0] as WaitingTask),
						taskId: `t${i}`,
						workUnitId: `u${unit}`,
					}));
					const { placements } = place(
						waiting,
						devices,
						needs({ placement: kind }),
					);
					expect(new Set(placements.map(({ taskId }) => taskId)).size).toBe(
						placements.length,
					);
					for (const { deviceId, capacity } of devices)
						expect(
							placements.filter((p) => p.deviceId === deviceId).length,
						).toBeLessThanOrEqual(capacity.cores);
					const owners = placements.map(({ taskId, deviceId }) => {
						const owner = devices.find(
							(device) => device.deviceId === deviceId,
						)?.ownerId;
						return `${waiting.find((task) => task.taskId === taskId)?.workUnitId} ${owner}`;
					});
					expect(new Set(owners).size).toBe(owners.length);
				},
			),
			{ numRuns: 500 },
		);
	});
});

describe("placing by chance", () => {
	it("gives every device that may have a task the same chance, also when most may not", () => {
		const owners = Array.from({ length: 50 }, (_, i) => `owner of d${i}`);
		const allowed = ["d7", "d23", "d48"];
		const offers = owners.map((_, i) =>
			aDevice(`d${i}`, { capacity: resources(1e6) }),
		);
		const plan = place(
			tasks(3_000, {
				excludedOwners: owners.filter(
					(owner) => !allowed.some((id) => owner === `owner of ${id}`),
				),
			}).map((task, i) => ({ ...task, workUnitId: `w${i}` })),
			offers,
			needs({ placement: "random" }),
		);
		expect(plan.placements).toHaveLength(3_000);
		for (const id of allowed) {
			expect(countOn(plan, id)).toBeGreaterThan(850);
			expect(countOn(plan, id)).toBeLessThan(1_150);
		}
	});
});
