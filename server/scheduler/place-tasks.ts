import type { Resources } from "../devices/resources.ts";
import { cutWorkUnit, type WorkUnitPart } from "./cut-work-unit.ts";
import {
	type DeviceFit,
	finishProbabilityOf,
	fitDevice,
	longestTaskSeconds,
} from "./fit-device.ts";
import { FitQueue } from "./fit-queue.ts";
import type {
	BatchNeeds,
	DeviceOffer,
	PlacementPlan,
	PlannedTask,
	Refusal,
	WaitingTask,
	WaitReasons,
} from "./placement-plan.ts";
import { RandomFits } from "./random-fits.ts";
import { scoreFit } from "./score-fit.ts";

/**
 * Places the waiting tasks, in their order, on the whole set of offers. Pure: same input and `random`, same plan; the
 * offers given are not changed.
 *
 *   predictive  only where it finishes before the owner comes, with the probability that the batch asks for; among those
 *               the device whose idle window is the shortest, so that long windows are kept for long tasks
 *   random      any device that can
 *   spread      the emptiest device first, so that load is as even as possible
 *   binpack     the fullest device that still has room, so that others stay free for big tasks
 *
 * Among equals, a device that holds the image already comes first. A work unit that is too long for every forecast, and
 * may be cut, is cut to the longest window that nobody else took.
 * @param onPlaced told of each placement before the next task is asked for, so that the order may depend on it
 */
export function placeTasks(
	waiting: Iterable<WaitingTask>,
	batches: ReadonlyMap<string, BatchNeeds>,
	offers: readonly DeviceOffer[],
	now: Date,
	random: () => number,
	onPlaced: (task: PlannedTask) => void = () => {},
): PlacementPlan {
	const devices = offers.map((offer) => ({
		...offer,
		free: { ...offer.free },
	}));
	const plan: PlacementPlan = { placements: [], waiting: new Map(), cuts: [] };
	// Work units of one batch and one size are alike to a device.
	const kinds = new Map<string, TaskKind>();
	// Owners who got a copy of a work unit in this very plan.
	const placedOwners = new Map<string, string[]>();
	const cut = new Set<string>();
	for (const waitingTask of waiting) {
		const needs = batches.get(waitingTask.batchId);
		if (!needs || cut.has(waitingTask.workUnitId)) continue;
		const placed = placedOwners.get(waitingTask.workUnitId) ?? [];
		const task = {
			...waitingTask,
			excludedOwners: [...waitingTask.excludedOwners, ...placed],
		};
		const key = `${task.batchId} ${task.share}`;
		let kind = kinds.get(key);
		if (!kind) {
			kind = new TaskKind(
				devices.map((device) => fitDevice(device, needs, task.share, now)),
				needs,
				random,
			);
			kinds.set(key, kind);
		}
		const fit = kind.choose(task);
		if (fit) {
			take(fit.device, needs, kinds.values());
			placedOwners.set(task.workUnitId, [...placed, fit.device.ownerId]);
			const placement = placementOf(task, needs, fit);
			plan.placements.push(placement);
			onPlaced(placement);
			continue;
		}
		const found = placed.length ? undefined : findCut(task, needs, kind);
		if (found) {
			take(found.fit.device, needs, kinds.values());
			cut.add(task.workUnitId);
			plan.cuts.push({
				workUnitId: task.workUnitId,
				batchId: task.batchId,
				whole: found.whole,
				parts: found.parts,
			});
		} else if (!plan.waiting.has(task.batchId))
			plan.waiting.set(task.batchId, explain(task, needs, kind.fits));
	}
	return plan;
}

const placementOf = (
	task: WaitingTask,
	{ cores, memoryMiB, diskMiB, maxFrozenSeconds }: BatchNeeds,
	fit: DeviceFit,
): PlannedTask => ({
	taskId: task.taskId,
	workUnitId: task.workUnitId,
	batchId: task.batchId,
	deviceId: fit.device.deviceId,
	ownerId: fit.device.ownerId,
	needs: { cores, memoryMiB, diskMiB },
	runTime: fit.runTime,
	probability: finishProbabilityOf(fit),
	forecast: fit.forecast,
	maxFrozenSeconds,
});

