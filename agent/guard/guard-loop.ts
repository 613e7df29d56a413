import { sentenceOf } from "../core/agent-error.ts";
import { chooseGiveBack, needMemory } from "../core/guard/choose-give-back.ts";
import {
	type CpuReading,
	type CpuVerdict,
	detectBurst,
	recentReadings,
} from "../core/guard/detect-burst.ts";
import type { EvictionReason } from "../core/guard/evictions.ts";
import { judgeOwner } from "../core/guard/judge-owner.ts";
import { listOverdueFrozenTasks } from "../core/guard/overdue-frozen-tasks.ts";
import { type Stance, stepAside, WORKING } from "../core/guard/step-aside.ts";
import { pause } from "../core/pause.ts";
import type { Ending, Observed } from "../core/plan.ts";
import type { GuardReason, GuardRecord, OwnerRules } from "../core/protocol.ts";
import type { TaskContainer } from "../engine/engine-watch.ts";
import type { CpuSense } from "../senses/cpu-sense.ts";
import type { OwnerSenses } from "../senses/owner-senses.ts";
import { noteFrozen, noteThawed } from "../state/frozen-time.ts";
import { EvictionBook } from "./eviction-book.ts";
import type { GuardContext } from "./guard-context.ts";

/** While tasks run, the owner's processor is looked at this often. */
const QUICK_MS = 100;
/** While all stand frozen nothing is urgent. */
const FROZEN_MS = 250;
/** With nothing of ours on the machine. */
const IDLE_MS = 2_000;
const SLOW_SENSES_MS = 1_000;
/** Memory that was given back takes this long to be seen free. */
const MEMORY_PAUSE_MS = 1_500;
/** Work of the engine for us (starting, loading) may take one core, and echoes so long. */
const ENGINE_ECHO_MS = 500;

interface GuardParts {
	context: GuardContext;
	cpu: CpuSense;
	senses: OwnerSenses;
	cores: number;
	rules: () => OwnerRules;
	/** Running containers of this device. */
	own: () => readonly TaskContainer[];
	observed: () => Observed | undefined;
	/** Steps are underway that make the engine work. */
	engineWorks: () => boolean;
	/** Why everything is given back right now, if it is. */
	givingBack: () => EvictionReason | undefined;
	/** The stance changed, or what is to be given back. */
	onChange: () => void;
	onRecord: () => void;
}

/**
 * Keeps out of the owner's way: looks, decides (in core/guard), freezes and thaws, ten times a second while tasks run.
 *
 *   each look   processor ─► judgeOwner ─► stepAside ─► freeze or thaw ─► slow senses begun ─► memory ─► who stands too long
 *
 * What must stay true: from a reading that shows the owner to the freezing nothing is waited for, neither disk nor engine
 * nor another sense; and as long as we stand aside whatever begins to run is frozen at the next look.
 */
export class GuardLoop {
	readonly #parts: GuardParts;
	#stance: Stance = WORKING;
	#readings: CpuReading[] = [];
	#verdict: CpuVerdict = "calm";
	#slowAtMs = Number.NEGATIVE_INFINITY;
	#looking: Promise<void> | undefined;
	#engineWorkedAtMs = Number.NEGATIVE_INFINITY;
	#memoryAtMs = Number.NEGATIVE_INFINITY;
	/** Since when each task stands still because of the owner. */
	readonly #waiting = new Map<string, number>();
	readonly #evictions: EvictionBook;
	/** Notes of what was frozen and thawed, until they are on the disk. */
	#noting: Promise<void> = Promise.resolve();
	#held = false;
	/** Whether everything was to be given back at the last look. */
	#gaveBack = false;
	#wake = new AbortController();

