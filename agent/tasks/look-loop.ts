import { sentenceOf } from "../core/agent-error.ts";
import { pause } from "../core/pause.ts";
import { type Observed, plan, type WantedState } from "../core/plan.ts";
import { observe } from "./observe.ts";
import { StepRunner } from "./step-runner.ts";
import type { TaskContext } from "./task-context.ts";

/** Without any reason to look we look this often anyway. */
const LOOK_EVERY_MS = 15_000;
const TOGETHER_MS = 30;
const ENGINE_AWAY_MS = 3_000;

/**
 * Look, plan, act, look again: whenever something may have changed, and now and then in any case. One look at a time;
 * steps go on beside it. A step that ends during a look may be missed by it, which is what the mark is for: its task
 * waits for the next look. Nobody calls a step: whatever should happen is a reason to look.
 */
export class LookLoop {
	readonly #context: TaskContext;
	readonly #wantedState: () => WantedState;
	readonly #connected: () => boolean;
	readonly #onLook: (observed: Observed, before: Observed | undefined) => void;
	readonly #runner: StepRunner;
	#wake = new AbortController();
	#engineAway = false;
	#observed: Observed | undefined;

	constructor(
		context: TaskContext,
		from: {
			wantedState: () => WantedState;
			connected: () => boolean;
			onLook: (observed: Observed, before: Observed | undefined) => void;
		},
	) {
		this.#context = context;
		this.#wantedState = from.wantedState;
		this.#connected = from.connected;
		this.#onLook = from.onLook;
		this.#runner = new StepRunner(context, () => this.look());
	}

	/** Something may have changed. Many calls make one look. */
	look(): void {
		this.#wake.abort();
	}

	/** What the last look found; undefined before the first. */
	get observed(): Observed | undefined {
		return this.#observed;
	}

	/** Whether a step is underway that makes the engine work for us. */
	get engineWorks(): boolean {
		return this.#runner.engineWorks;
	}

	/** The server is back: do not wait for the pauses of what failed without it. */
	serverIsBack(): void {
		this.#runner.retryNow();
		this.look();
	}

	async run(signal: AbortSignal): Promise<void> {
		signal.addEventListener("abort", () => this.look(), { once: true });
		while (!signal.aborted) {
			this.#wake = new AbortController();
			const waitMs = await this.#lookOnce();
			await pause(waitMs, this.#wake.signal);
			// One thing that happens brings others: they share a look.
			await pause(TOGETHER_MS, signal);
		}
		await this.#runner.stop();
	}

	/** @returns how long the next look can wait, in milliseconds */
	async #lookOnce(): Promise<number> {
		const { now, log } = this.#context;
		try {
			const mark = this.#runner.mark();
			const observed = await observe(this.#context, this.#connected());
			this.#runner.apply(plan(this.#wantedState(), observed, now()), mark);
			const before = this.#observed;
			this.#observed = observed;
			this.#onLook(observed, before);
			this.#engineAway = false;
			return this.#untilNext(observed);
		} catch (error) {
			if (!this.#engineAway)
				log.warn(
					`The engine does not answer (${sentenceOf(error)}). Trying on.`,
				);
			this.#engineAway = true;
			return ENGINE_AWAY_MS;
		}
	}

	#untilNext(observed: Observed): number {
		const now = this.#context.now().getTime();
		const deadlines = [...observed.tasks.values()].flatMap(
			({ assignment, reported }) =>
				assignment && !reported ? [assignment.deadline.getTime()] : [],
		);
		const soonest = Math.min(
			now + LOOK_EVERY_MS,
			this.#runner.nextTryAt() ?? Number.POSITIVE_INFINITY,
			...deadlines.filter((deadline) => deadline > now),
		);
		return Math.max(10, soonest - now + 1);
	}
}
