/** What is known of a device's forecast and of its newest duty. Times in Unix milliseconds, duty in percent. */
export interface ForecastState {
	/** When it was made; undefined: never. */
	madeAt: number | undefined;
	/** With which model; undefined: none. */
	modelId: string | undefined;
	/** Whether the device was above its limit then. */
	wasBusy: boolean;
	limitPercent: number;
	/** The newest duty that came in since; undefined: none. */
	duty: number | undefined;
	/** The limit that the device obeys now. */
	currentLimit: number;
	/** The model that forecasts are made with now. */
	currentModelId: string | undefined;
}

/** Duty comes in steps of five minutes; a forecast is made anew for each. */
export const FORECAST_AGE_MS = 5 * 60_000;
/** Duty that only grazes the limit is no departure. */
const MARGIN = 0.1;

/**
 * Whether a device's forecast must be made anew: there is none, it is old, there is a new model or another limit, or the duty has
 * departed from it: the owner has come, or has gone.
 */
export function needsForecast(state: ForecastState, now: number): boolean {
	const { madeAt, duty, limitPercent, wasBusy, currentLimit } = state;
	if (madeAt === undefined || now - madeAt >= FORECAST_AGE_MS) return true;
	if (limitPercent !== currentLimit) return true;
	if (state.modelId !== state.currentModelId) return true;
	if (duty === undefined) return false;
	return wasBusy
		? duty < limitPercent * (1 - MARGIN)
		: duty > limitPercent * (1 + MARGIN);
}
