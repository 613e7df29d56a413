import type { SurvivalForecast } from "./forecast-survival.ts";
import { survivalAt } from "./forecast-survival.ts";

/** A time in which the owner said that they will need the device; Unix seconds. */
export interface NeededTime {
	from: number;
	until: number;
}

/** An owner who says so is believed, but not blindly: people are late, and change their minds. */
const STILL_IDLE = 0.02;
/** A window that ends this long before the time is not touched by it. */
const EARLY_SECONDS = 60;

/**
 * The forecast with the owner's own word in it: windows that reach into a time in which the owner needs the device are
 * all but ruled out. A window is added where the next such time begins, so that what ends before it is not lost to
 * interpolation.
 */
export function correctForecast(
	forecast: SurvivalForecast,
	needs: readonly NeededTime[],
): SurvivalForecast {
	const begins = needs
		.filter(({ until }) => until > forecast.at)
		.map(({ from }) => from - forecast.at - EARLY_SECONDS);
	if (begins.length === 0) return forecast;
	const first = Math.max(1, Math.min(...begins));
	const windowSeconds = [
		...new Set([...forecast.windowSeconds, first, first + 1]),
	].toSorted((a, b) => a - b);
	return {
		...forecast,
		windowSeconds,
		probability: windowSeconds.map(
			(seconds) =>
				survivalAt(forecast, seconds) * (seconds > first ? STILL_IDLE : 1),
		),
	};
}
