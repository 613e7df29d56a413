import type { DutySeries } from "../../server/telemetry/duty-series.ts";

/** The simulation goes on in steps of this length; a series' load is the same for the whole of each of its own steps. */
export const TICK_SECONDS = 60;
/** A container is made and its inputs are there: nothing is computed until then. */
export const START_SECONDS = 5;
/** What writing a checkpoint takes; work of that long is lost. */
export const CHECKPOINT_SECONDS = 10;

/** What of the work of a simulated fleet came out. */
export interface Harvest {
	usefulSeconds: number;
	/** Computed and thrown away. */
	wastedSeconds: number;
	started: number;
	/** Given back because the owner stayed. */
	givenBack: number;
	/** Time in which an owner was busy while a task of ours was on the device, frozen or not. */
	disturbedSeconds: number;
}

export const noHarvest = (): Harvest => ({
	usefulSeconds: 0,
	wastedSeconds: 0,
	started: 0,
	givenBack: 0,
	disturbedSeconds: 0,
});

export const addHarvests = (a: Harvest, b: Harvest): Harvest => ({
	usefulSeconds: a.usefulSeconds + b.usefulSeconds,
	wastedSeconds: a.wastedSeconds + b.wastedSeconds,
	started: a.started + b.started,
	givenBack: a.givenBack + b.givenBack,
	disturbedSeconds: a.disturbedSeconds + b.disturbedSeconds,
});

export interface GuardRules {
	limitPercent: number;
	/** Frozen for longer than this, a task is given back. */
	maxFrozenSeconds: number;
}

interface RunningTask {
	workSeconds: number;
	doneSeconds: number;
	startingSeconds: number;
	frozenSeconds: number;
}

/** What is left of a task that was given back, to be run elsewhere. */
export interface Remainder {
	workSeconds: number;
}

/** One device of the trace with the guard on it. One task at a time. */
export class SimulatedDevice {
	readonly series: DutySeries;
	readonly name: string;
	readonly harvest = noHarvest();
	readonly #rules: GuardRules;
	readonly #checkpoints: boolean;
	#task: RunningTask | undefined;

	/** @param checkpoints whether what was computed is kept when a task is given back */
	constructor(series: DutySeries, rules: GuardRules, checkpoints: boolean) {
		this.series = series;
		this.name = series.name;
		this.#rules = rules;
		this.#checkpoints = checkpoints;
	}

	get isFree(): boolean {
		return this.#task === undefined;
	}

	/** The step of the series that a moment (Unix seconds) lies in. */
	stepAt(at: number): number {
		return Math.floor((at - this.series.start) / this.series.stepSeconds);
	}

	/** Undefined when nothing was measured then. */
	isBusyAt(at: number): boolean | undefined {
		const percent = this.series.mean[this.stepAt(at)] ?? Number.NaN;
		return Number.isNaN(percent)
			? undefined
			: percent >= this.#rules.limitPercent;
	}

	start(workSeconds: number): void {
		this.harvest.started++;
		this.#task = {
			workSeconds,
			doneSeconds: 0,
			startingSeconds: START_SECONDS,
			frozenSeconds: 0,
		};
	}

	/** Lives through the tick that begins at `at`. Answers with what it gave back. */
	tick(at: number): Remainder | undefined {
		const task = this.#task;
		const busy = this.isBusyAt(at);
		// What was not measured did not happen.
		if (!task || busy === undefined) return undefined;
		if (busy) return this.#freeze(task);
		task.frozenSeconds = 0;
		const starting = Math.min(TICK_SECONDS, task.startingSeconds);
		task.startingSeconds -= starting;
		task.doneSeconds += TICK_SECONDS - starting;
		if (task.doneSeconds >= task.workSeconds) {
			this.harvest.usefulSeconds += task.workSeconds;
			this.#task = undefined;
		}
		return undefined;
	}

	/** At the end of the trace: what is done so far counts, as it would go on. */
	finish(): void {
		this.harvest.usefulSeconds += this.#task?.doneSeconds ?? 0;
		this.#task = undefined;
	}

	#freeze(task: RunningTask): Remainder | undefined {
		this.harvest.disturbedSeconds += TICK_SECONDS;
		task.frozenSeconds += TICK_SECONDS;
		if (task.frozenSeconds <= this.#rules.maxFrozenSeconds) return undefined;
		this.harvest.givenBack++;
		this.#task = undefined;
		const lost = this.#checkpoints
			? Math.min(CHECKPOINT_SECONDS, task.doneSeconds)
			: task.doneSeconds;
		this.harvest.wastedSeconds += lost;
		const kept = task.doneSeconds - lost;
		this.harvest.usefulSeconds += kept;
		return { workSeconds: task.workSeconds - kept };
	}
}

/**
 * What nobody can do better: every tick in which the owner is away is used, with one start for each stretch of it, since
 * who knows the future never starts what would have to be given back.
 */
export function harvestOfOracle(
	series: DutySeries,
	rules: GuardRules,
	from: number,
	to: number,
): Harvest {
	const device = new SimulatedDevice(series, rules, true);
	const harvest = noHarvest();
	let frozen = 0;
	let present = false;
	for (let at = from; at < to; at += TICK_SECONDS) {
		const busy = device.isBusyAt(at);
		if (busy === undefined) continue;
		if (busy) {
			frozen += TICK_SECONDS;
			if (frozen > rules.maxFrozenSeconds) present = false;
			continue;
		}
		if (present) harvest.disturbedSeconds += frozen;
		else {
			harvest.started++;
			harvest.usefulSeconds -= START_SECONDS;
		}
		present = true;
		frozen = 0;
		harvest.usefulSeconds += TICK_SECONDS;
	}
	return harvest;
}
