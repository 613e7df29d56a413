import { sentenceOf } from "../core/agent-error.ts";
import {
	decideGuard,
	type GuardDecision,
	type GuardInput,
} from "../core/guard/decide-guard.ts";
import type { EvictionReason } from "../core/guard/evictions.ts";
import type { GuardStatus } from "../core/guard/guard-status.ts";
import { listMissingSensors } from "../core/guard/missing-sensors.ts";
import type { Ending, Observed, WantedTask } from "../core/plan.ts";
import type { GuardRecord, OwnerRules, Wanted } from "../core/protocol.ts";
import { projectOf, refuseProject } from "../core/rules/refuse-project.ts";
import type { EngineWatch } from "../engine/engine-watch.ts";
import { CpuSense } from "../senses/cpu-sense.ts";
import { lookAround } from "../senses/look-around.ts";
import { OwnerSenses } from "../senses/owner-senses.ts";
import type { GuardContext } from "./guard-context.ts";
import { GuardLoop } from "./guard-loop.ts";
import { RuleKeeper } from "./rule-keeper.ts";
import { YoursNowRunner } from "./yours-now-runner.ts";

interface DeviceGuardParts {
	context: GuardContext;
	dutyFile: string | undefined;
	watch: EngineWatch;
	observed: () => Observed | undefined;
	engineWorks: () => boolean;
	/** What is wished of the device, and whether the agent is to end. */
	wishes: () => Pick<GuardInput, "stopping" | "owner" | "server">;
	/** Something is to be done or told because of the owner. */
	onChange: () => void;
	/** True when the server has these records for good; it is asked only while it is there. */
	send: (records: GuardRecord[]) => Promise<boolean>;
}

/** Everything on the device that puts its owner first: the rules, the loop that obeys them, and *yours now*. */
export class DeviceGuard {
	readonly #parts: DeviceGuardParts;
	readonly #keeper: RuleKeeper;
	readonly #loop: GuardLoop;
	readonly #yoursNow: YoursNowRunner;
	#warned = false;

