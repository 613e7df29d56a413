import { z } from "zod";
import type { ApiClient } from "../../cli/api/api-client.ts";
import type { ProgressFigures } from "../process/show-progress.ts";
import { patienceMs } from "./demo-person.ts";

const count = z.number().default(0);

/** Of a batch's page, what the demo tells. */
const batchSchema = z.object({
	state: z.string(),
	workUnits: z.number(),
	doneUnits: z.number(),
	failedUnits: z.number(),
	cancelledUnits: z.number(),
	grantedCredit: z.number(),
	estimatedEnd: z.string().nullable(),
	waitReasons: z.array(z.string()),
	tasks: z
		.object({ running: count, valid: count, invalid: count })
		.catchall(z.number()),
});
export type DemoBatch = z.infer<typeof batchSchema>;

/** The demo's last line with --json. */
export type DemoResult = {
	workUnits: number;
	done: number;
	failed: number;
	tasks: number;
	valid: number;
	invalid: number;
	creditGranted: number;
	/** From the start of the command to the first work unit whose results agreed. */
	secondsToFirstVerified: number | null;
	/** From the start of the command. */
	seconds: number;
};

/** Asks again for as long as a portal that was killed may need to come back. */
export function readDemoBatch(
	client: ApiClient,
	batchId: string,
): Promise<DemoBatch> {
	const call = { method: "GET", path: `/batches/${batchId}` } as const;
	return client.call(batchSchema, call, patienceMs);
}

export function progressOf(batch: DemoBatch, now: number): ProgressFigures {
	return {
		done: batch.doneUnits,
		failed: batch.failedUnits,
		workUnits: batch.workUnits,
		runningTasks: batch.tasks.running,
		creditGranted: batch.grantedCredit,
		waitReason: batch.waitReasons[0],
		secondsLeft: batch.estimatedEnd
			? Math.max(0, (Date.parse(batch.estimatedEnd) - now) / 1000)
			: undefined,
	};
}

export function resultOf(
	batch: DemoBatch,
	seconds: number,
	secondsToFirstVerified: number | null,
): DemoResult {
	const tasks = Object.values(batch.tasks).reduce((sum, n) => sum + n, 0);
	return {
		workUnits: batch.workUnits,
		done: batch.doneUnits,
		failed: batch.failedUnits,
		tasks,
		valid: batch.tasks.valid,
		invalid: batch.tasks.invalid,
		creditGranted: batch.grantedCredit,
		secondsToFirstVerified,
		seconds,
	};
}
