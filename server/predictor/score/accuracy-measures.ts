import type { Accuracy } from "../forecast/model.ts";

/** A forecast and what came of it. */
export interface ScoredForecasts {
	probabilities: Float64Array;
	/** 1 where the window held, else 0. */
	outcomes: Float64Array;
}

/** Mean squared difference of probability and outcome (Brier 1950); 0 for no forecasts. */
export function brierScore({
	probabilities,
	outcomes,
}: ScoredForecasts): number {
	let sum = 0;
	for (let r = 0; r < outcomes.length; r++)
		sum += ((probabilities[r] as number) - (outcomes[r] as number)) ** 2;
	return outcomes.length ? sum / outcomes.length : 0;
}

/** Area under the ROC curve by ranks, ties counting half; null when all outcomes are alike. */
export function areaUnderRoc({
	probabilities,
	outcomes,
}: ScoredForecasts): number | null {
	const order = risingOrder(probabilities);
	let rankSum = 0;
	let held = 0;
	for (let from = 0; from < order.length; ) {
		let to = from;
		const value = probabilities[order[from] as number];
		while (to < order.length && probabilities[order[to] as number] === value)
			to++;
		for (let k = from; k < to; k++)
			if (outcomes[order[k] as number]) {
				rankSum += (from + to + 1) / 2;
				held++;
			}
		from = to;
	}
	const broken = order.length - held;
	if (!held || !broken) return null;
	return (rankSum - (held * (held + 1)) / 2) / (held * broken);
}

/** For each tenth of the forecasts' scale that has any: mean forecast, share that held, how many. */
export function reliabilityOf({
	probabilities,
	outcomes,
}: ScoredForecasts): Accuracy["reliability"] {
	const tenths = Array.from({ length: 10 }, () => ({ sum: 0, held: 0, n: 0 }));
	for (let r = 0; r < outcomes.length; r++) {
		const p = probabilities[r] as number;
		const tenth = tenths[Math.min(9, Math.floor(p * 10))];
		if (!tenth) continue;
		tenth.sum += p;
		tenth.held += outcomes[r] as number;
		tenth.n++;
	}
	return tenths
		.filter(({ n }) => n > 0)
		.map(({ sum, held, n }) => ({
			forecast: sum / n,
			held: held / n,
			windows: n,
		}));
}

/** Mean distance of forecast and outcome over the tenths, weighted by their windows (expected calibration error). */
export function calibrationError(forecasts: ScoredForecasts): number {
	const total = Math.max(1, forecasts.outcomes.length);
	return reliabilityOf(forecasts).reduce(
		(sum, { forecast, held, windows }) =>
			sum + (Math.abs(forecast - held) * windows) / total,
		0,
	);
}

/**
 * What can be harvested: windows are started from the surest on, as many as keep the broken among the started within
 * `brokenShare`. Answers the share of all windows that held which were started.
 */
export function harvestAt(
	{ probabilities, outcomes }: ScoredForecasts,
	brokenShare: number,
): number {
	const order = risingOrder(probabilities).reverse();
	let held = 0;
	let kept = 0;
	for (let k = 0; k < order.length; k++) {
		held += outcomes[order[k] as number] as number;
		// A threshold starts all windows with the same forecast, or none of them.
		const next = probabilities[order[k + 1] ?? -1];
		if (next === probabilities[order[k] as number]) continue;
		if (k + 1 - held <= brokenShare * (k + 1)) kept = held;
	}
	return held ? kept / held : 0;
}

const risingOrder = (values: Float64Array): Uint32Array =>
	Uint32Array.from(values, (_, k) => k).sort(
		(a, b) => (values[a] as number) - (values[b] as number),
	);