function take(
	device: DeviceOffer,
	needs: Resources,
	kinds: Iterable<TaskKind>,
): void {
	device.free.cores -= needs.cores;
	device.free.memoryMiB -= needs.memoryMiB;
	device.free.diskMiB -= needs.diskMiB;
	for (const kind of kinds) kind.taken(device);
}

/** Tasks of one batch and one size, and what devices are to them. */
class TaskKind {
	/** All devices. */
	readonly fits: readonly DeviceFit[];
	readonly #needs: BatchNeeds;
	readonly #able: FitQueue | RandomFits;
	#tooShort: FitQueue | undefined;

	constructor(
		fits: readonly DeviceFit[],
		needs: BatchNeeds,
		random: () => number,
	) {
		this.fits = fits;
		this.#needs = needs;
		const able = fits.filter(({ refusal }) => !refusal);
		this.#able =
			needs.placement === "random"
				? new RandomFits(able, needs, random)
				: new FitQueue(able, needs, (fit) => scoreFit(fit, needs));
	}

	choose(task: WaitingTask): DeviceFit | undefined {
		return this.#able.best(task);
	}

	/** Of the devices with room that only the length of the task keeps away: the one that stays idle the longest. */
	longestTooShort(task: WaitingTask): DeviceFit | undefined {
		this.#tooShort ??= new FitQueue(
			this.fits.filter(({ refusal }) => refusal === "forecastTooShort"),
			this.#needs,
			({ idleSeconds }) => idleSeconds,
		);
		return this.#tooShort.best(task);
	}

	/** A task of whichever kind was put on a device. */
	taken(device: DeviceOffer): void {
		// Only for who fills the fullest first does a device get better by that.
		if (this.#needs.placement === "binpack" && this.#able instanceof FitQueue)
			this.#able.taken(device);
	}
}

/** Runs of a part are forecast a little worse than those of the whole; and the other copy needs a window as well. */
const CUT_MARGIN = 0.8;

/** The parts of which the first fits the longest window that is free, and where that is. */
function findCut(
	task: WaitingTask,
	needs: BatchNeeds,
	kind: TaskKind,
):
	| {
			fit: DeviceFit;
			whole: WorkUnitPart;
			parts: [WorkUnitPart, WorkUnitPart];
	  }
	| undefined {
	if (!task.cuttable) return undefined;
	const fit = kind.longestTooShort(task);
	if (!fit) return undefined;
	const whole = fit.runTime.medianSeconds;
	const share =
		(task.share * CUT_MARGIN * longestTaskSeconds(fit, needs)) / whole;
	const { parameters, cutting } = task.cuttable;
	const parts = cutWorkUnit(parameters, cutting, task.share, share);
	return parts && { fit, whole: { parameters, share: task.share }, parts };
}

/** Of the devices that only the length keeps away, busy or not: the one that stays idle the longest. */
const longestOf = (fits: readonly DeviceFit[]): DeviceFit | undefined =>
	fits
		.filter(({ refusal }) => refusal === "forecastTooShort")
		.reduce<DeviceFit | undefined>(
			(best, fit) => (best && best.idleSeconds >= fit.idleSeconds ? best : fit),
			undefined,
		);

/** Says for each device why it did not get the task, and counts the reasons. */
function explain(
	task: WaitingTask,
	needs: BatchNeeds,
	fits: readonly DeviceFit[],
): WaitReasons {
	if (fits.length === 0) return { devices: { noDeviceOffers: 1 } };
	const devices: Partial<Record<Refusal, number>> = {};
	for (const fit of fits) {
		const reason = refusalOf(task, fit);
		devices[reason] = (devices[reason] ?? 0) + 1;
	}
	// Only when the length alone keeps it from everywhere it could go: elsewhere it just waits its turn.
	const longest = devices.busy ? undefined : longestOf(fits);
	if (!longest) return { devices };
	return {
		devices,
		fit: {
			neededSeconds: longest.runTime.medianSeconds,
			longestSeconds: longestTaskSeconds(longest, needs),
			confidence: needs.confidence,
		},
	};
}

function refusalOf(task: WaitingTask, { device, refusal }: DeviceFit): Refusal {
	if (refusal) return refusal;
	if (task.excludedDevices.includes(device.deviceId)) return "failedHereBefore";
	if (task.excludedOwners.includes(device.ownerId)) return "needsAnotherOwner";
	return "busy";
}
