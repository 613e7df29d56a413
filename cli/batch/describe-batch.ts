import type { BatchAnswer, BatchDetails } from "../api/portal-api.ts";
import {
	formatBytes,
	formatCount,
	formatSeconds,
} from "../terminal/format-amount.ts";
import { oneLine } from "../terminal/format-table.ts";
import { progressBar } from "../terminal/progress-text.ts";

const AT_WORK = ["leased", "preparing", "running", "paused"];

const endedUnits = (batch: BatchAnswer): number =>
	batch.doneUnits + batch.failedUnits + batch.cancelledUnits;

/** True when nothing of the batch failed or was cancelled, and nothing is open. */
export const isComplete = (batch: BatchAnswer): boolean =>
	batch.state === "done" && batch.doneUnits === batch.workUnits;

/** How a batch stands, in one line. */
export function batchLine(batch: BatchDetails, now: number): string {
	const atWork = AT_WORK.reduce(
		(sum, state) => sum + (batch.tasks[state] ?? 0),
		0,
	);
	const parts = [
		`${batch.doneUnits.toLocaleString("en")} of ${formatCount(batch.workUnits, "work unit")} done`,
		batch.failedUnits > 0 && `${batch.failedUnits} failed`,
		batch.cancelledUnits > 0 && `${batch.cancelledUnits} cancelled`,
		atWork > 0 && `${formatCount(atWork, "task")} on devices`,
		batch.estimatedEnd && timeLeft(batch.estimatedEnd, now),
		batch.underWay &&
			`${batch.underWay.kind}: ${batch.underWay.done.toLocaleString("en")} of ${batch.underWay.total.toLocaleString("en")}`,
	].filter((part): part is string => typeof part === "string" && part !== "");
	const share = batch.workUnits ? endedUnits(batch) / batch.workUnits : 0;
	return `${progressBar(share)}  ${parts.join(", ")}`;
}

function timeLeft(end: string, now: number): string {
	const seconds = (Date.parse(end) - now) / 1000;
	return seconds > 0 ? `about ${formatSeconds(seconds)} left` : "";
}

/** How a batch stands, in full. */
export function batchSummary(batch: BatchDetails, now: number): string {
	const tasks = Object.entries(batch.tasks)
		.filter(([, count]) => count > 0)
		.map(([state, count]) => `${count} ${state}`)
		.join(", ");
	return [
		`${oneLine(batch.name)} (${batch.project.slug}, version ${batch.appVersion.number}) is ${batch.state}`,
		`  ${batchLine(batch, now)}`,
		tasks && `  tasks    ${tasks}`,
		`  results  ${formatCount(batch.results.files, "file")}, ${formatBytes(batch.results.bytes)}`,
		`  credit   ${batch.grantedCredit.toFixed(2)}`,
		...batch.waitReasons.map((reason) => `  waits    ${oneLine(reason)}`),
	]
		.filter(Boolean)
		.join("\n");
}
