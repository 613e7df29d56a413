import type { SurvivalForecast } from "../predictor/forecast/forecast-survival.ts";
import { survivalAt } from "../predictor/forecast/forecast-survival.ts";
import type { RunTimeEstimate } from "./estimate-run-time.ts";

/**
 * The middles of eight slices of equal probability of the standard normal distribution: the run time is taken to be one
 * of eight values that are equally likely.
 */
const SLICES = [
	-1.5341, -0.8871, -0.4888, -0.1573, 0.1573, 0.4888, 0.8871, 1.5341,
];

/**
 * The probability that a task ends before the owner comes: the chance that the device stays under its limit for as long
 * as the task runs, over all the times that it may run. A task that is not done when the owner's rules end counts as
 * not finished.
 * @param secondsAllowed until the owner's hours end; Infinity when they do not
 */
export function finishProbability(
	forecast: SurvivalForecast,
	runTime: RunTimeEstimate,
	secondsAllowed: number,
): number {
	let sum = 0;
	for (const slice of SLICES) {
		const seconds = runTime.medianSeconds * Math.exp(slice * runTime.spread);
		if (seconds <= secondsAllowed) sum += survivalAt(forecast, seconds);
	}
	return sum / SLICES.length;
}

/** No slice of the run time is further from the median than this many standard deviations. */
const FARTHEST = Math.max(...SLICES);

/**
 * Whether that probability is at least `confidence`. The same answer, mostly without the sum: it is asked for each
 * device and each batch that waits.
 * @param idleSeconds how long the device stays idle with this confidence, or until the owner's hours end if that is
 * sooner: a run that is shorter is sure enough, a longer one is not
 */
export function finishesWith(
	confidence: number,
	forecast: SurvivalForecast,
	runTime: RunTimeEstimate,
	secondsAllowed: number,
	idleSeconds: number,
): boolean {
	const farthest = Math.exp(FARTHEST * runTime.spread);
	if (runTime.medianSeconds * farthest <= idleSeconds) return true;
	if (runTime.medianSeconds / farthest > idleSeconds) return false;
	return finishProbability(forecast, runTime, secondsAllowed) >= confidence;
}

/**
 * The longest median run time, in seconds, with which a task of this spread still finishes with the probability that is
 * asked for; 0 when none does. What would have fit, when a task does not.
 */
export function longestFit(
	forecast: SurvivalForecast,
	spread: number,
	secondsAllowed: number,
	confidence: number,
): number {
	const fits = (medianSeconds: number) =>
		finishProbability(forecast, { medianSeconds, spread }, secondsAllowed) >=
		confidence;
	if (!fits(1)) return 0;
	let low = 0;
	let high = Math.log(Math.min(secondsAllowed, LONGEST_SECONDS));
	// The probability falls with the length, so that the place where it crosses is found by halving.
	for (let round = 0; round < 16; round++) {
		const middle = (low + high) / 2;
		if (fits(Math.exp(middle))) low = middle;
		else high = middle;
	}
	return Math.exp(low);
}

/** No forecast is asked for more than a week. */
const LONGEST_SECONDS = 7 * 24 * 3600;
