import type { DutySeries } from "../../telemetry/duty-series.ts";

/** A day's account of scored forecasts. */
export interface ForecastAccount {
	forecasts: number;
	/** Sum of (probability − outcome)². Brier, Monthly Weather Review 78 (1950). */
	brierSum: number;
	held: number;
	/** By tenths of the probability: how many forecasts, the sum of what they said, how many held. */
	counts: number[];
	saidSums: number[];
	heldCounts: number[];
}

const BINS = 10;

export const noAccount = (): ForecastAccount => ({
	forecasts: 0,
	brierSum: 0,
	held: 0,
	counts: new Array<number>(BINS).fill(0),
	saidSums: new Array<number>(BINS).fill(0),
	heldCounts: new Array<number>(BINS).fill(0),
});

/**
 * Whether the device stayed under the limit in the window: every step whose middle lies in it was under it.
 * Undefined when too little of it was measured to tell: a step at or above the limit tells at once, gaps in more than a fifth
 * of the steps leave it open.
 */
export function didHold(
	duty: DutySeries,
	fromSeconds: number,
	windowSeconds: number,
	limitPercent: number,
): boolean | undefined {
	const first = Math.ceil((fromSeconds - duty.start) / duty.stepSeconds - 0.5);
	const count = Math.max(1, Math.round(windowSeconds / duty.stepSeconds));
	let measured = 0;
	for (let step = first; step < first + count; step++) {
		const percent = duty.mean[step] ?? Number.NaN;
		if (percent >= limitPercent) return false;
		if (!Number.isNaN(percent)) measured++;
	}
	return measured >= 0.8 * count ? true : undefined;
}

/** The account with one more forecast in it. */
export function addScore(
	account: ForecastAccount,
	probability: number,
	held: boolean,
): ForecastAccount {
	const bin = Math.min(BINS - 1, Math.floor(probability * BINS));
	const add = (values: readonly number[], amount: number) =>
		values.map((value, i) => (i === bin ? value + amount : value));
	return {
		forecasts: account.forecasts + 1,
		brierSum: account.brierSum + (probability - Number(held)) ** 2,
		held: account.held + Number(held),
		counts: add(account.counts, 1),
		saidSums: add(account.saidSums, probability),
		heldCounts: add(account.heldCounts, Number(held)),
	};
}

/** Two accounts as one. */
export const addAccounts = (
	a: ForecastAccount,
	b: ForecastAccount,
): ForecastAccount => {
	const sum = (x: readonly number[], y: readonly number[]) =>
		x.map((value, i) => value + (y[i] ?? 0));
	return {
		forecasts: a.forecasts + b.forecasts,
		brierSum: a.brierSum + b.brierSum,
		held: a.held + b.held,
		counts: sum(a.counts, b.counts),
		saidSums: sum(a.saidSums, b.saidSums),
		heldCounts: sum(a.heldCounts, b.heldCounts),
	};
};

/** The mean Brier score; null when nothing was scored. */
export const brierOf = ({
	forecasts,
	brierSum,
}: ForecastAccount): number | null => (forecasts ? brierSum / forecasts : null);

/**
 * Expected calibration error: how far what was said is from what held, over the tenths, weighted by their forecasts
 * (Naeini et al., AAAI 2015); null when nothing was scored.
 */
export function calibrationErrorOf(account: ForecastAccount): number | null {
	if (account.forecasts === 0) return null;
	const off = account.counts.reduce(
		(sum, _, bin) =>
			sum +
			Math.abs((account.saidSums[bin] ?? 0) - (account.heldCounts[bin] ?? 0)),
		0,
	);
	return off / account.forecasts;
}
