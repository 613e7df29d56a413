import { ownerRulesSchema } from "../../agent/core/protocol.ts";
import { seededRandom } from "../../server/predictor/duty/seeded-random.ts";
import type { SurvivalForecast } from "../../server/predictor/forecast/forecast-survival.ts";
import type { DeviceForecasts } from "../../server/predictor/forecast/live-forecasts.ts";
import type { WorkUnitPart } from "../../server/scheduler/cut-work-unit.ts";
import { placeTasks } from "../../server/scheduler/place-tasks.ts";
import type {
	BatchNeeds,
	DeviceOffer,
	WaitingTask,
} from "../../server/scheduler/placement-plan.ts";
import type { DutySeries } from "../../server/telemetry/duty-series.ts";
import {
	addHarvests,
	type GuardRules,
	type Harvest,
	noHarvest,
	SimulatedDevice,
	TICK_SECONDS,
} from "./simulated-fleet.ts";

/** How work finds devices. */
export interface Policy {
	placement: BatchNeeds["placement"];
	/** Whether a work unit may be cut to the window. */
	cutting: boolean;
	/** Whether what was computed goes on elsewhere when a task is given back. */
	checkpoints: boolean;
	/** Whether a device is asked at all while its owner is busy. */
	looksFirst: boolean;
	/** At the beginning of a step of the series; undefined: the policy knows nothing of the future. */
	forecast?: (device: SimulatedDevice, step: number) => SurvivalForecast;
}

export interface SimulationOptions {
	rules: GuardRules;
	confidence: number;
	/** Lengths of the tasks that are waiting, in seconds; there are always enough of them. */
	taskSeconds: readonly number[];
	/** Unix seconds. */
	from: number;
	to: number;
	seed: number;
}

/** A work unit is so many minutes of work; no part is made shorter than five. */
const CUTTING = {
	first: "from",
	size: "minutes",
	smallest: 5,
};
const ROOM = { cores: 1, memoryMiB: 1024, diskMiB: 1024 };
const OPS_PER_SECOND = 1e9;
/** Cuts are placed at the next tick of the scheduler, a tenth of a second later; a few of them are enough. */
const ROUNDS = 4;

/** Replays a fleet under one policy, with the scheduler's own rules. */
export function simulateHarvest(
	fleet: readonly DutySeries[],
	policy: Policy,
	options: SimulationOptions,
): Harvest {
	const { from, to, rules } = options;
	const devices = fleet.map(
		(series) => new SimulatedDevice(series, rules, policy.checkpoints),
	);
	const scheduler = new SimulatedScheduler(policy, options);
	for (let at = from; at < to; at += TICK_SECONDS) {
		const offering = devices.filter(
			(device) => device.isFree && mayStart(policy, device.isBusyAt(at)),
		);
		if (offering.length) scheduler.place(offering, at);
		for (const device of devices) {
			const back = device.tick(at);
			if (back) scheduler.takeBack(back.workSeconds);
		}
	}
	for (const device of devices) device.finish();
	return devices.map(({ harvest }) => harvest).reduce(addHarvests, noHarvest());
}

/** A device that was not measured is away. */
const mayStart = ({ looksFirst }: Policy, busy: boolean | undefined): boolean =>
	busy === false || (busy === true && !looksFirst);

/** The queue and the placement of it; time is the simulation's. */
class SimulatedScheduler {
	readonly #policy: Policy;
	readonly #options: SimulationOptions;
	readonly #random: () => number;
	readonly #needs: BatchNeeds;
	readonly #whole: number;
	readonly #queue: WaitingTask[] = [];
	readonly #forecasts = new Map<
		string,
		{ step: number; forecasts: DeviceForecasts }
	>();
	#number = 0;

	constructor(policy: Policy, options: SimulationOptions) {
		this.#policy = policy;
		this.#options = options;
		this.#random = seededRandom(options.seed);
		this.#whole = Math.max(...options.taskSeconds);
		this.#needs = needsOf(policy, options, this.#whole);
	}

