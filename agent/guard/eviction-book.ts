import {
	type Eviction,
	type EvictionReason,
	endingsInUse,
	evictionEnding,
	listGone,
} from "../core/guard/evictions.ts";
import type { Ending, Observed } from "../core/plan.ts";
import type { GuardRecord } from "../core/protocol.ts";
import type { TaskContainer } from "../engine/engine-watch.ts";

interface EvictionBookParts {
	own: () => readonly TaskContainer[];
	observed: () => Observed | undefined;
	record: (
		record: Pick<GuardRecord, "reason" | "detail" | "taskIds"> & {
			latencyMs: number;
		},
	) => void;
	onChange: () => void;
}

/** Tasks that must leave because of the owner: said once, and noted when they are gone, with the time it took. */
export class EvictionBook {
	readonly #parts: EvictionBookParts;
	readonly #leaving = new Map<string, Eviction>();
	#endings: ReadonlyMap<string, Ending> = new Map();

	constructor(parts: EvictionBookParts) {
		this.#parts = parts;
	}

	/** For the plan: tasks that must be given back one by one. */
	get endings(): ReadonlyMap<string, Ending> {
		return this.#endings;
	}

	has(taskId: string): boolean {
		return this.#leaving.has(taskId);
	}

	/**
	 * Gives one back.
	 * @param nowMs when it showed that it must, on a clock that never jumps
	 */
	giveBack(
		taskId: string,
		why: EvictionReason,
		nowMs: number,
		{ askForCheckpoint = false } = {},
	): void {
		if (this.#leaving.has(taskId)) return;
		this.leave(taskId, why, nowMs);
		const ending = evictionEnding(why, { askForCheckpoint });
		this.#endings = new Map([...this.#endings, [taskId, ending]]);
		this.#parts.onChange();
	}

	/** One leaves that the plan gives back by itself. */
	leave(taskId: string, why: EvictionReason, nowMs: number): void {
		if (this.#leaving.has(taskId)) return;
		const container = this.#parts.own().find((one) => one.taskId === taskId);
		this.#leaving.set(taskId, {
			...why,
			sinceMs: nowMs,
			containerId: container?.id,
		});
	}

	/** Notes those that are gone, and forgets what nobody knows any more. */
	look(): void {
		const { own, observed, record } = this.#parts;
		const running = new Set(own().map(({ id }) => id));
		for (const [taskId, eviction] of listGone(this.#leaving, running)) {
			const { reason, detail, sinceMs } = eviction;
			this.#leaving.delete(taskId);
			const latencyMs = performance.now() - sinceMs;
			record({ reason, detail, latencyMs, taskIds: [taskId] });
		}
		const known = observed()?.tasks;
		if (this.#endings.size > 0 && known)
			this.#endings = endingsInUse(this.#endings, known, this.#leaving);
	}
}
