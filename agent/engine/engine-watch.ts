import { pause } from "../core/pause.ts";
import type { ContainerEngine } from "./container-engine.ts";

/** Also when no event came (a stream can break without a word), the list is read again after this. */
const REFRESH_MS = 30_000;
const AGAIN_MS = 2_000;

type WatchedEngine = Pick<ContainerEngine, "listRunning" | "followChanges">;

/** A running container of a task. */
export interface TaskContainer {
	id: string;
	deviceId: string;
	taskId: string;
}

/**
 * Which containers with our label run on the engine, whoever's agent or build they are, and a call for every change.
 * One open request; between changes it costs nothing. A stream that breaks is begun again, and the list is read before
 * it is listened to: so nothing that happened in between stays unseen, only late.
 */
export class EngineWatch {
	readonly #engine: WatchedEngine;
	readonly #onChange: () => void;
	readonly #signal: AbortSignal;
	#running: readonly string[] = [];
	#tasks: readonly TaskContainer[] = [];

	constructor(
		engine: WatchedEngine,
		signal: AbortSignal,
		onChange: () => void,
	) {
		this.#engine = engine;
		this.#signal = signal;
		this.#onChange = onChange;
	}

	/** Ids of all running containers with our label. */
	get running(): readonly string[] {
		return this.#running;
	}

	/** Running tasks of any device on this engine. */
	get tasks(): readonly TaskContainer[] {
		return this.#tasks;
	}

	/** Follows until the signal. */
	async run(): Promise<void> {
		while (!this.#signal.aborted) {
			await this.#follow().catch(() => {});
			await pause(AGAIN_MS, this.#signal);
		}
	}

	async #follow(): Promise<void> {
		await this.refresh();
		const timer = setInterval(() => {
			this.refresh().catch(() => {});
		}, REFRESH_MS);
		try {
			await this.#engine.followChanges(async () => {
				await this.refresh();
				this.#onChange();
			}, this.#signal);
		} finally {
			clearInterval(timer);
		}
	}

	/** Reads the list now. */
	async refresh(): Promise<void> {
		const containers = await this.#engine.listRunning();
		this.#running = containers.map(({ id }) => id);
		this.#tasks = containers.flatMap(({ id, deviceId, taskId }) =>
			deviceId && taskId ? [{ id, deviceId, taskId }] : [],
		);
	}
}
