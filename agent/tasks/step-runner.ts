import { sentenceOf } from "../core/agent-error.ts";
import type { Ending, Step } from "../core/plan.ts";
import type { TaskErrorCode } from "../core/protocol.ts";
import { ServerAway, TaskFailure } from "../core/step-failure.ts";
import { type Executors, executors } from "./execute.ts";
import type { TaskContext } from "./task-context.ts";

/** A step that failed so often in a row for a reason of its own will not succeed; the task ends with the code. */
const TRIES = 4;
const HOPELESS: Partial<Record<Step["action"], TaskErrorCode>> = {
	fetchImage: "imageUnavailable",
	fetchInputs: "inputUnavailable",
	startTask: "engineError",
	collectTask: "engineError",
};
/** The engine and its helpers are processes of the machine: what they do for us is not the owner's. */
const ENGINE_STEPS = new Set<Step["action"]>([
	"startTask",
	"collectTask",
	"removeContainer",
	"removeOrphan",
	"forgetTask",
	"startOver",
]);
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

interface Failures {
	/** In a row, for a reason of the step's own. */
	count: number;
	/** In a row, for any reason: the pauses grow by it. */
	pauses: number;
	until: number;
}

interface Underway {
	action: Step["action"];
	stop: AbortController;
	done: Promise<void>;
}

/**
 * Carries out what a plan says: one step at a time for each task, image and orphan, different ones side by side. A
 * step that the newest plan no longer has is cut short. What fails waits, longer each time.
 */
export class StepRunner {
	readonly #context: TaskContext;
	readonly #onChange: () => void;
	readonly #underway = new Map<string, Underway>();
	readonly #failures = new Map<string, Failures>();

	/** When each key's last step ended, as long as a look may still be older. */
	readonly #ended = new Map<string, number>();
	#moment = 0;

	/** @param onChange called after each step: look again */
	constructor(context: TaskContext, onChange: () => void) {
		this.#context = context;
		this.#onChange = onChange;
	}

	/** Whether a step is underway that makes the engine work for us. */
	get engineWorks(): boolean {
		return [...this.#underway.values()].some(({ action }) =>
			ENGINE_STEPS.has(action),
		);
	}

	/** Take it before a look, and hand it in with the plan that came of the look. */
	mark(): number {
		return ++this.#moment;
	}

	/**
	 * Makes what is underway agree with the plan.
	 * @param mark from before the look. What has ended since, the look may have missed: its key waits for the next.
	 */
	apply(steps: readonly Step[], mark: number): void {
		const planned = new Map(steps.map((step) => [keyOf(step), step]));
		for (const [key, { action, stop }] of this.#underway)
			if (planned.get(key)?.action !== action) stop.abort();
		const now = this.#context.now().getTime();
		for (const [key, step] of planned) {
			if (this.#underway.has(key)) continue;
			if ((this.#ended.get(key) ?? 0) > mark) continue;
			if ((this.#failures.get(failureKey(step))?.until ?? 0) > now) continue;
			this.#start(key, step);
		}
		for (const [key, moment] of this.#ended)
			if (moment <= mark) this.#ended.delete(key);
	}

	/** The soonest time at which a step that failed may be tried again; undefined when none waits. */
	nextTryAt(): number | undefined {
		const now = this.#context.now().getTime();
		const times = [...this.#failures.values()]
			.map(({ until }) => until)
			.filter((until) => until > now);
		return times.length ? Math.min(...times) : undefined;
	}

	/** The server is back: what waited for it need not wait any longer. */
	retryNow(): void {
		for (const failure of this.#failures.values()) failure.until = 0;
	}

	/** Cuts everything short and waits until it has stopped. Nothing is undone: the next start goes on from here. */
	async stop(): Promise<void> {
		for (const { stop } of this.#underway.values()) stop.abort();
		await Promise.all([...this.#underway.values()].map(({ done }) => done));
	}

	#start(key: string, step: Step): void {
		const stop = new AbortController();
		const done = this.#execute(step, stop.signal).finally(() => {
			this.#underway.delete(key);
			this.#ended.set(key, ++this.#moment);
			this.#onChange();
		});
		this.#underway.set(key, { action: step.action, stop, done });
	}

	async #execute(step: Step, signal: AbortSignal): Promise<void> {
		const run = executors[step.action] as Executors[Step["action"]] as (
			step: Step,
			context: TaskContext,
			signal: AbortSignal,
		) => Promise<void>;
		try {
			await run(step, this.#context, signal);
			this.#failures.delete(failureKey(step));
		} catch (error) {
			if (!signal.aborted) await this.#failed(step, error);
		}
	}

	async #failed(step: Step, error: unknown): Promise<void> {
		const { log, now } = this.#context;
		const key = failureKey(step);
		const known = this.#failures.get(key) ?? { count: 0, pauses: 0 };
		const count = known.count + (error instanceof ServerAway ? 0 : 1);
		const pause = Math.min(
			LONGEST_PAUSE_MS,
			FIRST_PAUSE_MS * 2 ** known.pauses,
		);
		this.#failures.set(key, {
			count,
			pauses: known.pauses + 1,
			until: now().getTime() + pause * (0.5 + Math.random() / 2),
		});
		const task = "taskId" in step ? { task: step.taskId } : {};
		log.warn(`${step.action}: ${sentenceOf(error)}`, task);
		const ending = endingOf(step, error, count);
		if (!ending || !("taskId" in step)) return;
		await executors
			.endTask(
				{ action: "endTask", taskId: step.taskId, ending },
				this.#context,
				new AbortController().signal,
			)
			.catch((failure) => log.warn(sentenceOf(failure), task));
	}
}

function endingOf(
	step: Step,
	error: unknown,
	count: number,
): Ending | undefined {
	const errorCode =
		error instanceof TaskFailure
			? error.errorCode
			: count >= TRIES
				? HOPELESS[step.action]
				: undefined;
	return (
		errorCode && {
			outcome: "failed",
			errorCode,
			errorDetail: sentenceOf(error).slice(0, 2000),
		}
	);
}

/** Steps with the same key are never underway together. */
function keyOf(step: Step): string {
	switch (step.action) {
		case "fetchImage":
			return `image ${step.archiveSha256}`;
		case "removeOrphan":
			return `orphan ${step.containerId}`;
		default:
			return `task ${step.taskId}`;
	}
}

const failureKey = (step: Step) => `${step.action} ${keyOf(step)}`;
