import type { Platform } from "../../agent/protocol.ts";
import type { Placement } from "../database/generated/enums.ts";

/** Resources, as asked for by a task or still free on a device. */
export interface Resources {
	cores: number;
	memoryMiB: number;
	diskMiB: number;
}

/** A device that can take work now. */
export interface DeviceOffer {
	deviceId: string;
	ownerId: string;
	platform: Platform;
	/** In all, and what is left of it after what is leased to the device already. */
	capacity: Resources;
	free: Resources;
	images: ReadonlySet<string>;
	/** Until when the owner's rules allow work; null: no end. */
	until: Date | null;
	/** Floating-point operations a second on one core; null: not measured. */
	floatOpsPerSecond: number | null;
}

/** What all tasks of a batch need. */
export interface BatchNeeds extends Resources {
	batchId: string;
	placement: Placement;
	platforms: readonly string[];
	imageId: string;
	estimatedOperations: number;
}

export interface WaitingTask {
	taskId: string;
	workUnitId: string;
	batchId: string;
	/** Owners who hold a copy of the work unit: one owner must never be a quorum alone. */
	excludedOwners: readonly string[];
	/** Devices on which a copy went wrong or was given back. */
	excludedDevices: readonly string[];
}

export type Refusal =
	| "platform"
	| "notEnoughCores"
	| "notEnoughMemory"
	| "notEnoughDisk"
	| "busy"
	| "windowTooShort"
	| "needsAnotherOwner"
	| "failedHereBefore"
	| "noDeviceOffers";

export interface PlacementPlan {
	placements: {
		taskId: string;
		batchId: string;
		deviceId: string;
		needs: Resources;
	}[];
	/** Why tasks of a batch wait: reason → on how many devices it held, for its first unplaced task. */
	waiting: Map<string, Partial<Record<Refusal, number>>>;
}

/** Whether a device could ever take tasks of the batch, and if not, why. The name is what the portal shows. */
const BATCH_FILTERS: readonly [
	Refusal,
	(device: DeviceOffer, needs: BatchNeeds, now: Date) => boolean,
][] = [
	["platform", (device, needs) => needs.platforms.includes(device.platform)],
	["notEnoughCores", ({ capacity }, needs) => capacity.cores >= needs.cores],
	[
		"notEnoughMemory",
		({ capacity }, needs) => capacity.memoryMiB >= needs.memoryMiB,
	],
	["notEnoughDisk", ({ capacity }, needs) => capacity.diskMiB >= needs.diskMiB],
	["windowTooShort", (device, needs, now) => fitsWindow(device, needs, now)],
];

function fitsWindow(
	{ until, floatOpsPerSecond }: DeviceOffer,
	needs: BatchNeeds,
	now: Date,
): boolean {
	if (!until) return true;
	if (!floatOpsPerSecond) return until > now;
	const seconds =
		needs.estimatedOperations /
		(floatOpsPerSecond * Math.max(1, Math.floor(needs.cores)));
	return until.getTime() - now.getTime() >= seconds * 1000;
}

const hasRoom = ({ free }: DeviceOffer, needs: Resources): boolean =>
	free.cores >= needs.cores &&
	free.memoryMiB >= needs.memoryMiB &&
	free.diskMiB >= needs.diskMiB;

/** Share of a device that is taken: what Spread keeps even and Binpack fills. */
const fullness = ({ capacity, free }: DeviceOffer): number =>
	capacity.cores === 0 ? 1 : (capacity.cores - free.cores) / capacity.cores;

/**
 * Places the waiting tasks, in their order, on the whole set of offers. Pure: same input and `random`, same plan; the
 * offers given are not changed.
 *
 *   random   any device that can
 *   spread   the emptiest device first, so that load is as even as possible
 *   binpack  the fullest device that still has room, so that others stay free for big tasks
 *
 * Among equals, a device that holds the image already comes first.
 */
