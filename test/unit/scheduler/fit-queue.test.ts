import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ownerRulesSchema } from "../../../agent/core/protocol.ts";
import { NO_RECORDS } from "../../../server/scheduler/estimate-run-time.ts";
import {
	type DeviceFit,
	fitDevice,
} from "../../../server/scheduler/fit-device.ts";
import { hasRoom } from "../../../server/scheduler/fit-queue.ts";
import { placeTasks } from "../../../server/scheduler/place-tasks.ts";
import type {
	BatchNeeds,
	DeviceOffer,
	WaitingTask,
} from "../../../server/scheduler/placement-plan.ts";
import { scoreFit } from "../../../server/scheduler/score-fit.ts";

const NOW = new Date("2026-01-01T12:00:00Z");
const OWNERS = ["ada", "bob", "cyd"];
const IDS = ["d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7"];

const device = fc
	.record({
		ownerId: fc.constantFrom(...OWNERS),
		cores: fc.integer({ min: 1, max: 6 }),
		taken: fc.integer({ min: 0, max: 3 }),
		hasImage: fc.boolean(),
		idleMinutes: fc.option(fc.integer({ min: 1, max: 30 })),
	})
	.map(
		({ ownerId, cores, taken, hasImage, idleMinutes }) =>
			(deviceId: string): DeviceOffer => {
				const capacity = { cores, memoryMiB: 4096, diskMiB: 4096 };
				const forecast = {
					at: NOW.getTime() / 1000,
					limitPercent: 30,
					forecaster: "gbrt" as const,
					windowSeconds: [(idleMinutes ?? 0) * 60, (idleMinutes ?? 0) * 60 + 1],
					probability: [0.999, 0.001],
				};
				return {
					deviceId,
					ownerId,
					platform: "linux/amd64",
					capacity,
					free: { ...capacity, cores: cores - taken },
					images: new Set(hasImage ? ["image"] : []),
					until: null,
					floatOpsPerSecond: 1e9,
					forecasts:
						idleMinutes === null
							? null
							: { strict: forecast, tolerant: forecast },
					rules: ownerRulesSchema.parse({}),
				};
			},
	);
const batch = fc.record({
	placement: fc.constantFrom("predictive", "spread", "binpack" as const),
	cores: fc.integer({ min: 1, max: 2 }),
	minutes: fc.integer({ min: 1, max: 20 }),
});
const task = fc.record({
	batch: fc.nat(2),
	unit: fc.nat(6),
	excludedOwners: fc.subarray(OWNERS, { maxLength: 2 }),
	excludedDevices: fc.subarray(IDS, { maxLength: 3 }),
});

/** The same by looking at every device for every task. */
function placeByLooking(
	tasks: readonly WaitingTask[],
	batches: ReadonlyMap<string, BatchNeeds>,
	offers: readonly DeviceOffer[],
): string[] {
	const devices = offers.map((one) => ({ ...one, free: { ...one.free } }));
	const copies: { workUnitId: string; ownerId: string }[] = [];
	return tasks.flatMap((task) => {
		const needs = batches.get(task.batchId) as BatchNeeds;
		let best: DeviceFit | undefined;
		for (const device of devices) {
			const fit = fitDevice(device, needs, task.share, NOW);
			const mayHaveIt =
				!fit.refusal &&
				hasRoom(device, needs) &&
				!task.excludedOwners.includes(device.ownerId) &&
				!task.excludedDevices.includes(device.deviceId) &&
				!copies.some(
					({ workUnitId, ownerId }) =>
						workUnitId === task.workUnitId && ownerId === device.ownerId,
				);
			if (!mayHaveIt) continue;
			if (!best || scoreFit(fit, needs) > scoreFit(best, needs)) best = fit;
		}
		if (!best) return [];
		best.device.free.cores -= needs.cores;
		best.device.free.memoryMiB -= needs.memoryMiB;
		best.device.free.diskMiB -= needs.diskMiB;
		copies.push({
			workUnitId: task.workUnitId,
			ownerId: best.device.ownerId,
		});
		return `${task.taskId} on ${best.device.deviceId}`;
	});
}

describe("a queue of devices", () => {
	it("finds for every task the device that looking at all of them would", () => {
		fc.assert(
			fc.property(
				fc.array(device, { maxLength: IDS.length }),
				fc.tuple(batch, batch, batch),
				fc.array(task, { maxLength: 30 }),
				(devices, kinds, wanted) => {
					const offers = devices.map((make, i) => make(IDS[i] ?? ""));
					const batches = new Map(
						kinds.map(({ placement, cores, minutes }, i) => [
							`${i}`,
							{
								batchId: `${i}`,
								projectId: "project",
								scienceArea: "Physics",
								placement,
								confidence: 0.9,
								maxFrozenSeconds: 300,
								builds: { "linux/amd64": "image" },
								estimatedOperations: minutes * 60e9,
								runTimes: NO_RECORDS,
								cores,
								memoryMiB: 256,
								diskMiB: 64,
							},
						]),
					);
					const tasks = wanted.map(
						({ batch, unit, excludedOwners, excludedDevices }, i) => ({
							taskId: `t${i}`,
							workUnitId: `${batch} ${unit}`,
							batchId: `${batch}`,
							share: 1,
							cuttable: null,
							excludedOwners,
							excludedDevices,
						}),
					);
					const plan = placeTasks(tasks, batches, offers, NOW, Math.random);
					expect(
						plan.placements.map(
							({ taskId, deviceId }) => `${taskId} on ${deviceId}`,
						),
					).toEqual(placeByLooking(tasks, batches, offers));
				},
			),
			{ numRuns: 500 },
		);
	});
});
