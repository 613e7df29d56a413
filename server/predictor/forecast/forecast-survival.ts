import type { DutyContext } from "../duty/duty-context.ts";
import type { Forecaster, ForecasterName } from "./forecaster.ts";

const MINUTE = 60;
/** The windows that a forecast holds, in seconds; between them it is interpolated. */
export const SURVIVAL_WINDOWS: readonly number[] = [
	5, 10, 15, 30, 60, 90, 120, 180, 240, 360, 480,
].map((minutes) => minutes * MINUTE);

/**
 * How long a device stays under its limit, seen from one moment. Plain data: it is stored, sent and placed by.
 * The probabilities never increase with the length of the window.
 */
export interface SurvivalForecast {
	/** Unix seconds of the moment it was made for. */
	at: number;
	limitPercent: number;
	forecaster: ForecasterName;
	windowSeconds: number[];
	probability: number[];
}

/** The forecast of `forecaster` for a device at one moment and its limit. */
export function forecastSurvival(
	forecaster: Forecaster,
	duty: DutyContext,
	at: number,
	limitPercent: number,
	windows: readonly number[] = SURVIVAL_WINDOWS,
): SurvivalForecast {
	let ceiling = 1;
	const probability = windows.map((seconds) => {
		const p = forecaster.probabilityUnder(duty, at, limitPercent, seconds);
		ceiling = Math.min(ceiling, p);
		return ceiling;
	});
	return {
		at,
		limitPercent,
		forecaster: forecaster.name,
		windowSeconds: [...windows],
		probability,
	};
}

/**
 * The probability that the device stays under the limit for `seconds`, 1 for none at all. Between the windows of the
 * forecast the hazard is taken as constant (the logarithm is interpolated); beyond the last one it goes on as in the
 * last interval.
 */
export function survivalAt(
	{ windowSeconds, probability }: SurvivalForecast,
	seconds: number,
): number {
	if (seconds <= 0) return 1;
	const after = windowSeconds.findIndex((window) => window >= seconds);
	const to = after < 0 ? windowSeconds.length - 1 : after;
	const toSeconds = windowSeconds[to] ?? seconds;
	const toLog = logOf(probability[to] ?? 0);
	const fromSeconds = windowSeconds[to - 1] ?? 0;
	const fromLog = logOf(to > 0 ? (probability[to - 1] ?? 0) : 1);
	const slope = (toLog - fromLog) / (toSeconds - fromSeconds);
	return Math.exp(fromLog + slope * (seconds - fromSeconds));
}

/** The longest time in seconds that the device stays under its limit with at least this probability. */
export function longestWindow(
	forecast: SurvivalForecast,
	probability: number,
): number {
	const { windowSeconds } = forecast;
	let from = 0;
	for (const to of windowSeconds) {
		if (survivalAt(forecast, to) >= probability) from = to;
		else return crossing(forecast, probability, from, to);
	}
	return from;
}

function crossing(
	forecast: SurvivalForecast,
	probability: number,
	from: number,
	to: number,
): number {
	const wanted = logOf(probability);
	const above = logOf(survivalAt(forecast, from));
	const below = logOf(survivalAt(forecast, to));
	return from + ((above - wanted) / (above - below)) * (to - from);
}

const logOf = (probability: number): number =>
	Math.log(Math.max(probability, 1e-6));
