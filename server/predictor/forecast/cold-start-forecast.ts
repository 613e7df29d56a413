import type { DutyContext } from "../duty/duty-context.ts";
import {
	SURVIVAL_WINDOWS,
	type SurvivalForecast,
} from "./forecast-survival.ts";

/** A device that is idle now stays so for a day on average; a busy one is not counted on. */
const MEAN_IDLE_SECONDS = 86_400;
const BUSY = 0.05;

/** What is said of a device while no model was trained yet, which is in the first seconds of a portal's life only. */
export function coldStartForecast(
	duty: DutyContext,
	at: number,
	limitPercent: number,
): SurvivalForecast {
	const load = duty.values[duty.stepAt(at) - 1] ?? 0;
	return {
		at,
		limitPercent,
		forecaster: "persistence",
		windowSeconds: [...SURVIVAL_WINDOWS],
		probability: SURVIVAL_WINDOWS.map((seconds) =>
			load > limitPercent ? BUSY : Math.exp(-seconds / MEAN_IDLE_SECONDS),
		),
	};
}
