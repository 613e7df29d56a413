import { forecastFor } from "../predictor/forecast/live-forecasts.ts";
import { threadJob } from "../threads/thread-job.ts";
import type { ThreadLane } from "../threads/thread-lane.ts";
import { NO_RECORD, type RunTimeRecords } from "./estimate-run-time.ts";
import type {
	BatchNeeds,
	DeviceOffer,
	PlacementPlan,
	PlannedTask,
	WaitingTask,
} from "./placement-plan.ts";
import { type PlacementQuestion, planPlacements } from "./plan-placements.ts";
import {
	type KeptDevice,
	type Lesson,
	type learn,
	NUMBERS_A_PLACEMENT,
	type PackedPlan,
	type PackedQuestion,
	type PackedTasks,
	type plan,
} from "./planning-thread.ts";

/**
 * Up to so many pairs of a device and a batch, and so many tasks, a plan takes a few milliseconds and is made here: a
 * thread would answer later.
 */
const FEW_FITS = 1_000;
const FEW_TASKS = 500;
/** So many devices, or run times, are told in one go; between two goes whatever else there is has its turn. */
const DEVICES_AT_ONCE = 200;
const RECORDS_AT_ONCE = 5_000;

/** What is said when thread after thread is gone: the next tick asks again. */
const NOTHING: PlacementPlan = { placements: [], waiting: new Map(), cuts: [] };

const THREAD = new URL("./planning-thread.ts", import.meta.url);
const learning = threadJob<typeof learn>(THREAD, "learn", 30_000);
const planning = threadJob<typeof plan>(THREAD, "plan", 60_000);

/**
 * Makes plans: small ones here, large ones in a thread (planning-thread.ts), without holding the event loop for either.
 * One plan after the other.
 */
export class Planner {
	readonly #lane: Pick<ThreadLane, "run">;
	#numbers = new Numbers();

	constructor(lane: Pick<ThreadLane, "run">) {
		this.#lane = lane;
	}

	async plan(question: PlacementQuestion): Promise<PlacementPlan> {
		const { tasks, offers } = question;
		const kinds = new Set(tasks.map(({ batchId }) => batchId)).size;
		if (offers.length * kinds <= FEW_FITS && tasks.length <= FEW_TASKS)
			return planPlacements(question, Math.random);
		return (
			(await this.#planInThread(question)) ??
			// A new thread knows nothing: it is told everything, once.
			(await this.#planInThread(question)) ??
			NOTHING
		);
	}

	async #planInThread(
		question: PlacementQuestion,
	): Promise<PlacementPlan | undefined> {
		if (this.#numbers.size > 2 * question.offers.length + 1_000)
			this.#numbers = new Numbers();
		const numbers = this.#numbers;
		for (const lesson of numbers.listLessons(question))
			await this.#lane.run(learning, () => lesson);
		const packed = numbers.pack(question);
		const answer = await this.#lane.run(planning, () => packed, {
			transferOf: ({ devices, free, tasks }) =>
				[
					devices,
					free,
					tasks.batch,
					tasks.unit,
					tasks.share,
					tasks.ownersEnd,
					tasks.owners,
					tasks.devicesEnd,
					tasks.devices,
				].map(({ buffer }) => buffer as ArrayBuffer),
		});
		if (answer) return numbers.unpack(answer, question);
		this.#numbers = new Numbers();
		return undefined;
	}
}

/** What a thread has been told, and under which numbers. */
class Numbers {
	readonly keeper = crypto.randomUUID();
	readonly #devices = new Map<string, number>();
	readonly #owners = new Map<string, number>();
	readonly #told = new Map<string, DeviceOffer>();
	/** By version: its number, and how much of its log was told. */
	readonly #versions = new Map<
		RunTimeRecords,
		{ number: number; told: number }
	>();
	#versionCount = 0;
	#begins = true;

	/** So many devices were told of; those that are gone too. */
	get size(): number {
		return this.#told.size;
	}