	constructor(parts: DeviceGuardParts) {
		const { context, dutyFile, watch } = parts;
		const { engine, identity } = context;
		this.#parts = parts;
		this.#keeper = new RuleKeeper(context.state);
		this.#loop = new GuardLoop({
			context,
			cpu: new CpuSense(engine.usage, engine.info.cores, dutyFile),
			senses: new OwnerSenses(engine),
			cores: engine.info.cores,
			rules: () => this.rules,
			own: () =>
				watch.tasks.filter((task) => task.deviceId === identity.deviceId),
			observed: parts.observed,
			// Of an image only the loading: its download may take minutes and is no work of the engine.
			engineWorks: () => parts.engineWorks() || context.images.isLoading,
			givingBack: () => this.#givingBack(),
			onChange: parts.onChange,
			onRecord: () => void this.handInRecords(),
		});
		this.#yoursNow = new YoursNowRunner({
			context,
			hold: () => this.#loop.hold(),
			release: () => this.#loop.release(),
			onRecord: () => void this.handInRecords(),
			onDone: parts.onChange,
		});
	}

	/** What the device obeys. */
	get rules(): OwnerRules {
		return this.#keeper.rules;
	}

	/** Why we stand aside; undefined while we work. */
	get aside(): GuardLoop["aside"] {
		return this.#loop.aside;
	}

	/** The owner wants the device at once, and that is being done. */
	get isYoursNow(): boolean {
		return this.#yoursNow.isUnderway;
	}

	/** Whether work may go on here, and why not. */
	decide(): GuardDecision {
		const { stopping, owner, server } = this.#parts.wishes();
		return decideGuard({
			stopping,
			owner,
			// What is being taken back is not given out again.
			server: { ...server, paused: server.paused || this.isYoursNow },
			rules: this.rules,
			aside: this.aside,
			now: this.#parts.context.now(),
		});
	}

	/** What was said before this process began, and what follows from it. */
	async load(): Promise<void> {
		const { context, dutyFile } = this.#parts;
		await this.#keeper.load();
		await context.records.load();
		await this.arrange();
		for (const sentence of this.#listMissing()) context.log.warn(sentence);
		if (dutyFile)
			context.log.warn(
				`Played duty: the owner's CPU use is read from ${dutyFile}.`,
			);
		await this.finishYoursNow();
	}

	/**
	 * Gives our cgroups their weights and their limit; again whenever containers have come, since systemd makes its
	 * slices with the first one.
	 */
	async arrange(): Promise<void> {
		const { context, watch } = this.#parts;
		const lowered = await context.engine.lowerWeights();
		await this.#limitMemory();
		const isEarly = lowered === "later" && watch.tasks.length === 0;
		if (lowered === "lowered" || isEarly || this.#warned) return;
		this.#warned = true;
		context.log.warn(
			"The weight of our cgroup could not be lowered (that needs root and a writable /sys/fs/cgroup). The owner's programs and ours share the processor by the engine's own rules.",
		);
	}

	run(signal: AbortSignal): Promise<void> {
		return this.#loop.run(signal);
	}

	/** Something began or ended: look now. */
	wake(): void {
		this.#loop.wake();
	}

	/** What the portal says for the owner. */
	hear({ rules, yoursNow }: Wanted): void {
		if (yoursNow) void this.#yoursNow.take(yoursNow).catch(() => {}); // it is in the log
		this.#keeper
			.hear(rules)
			.then(() => this.#rulesChanged())
			.catch((error) =>
				this.#parts.context.log.warn(
					`The rules could not be kept: ${sentenceOf(error)}`,
				),
			);
	}

	/** Other rules were said at the device. */
	async readRules(): Promise<void> {
		await this.#keeper.load();
		await this.#rulesChanged();
	}

	/** The owner, at the device, wants it at once. Resolves when everything is gone, or the log says why not. */
	async takeNow(images: boolean): Promise<void> {
		await this.#yoursNow.takeHere(images).catch(() => {});
	}

	/** Goes on with a wish for the device that was cut short. */
	async finishYoursNow(): Promise<void> {
		await this.#yoursNow.finish().catch(() => {}); // it is in the log
	}

	/** Bytes a second; nothing at all while the network costs and the owner does not want that. */
	rate(direction: "downloadKiBps" | "uploadKiBps"): number | null {
		if (this.aside?.reason === "metered") return 0;
		const cap = this.rules[direction];
		return cap === null ? null : cap * 1024;
	}

	/** Single tasks that must be given back: the guard's, and those of projects that the owner does not want. */
	listEndings(
		wanted: ReadonlyMap<string, WantedTask> | undefined,
	): Map<string, Ending> {
		const tasks = this.#parts.observed()?.tasks ?? [];
		const projects: [string, string | undefined][] = [
			...[...(wanted ?? [])].map(
				([taskId, { manifest }]): [string, string | undefined] => [
					taskId,
					projectOf(manifest?.manifest),
				],
			),
			...[...tasks].map(
				([taskId, { assignment }]): [string, string | undefined] => [
					taskId,
					assignment?.projectId,
				],
			),
		];
		const endings = new Map(this.#loop.endings);
		for (const [taskId, projectId] of projects) {
			const ending = projectId && refuseProject(projectId, this.rules);
			if (ending) endings.set(taskId, ending);
		}
		return endings;
	}

	/** Hands the records in that the server does not have yet. */
	async handInRecords(): Promise<void> {
		await this.#parts.context.records.drain(this.#parts.send);
	}

	describe(): GuardStatus {
		const { aside } = this;
		return {
			...(aside && {
				reason: aside.reason,
				detail: aside.detail,
				since: aside.since.toISOString(),
			}),
			playedDuty: this.#loop.playsDuty,
			blind: this.#listMissing(),
			recent: [...this.#parts.context.records.recent],
		};
	}

	/** For the records: why everything leaves, if it does and the agent does not end. */
	#givingBack(): EvictionReason | undefined {
		const { mode, giveBack } = this.decide();
		// Yours now has a record of its own.
		if (!giveBack || mode === "stopping" || this.isYoursNow) return undefined;
		return {
			reason: mode === "resting" ? "hours" : "paused",
			detail: giveBack.reason,
		};
	}

	async #rulesChanged(): Promise<void> {
		await this.#limitMemory();
		this.wake();
		this.#parts.onChange();
	}

	/** The kernel itself keeps all our containers together out of the owner's part of the memory. */
	async #limitMemory(): Promise<void> {
		const { engine } = this.#parts.context;
		const share = (100 - this.rules.memoryHeadroom) / 100;
		await engine.limitMemory(engine.info.memoryBytes * share);
	}

	#listMissing(): string[] {
		return listMissingSensors(
			lookAround(this.#parts.context.engine.freezer.isDirect),
			this.rules,
		);
	}
}
