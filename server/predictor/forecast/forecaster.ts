import type { DutyContext } from "../duty/duty-context.ts";

/** Every way of forecasting, by the name that the portal shows. */
export const FORECASTER_NAMES = [
	"gbrt",
	"logistic",
	"rhythm",
	"seasonal",
	"yesterday",
	"persistence",
] as const;
export type ForecasterName = (typeof FORECASTER_NAMES)[number];

/**
 * A way of forecasting a device's duty. All of them see the context up to `at` only: what is later in it is never
 * looked at, so that the same object serves the live server, the benches and the simulator.
 */
export interface Forecaster {
	readonly name: ForecasterName;
	/**
	 * The probability (0 to 1) that the device stays under `limitPercent` from `at` on for `windowSeconds`.
	 * @param at Unix seconds; a moment within the context's span or its end
	 */
	probabilityUnder(
		duty: DutyContext,
		at: number,
		limitPercent: number,
		windowSeconds: number,
	): number;
	/** The load in percent that is expected at `at + aheadSeconds`. */
	expectedLoad(duty: DutyContext, at: number, aheadSeconds: number): number;
}
