import type { SurvivalForecast } from "./forecast-survival.ts";

/** How long a device stays its tasks', seen from one moment. */
export interface DeviceForecasts {
	/** Until its duty first reaches the owner's limit. */
	strict: SurvivalForecast;
	/** Until its duty stays there for longer than USUAL_MAX_FROZEN_SECONDS: for tasks that may stand frozen for so long. */
	tolerant: SurvivalForecast;
}

/** The patience of a batch that does not say otherwise. */
export const USUAL_MAX_FROZEN_SECONDS = 300;

/** The forecast that holds for tasks that may stand frozen for so long. */
export const forecastFor = (
	{ strict, tolerant }: DeviceForecasts,
	maxFrozenSeconds: number,
): SurvivalForecast =>
	maxFrozenSeconds >= USUAL_MAX_FROZEN_SECONDS ? tolerant : strict;

/**
 * The newest forecasts of the devices that are connected to this process, for placing by. Only the forecast loop writes
 * in it; what is lost with the process is made anew from the stored duty.
 */
export class LiveForecasts {
	readonly #forecasts = new Map<string, DeviceForecasts>();

	find(deviceId: string): DeviceForecasts | undefined {
		return this.#forecasts.get(deviceId);
	}

	set(deviceId: string, forecasts: DeviceForecasts): void {
		this.#forecasts.set(deviceId, forecasts);
	}

	/** Forgets the devices that are not here any more. */
	keepOnly(deviceIds: ReadonlySet<string>): void {
		for (const id of this.#forecasts.keys())
			if (!deviceIds.has(id)) this.#forecasts.delete(id);
	}
}
