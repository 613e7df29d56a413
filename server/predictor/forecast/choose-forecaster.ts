import type { DutyContext } from "../duty/duty-context.ts";
import type { Forecaster } from "./forecaster.ts";

/** The device's own last days that the forecasters are compared on. */
const LAST_SECONDS = 4 * 86_400;
const APART_SECONDS = 2 * 3_600;
const WINDOWS_SECONDS = [1_800, 3_600, 7_200];
/** With fewer moments than this nothing is known well enough to step aside. */
const FEWEST_MOMENTS = 18;
/** How much lower the Brier score must be, and by how many standard errors of the difference, so that chance rarely is. */
const MARGIN = 0.02;
const STANDARD_ERRORS = 2;

export interface ForecasterChoice {
	forecaster: Forecaster;
	/** Mean Brier score of each on the device's last days, in the order given; empty when too little is known. */
	briers: number[];
	moments: number;
}

/**
 * The forecaster for a device: the first one given, unless another did clearly better on the device's own last days.
 * Pure; reads nothing from `at` on.
 * @param forecasters the one to be used ordinarily first; not empty
 */
export function chooseForecaster(
	forecasters: readonly Forecaster[],
	duty: DutyContext,
	at: number,
	limitPercent: number,
): ForecasterChoice {
	const [first] = forecasters;
	if (!first) throw new Error("There is no forecaster to choose from.");
	const errors = errorsOf(forecasters, duty, at, limitPercent);
	const moments = errors[0]?.length ?? 0;
	if (moments < FEWEST_MOMENTS)
		return { forecaster: first, briers: [], moments };
	const briers = errors.map(meanOf);
	let best = 0;
	for (let k = 1; k < forecasters.length; k++)
		if (
			(briers[k] as number) < (briers[best] as number) &&
			isClearlyBetter(errors[0] as number[], errors[k] as number[])
		)
			best = k;
	return { forecaster: forecasters[best] ?? first, briers, moments };
}

/** For each forecaster the squared error of each moment, the mean over the windows that began then. */
function errorsOf(
	forecasters: readonly Forecaster[],
	duty: DutyContext,
	at: number,
	limitPercent: number,
): number[][] {
	const errors: number[][] = forecasters.map(() => []);
	const end = duty.stepAt(at);
	const view = duty.view(limitPercent);
	for (let ago = LAST_SECONDS; ago > 0; ago -= APART_SECONDS) {
		const from = end - duty.stepsOf(ago);
		const outcomes = WINDOWS_SECONDS.map((seconds) => {
			const to = from + duty.stepsOf(seconds);
			return to > end ? Number.NaN : duty.heldIn(view, from, to);
		});
		const known = outcomes.filter((held) => !Number.isNaN(held)).length;
		if (from < 0 || !known) continue;
		forecasters.forEach((forecaster, k) => {
			let sum = 0;
			outcomes.forEach((held, w) => {
				if (Number.isNaN(held)) return;
				const p = forecaster.probabilityUnder(
					duty,
					duty.timeOf(from),
					limitPercent,
					WINDOWS_SECONDS[w] as number,
				);
				sum += (p - held) ** 2;
			});
			errors[k]?.push(sum / known);
		});
	}
	return errors;
}

function isClearlyBetter(
	ordinary: readonly number[],
	other: readonly number[],
): boolean {
	const gains = ordinary.map((error, k) => error - (other[k] as number));
	const gain = meanOf(gains);
	const variance = meanOf(gains.map((one) => (one - gain) ** 2));
	const standardError = Math.sqrt(variance / gains.length);
	return gain > MARGIN && gain > STANDARD_ERRORS * standardError;
}

const meanOf = (values: readonly number[]): number =>
	values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