	place(offering: readonly SimulatedDevice[], at: number): void {
		const free = new Map(offering.map((device) => [device.name, device]));
		for (let round = 0; round < ROUNDS && free.size; round++) {
			this.#fill(free.size);
			const { placements, cuts } = placeTasks(
				this.#queue.slice(0, free.size + 1),
				new Map([["batch", this.#needs]]),
				[...free.values()].map((device) => this.#offerOf(device, at)),
				new Date(at * 1000),
				this.#random,
			);
			for (const { taskId, deviceId } of placements) {
				free.get(deviceId)?.start(this.#take(taskId) * this.#whole);
				free.delete(deviceId);
			}
			for (const { workUnitId, parts } of cuts) this.#cut(workUnitId, parts);
			if (cuts.length === 0) return;
		}
	}

	/** What is left of a task that was given back goes on first. */
	takeBack(workSeconds: number): void {
		// To the minute, so that work units of one size stay of one size.
		const seconds = Math.ceil(workSeconds / 60) * 60;
		this.#queue.unshift(this.#task(seconds / this.#whole));
	}

	#fill(wanted: number): void {
		const { taskSeconds } = this.#options;
		while (this.#queue.length <= wanted) {
			const seconds =
				taskSeconds[Math.floor(this.#random() * taskSeconds.length)] ??
				this.#whole;
			this.#queue.push(this.#task(seconds / this.#whole));
		}
	}

	#task(share: number): WaitingTask {
		const id = String(this.#number++);
		return {
			taskId: id,
			workUnitId: id,
			batchId: "batch",
			share,
			cuttable: this.#policy.cutting
				? {
						parameters: {
							from: "0",
							minutes: String(Math.round((share * this.#whole) / 60)),
						},
						cutting: CUTTING,
					}
				: null,
			excludedOwners: [],
			excludedDevices: [],
		};
	}

	#take(taskId: string): number {
		const place = this.#queue.findIndex((task) => task.taskId === taskId);
		const [task] = this.#queue.splice(place, 1);
		return task?.share ?? 0;
	}

	#cut(workUnitId: string, parts: readonly WorkUnitPart[]): void {
		const place = this.#queue.findIndex(
			(task) => task.workUnitId === workUnitId,
		);
		this.#queue.splice(
			place,
			1,
			...parts.map(({ share }) => this.#task(share)),
		);
	}

	#offerOf(device: SimulatedDevice, at: number): DeviceOffer {
		return {
			deviceId: device.name,
			ownerId: device.name,
			platform: "linux/amd64",
			capacity: ROOM,
			free: ROOM,
			images: new Set(),
			until: null,
			floatOpsPerSecond: OPS_PER_SECOND,
			forecasts: this.#forecastsOf(device, at),
			rules: RULES,
		};
	}

	#forecastsOf(device: SimulatedDevice, at: number): DeviceForecasts | null {
		if (!this.#policy.forecast) return null;
		const step = device.stepAt(at);
		const known = this.#forecasts.get(device.name);
		if (known?.step === step) return known.forecasts;
		const tolerant = this.#policy.forecast(device, step);
		// All that waits here has the same patience.
		const forecasts = { strict: tolerant, tolerant };
		this.#forecasts.set(device.name, { step, forecasts });
		return forecasts;
	}
}

const RULES = ownerRulesSchema.parse({});

const needsOf = (
	{ placement }: Policy,
	{ confidence, rules }: SimulationOptions,
	wholeSeconds: number,
): BatchNeeds => ({
	batchId: "batch",
	projectId: "project",
	scienceArea: "Physics",
	placement,
	confidence,
	maxFrozenSeconds: rules.maxFrozenSeconds,
	builds: { "linux/amd64": "sha256:image" },
	estimatedOperations: wholeSeconds * OPS_PER_SECOND,
	// Run times are known well: the app version has run often.
	runTimes: {
		all: { count: 50, logSum: 0, logSquareSum: 50 * 0.05 ** 2 },
		byDevice: new Map(),
	},
	...ROOM,
});