	/** What has changed since the last question, in pieces. */
	*listLessons({ offers, batches }: PlacementQuestion): Generator<Lesson> {
		const changed = offers.filter(
			(offer) => !isSame(this.#told.get(offer.deviceId), offer),
		);
		for (let i = 0; i < changed.length; i += DEVICES_AT_ONCE) {
			const some = changed.slice(i, i + DEVICES_AT_ONCE);
			for (const offer of some) this.#told.set(offer.deviceId, offer);
			const devices = some.map((offer) => this.#keep(offer));
			yield this.#lesson(devices, []);
		}
		const wanted = new Set([...batches.values()].map((one) => one.runTimes));
		for (const records of this.#versions.keys())
			if (!wanted.has(records)) this.#versions.delete(records);
		for (const records of wanted)
			for (const runTimes of this.#listNews(records))
				yield this.#lesson([], [runTimes]);
	}

	#lesson(devices: Lesson["devices"], runTimes: Lesson["runTimes"]): Lesson {
		const begins = this.#begins;
		this.#begins = false;
		return { keeper: this.keeper, begins, devices, runTimes };
	}

	pack(question: PlacementQuestion): PackedQuestion {
		const { offers, batches, marks, now } = question;
		const free = new Float64Array(3 * offers.length);
		let next = 0;
		for (const offer of offers) {
			free[next++] = offer.free.cores;
			free[next++] = offer.free.memoryMiB;
			free[next++] = offer.free.diskMiB;
		}
		return {
			keeper: this.keeper,
			devices: Int32Array.from(offers, ({ deviceId }) =>
				numberOf(this.#devices, deviceId),
			),
			free,
			batches: [...batches.values()].map(({ runTimes, ...needs }) => ({
				...needs,
				version: this.#versions.get(runTimes)?.number ?? -1,
			})),
			tasks: this.#packTasks(question),
			marks,
			now,
		};
	}

	unpack(answer: PackedPlan, question: PlacementQuestion): PlacementPlan {
		const { offers, tasks, batches } = question;
		const offerOf = new Map(
			offers.map((offer) => [numberOf(this.#devices, offer.deviceId), offer]),
		);
		const placements: PlannedTask[] = [];
		for (let i = 0; i < answer.placements.length; i += NUMBERS_A_PLACEMENT) {
			const [place = -1, device = -1, medianSeconds = 0, spread = 0, odds = 0] =
				answer.placements.subarray(i, i + NUMBERS_A_PLACEMENT);
			const [task, offer] = [tasks[place], offerOf.get(device)];
			const needs = task && batches.get(task.batchId);
			if (!task || !offer || !needs)
				throw new Error("A plan is about something that was not asked for.");
			placements.push(
				planned(task, offer, needs, { medianSeconds, spread }, odds),
			);
		}
		const units = answer.cuts.length > 0 ? listUnits(tasks) : [];
		return {
			placements,
			waiting: answer.waiting,
			cuts: answer.cuts.map((cut) => ({
				...cut,
				workUnitId: units[Number(cut.workUnitId)] ?? "",
			})),
		};
	}

	#keep(offer: DeviceOffer): { device: number; kept: KeptDevice } {
		const { free, deviceId, ownerId, ...kept } = offer;
		return {
			device: numberOf(this.#devices, deviceId),
			kept: { ...kept, owner: numberOf(this.#owners, ownerId) },
		};
	}

	/** What was learned of a version since, and at first that it is there. */
	*#listNews(records: RunTimeRecords): Generator<Lesson["runTimes"][number]> {
		const { byDevice, log = [...byDevice.keys()] } = records;
		let version = this.#versions.get(records);
		if (!version) {
			version = { number: this.#versionCount++, told: -1 };
			this.#versions.set(records, version);
		}
		while (version.told < log.length) {
			const from = Math.max(0, version.told);
			const ids = log.slice(from, from + RECORDS_AT_ONCE);
			version.told = from + ids.length;
			const news = new Float64Array(3 * ids.length);
			ids.forEach((id, i) => {
				const { count, logSum, logSquareSum } = byDevice.get(id) ?? NO_RECORD;
				news.set([count, logSum, logSquareSum], 3 * i);
			});
			yield {
				version: version.number,
				all: records.all,
				devices: Int32Array.from(ids, (id) => numberOf(this.#devices, id)),
				records: news,
			};
		}
	}

	#packTasks({ tasks, batches }: PlacementQuestion): PackedTasks {
		const places = new Map([...batches.keys()].map((id, i) => [id, i]));
		const unitNumbers = new Map(listUnits(tasks).map((id, i) => [id, i]));
		const owners = new NumberLists(tasks.length);
		const devices = new NumberLists(tasks.length);
		for (const { excludedOwners, excludedDevices } of tasks) {
			owners.add(excludedOwners, this.#owners);
			devices.add(excludedDevices, this.#devices);
		}
		return {
			batch: Int32Array.from(tasks, ({ batchId }) => places.get(batchId) ?? -1),
			unit: Int32Array.from(
				tasks,
				({ workUnitId }) => unitNumbers.get(workUnitId) ?? -1,
			),
			share: Float64Array.from(tasks, ({ share }) => share),
			ownersEnd: owners.ends,
			owners: owners.numbers,
			devicesEnd: devices.ends,
			devices: devices.numbers,
			cuttable: tasks.flatMap(({ cuttable }, i) =>
				cuttable ? [[i, cuttable] as const] : [],
			),
		};
	}
}

/** As it was told, but for what is free on it. */
const isSame = (told: DeviceOffer | undefined, offer: DeviceOffer): boolean =>
	told !== undefined &&
	told.capacity === offer.capacity &&
	told.images === offer.images &&
	told.until === offer.until &&
	told.forecasts === offer.forecasts &&
	told.rules === offer.rules &&
	told.platform === offer.platform &&
	told.floatOpsPerSecond === offer.floatOpsPerSecond &&
	told.ownerId === offer.ownerId;

/** Numbers are given in turn, and stay. */
function numberOf(numbers: Map<string, number>, id: string): number {
	const known = numbers.get(id);
	if (known !== undefined) return known;
	numbers.set(id, numbers.size);
	return numbers.size - 1;
}

const listUnits = (tasks: readonly WaitingTask[]): string[] => [
	...new Set(tasks.map(({ workUnitId }) => workUnitId)),
];

const planned = (
	{ taskId, workUnitId, batchId }: WaitingTask,
	{ deviceId, ownerId, forecasts }: DeviceOffer,
	{ cores, memoryMiB, diskMiB, maxFrozenSeconds }: BatchNeeds,
	runTime: PlannedTask["runTime"],
	probability: number,
): PlannedTask => ({
	taskId,
	workUnitId,
	batchId,
	deviceId,
	ownerId,
	needs: { cores, memoryMiB, diskMiB },
	runTime,
	forecast: forecasts && forecastFor(forecasts, maxFrozenSeconds),
	maxFrozenSeconds,
	probability: Number.isNaN(probability) ? null : probability,
});

/** Lists of numbers, one behind the other. */
class NumberLists {
	readonly ends: Int32Array<ArrayBuffer>;
	#next = 0;
	readonly #numbers: number[] = [];

	constructor(lists: number) {
		this.ends = new Int32Array(lists);
	}

	/** Those of them that have a number: who was never told of has no device here. */
	add(ids: readonly string[], numbers: ReadonlyMap<string, number>): void {
		for (const id of ids) {
			const number = numbers.get(id);
			if (number !== undefined) this.#numbers.push(number);
		}
		this.ends[this.#next++] = this.#numbers.length;
	}

	get numbers(): Int32Array<ArrayBuffer> {
		return Int32Array.from(this.#numbers);
	}
}
