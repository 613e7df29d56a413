import { NO_RECORD, type RunTimeRecord } from "./estimate-run-time.ts";
import type {
	BatchNeeds,
	DeviceOffer,
	PlacementPlan,
	WaitingTask,
} from "./placement-plan.ts";
import { planPlacements } from "./plan-placements.ts";

/**
 * The thread's side of planning (planner.ts is the other). The thread keeps what changes seldom (devices, how long app
 * versions take on them) under the numbers that the server's side has given them. What is asked for is told in arrays of
 * numbers, which are handed over without being copied: the objects of a plan for ten thousand devices would hold the
 * server's event loop for as long as the plan takes.
 *
 *   nothing kept ── learn, the first of a keeper ──► keeping ── learn, plan ──► keeping
 *
 * What must stay true: nothing here is needed for more than speed. A thread that was ended takes all of it along; the
 * next one says so (`null`), and is told everything again.
 */

/** A device as it is kept: without what is free on it, which each question says. */
export type KeptDevice = Omit<DeviceOffer, "free" | "ownerId" | "deviceId"> & {
	owner: number;
};

export interface Lesson {
	/** Who numbers the devices. */
	keeper: string;
	/** The first that this keeper tells: what was kept for another is forgotten. */
	begins: boolean;
	devices: readonly { device: number; kept: KeptDevice }[];
	/** How long tasks of app versions take: device numbers, and three numbers of the record for each. */
	runTimes: readonly {
		version: number;
		all: RunTimeRecord;
		devices: Int32Array;
		records: Float64Array;
	}[];
}

export interface PackedTasks {
	/** For each task: its batch and its work unit, as numbers, and its share. */
	batch: Int32Array<ArrayBuffer>;
	unit: Int32Array<ArrayBuffer>;
	share: Float64Array<ArrayBuffer>;
	/** For each task where those that it may not go to end in the list behind; they begin where the last one's end. */
	ownersEnd: Int32Array<ArrayBuffer>;
	owners: Int32Array<ArrayBuffer>;
	devicesEnd: Int32Array<ArrayBuffer>;
	devices: Int32Array<ArrayBuffer>;
	cuttable: readonly (readonly [
		task: number,
		cuttable: WaitingTask["cuttable"],
	])[];
}

export interface PackedQuestion {
	keeper: string;
	/** Those that offer, and of each the free cores, memory and disk. */
	devices: Int32Array<ArrayBuffer>;
	free: Float64Array<ArrayBuffer>;
	batches: readonly (Omit<BatchNeeds, "runTimes"> & { version: number })[];
	tasks: PackedTasks;
	marks: ReadonlyMap<string, number>;
	now: Date;
}

export interface PackedPlan {
	/** Of each placement: the task, the device, the median and the spread of its run time, and the probability or NaN. */
	placements: Float64Array;
	waiting: PlacementPlan["waiting"];
	/** Their work units are numbers, as text. */
	cuts: PlacementPlan["cuts"];
}
export const NUMBERS_A_PLACEMENT = 5;

interface Kept {
	keeper: string;
	devices: Map<number, KeptDevice>;
	runTimes: Map<
		number,
		{ all: RunTimeRecord; byDevice: Map<string, RunTimeRecord> }
	>;
}
let kept: Kept | undefined;

/** Takes in what has changed. What a thread hears that was not told the beginning is lost on it. */
export function learn({ keeper, begins, devices, runTimes }: Lesson): void {
	if (begins) kept = { keeper, devices: new Map(), runTimes: new Map() };
	if (kept?.keeper !== keeper) return;
	for (const { device, kept: one } of devices) kept.devices.set(device, one);
	for (const { version, all, devices, records } of runTimes) {
		const byDevice =
			kept.runTimes.get(version)?.byDevice ?? new Map<string, RunTimeRecord>();
		devices.forEach((device, i) => {
			const [count = 0, logSum = 0, logSquareSum = 0] = records.subarray(3 * i);
			byDevice.set(String(device), { count, logSum, logSquareSum });
		});
		kept.runTimes.set(version, { all, byDevice });
	}
}

/** The plan; null when this thread does not know what the question is about. */
export function plan(question: PackedQuestion): PackedPlan | null {
	if (kept?.keeper !== question.keeper) return null;
	const { offers, numbers } = unpackOffers(question, kept);
	const { runTimes } = kept;
	const batches = new Map(
		question.batches.map(({ version, ...needs }) => [
			needs.batchId,
			{
				...needs,
				runTimes: runTimes.get(version) ?? {
					all: NO_RECORD,
					byDevice: new Map(),
				},
			},
		]),
	);
	const { placements, waiting, cuts } = planPlacements(
		{
			tasks: unpackTasks(question),
			batches,
			offers,
			marks: question.marks,
			now: question.now,
		},
		Math.random,
	);
	const packed = new Float64Array(NUMBERS_A_PLACEMENT * placements.length);
	placements.forEach(({ taskId, deviceId, runTime, probability }, i) => {
		packed.set(
			[
				Number(taskId),
				numbers.get(deviceId) ?? -1,
				runTime.medianSeconds,
				runTime.spread,
				probability ?? Number.NaN,
			],
			NUMBERS_A_PLACEMENT * i,
		);
	});
	return { placements: packed, waiting, cuts };
}

function unpackOffers(
	{ devices, free }: PackedQuestion,
	{ devices: known }: Kept,
): { offers: DeviceOffer[]; numbers: Map<string, number> } {
	const numbers = new Map<string, number>();
	const offers: DeviceOffer[] = [];
	devices.forEach((device, i) => {
		const one = known.get(device);
		if (!one) throw new Error("A device that was not told of offers its time.");
		const [cores = 0, memoryMiB = 0, diskMiB = 0] = free.subarray(3 * i);
		const deviceId = String(device);
		numbers.set(deviceId, device);
		offers.push({
			...one,
			deviceId,
			ownerId: String(one.owner),
			free: { cores, memoryMiB, diskMiB },
		});
	});
	return { offers, numbers };
}

function unpackTasks({ tasks, batches }: PackedQuestion): WaitingTask[] {
	const cuttable = new Map(tasks.cuttable);
	const listed = (list: Int32Array, ends: Int32Array, i: number) =>
		Array.from(list.subarray(ends[i - 1] ?? 0, ends[i]), String);
	return Array.from(tasks.batch, (batch, i) => ({
		taskId: String(i),
		workUnitId: String(tasks.unit[i]),
		batchId: batches[batch]?.batchId ?? "",
		share: tasks.share[i] ?? 1,
		cuttable: cuttable.get(i) ?? null,
		excludedOwners: listed(tasks.owners, tasks.ownersEnd, i),
		excludedDevices: listed(tasks.devices, tasks.devicesEnd, i),
	}));
}
