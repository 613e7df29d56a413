import { offerDiffers } from "../core/make-offer.ts";
import { pause } from "../core/pause.ts";
import type { Observed, ObservedContainer } from "../core/plan.ts";
import {
	HEARTBEAT_INTERVAL_MS,
	type Offer,
	type Progress,
	SAMPLE_STEP_MS,
} from "../core/protocol.ts";
import type { Connection } from "./connection.ts";

const LOG_STEP_MS = 500;

const PROGRESS_STATE = {
	created: "preparing",
	running: "running",
	paused: "paused",
	// It is about to be reported.
	exited: "running",
} as const;

/** What a stream of a task has brought since a byte, as far as it is still kept. */
interface OutputSince {
	since(offset: number): { offset: number; text: string; end: number };
}

/** A task whose container runs, as far as the server is told of it. */
interface TaskToTell {
	/** 0 to 1. */
	progress: number;
	stdout: OutputSince;
	stderr: OutputSince;
}

interface FeedParts {
	/** Tasks whose containers run, by id. */
	running: ReadonlyMap<string, TaskToTell>;
	connection: Connection;
	makeOffer: () => Offer;
	/** Whether a container stands still because the owner needs the device. */
	isFrozen: (containerId: string) => boolean;
}

/**
 * Keeps the server's picture of us fresh: offer, progress, and logs while somebody reads them. All of it may be lost on
 * the way: an offer comes again as a heartbeat, progress with its next change or connection, a log says where it begins.
 */
export class ServerFeed {
	/** Ids of the tasks whose logs somebody reads. */
	watched: readonly string[] = [];
	/** The last offer that was made. */
	offered: Offer | undefined;
	readonly #parts: FeedParts;
	#offeredAt = 0;
	#observed: Observed | undefined;
	#told = "";
	readonly #sentLog = new Map<string, number>();

	constructor(parts: FeedParts) {
		this.#parts = parts;
	}

	/** A new look was taken; what changed is told at once. */
	looked(observed: Observed): void {
		this.#observed = observed;
		this.tellProgress();
	}

	/** On a new connection everything is said once more. */
	async sayEverything(): Promise<void> {
		this.#told = "";
		this.#offeredAt = 0;
		this.#sentLog.clear();
		await this.offer();
		this.tellProgress();
	}

	async run(signal: AbortSignal): Promise<void> {
		let round = 0;
		while (!signal.aborted) {
			if (round++ % (SAMPLE_STEP_MS / LOG_STEP_MS) === 0) {
				await this.offer();
				this.tellProgress();
			}
			this.#sendLogs();
			await pause(LOG_STEP_MS, signal);
		}
	}

	/** Tells what we can spare, when it changed or the heartbeat is due. */
	async offer(): Promise<void> {
		const offer = this.#parts.makeOffer();
		const due = Date.now() - this.#offeredAt >= HEARTBEAT_INTERVAL_MS;
		if (!due && !offerDiffers(offer, this.offered)) return;
		this.offered = offer;
		if (!this.#parts.connection.connected) return;
		this.#offeredAt = Date.now();
		this.#parts.connection.offer(offer);
	}

	/** How each unfinished task stands. */
	listProgress(): Progress["tasks"] {
		const { running } = this.#parts;
		return [...(this.#observed?.tasks ?? [])].flatMap(
			([taskId, { container, reported }]) => {
				if (reported) return [];
				return {
					taskId,
					state: this.#stateOf(container),
					progress: running.get(taskId)?.progress ?? 0,
				};
			},
		);
	}

	/** What changed of the tasks' progress, if anything did. */
	tellProgress(): void {
		if (!this.#parts.connection.connected) return;
		const tasks = this.listProgress();
		const told = JSON.stringify(tasks);
		if (told === this.#told) return;
		this.#told = told;
		if (tasks.length) this.#parts.connection.progress({ tasks });
	}

	/** The engine does not know of the guard's freezing. */
	#stateOf(container: ObservedContainer | undefined) {
		return container && this.#parts.isFrozen(container.id)
			? "paused"
			: PROGRESS_STATE[container?.state ?? "created"];
	}

	/** Sends what was written since the last time. Who begins to read gets what is kept of the beginning. */
	#sendLogs(): void {
		for (const taskId of this.watched) {
			const task = this.#parts.running.get(taskId);
			if (!task) continue;
			for (const stream of ["stdout", "stderr"] as const) {
				const key = `${taskId} ${stream}`;
				const { offset, text, end } = task[stream].since(
					this.#sentLog.get(key) ?? 0,
				);
				if (!text) continue;
				this.#sentLog.set(key, end);
				this.#parts.connection.logText({ taskId, stream, offset, text });
			}
		}
		for (const key of this.#sentLog.keys())
			if (!this.watched.includes(key.slice(0, key.indexOf(" "))))
				this.#sentLog.delete(key);
	}
}
