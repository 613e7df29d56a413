import { Worker } from "node:worker_threads";
import type { DutySeries } from "../../telemetry/duty-series.ts";
import type { Model } from "../forecast/model.ts";
import type { PredictorTask } from "./predictor-worker.ts";

/**
 * The worker is TypeScript like the rest. `--import tsx` does not reach the threads of Node 20, so that the thread
 * registers it for itself and then goes on with the worker's file.
 */
const WORKER = new URL("./predictor-worker.ts", import.meta.url).href;
const TSX = import.meta.resolve("tsx/esm/api");
const BOOT = `
import { register } from ${JSON.stringify(TSX)};
register();
await import(${JSON.stringify(WORKER)});
`;

export interface PoolTraining {
	/** ISO time that is written into the model. */
	trainedAt: string;
	seed?: number;
	rows?: number;
	/** Share of one core that training may use; all of it by default. */
	cpuShare?: number;
	/** Gives up: the thread is ended and the promise rejected with the signal's reason. */
	signal?: AbortSignal;
}

/**
 * Trains in a thread of its own, so that the server goes on answering. One thread for each training that runs; none
 * while there is nothing to do. Forecasts are quick enough to be made where they are needed.
 */
export class PredictorPool {
	readonly #running = new Set<Worker>();

	/** @throws what the training threw, or the signal's reason */
	train(
		series: readonly DutySeries[],
		{ cpuShare = 1, signal, ...options }: PoolTraining,
	): Promise<Model> {
		const task: PredictorTask = { series: [...series], options, cpuShare };
		return new Promise((resolve, reject) => {
			if (signal?.aborted) return reject(signal.reason);
			const worker = new Worker(
				new URL(`data:text/javascript,${encodeURIComponent(BOOT)}`),
				{ workerData: task },
			);
			this.#running.add(worker);
			const giveUp = () => {
				reject(signal?.reason);
				void worker.terminate();
			};
			signal?.addEventListener("abort", giveUp, { once: true });
			worker.once("message", resolve);
			worker.once("error", reject);
			worker.once("exit", () => {
				this.#running.delete(worker);
				signal?.removeEventListener("abort", giveUp);
				reject(new Error("The training ended without a model."));
			});
		});
	}

	/** Ends what runs; its promises are rejected. */
	async close(): Promise<void> {
		await Promise.all([...this.#running].map((worker) => worker.terminate()));
	}
}
