import type { ProgressPart } from "../components/charts/progress-bar";

/** What became of a batch's work units, as shares of one bar. */
export function batchShares(batch: {
	workUnits: number;
	doneUnits: number;
	failedUnits: number;
	cancelledUnits: number;
}): ProgressPart[] {
	const all = Math.max(1, batch.workUnits);
	return [
		{ value: batch.doneUnits / all, tone: "good", label: "Done" },
		{ value: batch.failedUnits / all, tone: "bad", label: "Failed" },
		{ value: batch.cancelledUnits / all, tone: "neutral", label: "Cancelled" },
	];
}