export function placeTasks(
	waiting: readonly WaitingTask[],
	batches: ReadonlyMap<string, BatchNeeds>,
	offers: readonly DeviceOffer[],
	now: Date,
	random: () => number,
): PlacementPlan {
	const devices = offers.map((offer) => ({
		...offer,
		free: { ...offer.free },
	}));
	const plan: PlacementPlan = { placements: [], waiting: new Map() };
	const candidatesOf = new Map<string, DeviceOffer[]>();
	// Owners who got a copy of a work unit in this very plan.
	const placedOwners = new Map<string, string[]>();
	for (const waitingTask of waiting) {
		const placed = placedOwners.get(waitingTask.workUnitId) ?? [];
		const task = {
			...waitingTask,
			excludedOwners: [...waitingTask.excludedOwners, ...placed],
		};
		const needs = batches.get(task.batchId);
		if (!needs) continue;
		let candidates = candidatesOf.get(task.batchId);
		if (!candidates) {
			candidates = devices.filter((device) =>
				BATCH_FILTERS.every(([, fits]) => fits(device, needs, now)),
			);
			candidatesOf.set(task.batchId, candidates);
		}
		const device = chooseDevice(task, needs, candidates, random);
		if (device) {
			take(device.free, needs);
			placedOwners.set(task.workUnitId, [...placed, device.ownerId]);
			plan.placements.push({
				taskId: task.taskId,
				batchId: task.batchId,
				deviceId: device.deviceId,
				needs: pick(needs),
			});
		} else if (!plan.waiting.has(task.batchId)) {
			plan.waiting.set(task.batchId, explain(task, needs, devices, now));
		}
	}
	return plan;
}

const pick = ({ cores, memoryMiB, diskMiB }: Resources): Resources => ({
	cores,
	memoryMiB,
	diskMiB,
});

function take(free: Resources, needs: Resources): void {
	free.cores -= needs.cores;
	free.memoryMiB -= needs.memoryMiB;
	free.diskMiB -= needs.diskMiB;
}

function chooseDevice(
	task: WaitingTask,
	needs: BatchNeeds,
	candidates: readonly DeviceOffer[],
	random: () => number,
): DeviceOffer | undefined {
	let best: DeviceOffer | undefined;
	let bestScore = Number.NEGATIVE_INFINITY;
	for (const device of candidates) {
		if (!hasRoom(device, needs)) continue;
		if (
			task.excludedOwners.includes(device.ownerId) ||
			task.excludedDevices.includes(device.deviceId)
		)
			continue;
		const score = scoreOf(device, needs, random);
		if (score > bestScore) {
			best = device;
			bestScore = score;
		}
	}
	return best;
}

function scoreOf(
	device: DeviceOffer,
	needs: BatchNeeds,
	random: () => number,
): number {
	if (needs.placement === "random") return random();
	const full = fullness(device);
	const tieBreak = device.images.has(needs.imageId) ? 1e-6 : 0;
	return (needs.placement === "binpack" ? full : -full) + tieBreak;
}

/** Says for each device why it did not get the task, and counts the reasons. */
function explain(
	task: WaitingTask,
	needs: BatchNeeds,
	devices: readonly DeviceOffer[],
	now: Date,
): Partial<Record<Refusal, number>> {
	if (devices.length === 0) return { noDeviceOffers: 1 };
	const counts: Partial<Record<Refusal, number>> = {};
	for (const device of devices) {
		const reason = refusalOf(task, needs, device, now);
		counts[reason] = (counts[reason] ?? 0) + 1;
	}
	return counts;
}

function refusalOf(
	task: WaitingTask,
	needs: BatchNeeds,
	device: DeviceOffer,
	now: Date,
): Refusal {
	const filter = BATCH_FILTERS.find(([, fits]) => !fits(device, needs, now));
	if (filter) return filter[0];
	if (task.excludedDevices.includes(device.deviceId)) return "failedHereBefore";
	if (task.excludedOwners.includes(device.ownerId)) return "needsAnotherOwner";
	return "busy";
}