	constructor(parts: GuardParts) {
		this.#parts = parts;
		this.#evictions = new EvictionBook({
			own: parts.own,
			observed: parts.observed,
			onChange: parts.onChange,
			record: ({ reason, detail, latencyMs, taskIds }) =>
				this.#record("giveBack", reason, detail, latencyMs, taskIds),
		});
	}

	/** Why we stand aside, since when on the machine's clock; undefined while we work. */
	get aside(): (NonNullable<Stance["aside"]> & { since: Date }) | undefined {
		const { aside } = this.#stance;
		return (
			aside && {
				...aside,
				since: new Date(Date.now() - (performance.now() - aside.sinceMs)),
			}
		);
	}

	/** Percent of the machine that the owner's programs used in the newest reading. */
	get cpuPercent(): number | undefined {
		return this.#readings.at(-1)?.percent;
	}

	/** Whether the owner's CPU use is played and not sensed. */
	get playsDuty(): boolean {
		return this.#parts.cpu.played;
	}

	/** Tasks that must be given back, and why. */
	get endings(): ReadonlyMap<string, Ending> {
		return this.#evictions.endings;
	}

	/**
	 * Freezes everything and keeps it frozen until `release`, whatever the owner's programs do.
	 * @returns the tasks that ran
	 */
	async hold(): Promise<string[]> {
		this.#held = true;
		const ids = this.#ownIds();
		const taskIds = this.#taskIds(ids);
		await this.#parts.context.engine.freezer.freeze(ids);
		return taskIds;
	}

	release(): void {
		this.#held = false;
		this.wake();
	}

	/** Something began or ended: look now. */
	wake(): void {
		this.#wake.abort();
	}

	async run(signal: AbortSignal): Promise<void> {
		signal.addEventListener("abort", () => this.wake(), { once: true });
		await this.#adopt();
		while (!signal.aborted) {
			const begun = performance.now();
			this.#wake = new AbortController();
			await this.#look(begun).catch((error) =>
				this.#parts.context.log.warn(`The guard: ${sentenceOf(error)}`),
			);
			const next = begun + this.#period() - performance.now();
			await pause(Math.max(5, next), this.#wake.signal);
		}
		await Promise.all([this.#looking, this.#noting]);
	}

	/** What a killed agent left frozen stays so until the owner has been seen to be away. */
	async #adopt(): Promise<void> {
		const left = await this.#parts.context.engine.freezer.adopt(this.#ownIds());
		if (left.length === 0) return;
		const disturbance = {
			reason: "cpu",
			detail: "The owner was here when the agent was started.",
			lasting: false,
		} as const;
		this.#stance = stepAside(WORKING, disturbance, performance.now());
	}

	#period(): number {
		if (this.#ownIds().length === 0)
			return this.#hasTasks() ? FROZEN_MS : IDLE_MS;
		return this.#stance.aside ? FROZEN_MS : QUICK_MS;
	}

	/** One look: the processor first, since everything that can wait should. */
	async #look(nowMs: number): Promise<void> {
		this.#feelCpu(nowMs);
		await this.#takeStance(nowMs);
		this.#senseSlowly(nowMs);
		await this.#watchMemory(nowMs);
		this.#watchFrozenTime(nowMs);
		this.#watchEvictions(nowMs);
	}

	#feelCpu(nowMs: number): void {
		const { cpu, rules, engineWorks, cores } = this.#parts;
		if (engineWorks()) this.#engineWorkedAtMs = nowMs;
		const reading = cpu.read(nowMs);
		if (!reading) return;
		this.#readings = recentReadings([...this.#readings, reading]);
		const isEngine = nowMs - this.#engineWorkedAtMs < ENGINE_ECHO_MS;
		this.#verdict = detectBurst(this.#readings, rules().cpuLimit, {
			exact: cpu.exact,
			allowance: isEngine && !cpu.played ? 100 / cores : 0,
		});
	}

	async #takeStance(nowMs: number): Promise<void> {
		const { senses, rules, context, cpu } = this.#parts;
		const signs = {
			...senses.signs,
			// Who plays the owner's load plays all of it.
			...(cpu.played ? { ioStallPercent: 0 } : {}),
			cpu: this.#verdict,
			cpuPercent: this.cpuPercent ?? 0,
		};
		const before = this.#stance;
		const disturbance = judgeOwner(signs, rules(), before.aside !== undefined);
		this.#stance = stepAside(before, disturbance, nowMs);
		const { aside } = this.#stance;
		const ids = this.#ownIds();
		context.engine.freezer.keepOnly(new Set(ids));
		if (aside || this.#held) await this.#freeze(ids, nowMs);
		else if (before.aside) await this.#thaw(before.aside.sinceMs, nowMs);
		if (Boolean(aside) !== Boolean(before.aside)) this.#parts.onChange();
	}

	/** Those that are not frozen yet: all of them at first, later one that was just started. */
	async #freeze(ids: readonly string[], nowMs: number): Promise<void> {
		const { context } = this.#parts;
		const frozen = await context.engine.freezer.freeze(ids);
		const { aside } = this.#stance;
		if (frozen.length === 0) return;
		const latencyMs = performance.now() - nowMs;
		const taskIds = this.#taskIds(frozen);
		this.#afterwards(taskIds, noteFrozen);
		if (!aside) return; // held: whoever holds it notes it
		this.#record("freeze", aside.reason, aside.detail, latencyMs, taskIds);
		this.#parts.onChange();
	}

	async #thaw(sinceMs: number, nowMs: number): Promise<void> {
		const { context, own } = this.#parts;
		const taskIds = own()
			.filter(({ id }) => context.engine.freezer.isFrozen(id))
			.map(({ taskId }) => taskId);
		await context.engine.freezer.thawAll();
		this.#waiting.clear();
		if (taskIds.length === 0) return;
		this.#afterwards(taskIds, noteThawed);
		const seconds = Math.round((nowMs - sinceMs) / 1000);
		const detail = `Quiet again after ${seconds} s.`;
		const latencyMs = performance.now() - nowMs;
		this.#record("thaw", "quiet", detail, latencyMs, taskIds);
	}

	/** Once a second, and never so that the processor's pace waits for it. */
	#senseSlowly(nowMs: number): void {
		if (this.#looking || nowMs - this.#slowAtMs < SLOW_SENSES_MS) return;
		this.#slowAtMs = nowMs;
		const { senses, rules, context } = this.#parts;
		this.#looking = senses
			.look(rules(), nowMs)
			.catch((error) =>
				context.log.warn(`A sense of the guard failed: ${sentenceOf(error)}`),
			)
			.finally(() => {
				this.#looking = undefined;
			});
	}

	/** Freezing frees no memory: when it is short, tasks go, the biggest first. */
	async #watchMemory(nowMs: number): Promise<void> {
		const { senses, rules, own, context } = this.#parts;
		if (!senses.memory || own().length === 0) return;
		if (nowMs - this.#memoryAtMs < MEMORY_PAUSE_MS) return;
		const need = needMemory(senses.memory, rules().memoryHeadroom);
		if (!need) return;
		this.#memoryAtMs = nowMs;
		const holders = await Promise.all(
			own()
				.filter(({ taskId }) => !this.#evictions.has(taskId))
				.map(async ({ id, taskId }) => ({
					taskId,
					bytes: (await context.engine.usage.memoryBytes(id)) ?? 0,
				})),
		);
		for (const taskId of chooseGiveBack(holders, need.bytes))
			this.#evictions.giveBack(taskId, need, nowMs);
	}

	#watchFrozenTime(nowMs: number): void {
		const { observed } = this.#parts;
		const { aside } = this.#stance;
		if (!aside) return;
		for (const [taskId, { reported }] of observed()?.tasks ?? [])
			if (!reported && !this.#waiting.has(taskId))
				this.#waiting.set(taskId, nowMs);
		const tasks = observed()?.tasks ?? new Map();
		for (const [taskId, seconds] of listOverdueFrozenTasks(
			tasks,
			this.#waiting,
			nowMs,
		))
			this.#evictions.giveBack(
				taskId,
				{
					reason: "patience",
					detail: `The owner was busy for more than the ${seconds} s that its batch waits. ${aside.detail}`,
				},
				nowMs,
				{ askForCheckpoint: true },
			);
	}

	/** Whatever left is noted when it is gone, with the time it took. */
	#watchEvictions(nowMs: number): void {
		const { givingBack, own } = this.#parts;
		const all = givingBack();
		// Hours end without anybody saying so.
		if (Boolean(all) !== this.#gaveBack) this.#parts.onChange();
		this.#gaveBack = Boolean(all);
		if (all)
			for (const { taskId } of own()) this.#evictions.leave(taskId, all, nowMs);
		this.#evictions.look();
	}

	/** After the freezing itself: notes on the disk can wait, and are written in the order of what they tell. */
	#afterwards(taskIds: readonly string[], note: typeof noteFrozen): void {
		const { state, log } = this.#parts.context;
		const nowMs = Date.now();
		this.#noting = this.#noting.then(async () => {
			for (const taskId of taskIds)
				await note(state.task(taskId), nowMs).catch((error) =>
					log.warn(sentenceOf(error), { task: taskId }),
				);
		});
	}

	#record(
		action: GuardRecord["action"],
		reason: GuardReason,
		detail: string,
		latencyMs: number,
		taskIds: string[],
	): void {
		const { context, onRecord } = this.#parts;
		const at = context.now().toISOString();
		const latency = Math.round(latencyMs * 10) / 10;
		context.log.info(`Guard: ${action}. ${detail}`, { reason, ms: latency });
		context.records
			.add({ at, action, reason, detail, latencyMs: latency, taskIds })
			.then(onRecord, (error) => context.log.warn(sentenceOf(error)));
	}

	#ownIds(): string[] {
		return this.#parts.own().map(({ id }) => id);
	}

	#taskIds(containerIds: readonly string[]): string[] {
		return this.#parts
			.own()
			.filter(({ id }) => containerIds.includes(id))
			.map(({ taskId }) => taskId);
	}

	#hasTasks(): boolean {
		const tasks = [...(this.#parts.observed()?.tasks.values() ?? [])];
		return tasks.some(({ reported }) => !reported);
	}
}
