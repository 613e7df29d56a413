import type { SurvivalForecast } from "./forecast-survival.ts";

/**
 * The newest forecasts of the devices that are connected to this process, for placing by. Only the forecast loop writes
 * in it; what is lost with the process is made anew from the stored duty.
 */
export class ForecastBook {
	readonly #forecasts = new Map<string, SurvivalForecast>();

	find(deviceId: string): SurvivalForecast | undefined {
		return this.#forecasts.get(deviceId);
	}

	set(deviceId: string, forecast: SurvivalForecast): void {
		this.#forecasts.set(deviceId, forecast);
	}

	/** Forgets the devices that are not here any more. */
	keepOnly(deviceIds: ReadonlySet<string>): void {
		for (const id of this.#forecasts.keys())
			if (!deviceIds.has(id)) this.#forecasts.delete(id);
	}
}
