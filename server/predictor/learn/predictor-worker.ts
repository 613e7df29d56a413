import { parentPort, workerData } from "node:worker_threads";
import type { DutySeries } from "../../telemetry/duty-series.ts";
import type { TrainingOptions } from "./gather-rows.ts";
import { trainModel } from "./train-model.ts";

/** What the pool tells the worker at its start. */
export interface PredictorTask {
	series: DutySeries[];
	options: Omit<TrainingOptions, "pace" | "until">;
	/** Share of one core that may be used, 0 to 1. */
	cpuShare: number;
}

/** Works, then sleeps in proportion, so that no more than its share of a core is used. */
function paceOf(cpuShare: number): () => void {
	const sleeper = new Int32Array(new SharedArrayBuffer(4));
	let begun = performance.now();
	return () => {
		const worked = performance.now() - begun;
		const pause = worked * (1 / Math.max(0.01, cpuShare) - 1);
		if (pause < 5) return;
		Atomics.wait(sleeper, 0, 0, Math.min(pause, 5_000));
		begun = performance.now();
	};
}

const { series, options, cpuShare } = workerData as PredictorTask;
parentPort?.postMessage(
	trainModel(series, { ...options, pace: paceOf(cpuShare) }),
);
